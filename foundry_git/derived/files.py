"""The files of a derived database: made, opened as they were sealed, set aside where they are damaged.

Writers stand behind one lock file: eight of them without it waited up to 4.7 s, with it 0.3 s, and SQLite before 3.51.3 can corrupt
a WAL when two connections write and checkpoint at the same instant.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from foundry_git import lock
from foundry_git.derived import seal
from foundry_git.derived.faults import FAULTS, is_damage, reason
from foundry_git.errors import BusyError, DamagedFileError, NewerSchemaError

APPLICATION_ID = 0x666E6479  # "fndy": tells our file from any other database of the same name
BUSY_SECONDS = 5.0  # so long SQLite's own locks are waited for
OPEN_SECONDS = 60.0  # another process may be looking through a large file that a kill left unsealed
CLOSE_SECONDS = 1.0  # a process that ends does not wait longer; SQLite's own locks then have to do
# What our own code meets in values of another type than it wrote, and in text that is no JSON any more.
_NOT_OURS = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
ASIDE = ".damaged-"
_SIDE_FILES = ("-wal", "-shm", "-journal")


class Form(Struct, frozen=True):
    """What a database is: its schema, the statements that make an empty one, and what tells whether every row is as it was written.

    ``verify`` raises DamagedFileError, or any error of SQLite.
    """

    schema: int
    statements: Callable[[], Iterable[str]]
    verify: Callable[[sqlite3.Connection, Path], None]
    make_folder: Callable[[Path], None]
    log: logging.Logger
    synchronous: str = "NORMAL"
    same_thread: bool = True


def open_file(path: Path, form: Form) -> sqlite3.Connection:
    """Open ``path``; it and its folder are made where missing, it is replaced where older, set aside where damaged.

    Raises:
        NewerSchemaError: a newer version wrote it.
        sqlite3.DatabaseError, BusyError, OSError: the surroundings refuse.
    """
    form.make_folder(path.parent)
    if db := _whole(path, form):
        return db
    with lock.held(lock_of(path), OPEN_SECONDS):
        if db := _whole(path, form):
            return db
        _mend(path, form)
        return connect(str(path), form)


class _Connection(sqlite3.Connection):
    """A connection that can be referred to weakly."""


_open: weakref.WeakSet[_Connection] = weakref.WeakSet()


def let_go_of_pages() -> None:
    """Hold no page of an open database that nobody is reading: a process that stays would hold 2 MB of each as they grow."""
    for db in list(_open):
        with contextlib.suppress(sqlite3.Error):  # it was closed, or belongs to another thread
            db.execute("PRAGMA shrink_memory")


def open_memory(form: Form) -> sqlite3.Connection:
    """Open an empty database that no file holds, for where no file can be written."""
    db = connect(":memory:", form)
    _create(db, form)
    return db


def open_copy(path: Path, form: Form) -> sqlite3.Connection | None:
    """Open a copy in memory of what a file holds that can be read and not written; None where it is not whole, or needs its log."""
    db = connect(":memory:", form)
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
            if seal.is_whole(path, form.schema, file):
                file.backup(db)
                return db
    except FAULTS:
        pass
    db.close()
    return None


def connect(name: str, form: Form) -> sqlite3.Connection:
    """Open the file as it is."""
    db = sqlite3.connect(
        name, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=form.same_thread, factory=_Connection
    )
    _open.add(db)
    try:
        for setting in (f"synchronous = {form.synchronous}", "foreign_keys = ON", "trusted_schema = OFF"):
            db.execute(f"PRAGMA {setting}")
    except BaseException:
        db.close()
        raise
    return db


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Write all that is written within, or nothing of it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # SQLite itself ends one that the disk has no room for
            db.execute("ROLLBACK")
        raise


def close(db: sqlite3.Connection, path: Path | None, form: Form) -> None:
    """Close behind the lock, because the last one to close writes the log into the file; a deleted folder is not made again."""
    with contextlib.ExitStack() as stack:
        if path is not None and path.exists():
            with contextlib.suppress(BusyError, OSError):
                stack.enter_context(lock.held(lock_of(path), timeout=CLOSE_SECONDS))
                if seal.is_large(path) and seal.is_whole(path, form.schema, db):  # its identity may be another one after
                    stack.callback(seal.write_seal, path, form.schema, db)
        db.close()


def set_aside(path: Path) -> Path:
    """Rename a damaged file to ``<name>.damaged-<time>``, for whoever wants to look, and return that path; call it behind the lock.

    The one that was set aside before goes: what is derived is not worth more room.
    """
    aside = path.with_name(f"{path.name}{ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    for older in path.parent.glob(f"{path.name}{ASIDE}*"):
        older.unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):  # another process may have been faster
        path.replace(aside)
    _delete_side_files(path)
    return aside


def delete(path: Path) -> None:
    """Delete a file and what SQLite keeps beside it; a file that is not there is fine, a folder that is not is not made."""
    if path.exists():
        with lock.held(lock_of(path)):
            _unlink(path)


def lock_of(path: Path) -> Path:
    """The lock of whoever writes to a database, or closes it."""
    return path.with_name(f"{path.name}.lock")


def make_sure(path: Path, form: Form) -> None:
    """Behind the lock: whatever changed the file since it was sealed, nothing in it is other than it was written.

    It is opened once more for that, because a connection answers from pages that it has read before.

    Raises:
        DamagedFileError, sqlite3.DatabaseError: it is damaged.
    """
    with contextlib.closing(connect(str(path), form)) as db:
        if not seal.is_whole(path, form.schema, db):
            _verify(db, path, form)


def check_all(db: sqlite3.Connection, path: Path) -> None:
    """Raise DamagedFileError where tables and indexes disagree."""
    if db.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        raise DamagedFileError(path, "its tables and indexes disagree")


def _whole(path: Path, form: Form) -> sqlite3.Connection | None:
    """The file, opened, if it is there and holds what was sealed."""
    if not path.exists() or not seal.seal_file(path).exists():
        return None
    with contextlib.ExitStack() as opened:
        try:
            db = opened.enter_context(contextlib.closing(connect(str(path), form)))
            if seal.is_whole(path, form.schema, db):
                opened.pop_all()
                return db
        except FAULTS as error:
            if not is_damage(error):
                raise
    return None


def _mend(path: Path, form: Form) -> None:
    """Bring about a whole, sealed file of this schema."""
    try:
        found = _look_through(path, form)
    except FAULTS as error:
        if not is_damage(error):
            raise
        aside = set_aside(path)
        form.log.warning("%s was damaged (%s): set aside as %s and rebuilt", path, reason(error), aside.name)
        found = 0
    if found < form.schema:
        _unlink(path)
        with contextlib.closing(connect(str(path), form)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            _create(db, form)
    with contextlib.closing(connect(str(path), form)) as db:
        seal.write_seal(path, form.schema, db)


def _look_through(path: Path, form: Form) -> int:
    """The schema of a file of ours that is not damaged, 0 of none or an empty one."""
    if not path.exists():
        return 0
    with contextlib.closing(connect(str(path), form)) as db:
        owner, schema = _pragma(db, "application_id"), _pragma(db, "user_version")
        if owner != APPLICATION_ID and (owner or schema or db.execute("SELECT 1 FROM sqlite_master").fetchone()):
            raise DamagedFileError(path, "not written by foundry-git")
        if not schema and seal.seal_file(path).exists():
            raise DamagedFileError(path, "it holds nothing any more")
        if schema > form.schema:
            raise NewerSchemaError(path, schema, form.schema)
        if schema == form.schema:
            _verify(db, path, form)
        return schema


def _verify(db: sqlite3.Connection, path: Path, form: Form) -> None:
    try:
        form.verify(db, path)
    except _NOT_OURS as error:
        raise DamagedFileError(path, f"it holds what nobody wrote: {error}") from None


def _create(db: sqlite3.Connection, form: Form) -> None:
    with transaction(db):
        for statement in form.statements():
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {form.schema}")


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)
    _delete_side_files(path)


def _delete_side_files(path: Path) -> None:
    for suffix in _SIDE_FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    seal.seal_file(path).unlink(missing_ok=True)


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])
