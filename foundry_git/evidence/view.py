"""The stats view: the journal in tables, so that scores and look-ups need not read all of it.

It is derived. Every answer first takes in what the journal gained, a damaged file is set aside and filled again, and where no file
can be written the same tables stand in memory; no caller notices.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import weakref
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from foundry_git.errors import BusyError, DamagedFileError, NewerSchemaError
from foundry_git.evidence import database, questions, rows, scoring
from foundry_git.evidence.events import Event, KnownEvent
from foundry_git.evidence.exploration import Prompt
from foundry_git.evidence.facts import Exposure, Facts, Survival
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.receipts import Fate, fates
from foundry_git.evidence.scoring import Coverage, Score, VersionState
from foundry_git.settings import DEFAULT_EVIDENCE, EvidenceSettings, ScoringModel

log = logging.getLogger("foundry_git.evidence")

_Answer = TypeVar("_Answer")
_FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError, DamagedFileError, NewerSchemaError, BusyError, OSError)


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

    def scores(
        self, as_of: datetime, settings: EvidenceSettings = DEFAULT_EVIDENCE, model: ScoringModel = "beta"
    ) -> dict[str, Score]:
        """Return what :func:`scoring.score` returns for all events."""
        return scoring.fold(self._facts(model), as_of, settings, model)

    def standings(
        self, as_of: datetime, settings: EvidenceSettings = DEFAULT_EVIDENCE, model: ScoringModel = "beta"
    ) -> dict[str, VersionState]:
        """Return the state of every digest that was judged or decided."""
        return scoring.standings(self._facts(model), as_of, settings, model)

    def trend(
        self,
        digest: str,
        moments: Iterable[datetime],
        settings: EvidenceSettings = DEFAULT_EVIDENCE,
        model: ScoringModel = "beta",
    ) -> list[Score]:
        """Return the score of a digest at each moment."""
        facts = self._ask(lambda db: questions.facts_of_digest(db, self.path, digest, model == "legacy"))
        return scoring.trend(facts, digest, moments, settings, model)

    def coverage(self, eligible: Collection[str]) -> Coverage:
        """Hold all that happened against the digests that could be shown."""
        facts, retrieved = self._ask(lambda db: (questions.facts(db, self.path), questions.retrieved(db)))
        return scoring.covered(facts, retrieved, eligible)

    def facts(self) -> Facts:
        """Return all facts, with every receipt."""
        return self._ask(lambda db: questions.all_facts(db, self.path))

    def fates(self, as_of: datetime) -> tuple[Fate, ...]:
        """Return what became of every receipt by a moment, newest first."""
        return fates(self._ask(lambda db: questions.facts(db, self.path, which=questions.EVERY_RECEIPT)), as_of)

    def exposures(self) -> list[Exposure]:
        """Return what every receipt holds and passed over."""
        return self._ask(lambda db: questions.exposures(db, self.path))

    def survivals(self) -> list[Survival]:
        """Return how much is left of adoptions, as often as it was told."""
        return self._ask(lambda db: questions.survivals(db, self.path))

    def sessions(self) -> dict[str, Event]:
        """Return the session events, oldest first."""
        return self._ask(lambda db: questions.sessions(db, self.path))

    def reviews(self, since: datetime) -> dict[str, Event]:
        """Return what was accepted, proposed and rejected after a moment, oldest first."""
        return self._ask(lambda db: questions.reviews(db, self.path, since))

    def rejected_shapes(self) -> frozenset[str]:
        """Return the shapes that somebody refused."""
        return self._ask(questions.rejected_shapes)

    def withdrawn(self) -> frozenset[str]:
        """Return the ids of what counts no more."""
        return self._ask(questions.withdrawn)

    def sightings(self) -> dict[str, int]:
        """Return shape → in how many distinct places it was seen."""
        return self._ask(lambda db: questions.sightings(db, self.path))

    def history(self, digest: str) -> tuple[Event, ...]:
        """Return every event that names ``digest``, what came of the receipts that held it, and what withdraws these, oldest first."""
        return self._ask(lambda db: questions.history(db, self.path, digest))

    def named(self, prefix: str) -> dict[str, Event]:
        """Return the events whose id begins with the hex digits ``prefix``."""
        return self._ask(lambda db: questions.named(db, self.path, prefix))

    def asked(self, a: str, b: str | None) -> dict[str, Event]:
        """Return the injections, those withheld too, that hold or passed over both digests, or ``a`` where ``b`` is None."""
        return self._ask(lambda db: questions.asked(db, self.path, a, b))

    def injections(self, prefix: str) -> dict[str, Event]:
        """Return what was injected or withheld, whose id begins with the hex digits ``prefix``."""
        return self._ask(lambda db: questions.injections(db, self.path, prefix))

    def showings(self, digest: str) -> dict[str, Event]:
        """Return the injections that showed a digest, without those of which both its use and an outcome are known."""
        return self._ask(lambda db: questions.showings(db, self.path, digest))

    def latest_prompts(self, count: int) -> tuple[int, list[Prompt]]:
        """Return how many injections there are, and what the latest of them showed and passed over, the oldest first."""
        return self._ask(lambda db: questions.latest_prompts(db, self.path, count))

    def last(self, kind: str) -> datetime | None:
        """Return the time of the latest event of a kind."""
        found = self._ask(lambda db: questions.last(db, self.path, kind))
        return next((event.at for event in found.values() if isinstance(event, KnownEvent)), None)

    def of_kinds(self, *kinds: str) -> dict[str, Event]:
        """Return the events of some kinds, oldest first."""
        return self._ask(lambda db: questions.of_kinds(db, self.path, kinds))

    def news(self, events: Mapping[str, Event]) -> frozenset[str]:
        """Return the ids of events that say something new: not there yet, and no place sighted again at another time."""
        return self._ask(lambda db: frozenset(name for name, event in events.items() if not questions.is_known(db, name, event)))

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

    def _facts(self, model: ScoringModel) -> Facts:
        return self._ask(lambda db: questions.facts(db, self.path, model == "legacy"))

    def _ask(self, question: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
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
            rows.insert(db, portion.events, portion.bodies, self.path)
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


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
