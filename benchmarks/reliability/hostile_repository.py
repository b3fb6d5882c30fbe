"""A repository and a library whose every text holds every hidden character, and the command lines that show something of it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.reliability.hiding import HIDDEN, SURROGATES, hostile, in_yaml
from benchmarks.reliability.text_trials import transcript_lines
from benchmarks.reliability.trial import put

CHUNKS = '''\
def in_chunks(items: list[int], size: int) -> list[list[int]]:
    """Cut a list into pieces of a size."""
    if size < 1:
        raise ValueError("size must be positive")
    chunks = []
    for start in range(0, len(items), size):
        chunks.append(items[start : start + size])
    return chunks
'''
CLAMP = '''\
def clamp_all(values: list[float], low: float, high: float) -> list[float]:
    """Bring every value into a range."""
    clamped = []
    for value in values:
        if value < low:
            clamped.append(low)
        elif value > high:
            clamped.append(high)
        else:
            clamped.append(value)
    return clamped
'''
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
    "similar": (
        *((HERE,), ("--json", HERE), (TOWER,), ("--json", TOWER), (f"a{ODD}",)),
        *(("--diff", "HEAD~1"), ("--staged",), ("--all",), ("--all", "--json")),
    ),
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
    "ask": (
        ("list all patterns",), ("list", "all", "patterns", "--json"), (f"recall {ODD}",), ("compare", RING, "and", ODD),
        ("find similar to", TASK, "--explain"), ("patterns added this week",), ("what did I store",), ("aggregate our lessons",),
    ),
    "serve": ((ODD,),),
    "watch": ((ODD,),),
    "encode": ((), (ODD,)),
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
    "library migrate": (("--dry-run",), ()),
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


def made(folder: Path) -> Path:
    """The repository, in a new folder; Git is asked with the environment as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    author = f"{ODD.strip()} <{ODD.strip()}@example.com>"
    _git(folder, "init", "--quiet")
    _commit(folder, {**library(), "billing.py": documented(CHUNKS)}, "Start", "Dev <dev@example.com>")
    _git(folder, "branch", "odd\u202e\U000e0041")
    _commit(folder, {HERE: documented(CLAMP), TOWER: documented(CLAMP)}, "Clamp", author)
    _git(folder, "remote", "add", "odd\u202e", f"/nowhere/{ODD.strip()}")
    case = f'<testcase classname="{_in_xml()}" name="{_in_xml()}"><failure>{_in_xml()}</failure></testcase>'
    event = json.dumps({"kind": hostile("kind"), "nonce": hostile("nonce"), "v": 1})
    put(folder, {"report.xml": f"<testsuite>{case}</testsuite>".encode(), "events.jsonl": f"{event}\n".encode()})
    put(folder, _sessions())
    return folder


def walked() -> Iterator[tuple[str, ...]]:
    """The command lines one after the other."""
    for command, lines in WALK.items():
        yield from ((*command.split(), *words) for words in lines)


def manifest(name: str) -> str:
    """A manifest each of whose fields holds all of it."""
    facts = {
        "name": hostile(name), "description": hostile(f"Ring the bells of the tower in turn, {name}.")[:1000],
        "framework": hostile("framework"), "suggested_action": hostile("When bells are rung."),
    }  # fmt: skip
    fields = "".join(f"{key}: {in_yaml(value)}\n" for key, value in facts.items())
    lists = (
        "tags",
        *(("requires",) if name != "ring_in_turn" else ()),
        "conflicts",
        "supersedes",
    )  # what is not there is not injected
    listed = "".join(f"{key}: [{in_yaml(hostile(key))}]\n" for key in lists)
    inner = "".join(
        f"  {key}: {in_yaml(hostile(key))}\n" for key in ("repository", "commit", "path", "symbol", "author_date", "licence")
    )
    return f"schema: 1\nkind: function\nlanguage: python\ncode: it.py\n{fields}{listed}origin:\n{inner}"


def library() -> dict[str, str]:
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


def _sessions() -> dict[str, bytes]:
    """A folder of a build session, and transcripts."""
    said = hostile("session") + SURROGATES
    facts = {"session": said, "model": said, "completed": [said], "remaining": 1, "iterations": [{"model": said, "tokens": 5}]}
    lines = b"".join(transcript_lines("s1")) + json.dumps({"type": "user", "message": {"content": said}}).encode() + b"\n"
    transcripts = {f"sessions/a{number}\x1b[2J\u202e.jsonl": lines for number in range(2)}
    return {"session/progress.json": json.dumps(facts).encode(), **transcripts}


def _in_xml() -> str:
    return "".join(f"&#{ord(char)};" for char in hostile("case") if char >= " " or char in "\t\n")


def _commit(folder: Path, files: Mapping[str, str], subject: str, author: str) -> None:
    put(folder, {name: content.encode() for name, content in files.items()})
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", f"--author={author}", "-m", hostile(subject).replace("\0", ""))


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, env=os.environ, stdin=subprocess.DEVNULL, check=True)
