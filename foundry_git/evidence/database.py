"""A SQLite file that may be deleted at any time: opened, written in short turns, replaced when old, set aside when damaged.

Writers stand behind one lock file: eight of them without it waited up to 4.7 s, with it 0.3 s, and SQLite before 3.51.3 can corrupt
a WAL when two connections write and checkpoint at the same instant.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from foundry_git import lock
from foundry_git.errors import BusyError, DamagedFileError, NewerSchemaError
from foundry_git.library import index_folder

APPLICATION_ID = 0x666E6479  # "fndy": tells our file from any other database of the same name
BUSY_SECONDS = 5.0
CLOSE_SECONDS = 1.0  # a process that ends does not wait longer; SQLite's own locks then have to do

# What the surroundings refuse, and a new file would not mend. An I/O error is not among them: it is how a cut file may look.
_SURROUNDINGS = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_INTERRUPT,
}

Statements = Callable[[], Iterable[str]]
"""What creates the tables of an empty file."""


def open_file(path: Path, schema: int, statements: Statements) -> sqlite3.Connection:
    """Open ``path`` with the tables of a schema, making it and its folder where needed; a file of an older schema is replaced.

    Raises:
        NewerSchemaError: a newer version wrote it.
        DamagedFileError, sqlite3.DatabaseError: see :func:`is_damage`.
        BusyError, OSError: the folder is read-only, or another process keeps the lock.
    """
    index_folder.make(path.parent)
    with lock.held(_lock_of(path)), contextlib.ExitStack() as opened:
        db = opened.enter_context(contextlib.closing(_connect(str(path))))
        found = _schema_of(db, path)
        if found > schema:
            raise NewerSchemaError(path, found, schema)
        if found < schema:
            db.close()
            _unlink(path)
            db = opened.enter_context(contextlib.closing(_connect(str(path))))
        db.execute("PRAGMA journal_mode = WAL")
        if found < schema:
            _create(db, schema, statements)
        opened.pop_all()
    return db


def open_memory(schema: int, statements: Statements) -> sqlite3.Connection:
    """Open an empty database that no file holds, for where no file can be written."""
    db = _connect(":memory:")
    _create(db, schema, statements)
    return db


@contextlib.contextmanager
def writing(db: sqlite3.Connection, path: Path | None) -> Iterator[None]:
    """Write in one transaction, behind the lock beside ``path`` (``None``: in memory, no lock); all of it or nothing."""
    with contextlib.nullcontext() if path is None else lock.held(_lock_of(path)), _transaction(db):
        yield


def close(db: sqlite3.Connection, path: Path | None) -> None:
    """Close behind the lock, because the last one to close checkpoints the WAL; a deleted folder is not made again."""
    with contextlib.ExitStack() as stack:
        if path is not None and path.exists():
            with contextlib.suppress(BusyError, OSError):
                stack.enter_context(lock.held(_lock_of(path), timeout=CLOSE_SECONDS))
        db.close()


def is_damage(error: Exception) -> bool:
    """Whether a new file would help: true of damage and of foreign content, false of a full disk or a lock."""
    if isinstance(error, UnicodeDecodeError | DamagedFileError):
        return True
    if not isinstance(error, sqlite3.DatabaseError) or isinstance(error, sqlite3.ProgrammingError):
        return False
    code = getattr(error, "sqlite_errorcode", None)  # none where text in a row is not UTF-8
    return code is None or code & 0xFF not in _SURROUNDINGS


def set_aside(path: Path) -> Path:
    """Rename a damaged file to ``<name>.damaged-<time>``, for whoever wants to look, and return that path."""
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    with lock.held(_lock_of(path)), contextlib.suppress(FileNotFoundError):  # another process may have been faster
        path.replace(aside)
        _delete_side_files(path)
    return aside


def delete(path: Path) -> None:
    """Delete a file and what SQLite keeps beside it; a file that is not there is fine, a folder that is not is not made."""
    if path.exists():
        with lock.held(_lock_of(path)):
            _unlink(path)


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)
    _delete_side_files(path)


def _delete_side_files(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _connect(name: str) -> sqlite3.Connection:
    db = sqlite3.connect(name, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        for setting in ("synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
            db.execute(f"PRAGMA {setting}")
    except BaseException:
        db.close()
        raise
    return db


def _schema_of(db: sqlite3.Connection, path: Path) -> int:
    """Return the schema of a file of ours, 0 of an empty one."""
    owner, schema = _pragma(db, "application_id"), _pragma(db, "user_version")
    if owner != APPLICATION_ID and (owner or schema):
        raise DamagedFileError(path, "not written by foundry-git")
    return schema


def _create(db: sqlite3.Connection, schema: int, statements: Statements) -> None:
    with _transaction(db):
        for statement in statements():
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {schema}")


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")
