"""A SQLite file of what is derived: opened as this version writes it, or put aside and begun empty."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foundry_git.library import index_folder

log = logging.getLogger("foundry_git.index")

APPLICATION_ID = 0x666E6479  # "fndy"
BUSY_SECONDS = 5.0  # so long a writer waits for another one


def open_database(path: Path | None, tables: str, schema: int) -> sqlite3.Connection:
    """Open the file at ``path`` (None: in memory) with ``tables`` of ``schema`` in it; what is damaged or of another schema goes."""
    if path is None:
        return _prepared(connected(":memory:"), tables, schema)
    index_folder.make(path.parent)
    try:
        return _prepared(connected(path), tables, schema)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if isinstance(error, sqlite3.OperationalError) and "unable to open" in str(error):
            raise
        log.warning("%s: %s; built anew from the files", path, error)
        _put_aside(path)
        return _prepared(connected(path), tables, schema)


def connected(place: Path | str) -> sqlite3.Connection:
    """Open the file as it is; write to it within :func:`writing`."""
    return sqlite3.connect(place, timeout=BUSY_SECONDS, isolation_level=None)


@contextmanager
def writing(db: sqlite3.Connection) -> Iterator[None]:
    """Write all that is written within, or nothing of it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:  # SQLite itself ends one that the disk has no room for
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _prepared(db: sqlite3.Connection, tables: str, schema: int) -> sqlite3.Connection:
    try:
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # derived data: a power cut may cost a rebuild, never an answer
        _create(db, tables, schema)
    except BaseException:
        db.close()
        raise
    return db


def _create(db: sqlite3.Connection, tables: str, schema: int) -> None:
    if _schema(db) == (APPLICATION_ID, schema):
        return
    with writing(db):
        found = _schema(db)
        if found == (0, 0):
            for statement in tables.split(";\n"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {schema}")
    if found not in ((0, 0), (APPLICATION_ID, schema)):
        raise sqlite3.DatabaseError(f"schema {found[1]}, this version writes {schema}")


def _schema(db: sqlite3.Connection) -> tuple[int, int]:
    return db.execute("PRAGMA application_id").fetchone()[0], db.execute("PRAGMA user_version").fetchone()[0]


def _put_aside(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
