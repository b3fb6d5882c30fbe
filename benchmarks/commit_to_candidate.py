"""Commit to candidate: how long the worker takes until a commit's candidate is on its ref, for one build or for several in turns.

``python -m benchmarks.commit_to_candidate PYTHON …``: the interpreters that have the builds; without any, this one.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks.commits import FUNCTION, git, made_repository
from benchmarks.corpus import own_environment
from benchmarks.measure import interleaved, process_seconds, summary, write

ROUNDS = 20
REF = Path(".git", "refs", "foundry", "candidates")
TICKS = 100  # a second, in which Linux counts the time of processors
LOOK_SECONDS = 0.002


class Build:
    """A repository with a library, whose worker is that of one interpreter."""

    def __init__(self, python: str, folder: Path) -> None:
        folder.mkdir()
        self.command = (python, "-P", "-m", "foundry_git")
        self.environment = own_environment(folder)
        self.path = made_repository(folder / "repository", self.environment)
        self.processors: list[float] = []
        for arguments in (("init",), ("rebuild",)):
            process_seconds((*self.command, *arguments), self.path, self.environment)
        git(self.path, self.environment, "config", "core.hooksPath", "/dev/null")
        self._number = itertools.count()

    def seconds(self) -> float:
        """Commit one more function, run the worker, and return the seconds until its candidate was there."""
        file = self.path / "work.py"
        file.write_text((file.read_text() if file.exists() else "") + FUNCTION.format(number=next(self._number)))
        git(self.path, self.environment, "add", ".")
        git(self.path, self.environment, "commit", "--quiet", "-m", "Work")
        before, began = self._state(), time.perf_counter()
        with subprocess.Popen((*self.command, "worker"), cwd=self.path, env=self.environment, stdin=subprocess.DEVNULL) as worker:
            while self._state() == before:
                if worker.poll() is not None:
                    raise SystemExit("the candidate never came")
                time.sleep(LOOK_SECONDS)
            taken = time.perf_counter() - began
            self.processors.append(_processor_seconds(worker.pid))
        return taken

    def _state(self) -> int:
        return (self.path / REF).stat().st_mtime_ns if (self.path / REF).exists() else 0


def main() -> None:
    """Measure, print and write ``results/commit_to_candidate.json``."""
    pythons = sys.argv[1:] or [sys.executable]
    with tempfile.TemporaryDirectory(prefix="foundry-bench-", ignore_cleanup_errors=True) as scratch:
        builds = {python: Build(python, Path(scratch, str(number))) for number, python in enumerate(pythons)}
        taken = interleaved({python: build.seconds for python, build in builds.items()}, ROUNDS)
    figures: dict[str, object] = {}
    for number, (python, seconds) in enumerate(taken.items()):
        figures[f"build_{number}"] = summary(seconds) | {"processor_median_ms": round(median(builds[python].processors) * 1000)}
    if len(pythons) > 1:
        figures["ratios_to_the_first"] = [round(_ratio(taken, python), 3) for python in pythons[1:]]
    write("commit_to_candidate", figures)


def _ratio(taken: Mapping[str, list[float]], python: str) -> float:
    """The median over the rounds of what a build takes for what the first one takes."""
    first = next(iter(taken.values()))
    return median(one / other for one, other in zip(taken[python], first, strict=True))


def _processor_seconds(process: int) -> float:
    """The time that a process and those it waited for have taken so far."""
    fields = Path("/proc", str(process), "stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


if __name__ == "__main__":
    main()
