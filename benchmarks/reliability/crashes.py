"""Crash points: ``python -m benchmarks.reliability.crashes [POINTS [KILLS]]`` kills each operation at every call that writes.

``strace`` injects SIGKILL into each such call of foundry's own process and into the first ones of Git's, then "no space left on device"
and "input/output error"; of a long sequence ``POINTS`` are taken, of errors a third. After each the repository must be as before or
as after, never between; the operation, run again, must end as if nothing had happened, and nothing temporary may be left. Beside that
the operation is killed ``KILLS`` times at a random moment. The control is a ``numpy.save`` in place.

strace counts calls for each process and for each name of a call apart, so a point is a name and a number.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from benchmarks.corpus import own_environment
from benchmarks.measure import write
from foundry_git.cli.main import main as foundry
from foundry_git.worker.launch import GUARD

POINTS, KILLS, SEED = 100, 500, 14
DYING_SECONDS = 10.0
AT_ONCE = 4  # operations, for most of the time is waiting for the disk
FOUNDRY = (sys.executable, "-P", "-m", "foundry_git")
WRITING = (
    "write,pwrite64,writev,pwritev,ftruncate,truncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,"
    "link,linkat,symlink,symlinkat,fsync,fdatasync,chmod,fchmod,fchmodat"
)
IN_GIT = ("write", "rename", "link", "mkdir")
FAULTS = {"kill": "signal=KILL", "ENOSPC": "error=ENOSPC", "EIO": "error=EIO"}
FIRST = '''\
"""Matching."""


def first_match(values, holds, default=None):
    """Return the first value for which ``holds`` is true, or ``default`` where there is none."""
    for value in values:
        if holds(value):
            return value
    return default
'''
CHANGED = FIRST.replace("    for value in values:", "    if holds is None:\n        return default\n    for value in values:")
SECOND = '''\
"""Counting."""


def tally(words: list[str], least: int) -> dict[str, int]:
    """Count how often each word occurs and leave out the rare ones."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return {word: count for word, count in counts.items() if count >= least}
'''


@dataclass(frozen=True, slots=True)
class State:
    """What must be old or new: the files of patterns, the candidates, the events; and what must not be there."""

    patterns: str
    candidates: str
    events: int
    answer: str
    left: tuple[str, ...] = ()


@dataclass(slots=True)
class Place:
    """A repository at ``top`` in a folder of its own, with the environment that commands run in."""

    top: Path
    environment: dict[str, str]

    def git(self, *arguments: str) -> str:
        """Run Git and return what it printed."""
        done = subprocess.run(("git", *arguments), cwd=self.top, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str]) -> None:
        """Write and commit files."""
        for name, content in files.items():
            (self.top / name).write_text(content, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "work")

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of a command, run in this process."""
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self.environment, clear=True),
            contextlib.chdir(self.top),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch.object(logging.getLogger(), "handlers", []),
        ):
            try:
                code = foundry(arguments)
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            except Exception as error:  # noqa: BLE001 - this is what is looked for
                code = 99
                err.write(f"Traceback: {error!r}")
        return code, out.getvalue(), err.getvalue()

    def look(self) -> State:
        """The state after any next command: it sweeps."""
        answer = self.run("search", "--json", "first value that holds")[1].replace(str(self.top), "")
        journal = self.top / ".git/foundry/journal.jsonl"
        events = len({line for line in journal.read_bytes().splitlines() if line}) if journal.exists() else 0
        left = [str(path) for path in self.top.rglob(".foundry-*")]
        left += [line for line in self.git("status", "--porcelain", "-uall").splitlines() if ".foundry-" in line]
        return State(*self.files(), events, answer, tuple(left))

    def files(self) -> tuple[str, str]:
        """What names the files of all patterns, and the tree of the candidates."""
        patterns = self.top / ".foundry/patterns"
        files = sorted((str(path.relative_to(patterns)), path.read_bytes()) for path in patterns.rglob("*") if path.is_file())
        refs = self.git("for-each-ref", "--format=%(objectname)", "refs/foundry/candidates")
        return hashlib.sha256(repr(files).encode()).hexdigest(), refs


@dataclass(frozen=True, slots=True)
class Operation:
    """``arguments`` is the command that is killed; ``prepare`` brings about what it begins with."""

    name: str
    arguments: tuple[str, ...]
    prepare: Callable[[Place], object]


@dataclass(slots=True)
class Tally:
    """What was seen of one operation under one fault."""

    points: int = 0
    hit: int = 0
    of: int = 0
    wrong: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """Counts, and the first of what went wrong."""
        return {"points": self.points, "hit": self.hit, "of": self.of, "wrong": len(self.wrong), "first_wrong": self.wrong[:3]}


def _with_candidate(place: Place) -> None:
    place.run("extract", "--commit", "HEAD")


def _with_successor(place: Place) -> None:
    _with_candidate(place)
    place.run("accept", "python/first-match")
    place.commit({})
    place.commit({"matching.py": CHANGED})
    place.run("extract", "--commit", "HEAD")


def _with_index(place: Place) -> None:
    place.run("search", "anything")
    place.commit({"counting.py": SECOND})


def _with_remote(place: Place) -> None:
    _with_candidate(place)
    place.run("reject", "python/first-match")
    subprocess.run(("git", "init", "--quiet", "--bare", str(place.top.parent / "remote.git")), env=place.environment, check=True)
    place.git("remote", "add", "origin", "../remote.git")


def _with_old_view(place: Place) -> None:
    _with_candidate(place)
    place.run("reject", "python/first-match")
    view = place.top / ".foundry/index/stats.db"
    content = bytearray(view.read_bytes())
    content[60:64] = (1).to_bytes(4, "big")  # PRAGMA user_version
    view.write_bytes(content)


OPERATIONS = (
    Operation("accept", ("accept", "python/first-match"), _with_candidate),
    Operation("new version", ("accept", "python/first-match"), _with_successor),
    Operation("candidates", ("extract", "--commit", "HEAD"), lambda place: None),
    Operation("index build", ("search", "--json", "first value that holds"), lambda place: None),
    Operation("index update", ("search", "--json", "first value that holds"), _with_index),
    Operation("event", ("reject", "python/first-match"), _with_candidate),
    Operation("sync", ("evidence", "sync", "--yes"), _with_remote),
    Operation("migration", ("stats", "--json"), _with_old_view),
)


@dataclass(slots=True)
class Trial:
    """One operation: its places before and after, and copies of the former to run it on."""

    operation: Operation
    base: Path
    environment: dict[str, str]
    before: State
    after: State

    @contextlib.contextmanager
    def copy(self) -> Iterator[Place]:
        """A copy of the place before, which goes at the end."""
        with tempfile.TemporaryDirectory(dir=self.base.parent) as folder:
            shutil.copytree(self.base, Path(folder) / "base", symlinks=True)
            yield Place(Path(folder) / "base/repo", self.environment)

    def calls(self) -> list[tuple[str, int]]:
        """The calls that write of foundry's own process, in order: which, and the how manieth of its name, as strace counts them."""
        with self.copy() as place, tempfile.NamedTemporaryFile() as log:
            _traced(place, self.operation.arguments, ("-o", log.name))
            names = [line.partition("(")[0] for line in Path(log.name).read_text(errors="replace").splitlines()]
        made: Counter[str] = Counter()
        found = []
        for name in (name for name in names if name in WRITING.split(",")):
            made[name] += 1
            found.append((name, made[name]))
        return found

    def judge(self, place: Place, said: str) -> str:
        """What is wrong with a place after the operation was disturbed; "" where nothing is."""
        if "Traceback" in said:
            return f"a traceback: {said.strip().splitlines()[-1]}"
        now = place.look()
        if now.left:
            return f"left behind: {now.left}"
        for part in ("patterns", "candidates", "events", "answer"):
            if getattr(now, part) not in (getattr(self.before, part), getattr(self.after, part)):
                return f"{part} are neither old nor new"
        code, _, err = place.run(*self.operation.arguments)
        if "Traceback" in err or place.files() != (self.after.patterns, self.after.candidates):
            return f"run again it ends otherwise ({code}): {err.strip()[-200:]}"
        code, out, err = place.run("library", "check")
        return f"check: {out}{err}" if code else ""


def _traced(place: Place, arguments: Sequence[str], options: Sequence[str]) -> subprocess.CompletedProcess[str]:
    command = ("strace", "-qq", "-e", f"trace={WRITING}", *options, *FOUNDRY, *arguments)
    return subprocess.run(
        command,
        cwd=place.top,
        env=place.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def begin(operation: Operation, folder: Path) -> Trial:
    """Make the place that an operation begins with, and see what it comes to."""
    base = folder / operation.name.replace(" ", "-") / "base"
    base.mkdir(parents=True)
    environment = own_environment(base) | {"CI": "true", GUARD: "1", "PYTHONDONTWRITEBYTECODE": "1"}
    settings = base / ".config/foundry-git/config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text("encoder:\n  enabled: false\n", encoding="utf-8")
    place = Place(base / "repo", environment)
    place.top.mkdir()
    place.git("init", "--quiet")
    place.run("init")
    place.commit({"matching.py": FIRST})
    operation.prepare(place)
    shutil.copytree(base, base.with_name("seen"), symlinks=True)
    seen = Place(base.with_name("seen") / "repo", environment)
    before = seen.look()
    code, _, err = seen.run(*operation.arguments)
    if code or "Traceback" in err:
        raise SystemExit(f"{operation.name}: {code}: {err}")
    return Trial(operation, base, environment, before, seen.look())


def at_calls(trial: Trial, fault: str, points: int, chance: random.Random | None = None) -> Tally:
    """Disturb foundry's own process at ``points`` of its calls that write, evenly spread, or as ``chance`` has it.

    A kill may hit the processes of Git too: each that makes a call of some name so many times is killed there.
    """
    calls = trial.calls()
    tally = Tally(of=len(calls))
    spread = {round(at * (len(calls) - 1) / max(points - 1, 1)) for at in range(min(points, len(calls)))}
    chosen = [calls[at] for at in (chance.sample(range(len(calls)), points) if chance else sorted(spread))]
    injections: list[tuple[str, int, tuple[str, ...]]] = [(name, number, ()) for name, number in chosen]
    if fault == "kill" and not chance:
        injections += [(name, 1, ("-f",)) for name in IN_GIT]
    for name, number, options in injections:
        with trial.copy() as place:
            done = _traced(
                place,
                trial.operation.arguments,
                (*options, "-o", os.devnull, "-e", f"inject={name}:{FAULTS[fault]}:when={number}"),
            )
            tally.hit += done.returncode == -signal.SIGKILL if fault == "kill" else 1
            wrong = trial.judge(place, done.stderr)
        tally.points += 1
        if wrong:
            tally.wrong.append(f"{name} {number}{' '.join(options)}: {wrong}")
    return tally


def at_random(trial: Trial, kills: int, chance: random.Random) -> Tally:
    """Kill an operation, with the processes that it started, at random moments of its time."""
    tally = Tally(of=kills)
    with trial.copy() as place:
        began = time.monotonic()
        _killed(place, trial.operation.arguments, None)
        whole = time.monotonic() - began
    for number in range(kills):
        with trial.copy() as place:
            moment = chance.uniform(0.0, whole)
            _killed(place, trial.operation.arguments, moment)
            wrong = trial.judge(place, "")
        tally.points += 1
        tally.hit += 1
        if wrong:
            tally.wrong.append(f"kill {number} after {moment:.3f} s: {wrong}")
    return tally


def _killed(place: Place, arguments: Sequence[str], after: float | None) -> None:
    """Run a command in a copy of this process, which need not start Python, and kill it ``after`` seconds, or let it end."""
    child = os.fork()
    with contextlib.suppress(OSError):  # both do it, for either may be first
        os.setpgid(child, child)
    if not child:
        place.run(*arguments)
        os._exit(0)
    if after is not None:
        time.sleep(after)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    until = time.monotonic() + DYING_SECONDS
    while _is_alive(child) and time.monotonic() < until:
        time.sleep(0.002)


def _is_alive(group: int) -> bool:
    """Say whether a process of a group lives: a Git that was killed in a system call ends with that, and writes until then."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _, its_group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                return True
    return False


def torn_by_naive_saves(kills: int, chance: random.Random) -> int:
    """The control: how many of so many killed ``numpy.save`` calls in place left a file that cannot be read, or is not whole."""
    import numpy as np

    matrix = np.zeros((2_000_000,), np.float32)
    torn = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "matrix.npy"
        for _ in range(kills):
            np.save(path, matrix)
            child = os.fork()
            if not child:
                while True:
                    np.save(path, matrix)
            time.sleep(chance.uniform(0.01, 0.03))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            try:
                torn += np.load(path).shape != matrix.shape
            except (ValueError, EOFError, OSError):
                torn += 1
    return torn


def disturbed(name: str, points: int, kills: int) -> dict[str, Tally]:
    """Disturb one operation in every way."""
    operation = next(operation for operation in OPERATIONS if operation.name == name)
    with tempfile.TemporaryDirectory() as folder:
        trial = begin(operation, Path(folder))
        tallies = {fault: at_calls(trial, fault, points if fault == "kill" else points // 3) for fault in FAULTS}
        tallies["random kills"] = at_random(trial, kills, random.Random(f"{SEED} {name}"))
    print(name, json.dumps({fault: tally.figures() for fault, tally in tallies.items()}), flush=True)
    return tallies


def main(arguments: Sequence[str]) -> None:
    """Disturb every operation, some at once, and write the figures."""
    points, kills = [int(one) for one in arguments[:2]] + [POINTS, KILLS][len(arguments[:2]) :]
    names = [operation.name for operation in OPERATIONS]
    with ProcessPoolExecutor(AT_ONCE, multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(disturbed, names, [points] * len(names), [kills] * len(names)))
    counted = [tally for tallies in found for tally in tallies.values()]
    write(
        "crashes",
        {
            "seed": SEED,
            "points": sum(tally.points for tally in counted),
            "hit": sum(tally.hit for tally in counted),
            "wrong": sum(len(tally.wrong) for tally in counted),
            "operations": {
                name: {fault: tally.figures() for fault, tally in tallies.items()}
                for name, tallies in zip(names, found, strict=True)
            },
            "numpy.save in place": {"kills": 60, "torn": torn_by_naive_saves(60, random.Random(SEED))},
        },
    )


if __name__ == "__main__":
    main(sys.argv[1:])
