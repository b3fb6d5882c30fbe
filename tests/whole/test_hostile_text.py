"""A repository and a library whose every text holds every hidden character: whatever a command writes, none of them comes out raw.

The walk takes every command from the table. One that is new has to be walked too, or the first test fails.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from foundry_git.cli.command_options import OPTIONS
from foundry_git.cli.command_table import GROUPS, VERBS
from foundry_git.cli.group_options import GROUP_OPTIONS
from foundry_git.cli.parser import WORKER
from foundry_git.cli.watch_server import Answerer
from foundry_git.worker import process as worker_process
from tests import TOP
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.hiding import HIDDEN, SURROGATES, hostile, in_yaml, leaked
from tests.samples import CHUNKS, CLAMP
from tests.sessions.transcripts import Transcript

LIBRARY = "5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d"
RING = "python/ring-in-turn"
TASK = "ring the bells of the tower in turn"
BELLS = "def ring_in_turn(bells):\n    for bell in bells:\n        yield bell.strike()\n"
ODD = "\x1b]0;odd\x07\u202e\U000e0041\udc9b\n"
"""In names of files, branches and people: as long as they may be."""
HERE = "clock\x1b[31m\u202e\udc9b.py"
TOWER = "tower\x1b[31m\u202e\U000e0041.py"

WALK: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "init": (("--dry-run",), ("--library", ODD), ()),
    "extract": (("--all", "--explain", "--dry-run"), ("--all", "--json"), ("--commit", ODD), (HERE,), ("--junit", f"a{ODD}")),
    "search": (
        (TASK,), ("--explain", TASK), ("--facets", TASK), ("--json", TASK), ("--facets", "--json", TASK), (ODD,),
        ("--unreviewed-only", "cut a list into pieces"), ("--language", ODD, TASK),
    ),
    "similar": ((HERE,), ("--json", HERE), (TOWER,), ("--json", TOWER), ("--diff", "HEAD~1"), ("--staged",), (f"a{ODD}",)),
    "inject": (("--task", TASK), ("--task", TASK, "--json"), ("--task", ODD), ("--task", TASK, "--prompt", f"a{ODD}")),
    "candidates": ((), ("--all",), ("--all", "--json")),
    "show": ((RING,), (RING, "--json"), ("python/in-chunks", "--json"), ("python/in-chunks",), (ODD,)),
    "propose": (("python/in-chunks", "python/clamp-all"), ("python/in-chunks", "--branch", ODD)),
    "accept": (("python/in-chunks",), (ODD,)),
    "reject": (("python/clamp-all", "--reason", "other"), (ODD,)),
    "outcome": ((RING, "--pass"), (ODD, "--pass"), (RING, "--fail", "--session", ODD)),
    "stats": (
        (), ("--json",), (RING,), (RING, "--json"), ("--week",), ("--week", "--json"), ("--undecided",), ("--undecided", "--json"),
        ("--compare", f"{RING}@1", f"{RING}@2"), ("--compare", f"{RING}@1", ODD), (ODD,),
    ),
    "doctor": ((), ("--json",), ("--strict",)),
    "watch": ((ODD,),),
    "rebuild": ((), (ODD,)),
    "uninstall": (("--dry-run",), (ODD,)),
    "help": (("--all",), (ODD,)),
    "worker": ((),),
    "evidence run": (("--", "git", "--version"), ("--", ODD)),
    "evidence collect": (("--junit", "report.xml", "--status", "success"), ("--status", "success", "--json"), ("--junit", ODD)),
    "evidence decide": ((RING, "validated", "--reason", "tested"), (ODD, "validated", "--reason", "tested")),
    "evidence withdraw": ((ODD,),),
    "evidence sync": ((), ("odd\u202e",), ("--import", ODD), ("--json", "--import", "events.jsonl")),
    "library check": ((), ("--json",), ("--queries",), ("--queries", "--json"), ("--base", ODD)),
    "agent analyze": (
        ("session",), ("session", "--json"), ("session", "--output", "-"), ("session", "--format", "html", "--output", "-"),
        ("session", "--format", "json", "--output", "-"), ("--transcripts", "sessions", "--all"),
        ("--transcripts", "sessions", "--all", "--format", "markdown", "--output", "-"),
        ("--transcripts", "sessions", "--all", "--format", "html", "--output", "-"), (ODD,),
    ),
}  # fmt: skip
"""Command → what it is told, in the order in which it is walked."""

COPIED = ("show", "python/in-chunks")
"""Code comes out of a pipe byte for byte, for it is copied from there; what is around it is text as everywhere."""


def manifest(name: str, **more: str) -> str:
    facts = {
        "name": hostile(name), "description": hostile(f"Ring the bells of the tower in turn, {name}.")[:1000],
        "framework": hostile("framework"), "suggested_action": hostile("When bells are rung."),
    }  # fmt: skip
    fields = "".join(f"{key}: {in_yaml(value)}\n" for key, value in (facts | more).items())
    listed = "".join(f"{key}: [{in_yaml(hostile(key))}]\n" for key in ("tags", "requires", "conflicts", "supersedes"))
    inner = "".join(
        f"  {key}: {in_yaml(hostile(key))}\n" for key in ("repository", "commit", "path", "symbol", "author_date", "licence")
    )
    return f"schema: 1\nkind: function\nlanguage: python\ncode: it.py\n{fields}{listed}origin:\n{inner}"


def library() -> dict[str, str | bytes | None]:
    """A library with a pattern, a deprecated one, one that is spoilt, and queries."""
    spoilt = {ODD: "x", "kind": hostile("kind"), "tags": hostile("tags")}
    return {
        "foundry.yaml": f"library_id: {LIBRARY}\nname: {in_yaml(hostile('team'))}\ntags: [bells]\n",
        f"patterns/{RING}/v1/pattern.yaml": manifest("ring_in_turn"),
        f"patterns/{RING}/v1/it.py": BELLS,
        f"patterns/{RING}/v2/pattern.yaml": manifest("ring_in_turn"),
        f"patterns/{RING}/v2/it.py": BELLS.replace("strike", "swing"),
        "patterns/python/toll-once/v1/pattern.yaml": manifest("toll_once"),
        "patterns/python/toll-once/v1/it.py": "def toll(bell):\n    bell()\n",
        "patterns/python/toll-once/deprecated.yaml": f"reason: {in_yaml(hostile('slow'))}\nreplaced_by: {in_yaml(hostile('other'))}\n",
        "patterns/python/spoilt/v1/pattern.yaml": "".join(f"{in_yaml(key)}: {in_yaml(said)}\n" for key, said in spoilt.items()),
        f"patterns/python/{ODD.strip()}/v1/pattern.yaml": "x: y\n",
        "queries.yaml": f"schema: 1\nqueries:\n- ask: {in_yaml(hostile('ask'))}\n  expect: [{RING}]\n",
    }


def documented(code: str) -> str:
    """Code whose docstring and literals hold what a source file may hold of it."""
    text = "".join(char for char in HIDDEN if char not in "\x00\r\n\x0c\x0b")
    return code.replace('."""', f'.{text}\n    """')


def session(folder: Path) -> None:
    """A folder of a build session, and transcripts."""
    said = hostile("session") + SURROGATES
    folder.mkdir()
    facts = {"session": said, "model": said, "completed": [said], "remaining": 1, "iterations": [{"model": said, "tokens": 5}]}
    (folder / "progress.json").write_text(json.dumps(facts), encoding="utf-8")
    for number in range(2):
        told = Transcript(f"s{number}").user(said).answer("m1", model=f"m{said}", tools={said: (said, {said: said})}).result(said)
        told.write(folder.parent / "sessions", f"a{number}\x1b[2J\u202e.jsonl")


@pytest.fixture
def odd(repo: GitRepo) -> GitRepo:
    """The repository."""
    repo.git("config", "foundry.odd", "x")
    repo.commit({**library(), "billing.py": documented(CHUNKS)}, message=hostile("Start").replace("\0", ""))
    repo.git("branch", "odd\u202e\U000e0041")
    odd_author = f"{ODD.strip()} <{ODD.strip()}@example.com>"
    repo.commit(
        {HERE: documented(CLAMP), TOWER: documented(CLAMP)}, message=hostile("Clamp").replace("\0", ""), author=odd_author
    )
    repo.git("remote", "add", "odd\u202e", f"/nowhere/{ODD.strip()}")
    repo.write({
        "report.xml": f'<testsuite><testcase classname="{hostile_xml()}" name="{hostile_xml()}"><failure>{hostile_xml()}</failure>'
        "</testcase></testsuite>",
        "events.jsonl": json.dumps({"kind": hostile("kind"), "nonce": hostile("nonce"), "v": 1}) + "\n",
    })  # fmt: skip
    session(repo.path / "session")
    return repo


def hostile_xml() -> str:
    return "".join(f"&#{ord(char)};" if char not in "<>&\"'" else "" for char in hostile("case") if char >= " " or char in "\t\n")


def walked() -> Iterator[tuple[str, ...]]:
    for command, lines in WALK.items():
        yield from ((*command.split(), *words) for words in lines)


def options(command: str) -> set[str]:
    parser = argparse.ArgumentParser()
    group, _, action = command.partition(" ")
    (GROUP_OPTIONS[group][action] if action else OPTIONS.get(group, lambda parser: None))(parser)
    return set(parser._option_string_actions)


def test_every_command_and_every_way_to_answer_is_walked() -> None:
    commands = {*VERBS, WORKER, *(f"{group} {action}" for group, actions in GROUPS.items() for action in actions)}

    assert set(WALK) == commands
    for command in commands:
        told = {word for words in WALK[command] for word in words}
        assert {option for option in ("--json", "--explain", "--facets", "--week") if option in options(command)} <= told, command
    assert {"markdown", "html", "json"} <= {word for words in WALK["agent analyze"] for word in words}


def test_no_command_writes_a_hidden_character(odd: GitRepo, foundry: CommandLine) -> None:
    found: dict[tuple[str, ...], list[str]] = {}
    copied: dict[tuple[str, ...], str] = {}
    for words in walked():
        done = foundry(*words, input="Do it.\n" if words[0] == "inject" else "")
        raw = leaked(done.stdout.removesuffix(copied.get(words, ""))) + leaked(done.stderr)
        if raw or "Traceback" in done.stderr:
            found[words] = [*raw[:3], *done.stderr.splitlines()[-3:]]
        if words == (*COPIED, "--json"):
            copied[COPIED] = json.loads(done.stdout)["code"]

    assert found == {}


def on_a_terminal(folder: Path, *words: str) -> str:
    """What a command writes to a terminal, in a process of its own."""
    here, there = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-P", "-m", "foundry_git", *words], cwd=folder, stdin=there, stdout=there, stderr=there
    )
    os.close(there)
    said = b""
    with contextlib.suppress(OSError), open(here, "rb", buffering=0) as terminal:  # noqa: PTH123 - a descriptor
        while chunk := terminal.read(65536):
            said += chunk
    assert done.wait() == 0, said
    return said.decode("utf-8", "surrogateescape").replace("\r\n", "\n")


def test_code_is_copied_byte_for_byte_and_shown_with_nothing_hidden(odd: GitRepo, foundry: CommandLine) -> None:
    foundry("extract", "--all")
    copied, seen = foundry("show", "python/in-chunks").stdout, on_a_terminal(odd.path, "show", "python/in-chunks")

    assert copied.endswith(json.loads(foundry("show", "python/in-chunks", "--json").stdout)["code"])
    assert "\u202e" in copied
    assert leaked(seen, is_terminal=True) == []
    assert "\x1b[1m" in seen and "\\u202e" in seen and "\\x1b" in seen


def test_a_prompt_is_shown_on_a_terminal_with_nothing_hidden(odd: GitRepo) -> None:
    (odd.path / "prompt.txt").write_text("Do it.\x1b[2J\n", encoding="utf-8")

    seen = on_a_terminal(odd.path, "inject", "--task", TASK, "--prompt", "prompt.txt")

    assert seen.startswith("Do it.\\x1b[2J\n")
    assert "ring_in_turn(bells)" in seen
    assert leaked(seen, is_terminal=True) == []


def test_a_description_is_no_heading_of_a_prompt_and_ends_no_fence(odd: GitRepo, foundry: CommandLine) -> None:
    prompt = foundry("inject", "--task", TASK, input="Do it.\n").stdout

    headings = [line for line in prompt.splitlines() if line.startswith("#")]
    assert [line.partition(" `")[0] for line in headings] == ["## Relevant patterns from your team's library", "### 1."]
    assert [line for line in prompt.splitlines() if line.startswith(("```", "~~~"))] == ["```python", "```"]
    assert prompt.count("<!--") == 1 and "</" not in prompt


def test_the_text_of_a_proposal_is_that_of_its_commit_and_holds_no_line_of_strangers(odd: GitRepo, foundry: CommandLine) -> None:
    foundry("extract", "--all")
    said = foundry("propose", "python/in-chunks", "python/clamp-all")

    message = odd.git("log", "-1", "--format=%B", "foundry/in-chunks")
    assert leaked(message) == leaked(said.stdout) == []
    assert [line for line in message.splitlines() if line.startswith(("#", "```"))] == []


def test_a_watcher_answers_with_nothing_hidden(odd: GitRepo) -> None:
    request = {"arguments": ["search", TASK], "folder": str(odd.path), "environment": {}, "terminals": [True, True]}
    with contextlib.chdir(odd.path), contextlib.closing(Answerer()) as answerer:
        answer = json.loads(answerer(json.dumps(request).encode()) or b"{}")

    said = "".join(text for _, text in answer["said"])
    assert answer["exit"] == 0 and "\x1b[1m" in said and "python/ring-in-turn" in said
    assert leaked(said, is_terminal=True) == []


def test_what_a_worker_writes_into_its_log_can_be_looked_at(tmp_path: Path) -> None:
    log = logging.getLogger("foundry_git")
    before = list(log.handlers)
    worker_process._log_to(tmp_path / "worker.log")
    try:
        logging.getLogger("foundry_git.worker").warning("%s", hostile("odd") + SURROGATES)
    finally:
        for handler in set(log.handlers) - set(before):
            log.removeHandler(handler)
            handler.close()

    assert leaked((tmp_path / "worker.log").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("kind", ["markdown", "html", "json"])
def test_a_report_that_is_written_holds_nothing_hidden(odd: GitRepo, foundry: CommandLine, kind: str) -> None:
    done = foundry("agent", "analyze", "--transcripts", "sessions", "--all", "--format", kind, "--output", "report")

    assert done.returncode == 0, done.stderr
    assert leaked((odd.path / "report").read_text(encoding="utf-8")) == []


def test_only_the_screen_and_what_writes_to_it_touch_the_streams() -> None:
    """A command that wrote to a stream's bytes would go round the screen."""
    streams = re.compile(r"sys\.(__)?(stdout|stderr)\b")
    files = (TOP / "foundry_git").rglob("*.py")
    found = {
        file.relative_to(TOP / "foundry_git").as_posix() for file in files if streams.search(file.read_text(encoding="utf-8"))
    }

    asks_whether_it_is_a_terminal = {"cli/commands/evidence/sync.py"}
    assert found - asks_whether_it_is_a_terminal == {
        "cli/dispatch.py", "cli/main.py", "cli/output.py", "cli/screen.py", "cli/watch_client.py", "cli/watch_server.py",
    }  # fmt: skip


def test_the_walk_would_notice_a_command_that_goes_round_the_screen() -> None:
    stream = io.StringIO()
    print(hostile("text"), file=stream)

    assert {"U+001B", "U+0007", "U+202E", "U+200B", "U+E0041"} <= set(leaked(stream.getvalue()))
    assert any(line.startswith("a line: ") for line in leaked(stream.getvalue()))
