"""The whole loop on real code, in a throw-away repository: ``make demo``.

The code is that of packages this project installs anyway; nobody here wrote it. What stands below a ``$`` was printed by that command.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACKAGES = ("smmap", "tqdm", "gitdb", "pluggy")
ACCEPTED = 6
QUERY = "map a part of a large file into memory"
PROMPT = "Have our backup tool read an index of 3 GB without loading it.\n"
NOT_CODE = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
BOLD, DIM, RESET = ("\x1b[1m", "\x1b[2m", "\x1b[0m") if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else ("", "", "")


class Demo:
    """One run in a repository, home folder and Git configuration of its own."""

    def __init__(self, folder: Path) -> None:
        self.top = folder / "backup-tool"
        self.top.mkdir()
        (folder / "gitconfig").write_text("[user]\n\tname = Demo\n\temail = demo@example.com\n[init]\n\tdefaultBranch = main\n")
        own = {
            "HOME": str(folder),
            "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"),
            "XDG_STATE_HOME": str(folder / "state"),
            "COLUMNS": "100",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "FOUNDRY_"))}
        self.environment = kept | own

    def run(self, *command: str, input: str = "", remarks: bool = True) -> str:
        """Run a command and return what it printed, its remarks too unless they are not wanted."""
        if command[0] == "foundry":
            command = (sys.executable, "-P", "-m", "foundry_git", *command[1:])
        to = subprocess.STDOUT if remarks else subprocess.PIPE
        done = subprocess.run(
            command, cwd=self.top, env=self.environment, input=input, stdout=subprocess.PIPE, stderr=to, text=True
        )
        if done.returncode:
            said = f"{done.stdout}{done.stderr or ''}"
            sys.exit(f"$ {' '.join(command)}\n{said}\nthe demonstration stops here: exit code {done.returncode}")
        return done.stdout

    def shown(self, *command: str, input: str = "", first: int = 99) -> str:
        """Run a command and print it with the first lines of its output."""
        words = [f'"{word}"' if " " in word else word for word in command]
        print(f"{DIM}${RESET} {' '.join(words)}")
        printed = self.run(*command, input=input)
        lines = printed.rstrip("\n").splitlines()
        for line in lines[:first]:
            print(f"  {line}")
        if len(lines) > first:
            print(f"  {DIM}… {len(lines) - first} more lines{RESET}")
        return printed

    def json(self, *command: str) -> Any:
        """Run a command with ``--json`` and return its answer."""
        return json.loads(self.run(*command, "--json", remarks=False))

    def share(self) -> Path:
        """Push all that is committed to a new bare repository beside this one, and return it."""
        hub = self.top.parent / "hub.git"
        self.run("git", "init", "--quiet", "--bare", str(hub))
        self.run("git", "remote", "add", "origin", str(hub))
        self.run("git", "push", "--quiet", "origin", "HEAD:main")
        return hub

    def clone(self, hub: Path) -> None:
        """Go on in a clone, as somebody else would."""
        there = self.top.parent / "colleague"
        self.run("git", "clone", "--quiet", str(hub), str(there))
        self.top = there


def main() -> None:
    """Run the demonstration with the packages that are named; under two minutes, no network."""
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="foundry-demo-"))
    try:
        _play(Demo(folder), sys.argv[1:] or PACKAGES)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{DIM}{time.monotonic() - began:.0f} s, in a throw-away repository. In yours:  foundry init{RESET}")


def _play(demo: Demo, packages: Sequence[str]) -> None:
    _title("1  A repository, foundry switched on")
    demo.run("git", "init", "--quiet", ".")
    demo.shown("foundry", "init", first=4)
    _commit(demo, "Start a pattern library", ".foundry")

    _title("2  Ordinary commits of real code; the hook looks at them in the background")
    for package in packages:
        _commit_package(demo, package)

    _title("3  A week brings five at most; asked for, it is the best of everything, weighed by history and use")
    demo.shown("foundry", "extract", "--all")
    demo.shown("foundry", "candidates", first=18)

    _title(f"4  The best {ACCEPTED} are accepted by an ordinary commit")
    best = [candidate["id"] for candidate in demo.json("foundry", "candidates")[:ACCEPTED]]
    demo.shown("foundry", "accept", *best)
    _commit(demo, "Add patterns", ".foundry/patterns")

    _title("5  Found again by meaning, beside the starter library")
    demo.shown("foundry", "search", QUERY)
    before = demo.json("foundry", "search", QUERY, "--accepted-only")

    _title("6  Put into an agent's prompt, with a receipt")
    injected = demo.shown("foundry", "inject", "--task", QUERY, input=PROMPT, first=24)
    receipt = next(word.rstrip(":") for word in injected.split() if word.startswith("r-") and word.endswith(":"))

    _title("7  What came of it: a success and a failure")
    first, second = before[0]["id"], before[1]["id"]
    demo.shown("foundry", "outcome", receipt, "--pass", "--used", second)
    demo.shown("foundry", "outcome", first, "--fail")

    _title("8  The next answer has learned")
    after = demo.json("foundry", "search", QUERY, "--accepted-only")
    rows = [("before", "after"), *((_ranked(old), _ranked(new)) for old, new in zip(before, after, strict=False))]
    width = max(len(old) for old, _ in rows)
    for old, new in rows:
        print(f"  {old:<{width}}  {new}")
    demo.shown("foundry", "stats", second)

    _title("9  A colleague's clone knows it too: evidence travels through Git")
    hub = demo.share()
    demo.shown("foundry", "evidence", "sync", "--yes")
    demo.clone(hub)
    demo.run("foundry", "init")
    demo.shown("foundry", "evidence", "sync")
    demo.shown("foundry", "stats", second, first=3)


def _title(text: str) -> None:
    print(f"\n{BOLD}{text}{RESET}", flush=True)


def _commit_package(demo: Demo, name: str) -> None:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        sys.exit(f"{name}: not installed; run `make demo` to install what the demonstration commits")
    shutil.copytree(found.submodule_search_locations[0], demo.top / name, ignore=NOT_CODE)
    lines = sum(path.read_bytes().count(b"\n") for path in (demo.top / name).rglob("*.py"))
    known = len(demo.json("foundry", "candidates", "--all"))
    took = _commit(demo, f"Add {name}", name)
    began = time.monotonic()
    fresh = len(demo.json("foundry", "candidates", "--all")) - known
    visible = time.monotonic() - began
    print(
        f"  commit {name:<10} {lines:>7,} lines  {took * 1000:>4.0f} ms   → {fresh:>3} candidates, visible {visible:.1f} s later"
    )


def _commit(demo: Demo, message: str, *paths: str) -> float:
    demo.run("git", "add", *paths)
    began = time.monotonic()
    demo.run("git", "commit", "--quiet", "-m", message)
    return time.monotonic() - began


def _ranked(hit: dict[str, Any]) -> str:
    return f"{hit['score']:.3f}  {hit['id']}"


if __name__ == "__main__":
    main()
