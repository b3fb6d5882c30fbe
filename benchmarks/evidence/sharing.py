"""Sharing 100,000 events: what syncing, cloning and the repositories cost, and whether Git's own commands notice.

Beside the time on the clock stands that of the processors, of all processes together, for a machine that does other things too.

``--events N`` takes another number, ``--each N`` publishes so many with each sync (the default of 100 makes 1,000 commits).
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.evidence.realistic import events
from benchmarks.measure import interleaved, summary, timed, write
from foundry_git.evidence import segments
from foundry_git.evidence.events import canonical
from foundry_git.evidence.exchange import LIBRARY_FILE, REF, Exchanged, exchange
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.remotes import Partners
from foundry_git.git.objects import nobody, write_commit, write_tree
from foundry_git.git.remotes import Remote
from foundry_git.git.repository import Repository

LIBRARY = "5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d"
NEW = 1_000
ROUNDS = 5
_PLAIN = ("-c", "user.name=Dev", "-c", "user.email=dev@example.com", "-c", "init.defaultBranch=main")


Cost = tuple[float, float]
"""Seconds on the clock and of the processors."""


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write ``results/sharing.json``."""
    asked = _asked(arguments)
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        write("sharing", _measured(Path(scratch), asked.events, asked.each))


def _measured(folder: Path, count: int, each: int) -> dict[str, object]:
    known = events(count + NEW * 2 * ROUNDS, seed=1)
    hub = bare_hub(folder)
    before = _bytes(hub)
    kinds = Counter(event.kind for event in known[:count])
    lines = list(map(canonical, known))
    commits = fill(folder, hub, lines[:count], each)
    as_pushed = _bytes(hub) - before
    clone_loose = [_cloned(folder, f"loose-{number}") for number in range(2)]
    git(hub, "gc", "--quiet")
    clones = [_cloned(folder, f"clone-{number}") for number in range(ROUNDS)]
    return {
        "events": count,
        "of_each_kind": dict(kinds.most_common()),
        "commits": commits,
        "plain_mb": _mb(sum(len(line) + 1 for line in lines[:count])),
        "hub_grew_mb": {"as_pushed": _mb(as_pushed), "after_gc": _mb(_bytes(hub) - before)},
        "clone_grew_mb": _mb(_bytes(folder / "clone-0" / ".git" / "objects") - _bytes(folder / "seed" / ".git" / "objects")),
        "clone_before_gc_of_the_hub": _costs(clone_loose),
        "clone": _costs(clones),
        "clone_as_typed": _costs([_typed(folder, f"typed-{number}") for number in range(3)]),
        **_new_ones(folder, lines[count:]),
        "everyday_commands": _everyday(folder),
    }


def _new_ones(folder: Path, lines: list[bytes]) -> dict[str, object]:
    """Two clones that both know everything: one learns and publishes, the other one gets it."""
    writer, reader = folder / "clone-0", folder / "clone-1"
    out: list[Cost] = []
    into: list[Cost] = []
    idle: list[Cost] = []
    for number in range(ROUNDS):
        Journal(Repository.at(writer).state).append_lines(lines[number * NEW : (number + 1) * NEW])
        for place, seconds in ((writer, out), (reader, into), (reader, idle)):
            seconds.append(_cost(partial(_sync, place)))
    return {
        f"sync_of_{NEW}_new_ones": {"publishing": _costs(out), "getting": _costs(into)},
        "sync_with_nothing_new": _costs(idle),
    }


def bare_hub(folder: Path) -> Path:
    """A library's repository with a commit, and a bare one that people share."""
    seed = folder / "seed"
    git(folder, "init", "--quiet", str(seed))
    (seed / "foundry.yaml").write_text(f"library_id: {LIBRARY}\n")
    (seed / "patterns").mkdir()
    (seed / "patterns" / ".gitattributes").write_text("* -text\n")
    git(seed, "add", "--all")
    git(seed, "commit", "--quiet", "-m", "Begin")
    git(folder, "clone", "--quiet", "--bare", str(seed), "hub.git")
    return folder / "hub.git"


def fill(folder: Path, hub: Path, lines: list[bytes], each: int) -> int:
    """Publish as syncs do, ``each`` events at a time; return how many commits that took."""
    git(folder, "clone", "--quiet", str(hub), "first")
    repository = Repository.at(folder / "first")
    remote, tip = Remote(repository, "origin"), ""
    for start in range(0, len(lines), each):
        files = segments.pack(lines[start : start + each]) | ({} if tip else {LIBRARY_FILE: f"{LIBRARY}\n".encode()})
        commit = write_commit(repository, write_tree(repository, files, keep=tip), tip, f"Add {each} events\n", nobody())
        if not remote.push(commit, REF):
            raise SystemExit("nobody else pushes here")
        tip = commit
    shutil.rmtree(folder / "first")
    return -(-len(lines) // each)


def _cloned(folder: Path, name: str) -> Cost:
    """The first sync in a new clone."""
    git(folder, "clone", "--quiet", str(folder / "hub.git"), name)
    return _cost(partial(_sync, folder / name))


def _typed(folder: Path, name: str) -> Cost:
    """The same by ``foundry evidence sync`` as a process of its own, in a new clone."""
    git(folder, "clone", "--quiet", str(folder / "hub.git"), name)
    command = [sys.executable, "-P", "-m", "foundry_git", "evidence", "sync", "--yes"]
    environment = {**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    return _cost(lambda: subprocess.run(command, cwd=folder / name, env=environment, check=True, capture_output=True))


def _cost(call: Callable[[], object]) -> Cost:
    before = _processors()
    return timed(call), _processors() - before


def _processors() -> float:
    """Seconds of processor time so far, of this process and all that it waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _costs(costs: Sequence[Cost]) -> dict[str, float]:
    return summary([clock for clock, _ in costs]) | {"processors_median_ms": summary([used for _, used in costs])["median_ms"]}


def _sync(place: Path) -> Exchanged:
    state = Repository.at(place).state
    with Ledger(state, place / "stats.db") as ledger:
        return exchange(Remote(Repository.at(place), "origin"), ledger, Partners(state), LIBRARY)


def _everyday(folder: Path) -> dict[str, object]:
    """Git's own commands, in turns between clones that have evidence and clones of a hub that has none."""
    git(folder, "clone", "--quiet", "--bare", str(folder / "seed"), "plain.git")
    calls: dict[str, Callable[[], float]] = {}
    for name, hub in (("with", "hub.git"), ("without", "plain.git")):
        one, other = (folder / f"{name}-{number}" for number in range(2))
        for place in (one, other):
            git(folder, "clone", "--quiet", str(folder / hub), place.name)
            if name == "with":
                _sync(place)
        calls |= {
            f"push --all, {name}": partial(_pushed, one),
            f"pull, {name}": partial(_timed_git, other, "pull", "--quiet", "--ff-only"),
            f"fetch --prune, {name}": partial(_timed_git, other, "fetch", "--quiet", "--prune"),
        }
    return {call: summary(seconds) for call, seconds in sorted(interleaved(calls, 3 * ROUNDS).items())}


def _pushed(place: Path) -> float:
    (place / "file").write_text(f"{os.urandom(8).hex()}\n")
    git(place, "add", "file")
    git(place, "commit", "--quiet", "-m", "Change")
    return _timed_git(place, "push", "--quiet", "--all", "origin")


def _timed_git(place: Path, *arguments: str) -> float:
    return timed(partial(git, place, *arguments))


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *_PLAIN, *arguments], cwd=folder, check=True, capture_output=True)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _mb(size: int) -> float:
    return round(size / 1e6, 2)


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--each", type=int, default=100)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
