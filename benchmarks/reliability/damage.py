"""Damage: ``python -m benchmarks.reliability.damage [DAMAGES [KILLS]]`` damages every derived file, and asks the same again.

A flipped bit, a zeroed or foreign page, a cut, another file in its place, a lost side file; then a command runs, which must end as it
did before with the same answer, without a traceback, and name on stderr what it set aside. Beside that eight processes write events at
once, and others are killed while they do: none that was acknowledged may be missing. The controls are a build whose databases are
opened as they are, and a transaction that begins with reading.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from benchmarks.corpus import own_environment
from benchmarks.measure import write
from benchmarks.reliability.crashes import FIRST, SECOND, Place
from foundry_git.evidence.events import Rated, new_nonce
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.ledger import Ledger
from foundry_git.worker.launch import GUARD

DAMAGES, KILLS, SEED = 5_000, 1_000, 14
FLIPS = 2_000
WRITERS, EVENTS = 8, 500
FORK = multiprocessing.get_context("fork")
SHARDS = 2  # processes, each with a place and a seed of its own
PAGE = 4096
DIGEST = "a" * 64
ASKED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "catalogue.db": (
        ("search", "--json", "first value that holds"),
        ("search", "--json", "--accepted-only", "retry a failing call"),
    ),
    "mentions.db": (("search", "--json", "first value that holds"),),
    "shingles.db": (("similar", "--json", "other.py"),),
    "stats.db": (("search", "--json", "first value that holds"), ("stats", "--json")),
    "vectors": (("similar", "--json", "other.py"), ("search", "--json", "count words")),
}
"""Which commands read a derived file, by the beginning of its name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave: exit code and stdout."""

    code: int
    out: str


@dataclass(slots=True)
class Shelf:
    """A place whose derived files are damaged one after the other; ``sound`` holds all of them as they were."""

    place: Place
    sound: dict[Path, bytes]
    answers: dict[tuple[str, ...], Answer]
    older: dict[Path, bytes] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path, by_meaning: bool = True) -> Shelf:
        """Build a repository with a library, units, evidence and every index."""
        environment = own_environment(folder) | {"CI": "true", GUARD: "1"}
        settings = folder / ".config/foundry-git/config.yaml"
        settings.parent.mkdir(parents=True)
        settings.write_text(f"encoder:\n  enabled: {'true' if by_meaning else 'false'}\n", encoding="utf-8")
        place = Place(folder / "repo", environment)
        place.top.mkdir()
        place.git("init", "--quiet")
        place.run("init")
        place.commit({"matching.py": FIRST})
        place.run("extract", "--commit", "HEAD")
        place.run("accept", "python/first-match")
        place.commit({"other.py": FIRST.replace("first_match", "first_of"), "use.py": "from matching import first_match\n"})
        commands = sorted({command for some in ASKED.values() for command in some})
        for command in commands:
            place.run(*command)
        older = {path: path.read_bytes() for path in derived(place)}
        place.commit({"counting.py": SECOND})
        for _ in range(3):  # until nothing is written any more
            for command in commands:
                place.run(*command)
        answers = {command: Answer(*place.run(*command)[:2]) for command in commands}
        return cls(place, {path: path.read_bytes() for path in derived(place)}, answers, older)

    def restore(self) -> None:
        """Put every derived file back, and take away what is not one of them."""
        for path in derived(self.place):
            if path not in self.sound:
                path.unlink()
        for path, content in self.sound.items():
            if not path.exists() or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        for folder in _folders(self.place):
            for generation in folder.glob("g*"):
                if generation.is_dir() and not any(generation.iterdir()):
                    generation.rmdir()

    def judge(self, command: tuple[str, ...]) -> str:
        """What is wrong with an answer over damaged files; "" where nothing is."""
        before = {path.name for path in derived(self.place, aside=True)}
        code, out, err = self.place.run(*command)
        if "Traceback" in err:
            return f"a traceback: {err.strip().splitlines()[-1]}"
        if Answer(code, out) != self.answers[command]:
            return f"another answer ({code}): {err.strip()[-200:]}"
        aside = {path.name for path in derived(self.place, aside=True)} - before
        if unsaid := [name for name in aside if name not in err]:
            return f"set aside and not said: {unsaid}"
        return ""


def derived(place: Place, aside: bool = False) -> list[Path]:
    """Every derived file but locks; ``aside``: only those that were set aside."""
    found = [path for folder in _folders(place) for path in sorted(folder.rglob("*")) if path.is_file()]
    if aside:
        return [path for path in found if ".damaged-" in path.name]
    return [path for path in found if "lock" not in path.name and path.name != ".gitignore"]


def _folders(place: Place) -> list[Path]:
    cache = place.top.parent / ".cache/foundry-git"
    return [place.top / ".foundry/index", place.top / ".git/foundry/units", cache]


def _flip(path: Path, shelf: Shelf, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 1, 8))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _page(path: Path, shelf: Shelf, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    at = chance.randrange(-(-len(content) // PAGE)) * PAGE
    end = min(at + PAGE, len(content))
    other = chance.randrange(-(-len(content) // PAGE)) * PAGE
    content[at:end] = chance.choice((bytes(PAGE), chance.randbytes(PAGE), bytes(content[other : other + PAGE])))[: end - at]
    path.write_bytes(content)


def _cut(path: Path, shelf: Shelf, chance: random.Random) -> None:
    size = path.stat().st_size
    os.truncate(path, chance.choice((0, size // PAGE // 2 * PAGE, chance.randrange(size))))


def _swap(path: Path, shelf: Shelf, chance: random.Random) -> None:
    others = [content for other, content in shelf.sound.items() if other != path and other.suffix == path.suffix]
    stale = shelf.older.get(path, b"")
    path.write_bytes(chance.choice((*others, stale, b"no database\n" * 500)))


def _lose(path: Path, shelf: Shelf, chance: random.Random) -> None:
    path.unlink()


def _odd_log(path: Path, shelf: Shelf, chance: random.Random) -> None:
    """Another database's log beside it, or noise."""
    if path.suffix != ".db":
        return _flip(path, shelf, chance)
    with contextlib.closing(sqlite3.connect(path.with_name("x.db"), isolation_level=None)) as other:
        other.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(20000));")
        log = path.with_name("x.db-wal").read_bytes()
    for name in ("x.db", "x.db-wal", "x.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    path.with_name(f"{path.name}-wal").write_bytes(chance.choice((log, chance.randbytes(9000), log[: len(log) // 2])))
    return None


KINDS: Mapping[str, Callable[[Path, Shelf, random.Random], None]] = {
    "bit": _flip,
    "page": _page,
    "cut": _cut,
    "swap": _swap,
    "lost": _lose,
    "log": _odd_log,
}


def damaged(shelf: Shelf, damages: int, chance: random.Random) -> tuple[Counter[str], list[str]]:
    """Damage so many times; return how often of each kind, and how often something was "set aside", and what went wrong."""
    wrong: list[str] = []
    tried: Counter[str] = Counter()
    targets = [path for path in shelf.sound if path.suffix == ".db" and any(path.name.startswith(start) for start in ASKED)]
    others = [path for path, content in shelf.sound.items() if path not in targets and content]
    for number in range(damages):
        path = chance.choice(targets if chance.random() < 0.8 else others)
        kind = chance.choice(list(KINDS))
        start = next((start for start in ASKED if path.name.startswith(start)), "catalogue.db")
        command = chance.choice(ASKED[start])
        KINDS[kind](path, shelf, chance)
        found = shelf.judge(command)
        tried["set aside"] += bool(derived(shelf.place, aside=True))
        tried[kind] += 1
        if found:
            wrong.append(f"{number}: {kind} of {path.parent.name}/{path.name}: {' '.join(command)}: {found}")
            print(wrong[-1], flush=True)
        shelf.restore()
        if number % 500 == 499:
            print(f"{number + 1} damages, {len(wrong)} wrong", flush=True)
    return tried, wrong


def _shard(seed: int, damages: int) -> tuple[Counter[str], list[str]]:
    with _scratch() as folder:
        return damaged(Shelf.make(folder), damages, random.Random(seed))


def opened_as_they_are(shelf: Shelf, damages: int, chance: random.Random) -> dict[str, int]:
    """The control: what somebody meets who opens a damaged catalogue as it is, and reads all of it."""
    path = next(path for path in shelf.sound if path.name == "catalogue.db" and "units" in path.parts)
    sound, seen = _all_of(path), {"damages": damages, "errors": 0, "wrong": 0}
    for _ in range(damages):
        KINDS[chance.choice(("bit", "page"))](path, shelf, chance)
        try:
            seen["wrong"] += _all_of(path) != sound
        except (sqlite3.Error, UnicodeDecodeError):
            seen["errors"] += 1
        shelf.restore()
    return seen


def _all_of(path: Path) -> list[object]:
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as db:
        return [db.execute(f"SELECT * FROM {table}").fetchall() for table in ("document", "body", "scanned", "words_data")]


def _rated() -> Rated:
    return Rated(at=datetime.now(UTC), nonce=new_nonce(), subject=DIGEST, rating=5)


def _write_many(folder: Path, count: int, waits: multiprocessing.Queue[list[float]]) -> None:
    found: list[float] = []
    try:
        with Ledger(folder / "state", folder / "index/stats.db") as ledger:
            for _ in range(count):
                began = time.perf_counter()
                ledger.record(_rated())
                ledger.update()
                found.append(time.perf_counter() - began)
    finally:
        waits.put(found)


def written_at_once(folder: Path, writers: int, events: int) -> dict[str, object]:
    """So many processes record and read; every event must be in the view."""
    waits: multiprocessing.Queue[list[float]] = FORK.Queue()
    processes = [FORK.Process(target=_write_many, args=(folder, events, waits)) for _ in range(writers)]
    for process in processes:
        process.start()
    seconds = [wait for _ in processes for wait in waits.get(timeout=600)]
    for process in processes:
        process.join()
    with Ledger(folder / "state", folder / "index/stats.db") as ledger:
        there = ledger.ask(lambda tables: tables.counts("SELECT kind, count(*) FROM event GROUP BY kind"))
        ledger.verify()
    p99, lost = quantiles(seconds, n=100)[-1], writers * events - there.get("rated", 0)
    aside = len(list((folder / "index").glob("*.damaged-*")))
    return {"writers": writers, "events": writers * events, "lost": lost, "set_aside": aside, "p99_ms": round(p99 * 1000)}


def killed_while_writing(folder: Path, kills: int, chance: random.Random) -> dict[str, int]:
    """Kill a process that records, again and again; every event that it said is recorded must be in the journal and in the view."""
    acknowledged: set[str] = set()
    for _ in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            with contextlib.suppress(BaseException), Ledger(folder / "state", folder / "index/stats.db") as ledger:
                while True:
                    (name,) = ledger.record(_rated())
                    os.write(writing, name.encode())
                    ledger.update()
            os._exit(1)
        os.close(writing)
        time.sleep(chance.uniform(0.002, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as pipe:
            content = pipe.read().decode()
        acknowledged |= {content[at : at + 64] for at in range(0, len(content), 64)}
    with Ledger(folder / "state", folder / "index/stats.db") as ledger:
        there = ledger.journal.read()[0].keys()
        viewed = ledger.ask(lambda tables: tables.names("SELECT id FROM event"))
    return {
        "kills": kills,
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged - there),
        "lost_in_view": len(acknowledged - viewed),
        "set_aside": len(list((folder / "index").glob("*.damaged-*"))),
    }


def _deferred(path: Path, count: int, refused: multiprocessing.Queue[int]) -> None:
    errors = 0
    with contextlib.closing(sqlite3.connect(path, timeout=5.0, isolation_level=None)) as db:
        for _ in range(count):
            try:
                db.execute("BEGIN")
                (number,) = db.execute("SELECT count(*) FROM t").fetchone()
                db.execute("INSERT INTO t VALUES (?)", (number,))
                db.execute("COMMIT")
            except sqlite3.OperationalError:
                errors += 1
                if db.in_transaction:
                    db.execute("ROLLBACK")
    refused.put(errors)


def refused_when_deferred(folder: Path, writers: int, count: int) -> int:
    """The control: how many of the transactions that begin with reading are refused at once, however long they would wait."""
    path = folder / "deferred.db"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE t (number INTEGER)")
    refused: multiprocessing.Queue[int] = FORK.Queue()
    processes = [FORK.Process(target=_deferred, args=(path, count, refused)) for _ in range(writers)]
    for process in processes:
        process.start()
    errors = sum(refused.get(timeout=600) for _ in processes)
    for process in processes:
        process.join()
    return errors


def flipped_journal(folder: Path, flips: int, chance: random.Random, has_checks: bool) -> dict[str, int]:
    """Flip a bit of a journal, again and again; what is read must be what was written, and what is not must be said."""
    journal = Journal(folder)
    for _ in range(20):
        journal.append([_rated()])
    whole, written = journal.path.read_bytes(), journal.read()[0].keys()
    checks = journal.path.with_name(f"{journal.path.name}.sums")
    if not has_checks:
        checks.unlink()
    other = unsaid = 0
    for _ in range(flips):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        journal.path.write_bytes(damaged)
        found, problems = journal.read()
        other += not found.keys() <= written
        unsaid += len(found) < len(written) and not problems
    return {"flips": flips, "other_events": other, "unsaid_losses": unsaid}


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str]) -> None:
    """Damage, write and kill, and write the figures."""
    damages, kills = [int(one) for one in arguments[:2]] + [DAMAGES, KILLS][len(arguments[:2]) :]
    chance = random.Random(SEED)
    with ProcessPoolExecutor(SHARDS, multiprocessing.get_context("spawn")) as pool:
        parts = list(pool.map(_shard, range(SEED, SEED + SHARDS), [damages // SHARDS] * SHARDS))
    found: Counter[str] = sum((part for part, _ in parts), Counter())
    wrong = [one for _, some in parts for one in some]
    with _scratch() as folder:
        plain = opened_as_they_are(Shelf.make(folder), damages // 10, chance)
    print(dict(found), wrong[:5], plain, flush=True)
    with _scratch() as folder:
        at_once = written_at_once(folder, WRITERS, EVENTS)
    with _scratch() as folder:
        killed = killed_while_writing(folder, kills, chance)
    with _scratch() as folder:
        deferred = {"transactions": WRITERS * 250, "refused": refused_when_deferred(folder, WRITERS, 250)}
    with _scratch() as one, _scratch() as other:
        journal = flipped_journal(one, FLIPS, chance, has_checks=True)
        unchecked = flipped_journal(other, FLIPS, chance, has_checks=False)
    counted = {
        "damages": found.total() - found["set aside"],
        "wrong": len(wrong),
        "first_wrong": wrong[:5],
        "by_kind": dict(found),
    }
    controls = {"opened as they are": plain, "deferred BEGIN": deferred, "journal without checks": unchecked}
    found_out = {"at_once": at_once, "killed": killed, "journal": journal}
    write("damage", {"seed": SEED, "shards": SHARDS, **counted, **found_out, **controls})


if __name__ == "__main__":
    main(sys.argv[1:])
