"""The stats view: the journal in tables, so that scores and look-ups need not read all of it.

It is derived. Every answer first takes in what the journal gained, a file of an older schema is filled anew, a damaged one is set
aside and filled again, and where no file can be written the same tables stand in memory; no caller notices.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from foundry_git import lock
from foundry_git.derived import files, seal
from foundry_git.derived.faults import FAULTS, is_damage, reason
from foundry_git.evidence import database
from foundry_git.evidence.journal import PIECE_BYTES, Journal
from foundry_git.evidence.tables import Tables
from foundry_git.evidence.window import Window

log = logging.getLogger("foundry_git.evidence")

_Answer = TypeVar("_Answer")
_LONG_BYTES = 20_000_000  # they take five seconds
_MOST_TOLD = 3  # `foundry doctor` tells them all


class StatsView:
    """The tables at ``path`` over ``journal``; nothing is opened before the first question. Threads may share it.

    ``window``: asked before each question, which then sees no event outside of it.
    """

    def __init__(self, path: Path, journal: Journal, window: Callable[[], Window]) -> None:
        self.path = path
        self.journal = journal
        self._window = window
        self._guard = threading.RLock()
        self._tables: Tables | None = None
        self._closer: Callable[[], object] | None = None
        self._file: Path | None = path  # None: in memory, because the file failed
        self._seen: seal.Identity = ()

    def ask(self, question: Callable[[Tables], _Answer], as_it_is: bool = False) -> _Answer:
        """Answer from the file; where it is damaged from a new one; where there can be none from memory.

        The question may be put again, and must not let go of the tables before it has its answer. ``as_it_is``: it may be answered
        without what the journal gained since.
        """
        with self._guard:
            for recover in (self._renew, self._leave_file):
                try:
                    return question(self._current(as_it_is))
                except FAULTS as error:
                    if isinstance(error, sqlite3.ProgrammingError):  # a mistake of ours
                        raise
                    recover(error)
            return question(self._current(as_it_is))

    def update(self) -> None:
        """Take in what the journal gained since the last time."""
        self.ask(lambda tables: None)

    def verify(self) -> None:
        """Check the whole file, and fill a new one where it is damaged."""
        self.ask(Tables.verify)

    def rebuild(self) -> None:
        """Fill a new file from the whole journal: damage in the old one may outlast the deletion of its rows."""
        with self._guard:
            self.close()
            if self._file is not None:
                files.delete(self._file)
            self.update()

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._guard:
            if self._closer is not None:
                self._closer()
            self._tables = self._closer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _current(self, as_it_is: bool) -> Tables:
        if self._tables is None or self._look() != self._seen:  # opened again, it is held against its seal
            self.close()
            self._tables = self._opened()
        if not as_it_is:
            self._take_in(self._tables)
        self._seen = self._look()
        self._tables.bound(self._window())
        return self._tables

    def _opened(self) -> Tables:
        file, form = self._file, database.FORM
        db = files.open_memory(form) if file is None else files.open_file(file, form)
        self._closer = weakref.finalize(self, files.close, db, file, form)
        return Tables(db, self.path)

    def _look(self) -> seal.Identity:
        """What tells the file from what it was, be it another one or written to by somebody."""
        return seal.identity_of(self._file)[0] if self._file is not None else ()

    def _take_in(self, tables: Tables) -> None:
        mark = tables.read_mark()
        if self.journal.ends_at(mark):
            return
        ahead = self.journal.size() - mark.offset
        if is_long := ahead > _LONG_BYTES:
            log.warning("putting %d MB of evidence into tables, once", ahead // 10**6)
        with tables.room() if is_long else contextlib.nullcontext():
            while self._take_in_some(tables):
                pass

    def _take_in_some(self, tables: Tables) -> bool:
        """Tell whether there is more: so whoever is stopped goes on where he was, and memory does not grow with the journal."""
        with database.writing(tables.db, self._file):
            # read behind the lock: another process may have taken in more since
            portion = self.journal.read_from(tables.read_mark(), PIECE_BYTES)
            for problem in portion.problems[:_MOST_TOLD]:
                log.warning("%s", problem)
            if portion.restarted:
                tables.clear()
            tables.insert(portion.events, portion.bodies)
            tables.write_mark(portion.mark, self._window())
        return portion.more

    def _renew(self, error: Exception) -> None:
        if not is_damage(error):
            return self._leave_file(error)
        self.close()
        try:
            with lock.held(files.lock_of(self.path)):
                aside = files.set_aside(self.path)
        except FAULTS as refusal:
            return self._leave_file(refusal)
        log.warning("%s was damaged (%s): set aside as %s and rebuilt", self.path, reason(error), aside.name)

    def _leave_file(self, error: Exception) -> None:
        self.close()
        if self._file is not None:
            log.warning("%s cannot be used, its content is kept in memory: %s", self.path, reason(error, self.path))
        self._file = None
