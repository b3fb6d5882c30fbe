"""The stats view: the journal in tables, so that scores and look-ups need not read all of it.

It is derived. Every answer first takes in what the journal gained, a damaged file is set aside and filled again, and where no file
can be written the same tables stand in memory; no caller notices.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import weakref
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from foundry_git.errors import BusyError, DamagedFileError, NewerSchemaError
from foundry_git.evidence import database, rows, scoring
from foundry_git.evidence.events import Event, Known, Sighted
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.scoring import Score

log = logging.getLogger("foundry_git.evidence")

Answer = TypeVar("Answer")
_FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError, DamagedFileError, NewerSchemaError, BusyError, OSError)

# What a score depends on. Injections nobody spoke of since are only counted: they are most events, and reading one takes 40 µs.
_SCORED = """
    SELECT id, body FROM event WHERE kind IN ('adopted', 'outcome', 'rated')
    UNION ALL
    SELECT id, body FROM event WHERE id IN (
        SELECT receipt_item.event FROM receipt_item JOIN claim ON claim.receipt = receipt_item.receipt)"""

_OPEN = """
    SELECT id, body FROM event WHERE kind = 'injected' AND id NOT IN (
        SELECT receipt_item.event FROM receipt_item JOIN claim ON claim.receipt = receipt_item.receipt
        WHERE claim.digest IS NULL)"""

_HISTORY = """
    WITH receipts (receipt) AS (
        SELECT receipt FROM receipt_item WHERE digest = :digest
        UNION SELECT receipt FROM claim WHERE digest = :digest AND receipt IS NOT NULL)
    SELECT id, body FROM event WHERE id IN (
        SELECT event FROM receipt_item WHERE digest = :digest
        UNION SELECT event FROM claim WHERE digest = :digest
        UNION SELECT claim.event FROM claim JOIN receipts USING (receipt) WHERE claim.digest IS NULL)
    ORDER BY at, id"""


class StatsView:
    """The tables at ``path`` over ``journal``; nothing is opened before the first question. Threads may share it."""

    def __init__(self, path: Path, journal: Journal) -> None:
        self.path = path
        self._journal = journal
        self._guard = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._closer: Callable[[], object] | None = None
        self._file: Path | None = path  # None: in memory, because the file failed
        self._inode = 0

    def update(self) -> None:
        """Take in what the journal gained since the last time."""
        self._ask(lambda db: None)

    def verify(self) -> None:
        """Check the whole file, and fill a new one where it is damaged."""
        self._ask(lambda db: rows.verify(db, self.path))

    def rebuild(self) -> None:
        """Fill a new file from the whole journal: damage in the old one may outlast the deletion of its rows."""
        with self._guard:
            self.close()
            if self._file is not None:
                database.delete(self._file)
            self.update()

    def scores(self, as_of: datetime, half_life_days: float) -> dict[str, Score]:
        """Return what :func:`scoring.score` returns for all events."""
        return self._ask(lambda db: _scores(db, self.path, as_of, half_life_days))

    def rejected_shapes(self) -> frozenset[str]:
        """Return the shapes that somebody refused."""
        return self._ask(lambda db: frozenset(shape for (shape,) in db.execute("SELECT shape FROM rejection")))

    def sightings(self) -> dict[str, int]:
        """Return shape → in how many distinct places it was seen."""
        return self._ask(lambda db: rows.counts(db, "shape", "DISTINCT place", "sighting", self.path))

    def history(self, digest: str) -> tuple[Event, ...]:
        """Return every event that names ``digest``, and what came of the receipts that held it, oldest first."""
        return self._ask(lambda db: tuple(rows.load(db.execute(_HISTORY, {"digest": digest}), self.path).values()))

    def injections(self, prefix: str) -> dict[str, Event]:
        """Return the injections whose id begins with the hex digits ``prefix``."""
        found = "SELECT id, body FROM event WHERE id >= ? AND id < ? AND kind = 'injected'"
        return self._ask(lambda db: rows.load(db.execute(found, (prefix, f"{prefix}g")), self.path))

    def undecided(self) -> dict[str, Event]:
        """Return the injections without an outcome or rating of their receipt."""
        return self._ask(lambda db: rows.load(db.execute(_OPEN), self.path))

    def last(self, kind: str) -> datetime | None:
        """Return the time of the latest event of a kind."""
        latest = "SELECT id, body FROM event WHERE kind = ? ORDER BY at DESC LIMIT 1"
        found = self._ask(lambda db: rows.load(db.execute(latest, (kind,)), self.path))
        return next((event.at for event in found.values() if isinstance(event, Known)), None)

    def news(self, events: Mapping[str, Event]) -> frozenset[str]:
        """Return the ids of events that say something new: not there yet, and no place sighted again at another time."""
        return self._ask(lambda db: frozenset(name for name, event in events.items() if not _is_known(db, name, event)))

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._guard:
            if self._closer is not None:
                self._closer()
            self._db = self._closer = None

    def __enter__(self) -> StatsView:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Answer from the file; where it is damaged from a new one; where there can be none from memory."""
        with self._guard:
            for recover in (self._renew, self._leave_file):
                try:
                    return question(self._current())
                except _FAULTS as error:
                    if isinstance(error, sqlite3.ProgrammingError):  # a mistake of ours
                        raise
                    recover(error)
            return question(self._current())

    def _current(self) -> sqlite3.Connection:
        if self._db is None or (self._file is not None and _inode(self._file) != self._inode):
            self.close()
            self._db = self._opened()
        self._take_in(self._db)
        return self._db

    def _opened(self) -> sqlite3.Connection:
        file = self._file
        db = database.open_memory(rows.MIGRATIONS) if file is None else database.open_file(file, rows.MIGRATIONS)
        self._closer = weakref.finalize(self, database.close, db, file)
        self._inode = 0 if file is None else _inode(file)
        return db

    def _take_in(self, db: sqlite3.Connection) -> None:
        if self._journal.ends_at(rows.read_mark(db, self.path)):
            return
        with database.writing(db, self._file):
            # read behind the lock: another process may have taken in more since
            portion = self._journal.read_from(rows.read_mark(db, self.path))
            if portion.restarted:
                rows.clear(db)
            rows.insert(db, portion.events)
            rows.write_mark(db, portion.mark)

    def _renew(self, error: Exception) -> None:
        if not database.is_damage(error):
            return self._leave_file(error)
        self.close()
        try:
            aside = database.set_aside(self.path)
        except (BusyError, OSError) as refusal:
            return self._leave_file(refusal)
        log.warning("%s was damaged (%s): set aside as %s and rebuilt", self.path, error, aside.name)

    def _leave_file(self, error: Exception) -> None:
        self.close()
        if self._file is not None:
            log.warning("%s cannot be used, its content is kept in memory: %s", self.path, error)
        self._file = None


def _scores(db: sqlite3.Connection, path: Path, as_of: datetime, half_life_days: float) -> dict[str, Score]:
    injected = rows.counts(db, "digest", "*", "receipt_item", path)
    return scoring.fold(rows.load(db.execute(_SCORED), path), injected, as_of, half_life_days)


def _is_known(db: sqlite3.Connection, name: str, event: Event) -> bool:
    if isinstance(event, Sighted):
        found = db.execute(
            "SELECT 1 FROM sighting WHERE shape = ? AND place = ? AND pattern IS ?", (event.shape, event.place, event.pattern)
        )
    else:
        found = db.execute("SELECT 1 FROM event WHERE id = ?", (name,))
    return found.fetchone() is not None


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
