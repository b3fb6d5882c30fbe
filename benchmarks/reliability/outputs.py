"""Outputs: ``python -m benchmarks.reliability.outputs OTHER`` walks every command over a hostile repository, with two builds.

``OTHER`` is the Python of the other one. Counted are the command lines whose output holds a hidden character raw or a line that a
stranger's text began, and those that end in a traceback.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.corpus import own_environment
from benchmarks.measure import write
from benchmarks.reliability.hiding import leaked
from benchmarks.reliability.hostile_repository import COPIED, made, walked


def walk(python: str, folder: Path) -> dict[str, int]:
    """Run every command line in processes of a build's own, in a repository of its own."""
    home = folder / "home"
    home.mkdir(parents=True)
    environment = own_environment(home) | {"XDG_CACHE_HOME": str(folder / "cache"), "CI": "true", "FOUNDRY_WORKER": "1"}
    os.environ.update(environment)
    place = made(folder / "repository")
    found = {"command_lines": 0, "raw": 0, "tracebacks": 0}
    for words in walked():
        out, error = _said(python, words, place, environment)
        found["command_lines"] += 1
        found["tracebacks"] += "Traceback" in error
        found["raw"] += bool(leaked("" if words == COPIED else out) or ("Traceback" not in error and leaked(error)))
    return found


def _said(python: str, words: tuple[str, ...], folder: Path, environment: dict[str, str]) -> tuple[str, str]:
    command = [python, "-P", "-m", "foundry_git", *words]
    done = subprocess.run(command, cwd=folder, env=environment, input=b"Do it.\n", capture_output=True, check=False)
    out, error = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
    return out, error


def main() -> None:
    """Measure, print and write ``results/outputs.json``."""
    with tempfile.TemporaryDirectory(prefix="foundry-bench-", ignore_cleanup_errors=True) as scratch:
        ours, other = (walk(python, Path(scratch, name)) for name, python in (("ours", sys.executable), ("other", sys.argv[1])))
    write("outputs", ours | {"other": other})


if __name__ == "__main__":
    main()
