"""The rows of the stats view: written from events, and read back as facts.

Every row but those of ``void`` follows from one event alone, so an update and a rebuild give the same rows in whatever order the events
came.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from foundry_git.errors import DamagedFileError
from foundry_git.evidence import grammar, schema
from foundry_git.evidence.database import Migration
from foundry_git.evidence.events import Event, KnownEvent, decode
from foundry_git.evidence.facts import Exposure, Fact, Withdrawal, rows_of, withdrawn
from foundry_git.evidence.lines import Mark
from foundry_git.evidence.schema import FACTS, TABLES, name_of

FactRow = TypeVar("FactRow", bound=tuple[object, ...])

_COLUMNS = {kind: kind._fields for kind in FACTS}
_MARKS = {kind: ", ".join("?" * (len(fields) + 1)) for kind, fields in _COLUMNS.items()}


def _create(db: sqlite3.Connection) -> None:
    """The first schema held other tables: a view is disposable, so they go, and the journal fills the new ones."""
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        db.execute(f'DROP TABLE "{name}"')
    for statement in schema.statements():
        db.execute(statement)


def _nothing(db: sqlite3.Connection) -> None:
    """The first schema; what came after it begins anew."""


MIGRATIONS: tuple[Migration, ...] = (_nothing, _create)


def clear(db: sqlite3.Connection) -> None:
    """Empty every table."""
    for table in TABLES:
        db.execute(f"DELETE FROM {table}")


def insert(db: sqlite3.Connection, events: Mapping[str, Event], bodies: Mapping[str, bytes], path: Path) -> None:
    """Put events (id → event, and id → its bytes) into the tables; those that are there already change nothing."""
    ordered = sorted(events.items())  # so that neighbours in the file are written together
    db.executemany(
        "INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?)", (_event(name, event, bodies[name]) for name, event in ordered)
    )
    found: dict[type[Fact], list[Fact]] = {}
    for name, event in ordered:
        for fact in rows_of(name, event):
            found.setdefault(type(fact), []).append(fact)
    for kind, facts in found.items():
        db.executemany(_insertion(kind), ((*fact, seal(fact)) for fact in sorted(facts, key=lambda fact: fact[:2])))
    if Withdrawal in found:
        db.execute("DELETE FROM void")
        gone = withdrawn(read(db, Withdrawal, "SELECT * FROM withdrawal", path))
        db.executemany("INSERT INTO void VALUES (?)", ((name,) for name in sorted(gone)))


def read(
    db: sqlite3.Connection, kind: type[FactRow], query: str, path: Path, values: Mapping[str, object] | tuple[object, ...] = ()
) -> Iterator[FactRow]:
    """Yield the facts of a kind that a query for whole rows finds.

    Raises:
        DamagedFileError: a row does not fit its seal.
    """
    make = kind._make  # type: ignore[attr-defined]  # every fact is a named tuple
    for row in db.execute(query, values):
        fact = row[:-1]
        if seal(fact) != row[-1]:
            raise DamagedFileError(path, f"a row of {kind.__name__.lower()} does not fit its seal")
        yield make(fact)


def seal(row: Iterable[object]) -> int:
    """Return what tells a row from a damaged one."""
    return zlib.crc32("\x1f".join(map(str, row)).encode("utf-8", "surrogatepass"))


def read_mark(db: sqlite3.Connection, path: Path) -> Mark:
    """Return how much of the journal the tables hold."""
    row = db.execute("SELECT offset, lines, tail FROM journal").fetchone()
    if row is None:
        return Mark()
    offset, lines, tail = row
    if not (isinstance(offset, int) and isinstance(lines, int) and isinstance(tail, str) and offset >= 0):
        raise DamagedFileError(path, "the journal's mark is not one")
    return Mark(offset, lines, tail)


def write_mark(db: sqlite3.Connection, mark: Mark) -> None:
    """Note how much of the journal the tables hold."""
    db.execute("REPLACE INTO journal VALUES (1, ?, ?, ?)", (mark.offset, mark.lines, mark.tail))


def load(found: Iterable[tuple[str, bytes]], path: Path) -> dict[str, Event]:
    """Read (id, body) rows.

    Raises:
        DamagedFileError: a body is not what its id names, or no event.
    """
    try:
        return {name: decode(body) for name, body in _sound(found, path)}
    except ValueError as error:
        raise DamagedFileError(path, f"holds what is no event: {error}") from None


def verify(db: sqlite3.Connection, path: Path) -> None:
    """Check all of the file, in time proportional to its size.

    Of 600 files with flipped bytes 30 answered wrongly until this was asked: every column is in an index, sealed or hashed, so that
    one of the two places tells.

    Raises:
        DamagedFileError: tables and indexes disagree, a row does not fit its seal, or a body is not what its id names.
    """
    if db.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        raise DamagedFileError(path, "its tables and indexes disagree")
    for _ in _sound(db.execute("SELECT id, body FROM event"), path):
        pass
    for kind in FACTS:
        for _ in read(db, kind, f"SELECT * FROM {name_of(kind)}", path):
            pass
    gone = withdrawn(read(db, Withdrawal, "SELECT * FROM withdrawal", path))
    if {name for (name,) in db.execute("SELECT event FROM void")} != gone:
        raise DamagedFileError(path, "what counts no more is not what was withdrawn")


def counts(db: sqlite3.Connection, query: str, path: Path, values: tuple[object, ...] = ()) -> dict[str, int]:
    """Return text → count, as a query says."""
    found = db.execute(query, values).fetchall()
    if not all(isinstance(name, str) for name, _ in found):
        raise DamagedFileError(path, "a name is no text")
    return dict(found)


def _sound(found: Iterable[tuple[str, bytes]], path: Path) -> Iterator[tuple[str, bytes]]:
    """Hold each body against its name: of 2,000 damaged databases 54 answered with wrong rows and no error."""
    for name, body in found:
        if not isinstance(body, bytes) or hashlib.sha256(body).hexdigest() != name:
            raise DamagedFileError(path, "a row does not hold the event that it names")
        yield name, body


def _event(name: str, event: Event, body: bytes) -> tuple[str, str, str | None, bytes]:
    at = grammar.moment_text(event.at) if isinstance(event, KnownEvent) else None
    return name, event.kind, at, body


def _insertion(kind: type[Fact]) -> str:
    """Of two rows of one receipt and digest the least stays, as :func:`facts.united` has it; of others the first, which is the same."""
    into = f"INTO {name_of(kind)} VALUES ({_MARKS[kind]})"
    if kind is not Exposure:
        return f"INSERT OR IGNORE {into}"
    names = (*_COLUMNS[kind][2:], "seal")
    new, old = (", ".join(f"{table}.{name}" for name in names[:-1]) for table in ("excluded", "exposure"))
    taken = ", ".join(f"{name} = excluded.{name}" for name in names)
    return f"INSERT {into} ON CONFLICT (receipt, digest) DO UPDATE SET {taken} WHERE ({new}) < ({old})"
