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
from pathlib import Path

import pytest

from benchmarks.reliability.hiding import SURROGATES, hostile, leaked
from benchmarks.reliability.hostile_repository import COPIED, TASK, WALK, made, walked
from foundry_git.cli.command_options import OPTIONS
from foundry_git.cli.group_options import GROUP_OPTIONS
from foundry_git.cli.parser import WORKER
from foundry_git.cli.watch_server import Answerer
from foundry_git.command_table import GROUPS, VERBS
from foundry_git.worker import process as worker_process
from tests import TOP
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo


@pytest.fixture
def odd(repo: GitRepo) -> GitRepo:
    """The repository."""
    made(repo.path)
    return repo


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


def test_what_a_worker_writes_into_its_log_can_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = logging.getLogger("foundry_git")
    monkeypatch.setattr(log, "propagate", False)  # pytest's own copy of the text has no UTF-8, and would end its process
    before, level = list(log.handlers), log.level
    worker_process._log_to(tmp_path / "worker.log")
    try:
        logging.getLogger("foundry_git.worker").warning("%s", hostile("odd") + SURROGATES)
    finally:
        log.setLevel(level)  # or later tests would hear more than they ask for
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
    answers_another_process = {"system/helper_processes.py"}
    assert found - asks_whether_it_is_a_terminal - answers_another_process == {
        "cli/dispatch.py", "cli/main.py", "cli/output.py", "cli/screen.py", "cli/watch_client.py", "cli/watch_server.py",
    }  # fmt: skip


def test_the_walk_would_notice_a_command_that_goes_round_the_screen() -> None:
    stream = io.StringIO()
    print(hostile("text"), file=stream)

    assert {"U+001B", "U+0007", "U+202E", "U+200B", "U+E0041"} <= set(leaked(stream.getvalue()))
    assert any(line.startswith("a line: ") for line in leaked(stream.getvalue()))
