"""A derived database: read and written behind one guard, so that no caller sees an error of SQLite.

Damage sets the file aside and asks for the command to be run again, which finds a new one. What the surroundings refuse, a full disk
or a folder that cannot be written to, moves the content into memory, where the same statements go on.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from foundry_git import lock
from foundry_git.derived import files, seal
from foundry_git.derived.faults import FAULTS, is_damage, reason
from foundry_git.derived.files import Form
from foundry_git.errors import DamagedFileError, RefusedFileError

Row = tuple[Any, ...]
Write = Callable[[sqlite3.Connection], object]
"""Writes within a transaction; it may be called a second time where the first one found no room."""


class Database:
    """The database at ``path``; ``None``: in memory."""

    def __init__(self, path: Path | None, form: Form) -> None:
        self._form = form
        self._file = path
        self._db = self._opened()
        self._seen = seal.identity_of(path) if path else None

    @property
    def in_file(self) -> bool:
        """Whether a file holds it, which the next command finds."""
        return self._file is not None

    def rows(self, statement: str, values: Sequence[object] = ()) -> Iterator[Row]:
        """Yield the rows that a query finds.

        Raises:
            DamagedFileError: the file is damaged, and was set aside; what is asked again is answered from a new one.
            RefusedFileError: the disk cannot be read.
        """
        try:
            yield from self._db.execute(statement, values)
        except FAULTS as error:
            raise self._said(error) from error

    def one(self, statement: str, values: Sequence[object] = ()) -> Row | None:
        """The first row that a query finds; raises like :meth:`rows`."""
        return next(self.rows(statement, values), None)

    def write(self, action: Write) -> None:
        """Write in one transaction, all of it or nothing; where the file cannot be written to, in memory from now on."""
        if self._file is not None:
            try:
                return self._write_file(self._file, action)
            except FAULTS as error:
                if isinstance(error, sqlite3.ProgrammingError):
                    raise
                if is_damage(error):
                    raise self._said(error) from error
                self._leave_file(error)
        with files.transaction(self._db):
            action(self._db)

    def check(self) -> None:
        """Make sure that nobody but foundry-git has written to the file since it was opened; raises like :meth:`rows`."""
        path = self._file
        if path is None or seal.identity_of(path) == self._seen:
            return
        try:
            with lock.held(files.lock_of(path), files.OPEN_SECONDS):
                self._make_sure(path)
        except FAULTS as error:
            raise self._said(error) from error

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is asked within is answered from one state, whatever another process writes meanwhile."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            if self._db.in_transaction:
                self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        files.close(self._db, self._file, self._form)

    def _opened(self) -> sqlite3.Connection:
        path, form = self._file, self._form
        if path is None:
            return files.open_memory(form)
        try:
            return files.open_file(path, form)
        except FAULTS as error:
            if isinstance(error, sqlite3.ProgrammingError):
                raise
            self._remark(path, error)
            self._file = None
            return files.open_copy(path, form) or files.open_memory(form)

    def _write_file(self, path: Path, action: Write) -> None:
        with lock.held(files.lock_of(path)):
            self._make_sure(path)
            with files.transaction(self._db):
                action(self._db)
            if self._is_ours(path):
                seal.write_seal(path, self._form.schema, self._db)
            self._seen = seal.identity_of(path)

    def _make_sure(self, path: Path) -> None:
        """Behind the lock: whatever changed the file, it was one of us, or nothing in it is other than it was written."""
        if self._is_ours(path):
            files.make_sure(path, self._form)
        self._seen = seal.identity_of(path)

    def _is_ours(self, path: Path) -> bool:
        """Whether the file at ``path`` is still the one that is open: a rebuild may have put another there."""
        now = seal.identity_of(path)[0]
        return bool(now and self._seen and self._seen[0] and now[-1] == self._seen[0][-1])

    def _said(self, error: Exception) -> Exception:
        """What to tell the caller, after the file was set aside if it is damaged."""
        path = self._file
        if path is None or isinstance(error, sqlite3.ProgrammingError):
            return error
        if not is_damage(error):
            return RefusedFileError(path, reason(error))
        with contextlib.suppress(sqlite3.Error):
            self._db.close()
        self._db, self._file = files.open_memory(self._form), None
        with contextlib.suppress(*FAULTS), lock.held(files.lock_of(path)):
            if not self._is_ours(path):
                return DamagedFileError(path, reason(error))
            aside = files.set_aside(path)
            self._form.log.warning("%s was damaged (%s): set aside as %s and rebuilt", path, reason(error), aside.name)
        return DamagedFileError(path, reason(error))

    def _leave_file(self, error: Exception) -> None:
        path, memory = self._file, files.connect(":memory:", self._form)
        assert path is not None
        try:
            self._db.backup(memory)
        except FAULTS as fault:
            memory.close()
            raise self._said(fault) from error
        files.close(self._db, path, self._form)
        self._db, self._file = memory, None
        self._remark(path, error)

    def _remark(self, path: Path, error: Exception) -> None:
        self._form.log.warning("%s cannot be used, its content is kept in memory: %s", path, reason(error, path))
