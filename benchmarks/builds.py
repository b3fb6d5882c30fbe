"""Two builds side by side: ``python -m benchmarks.builds OTHER [--history REPOSITORY]`` runs their commands in turns.

``OTHER`` is the Python of an environment that has the other build. Each build has a home, an index and repositories of its own; what
stands in the JSON are ratios of pairs, this build to the other, so that a slow minute of the machine hits both. How soon a candidate is
there is measured by ``benchmarks.commit_to_candidate``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.commits import FUNCTION
from benchmarks.corpus import own_environment, python_files, write_library
from benchmarks.measure import interleaved, process_seconds, write

PATTERNS, FILES, ROUNDS, EXTRACT_ROUNDS, HISTORY_ROUNDS = 1000, 200, 21, 5, 3
QUERY = "retry a failing call with exponential backoff"
UNWATCHED = {"FOUNDRY_UNWATCHED": "1"}
SETTLED = 1.0  # seconds after a commit in which the worker of its hook ends


@dataclass(frozen=True, slots=True)
class Build:
    """One build, and the folder and environment that are its own."""

    python: str
    folder: Path
    environment: Mapping[str, str]

    def foundry(self, place: Path, *arguments: str, **variables: str) -> float:
        """Seconds that one command takes."""
        command = (self.python, "-P", "-m", "foundry_git", *arguments)
        return process_seconds(command, place, {**self.environment, **variables})

    def git(self, place: Path, *arguments: str) -> float:
        """Seconds that one Git command takes."""
        return process_seconds(("git", *arguments), place, self.environment)


def main() -> None:
    """Measure, print and write ``results/builds.json``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.builds")
    parser.add_argument("other", help="the Python of the other build's environment")
    parser.add_argument("--history", type=Path, help="a repository whose whole history `extract --all` takes in (slow)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="foundry-bench-", ignore_cleanup_errors=True) as scratch, ExitStack() as stack:
        builds = [
            _prepared(python, Path(scratch) / name) for name, python in (("this", sys.executable), ("other", options.other))
        ]
        for build in builds:
            stack.enter_context(_watching(build))
        calls: dict[str, Callable[[Build], float]] = {
            "help": lambda build: build.foundry(build.folder, "--help"),
            "cold_search": lambda build: build.foundry(build.folder / "library", "search", QUERY, **UNWATCHED),
            "warm_search": lambda build: build.foundry(build.folder / "library", "search", QUERY),
            "commit_with_hook": _commit_with_hook,
        }
        figures = {name: _compared(call, builds, ROUNDS) for name, call in calls.items()}
        figures["extract_of_head"] = _compared(_extract_of_head, builds, EXTRACT_ROUNDS)
        if options.history:
            figures["extract_all"] = _compared(partial(_extract_history, options.history), builds, HISTORY_ROUNDS)
    write("builds", {"other": _version(options.other), "patterns": PATTERNS, "files": FILES, **figures})


def _compared(call: Callable[[Build], float], builds: list[Build], rounds: int) -> dict[str, float]:
    this, other = builds
    taken = interleaved({"this": lambda: call(this), "other": lambda: call(other)}, rounds)
    ratios = [a / b for a, b in zip(taken["this"], taken["other"], strict=True)]
    milliseconds = {f"{name}_ms": round(median(seconds) * 1000, 1) for name, seconds in taken.items()}
    return milliseconds | {"ratio": round(median(ratios), 3), "runs": rounds}


def _prepared(python: str, folder: Path) -> Build:
    folder.mkdir()
    environment = {name: value for name, value in own_environment(folder).items() if name != "PYTHONDONTWRITEBYTECODE"}
    build = Build(python, folder, environment)  # a build without bytecode would be measured compiling itself
    write_library(folder / "library", PATTERNS)
    build.foundry(folder / "library", "rebuild")
    product = folder / "product"
    product.mkdir()
    build.git(product, "init", "--quiet", ".")
    for number, source in enumerate(python_files(FILES)):
        (product / f"m{number}_{source.name}").write_bytes(source.read_bytes())
    build.git(product, "add", ".")
    build.git(product, "commit", "--quiet", "-m", "Start")
    build.foundry(product, "init")
    build.foundry(product, "rebuild")
    return build


@contextmanager
def _watching(build: Build) -> Iterator[None]:
    command = (build.python, "-P", "-m", "foundry_git", "watch")
    place = build.folder / "library"
    with subprocess.Popen(
        command, cwd=place, env=build.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        try:
            time.sleep(5.0)  # until it answers
            yield
        finally:
            child.terminate()


def _new_function(build: Build) -> Path:
    product = build.folder / "product"
    file = product / "work.py"
    text = file.read_text() if file.exists() else ""
    file.write_text(text + FUNCTION.format(number=text.count("def measured_")))
    build.git(product, "add", "work.py")
    return product


def _commit_with_hook(build: Build) -> float:
    time.sleep(SETTLED)
    return build.git(_new_function(build), "commit", "--quiet", "-m", "Work")


def _extract_of_head(build: Build) -> float:
    return build.foundry(build.folder / "product", "extract", "--all", "--dry-run")


def _extract_history(repository: Path, build: Build) -> float:
    """The whole history into candidates, in a fresh clone: nothing of the run before is known."""
    with tempfile.TemporaryDirectory(dir=build.folder) as folder:
        clone = Path(folder) / "clone"
        build.git(build.folder, "clone", "--quiet", "--no-hardlinks", str(repository), str(clone))
        return build.foundry(clone, "extract", "--all", "--dry-run")


def _version(python: str) -> str:
    """The commit that another build's package is of, where it stands in a checkout."""
    where = "import foundry_git, pathlib; print(pathlib.Path(foundry_git.__file__).parent)"
    folder = subprocess.run((python, "-P", "-c", where), capture_output=True, text=True, check=True).stdout.strip()
    done = subprocess.run(("git", "rev-parse", "HEAD"), cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.strip() or folder


if __name__ == "__main__":
    main()
