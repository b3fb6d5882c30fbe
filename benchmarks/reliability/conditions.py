"""Conditions: ``python -m benchmarks.reliability.conditions [COMMITS]`` commits under each, and says what was noticed of the hook.

A commit must succeed, print nothing, and leave the work tree as it would be without a hook, whatever became of the interpreter, the
disk, the locks and the worker. The controls are hooks that a hasty hand would write; each must be noticed, or nothing is shown.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from benchmarks.corpus import own_environment
from benchmarks.measure import process_seconds, write
from foundry_git import lock
from foundry_git.git.state_folder import StateFolder

COMMITS = 500
SLOW = 0.4  # seconds: a caller that waits for a worker's streams is held that long by the worker of the control
FOUNDRY = (sys.executable, "-P", "-m", "foundry_git")


@dataclass(slots=True)
class Place:
    """A repository with hooks, and the environment that commits are made in."""

    top: Path
    environment: dict[str, str]

    @property
    def state(self) -> StateFolder:
        """What foundry-git keeps there."""
        return StateFolder(self.top / ".git/foundry")

    def git(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run Git as a person would who captures what it says."""
        command = ("git", *arguments)
        return subprocess.run(
            command, cwd=self.top, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
        )

    def start_instead(self, script: str) -> None:
        """Have the hooks start this shell script in place of Python."""
        stand_in = self.top.parent / f"{self.top.name}-python"
        stand_in.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        stand_in.chmod(0o755)
        self.say_python(str(stand_in))

    def say_python(self, path: str) -> None:
        """Write another interpreter into the script that hooks read."""
        lines = self.state.wake_script.read_text(encoding="utf-8").splitlines()
        self.state.wake_script.write_text(
            "".join(f"python={path}\n" if line.startswith("python=") else f"{line}\n" for line in lines), encoding="utf-8"
        )

    def put_before(self, name: str, text: str) -> None:
        """Put lines between the first line of a hook and ours."""
        hook = self.top / ".git/hooks" / name
        first, _, rest = hook.read_text(encoding="utf-8").partition("\n")
        hook.write_text(f"{first}\n{text}\n{rest}", encoding="utf-8")

    def replace_hook(self, text: str) -> None:
        """Write a hook of another's making in place of ours."""
        (self.top / ".git/hooks/post-commit").write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")


@dataclass(slots=True)
class Seen:
    """What was noticed of a hook in so many commits; ``seconds``: of each commit."""

    commits: int = 0
    failed: int = 0
    said: int = 0
    changed: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def is_unnoticed(self) -> bool:
        """Whether all commits were as they would be without a hook, time aside."""
        return not (self.failed or self.said or self.changed)

    def figures(self) -> dict[str, float]:
        """Counts, and the median and 99th percentile in milliseconds."""
        p99 = quantiles(self.seconds, n=100)[-1] if len(self.seconds) > 1 else self.seconds[0]
        times = {"median_ms": round(median(self.seconds) * 1000, 1), "p99_ms": round(p99 * 1000, 1)}
        return {"commits": self.commits, "failed": self.failed, "said": self.said, "changed": self.changed, **times}


Prepare = Callable[[Place], object]
"""Brings a place into a condition; may return a context manager that keeps it so."""


def _gone_environment(place: Place) -> None:
    place.start_instead("echo 'No module named foundry_git' >&2; exit 1")


def _minimal_path(place: Place) -> None:
    only = place.top.parent / f"{place.top.name}-bin"
    only.mkdir()
    (only / "git").symlink_to(_program("git"))
    place.environment["PATH"] = str(only)


def _program(name: str) -> str:
    return next(f"{folder}/{name}" for folder in os.environ["PATH"].split(":") if os.access(f"{folder}/{name}", os.X_OK))


@contextmanager
def _full_disk(place: Place) -> Iterator[None]:
    """The state lies on a file system that has no room left; only root can mount one."""
    kept = {file.name: file.read_bytes() for file in place.state.path.iterdir() if file.is_file()}
    subprocess.run(("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place.state.path)), check=True)
    try:
        for name, content in kept.items():
            (place.state.path / name).write_bytes(content)
        with suppress(OSError):
            (place.state.path / "fill").write_bytes(b"x" * 100_000)
        yield
    finally:
        subprocess.run(("umount", "--lazy", str(place.state.path)), check=True)


def _unwritable_state(place: Place) -> None:
    """As where the folder is read-only, which it is not for root."""
    for file in (place.state.wanted, place.state.worker_pid):
        file.unlink(missing_ok=True)
        file.mkdir()


def _no_state(place: Place) -> None:
    place.state.path.rename(place.top.parent / f"{place.top.name}-state")
    place.state.path.write_text("in the way", encoding="utf-8")


@contextmanager
def _held(place: Place) -> Iterator[None]:
    with lock.held(place.state.worker_lock), lock.held(place.state.encode_lock):
        yield


def _of_somebody_else(place: Place) -> None:
    place.state.worker_pid.write_text(f"{os.getpid()}\n", encoding="utf-8")


def _spoilt_catalogue(place: Place) -> None:
    index = place.top / ".foundry/index"
    index.mkdir(exist_ok=True)
    (index / "catalogue.db").write_bytes(b"no database" * 500)


def _exported(place: Place) -> None:
    place.environment |= {"GIT_DIR": str(place.top / ".git"), "GIT_WORK_TREE": str(place.top)}


CONDITIONS: Mapping[str, Prepare] = {
    "nothing special": lambda place: None,
    "interpreter removed": lambda place: place.say_python("/nowhere/python"),
    "interpreter not executable": lambda place: place.say_python("/etc/hostname"),
    "environment deleted": _gone_environment,
    "worker crashes": lambda place: place.start_instead("kill -9 $$"),
    "worker stopped": lambda place: place.start_instead("kill -STOP $$"),
    "worker sleeps for 60 s": lambda place: place.start_instead("exec sleep 60"),
    "worker talks": lambda place: place.start_instead("echo out; echo err >&2; yes | head -c 1000000"),
    "disk full": _full_disk,
    "state cannot be written": _unwritable_state,
    "state is gone": _no_state,
    "locks held": _held,
    "process number of somebody else": _of_somebody_else,
    "script of the hooks missing": lambda place: place.state.wake_script.unlink(),
    "script of the hooks torn": lambda place: place.state.wake_script.write_text("if [ -x '\n", encoding="utf-8"),
    "library broken": lambda place: (place.top / ".foundry/foundry.yaml").write_text("<<<<<<< HEAD\n", encoding="utf-8"),
    "catalogue damaged": _spoilt_catalogue,
    "no home": lambda place: place.environment.update(HOME="/nowhere", XDG_CACHE_HOME="/nowhere"),
    "a PATH with Git alone": _minimal_path,
    "beside a hook with set -eu": lambda place: place.put_before("post-commit", "set -eu"),
    "GIT_DIR exported": _exported,
}
CONTROLS: Mapping[str, Prepare] = {
    "a hook that hands its streams on": lambda place: place.replace_hook(f"sleep {SLOW} &"),
    "a hook that waits": lambda place: place.replace_hook(f"sleep {SLOW}"),
    "a hook that talks": lambda place: place.replace_hook("echo taken in"),
}


def made(folder: Path, name: str) -> Place:
    """A repository with a library and hooks, and all of it committed; the first one made in a folder is the pattern of the others."""
    pattern = folder / "pattern"
    if not pattern.exists():
        _make(_place(folder, pattern))
    shutil.copytree(pattern, folder / name)
    return _place(folder, folder / name)


def _place(folder: Path, top: Path) -> Place:
    home = folder / f"{top.name}-home"
    home.mkdir(exist_ok=True)
    return Place(top, own_environment(home) | {"XDG_CACHE_HOME": str(folder / "cache"), "CI": "true"})


def _make(place: Place) -> None:
    place.top.mkdir()
    place.git("init", "--quiet")
    process_seconds((*FOUNDRY, "init"), place.top, place.environment)
    place.git("add", "--all")
    place.git("-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "Start a library")


def committed(place: Place, count: int) -> Seen:
    """Commit so often, one straight after the other, and look what was noticed."""
    seen = Seen()
    for number in range(count):
        file = place.top / f"work{number % 20}.py"
        file.write_text(f"def work_{number}(a):\n    return a + {number}\n", encoding="utf-8")
        place.git("add", file.name)
        began = time.perf_counter()
        done = place.git("commit", "--quiet", "-m", f"Work {number}")
        seen.seconds.append(time.perf_counter() - began)
        seen.commits += 1
        seen.failed += done.returncode != 0
        seen.said += bool(done.stdout or done.stderr)
    subject = place.git("-c", "core.hooksPath=/dev/null", "log", "-1", "--format=%s").stdout.decode().strip()
    status = place.git("status", "--porcelain", "--untracked-files=no", "--", ":(exclude).foundry").stdout
    seen.changed += bool(status) or subject != f"Work {count - 1}"
    return seen


def under(prepare: Prepare, folder: Path, name: str, count: int) -> Seen:
    """Commit so often in a place that was brought into a condition."""
    place = made(folder, name)
    with ExitStack() as stack:
        kept = prepare(place)
        if hasattr(kept, "__enter__"):
            stack.enter_context(kept)  # type: ignore[arg-type]
        stack.callback(_end_worker, place)
        return committed(place, count)


def _end_worker(place: Place) -> None:
    """What stands in for a worker may never end by itself."""
    with suppress(OSError, ValueError, IndexError):
        pid = int(place.state.worker_pid.read_text(encoding="ascii").split()[0])
        if pid not in (0, os.getpid()):
            os.kill(pid, signal.SIGKILL)


def without_hook(folder: Path, count: int) -> Seen:
    """What the same commits take where no hook is."""
    return under(lambda place: (place.top / ".git/hooks/post-commit").unlink(), folder, "without", count)


def main() -> None:
    """Measure, print and write ``results/conditions.json``."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COMMITS
    with tempfile.TemporaryDirectory(prefix="foundry-bench-", ignore_cleanup_errors=True) as scratch:
        run = partial(under, folder=Path(scratch))
        plain = without_hook(Path(scratch), count)
        seen = {name: run(prepare, name=f"c{at}", count=count) for at, (name, prepare) in enumerate(CONDITIONS.items())}
        controls = {name: run(prepare, name=f"x{at}", count=10) for at, (name, prepare) in enumerate(CONTROLS.items())}
    figures = {
        "conditions": len(seen),
        "commits": sum(one.commits for one in seen.values()),
        "unnoticed": sum(one.commits for one in seen.values() if one.is_unnoticed),
        "without_hook": plain.figures(),
        "added_median_ms": round((median(median(one.seconds) for one in seen.values()) - median(plain.seconds)) * 1000, 1),
    }
    write("conditions", figures | {name: one.figures() for name, one in (*seen.items(), *controls.items())})


if __name__ == "__main__":
    main()
