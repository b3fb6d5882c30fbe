"""A million events: ``python -m benchmarks.reliability.million [--events N]`` syncs with a remote that holds so many.

Measured are the first sync in a new clone, as a process of its own with its peak memory; one that is killed in the middle and begun
anew; the first answer after it, which puts them into tables; and syncs with a thousand new ones in either direction.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.evidence.sharing import bare_hub, fill, git
from benchmarks.measure import write
from foundry_git.evidence.journal import Journal
from foundry_git.git.repository import Repository

EACH = 5_000  # events in a commit
NEW = 1_000
ROUNDS = 3
LOOK_SECONDS = 0.02
FIRST = datetime(2024, 6, 1, tzinfo=UTC)
VERSIONS = 400


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and write ``results/million.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    count = parser.parse_args(arguments).events
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        write("million", _measured(Path(scratch), count))


def _measured(folder: Path, count: int) -> dict[str, object]:
    environment = {**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    for date in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        os.environ[date] = FIRST.isoformat()
    shared = bare_hub(folder)
    for date in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        del os.environ[date]
    lines = list(_lines(count + ROUNDS * NEW))
    fill(folder, shared, lines[:count], EACH)
    size = sum(len(line) + 1 for line in lines[:count])
    news = lines[count:]
    del lines
    for name in ("first", "killed"):
        git(folder, "clone", "--quiet", str(shared), name)
    first = _process(folder / "first", environment, "evidence", "sync", "--yes")
    killed = _stopped(folder / "killed", environment, float(str(first["seconds"])) * 0.6)
    first_answer, second_answer = (_process(folder / "first", environment, "stats") for _ in range(2))
    publishing: list[dict[str, object]] = []
    untouched: list[dict[str, object]] = []
    for start in range(0, len(news), NEW):
        publishing.append(_published(folder / "first", environment, news[start : start + NEW]))
        untouched.append(_process(folder / "killed", environment, "evidence", "sync", "--yes"))
    Journal(Repository.at(folder / "killed").state).append_lines(list(_lines(NEW, seed=15)))
    _process(folder / "killed", environment, "evidence", "sync", "--yes")
    getting = _process(folder / "first", environment, "evidence", "sync", "--yes")
    return {
        "events": count,
        "plain_mb": round(size / 1e6, 1),
        "first_sync": first,
        "killed_and_begun_anew": killed,
        "first_answer": first_answer,
        "second_answer": second_answer,
        f"publishing_{NEW}": publishing[-1],
        f"getting_{NEW}": getting,
        f"getting_{NEW}_where_nobody_asked_before": untouched[-1],
        "lost": count + len(news) + NEW - len(_names(folder / "first")),
    }


def _published(place: Path, environment: Mapping[str, str], lines: Sequence[bytes]) -> dict[str, object]:
    Journal(Repository.at(place).state).append_lines(lines)
    return _process(place, environment, "evidence", "sync", "--yes")


def _stopped(place: Path, environment: Mapping[str, str], seconds: float) -> dict[str, object]:
    """Kill a sync in its middle, then let another one end what it began."""
    command = [sys.executable, "-P", "-m", "foundry_git", "evidence", "sync", "--yes"]
    child = subprocess.Popen(command, cwd=place, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    child.wait()
    kept = len(_names(place))
    return {"killed_after_s": round(seconds, 1), "kept": kept, **_process(place, environment, "evidence", "sync", "--yes")}


def _process(place: Path, environment: Mapping[str, str], *arguments: str) -> dict[str, object]:
    """Run a command as a process of its own; ``peak_mb`` is of that process, without the Git that it starts.

    What ``wait4`` says of memory is no less than what the parent had when it forked, so the process is looked at while it runs.
    """
    begin = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "foundry_git", *arguments],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    peak = 0
    while child.poll() is None:
        peak = max(peak, _peak_kb(child.pid))
        time.sleep(LOOK_SECONDS)
    seconds = time.perf_counter() - begin
    said = child.communicate()[0].strip().splitlines()
    if child.returncode:
        raise SystemExit("\n".join(said))
    return {"seconds": round(seconds, 2), "peak_mb": round(peak / 1024), "said": said[-1] if said else ""}


def _peak_kb(process: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def _names(place: Path) -> set[bytes]:
    path = Repository.at(place).state / "journal.jsonl"
    return set(path.read_bytes().split(b"\n")) - {b""} if path.exists() else set()


def _lines(count: int, seed: int = 14) -> Iterator[bytes]:
    """Canonical events, as many of each kind as a busy team makes."""
    chance = random.Random(seed)
    versions = [_hex(chance, 64) for _ in range(VERSIONS)]
    for number in range(count):
        at = (FIRST + timedelta(seconds=number * 60)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        yield _line(chance, at, versions).encode()


def _line(chance: random.Random, at: str, versions: Sequence[str]) -> str:
    version, kind = chance.choice(versions), chance.random()
    if kind < 0.4:
        return f'{{"at":"{at}","kind":"sighted","place":"{_hex(chance, 32)}","schema":1,"shape":"py1:{_hex(chance, 32)}"}}'
    if kind < 0.65:
        first = chance.randrange(VERSIONS - 3)
        items = ",".join(
            f'{{"digest":"{digest}","id":"python/p{rank}","propensity":1000,"rank":{rank},"score":800,"slot":"ranked","version":1}}'
            for rank, digest in enumerate(versions[first : first + 3], 1)
        )
        return f'{{"at":"{at}","items":[{items}],"kind":"injected","nonce":"{_hex(chance, 16)}","schema":1}}'
    if kind < 0.85:
        run = _hex(chance, 40)
        return f'{{"at":"{at}","kind":"outcome","result":"pass","run":"{run}","schema":1,"source":"ci","subject":"{version}"}}'
    if kind < 0.95:
        return f'{{"at":"{at}","commit":"{_hex(chance, 40)}","digest":"{version}","kind":"adopted","schema":1,"source":"commit"}}'
    author, nonce = _hex(chance, 16), _hex(chance, 16)
    return f'{{"at":"{at}","author":"{author}","kind":"rated","nonce":"{nonce}","rating":4,"schema":2,"subject":"{version}"}}'


def _hex(chance: random.Random, digits: int) -> str:
    return f"{chance.getrandbits(4 * digits):0{digits}x}"


if __name__ == "__main__":
    main()
