"""Bursts: ``python -m benchmarks.reliability.bursts [OTHER]`` commits back to back and rebases, with no hook, an empty one and ours.

``OTHER`` is the Python of an environment that has another build, which is measured beside. All take turns at the rebase; a slow minute
of the machine hits each of them. Beside the times stands how many workers were alive at once, and how soon after none was.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from benchmarks.corpus import own_environment
from benchmarks.measure import process_seconds, timed, write
from foundry_git.git.hooks import WAKING

COMMITS, REBASED, ROUNDS = 500, 200, 3
FUNCTION = """def work_{number}(items):
    total = 0
    for item in items:
        if item > {number}:
            total += {number}
        elif item < -{number}:
            total -= 1
    return total
"""
EMPTY = "#!/bin/sh\nexit 0\n"
MOST_SECONDS = 120.0
LOOK_SECONDS = 0.02


@dataclass(slots=True)
class Hooked:
    """A repository of one kind: ``python`` is that of the build whose hooks it has, "" where they are empty or none."""

    top: Path
    environment: Mapping[str, str]
    python: str = ""
    most: int = 0
    settled: list[float] = field(default_factory=list)

    def git(self, *arguments: str) -> float:
        """Seconds that one Git command takes."""
        return process_seconds(("git", *arguments), self.top, self.environment)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Count the workers that are alive within, and how long after it one is."""
        done = threading.Event()
        counting = threading.Thread(target=self._count, args=(done,))
        counting.start()
        try:
            yield
        finally:
            done.set()
            counting.join()
        self.settled.append(round(timed(self.settle), 2))

    def settle(self) -> None:
        """Wait until no worker is alive."""
        until = time.monotonic() + MOST_SECONDS
        while self._alive() and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)

    def _count(self, done: threading.Event) -> None:
        while not done.wait(LOOK_SECONDS):
            self.most = max(self.most, self._alive())

    def _alive(self) -> int:
        found = 0
        for process in Path("/proc").glob("[0-9]*") if self.python else ():
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
                found += b"worker" in words and b"foundry_git" in words and (process / "cwd").readlink() == self.top
            except OSError:
                continue
        return found


def main() -> None:
    """Measure, print and write ``results/bursts.json``."""
    pythons = {"hook": sys.executable} | ({"other_hook": sys.argv[1]} if len(sys.argv) > 1 else {})
    with tempfile.TemporaryDirectory(prefix="foundry-bench-", ignore_cleanup_errors=True) as scratch:
        kinds = {name: _made(Path(scratch) / name, pythons.get(name, ""), name) for name in ("none", "empty_hook", *pythons)}
        figures = {name: _commits(kind) for name, kind in kinds.items()}
        rebased: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(ROUNDS):
            for name, kind in kinds.items():
                rebased[name].append(_rebase(kind))
    for name, seconds in rebased.items():
        ratios = [a / b for a, b in zip(seconds, rebased["empty_hook"], strict=True)]
        figures[name] |= {
            "rebase_s": round(median(seconds), 2),
            "rebase_to_empty_hook": round(median(ratios), 2),
            "most_workers": kinds[name].most,
            "last_worker_gone_after_s": max(kinds[name].settled),
        }
    write("bursts", {"commits": COMMITS, "rebased": REBASED, "rounds": ROUNDS, **figures})


def _made(folder: Path, python: str, name: str) -> Hooked:
    folder.mkdir()
    environment = {key: value for key, value in own_environment(folder).items() if key != "PYTHONDONTWRITEBYTECODE"} | {"CI": "1"}
    made = Hooked(folder / "shop", environment, python)
    made.top.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    if python:
        for words in (("init",), ("search", "anything")):
            process_seconds((python, "-P", "-m", "foundry_git", *words), made.top, environment)
    for hook in WAKING if name == "empty_hook" else ():
        (made.top / ".git/hooks" / hook).write_text(EMPTY)
        (made.top / ".git/hooks" / hook).chmod(0o755)
    (made.top / "start.txt").write_text("x")
    made.git("add", "--all")
    made.git("commit", "--quiet", "-m", "Start")
    made.git("branch", "start")
    made.settle()
    return made


def _commits(kind: Hooked) -> dict[str, object]:
    seconds = []
    with kind.watched():
        for number in range(COMMITS):
            (kind.top / f"work{number % 40}.py").write_text(FUNCTION.format(number=number))
            kind.git("add", "--all")
            seconds.append(kind.git("commit", "--quiet", "-m", f"Work {number}"))
    p99 = quantiles(seconds, n=100)[-1]
    return {
        "median_ms": round(median(seconds) * 1000, 1),
        "p99_ms": round(p99 * 1000, 1),
        "max_ms": round(max(seconds) * 1000, 1),
    }


def _rebase(kind: Hooked) -> float:
    """Seconds of rebasing the newest commits onto a side that has one more."""
    kind.git("checkout", "--quiet", "-B", "side", f"main~{REBASED}")
    (kind.top / "side.txt").write_text(str(time.monotonic_ns()))
    kind.git("add", "--all")
    kind.git("commit", "--quiet", "-m", "Aside")
    kind.git("checkout", "--quiet", "-B", "moved", "main")
    kind.settle()
    with kind.watched():
        seconds = kind.git("rebase", "--quiet", "side")
    return seconds


if __name__ == "__main__":
    main()
