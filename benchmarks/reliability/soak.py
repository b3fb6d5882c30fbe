"""Soak: ``python -m benchmarks.reliability.soak [EVENTS]`` sends 20,000 events through hook, watcher and server at once.

A quarter are commits, which the hook tells of; a quarter patterns written into the library, which ``foundry watch`` sees; a quarter
searches through its socket; a quarter outcomes that are recorded. In between come clients that are slow, that send half a request, and
a thousand connections at once; and the watcher is killed and begun anew in the middle. What the processes hold in memory is looked at
after each hundredth, once they rest, from when everything has been met once; its slope is that of a straight line through it. What they
held at most while they worked, of which a part grows with the history that a piece of work reads, stands beside it.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.corpus import own_environment
from benchmarks.measure import write
from benchmarks.reliability.bursts import FUNCTION
from foundry_git import door
from foundry_git.evidence.journal import Journal
from foundry_git.git.repository import Repository

EVENTS, CROWD = 20_000, 1_000
WARM = 0.2  # of all events: until then caches fill
FOUNDRY = (sys.executable, "-P", "-m", "foundry_git")
SETTLE_SECONDS = 30.0
IDLE_TICKS = 2  # of a second, that looking whether there is anything to do takes
REST_SECONDS = 1.0  # longer than a watcher waits for the next event
MANIFEST = """\
schema: 1
name: edited
kind: function
language: python
code: edited.py
description: Work on the items of delivery {number}.
"""


class Soak:
    """One repository with a watcher."""

    def __init__(self, folder: Path) -> None:
        self.top = folder / "repository"
        self.environment: Mapping[str, str] = own_environment(folder) | {"XDG_CACHE_HOME": str(folder / "cache")}
        self.chance = random.Random(14)
        self.said = folder / "watch.log"
        self.failed = 0
        self.answered = 0
        self.git("init", "--quiet", str(self.top), cwd=folder)
        self.commit(0)
        self.foundry("init")
        self.foundry("search", "work on items")
        self.watcher = self.watching()

    def watching(self) -> subprocess.Popen[bytes]:
        """Start a watcher, in a session of its own, and wait until it answers."""
        quiet = subprocess.DEVNULL
        begun = subprocess.Popen(
            [*FOUNDRY, "watch"],
            cwd=self.top,
            env=self.environment,
            stdin=quiet,
            stdout=quiet,
            stderr=self.said.open("ab"),
            start_new_session=True,
        )
        until = time.monotonic() + SETTLE_SECONDS
        while not door.is_answered(door.door_of(self.top, self.environment)) and time.monotonic() < until:
            time.sleep(0.1)
        return begun

    def event(self, number: int) -> None:
        """One of four."""
        match number % 4:
            case 0:
                self.commit(number % 400)
            case 1:
                self.write_pattern(number)
            case 2:
                self.ask()
            case _:
                self.record(number)

    def commit(self, number: int) -> None:
        """Change a file and commit it."""
        (self.top / f"m{number % 50}.py").write_text(FUNCTION.format(number=number) + f"# {self.chance.random()}\n")
        self.git("add", "--all", f"m{number % 50}.py")
        self.git("commit", "--quiet", "-m", f"Work {number}", f"m{number % 50}.py")

    def write_pattern(self, number: int) -> None:
        """Write a pattern as an editor does, or write it anew with another description and code."""
        folder = self.top / f".foundry/patterns/python/edited-{number % 40}/v1"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "edited.py").write_text(FUNCTION.format(number=number))
        (folder / "pattern.yaml").write_text(MANIFEST.format(number=number))

    def ask(self) -> None:
        """Search through the socket, as the shell's client does."""
        place = door.door_of(self.top, self.environment)
        request = {
            "arguments": ["search", "work on items"],
            "folder": str(self.top),
            "environment": {},
            "terminals": [False, False],
        }
        found = door.call(place, json.dumps(request).encode()) if place else None
        self.answered += found is not None

    def record(self, number: int) -> None:
        """Record an outcome as other processes do, by a line of the journal."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        said = f'"kind":"outcome","result":"pass","run":"{number:040x}","schema":1,"source":"ci","subject":"{"ab" * 32}"'
        Journal(Repository.at(self.top).state).append_lines([f'{{"at":"{at}",{said}}}'.encode()])

    def crowd(self) -> int:
        """Connect a thousand times without a word, send half a request, and hold the line; return how many could."""
        place, lines = door.door_of(self.top, self.environment), []
        for number in range(CROWD):
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(0.2)
            with contextlib.suppress(OSError):
                line.connect(str(place))
                if number % 2:
                    line.sendall(b'{"arguments": ["sea')
                lines.append(line)
        for line in lines:
            line.close()
        return len(lines)

    def git(self, *arguments: str, cwd: Path | None = None) -> None:
        """Run Git; what fails is counted."""
        done = subprocess.run(["git", *arguments], cwd=cwd or self.top, env=self.environment, capture_output=True, check=False)
        self.failed += bool(done.returncode or done.stderr)

    def foundry(self, *arguments: str) -> None:
        """Run a command."""
        subprocess.run([*FOUNDRY, *arguments], cwd=self.top, env=self.environment, capture_output=True, check=True)

    def meet_everything(self, number: int) -> None:
        """Have the watcher encode a pattern itself, for which it loads the weights; as a rule the server comes first."""
        self.rest()
        self.write_pattern(number)
        self.rest()

    def rest(self) -> None:
        """Wait until no process of the watcher works any more, or for as long as one may settle."""
        until, before = time.monotonic() + SETTLE_SECONDS, 0
        while (now := sum(_ticks(process) for process in self.alive())) > before + IDLE_TICKS and time.monotonic() < until:
            before = now
            time.sleep(REST_SECONDS)

    def peak(self) -> float:
        """The megabytes that watcher and server held at most, each at its time."""
        return sum(_status(process, "VmHWM") for process, held in self.alive().items() if held)

    def parts(self) -> dict[str, float]:
        """The megabytes that watcher and server hold of their own and of mapped files, each apart."""
        found: dict[str, float] = {}
        for process, held in self.alive().items():
            with contextlib.suppress(OSError):
                role = "server" if b"watch_server" in Path(f"/proc/{process}/cmdline").read_bytes() else "watcher"
                if held:
                    found |= {f"{role}_own": _status(process, "RssAnon"), f"{role}_files": _status(process, "RssFile")}
        return found

    def alive(self) -> dict[int, float]:
        """Process → megabytes in memory, of the watcher and its server; others as 0, for they come and go."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError):
                words = (process / "cmdline").read_bytes()
                if b"foundry_git" in words and (process / "cwd").readlink() == self.top:
                    pages = int((process / "statm").read_text().split()[1])
                    found[int(process.name)] = pages * os.sysconf("SC_PAGESIZE") / 1024**2 if b"watch" in words else 0.0
        return found


def _ticks(process: int) -> int:
    """How long a process has worked, in ticks of the clock; 0 if it is gone."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


def _status(process: int, name: str) -> float:
    """One of the sizes that the kernel tells of a process, in megabytes; 0 if it is gone."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))
    return 0.0


def _parts(samples: Sequence[tuple[int, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """What each part of the memory was at first and at last, and its slope in megabytes for 1,000 events."""
    names = sorted({name for _, held in samples for name in held})
    told = {name: [(at, held[name]) for at, held in samples if name in held] for name in names}
    return {
        name: {"first": round(some[0][1], 1), "last": round(some[-1][1], 1), "slope_mb_per_1000": round(_slope(some), 3)}
        for name, some in told.items()
    }


def _slope(samples: Sequence[tuple[int, float]]) -> float:
    return float(np.polyfit([at for at, _ in samples], [held for _, held in samples], 1)[0]) * 1000


def main() -> None:
    """Soak, print and write ``results/soak.json``."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        write("soak", _soaked(Soak(Path(scratch).resolve()), events))


def _soaked(soak: Soak, events: int) -> dict[str, object]:
    began, most, connected = time.monotonic(), 0, 0
    samples: list[tuple[int, float]] = []
    parts: list[tuple[int, dict[str, float]]] = []
    for number in range(1, events + 1):
        soak.event(number)
        if number == events // 10:
            connected = soak.crowd()
            os.killpg(soak.watcher.pid, signal.SIGKILL)
            soak.watcher.wait()
            soak.watcher = soak.watching()
        if number % max(1, events // 100) == 0:
            most = max(most, len(soak.alive()))
            if number == events * WARM:
                soak.meet_everything(number)
            if number > events * WARM:
                soak.rest()
                samples.append((number, sum(soak.alive().values())))
                parts.append((number, soak.parts()))
    seconds, peak = time.monotonic() - began, soak.peak()
    soak.watcher.send_signal(signal.SIGINT)
    soak.watcher.wait(timeout=SETTLE_SECONDS)
    until = time.monotonic() + SETTLE_SECONDS
    while soak.alive() and time.monotonic() < until:
        time.sleep(0.2)
    return {
        "events": events,
        "seconds": round(seconds),
        "commits_that_failed_or_talked": soak.failed,
        "searches_answered": soak.answered,
        "searches": events // 4,
        "connections": connected,
        "memory_mb": {"first": round(samples[0][1], 1), "last": round(samples[-1][1], 1), "most_at_work": round(peak, 1)},
        "slope_mb_per_1000": round(_slope(samples), 3),
        "parts_mb": _parts(parts),
        "processes_at_most": most,
        "processes_left": len(soak.alive()),
        "watcher_said": sorted({line.split("; ")[0].split(": ")[0] for line in soak.said.read_text().splitlines()})[:9],
    }


if __name__ == "__main__":
    main()
