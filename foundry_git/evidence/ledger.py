"""The ledger: the front door of evidence. Events go in, scores and look-ups come out."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime
from pathlib import Path
from types import TracebackType

from foundry_git.evidence import receipts
from foundry_git.evidence.events import Event, Injected, Unknown, by_id, event_id
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.notes import Note, Notes
from foundry_git.evidence.scoring import HALF_LIFE_DAYS, Score
from foundry_git.evidence.view import StatsView


class Ledger:
    """The evidence of one repository: journal and notes in the folder ``state``, their view in the file ``stats``.

    Nothing is opened or made before it is needed. Every answer holds what was recorded before it, by any process.
    """

    def __init__(self, state: Path, stats: Path) -> None:
        self._journal = Journal(state)
        self._notes = Notes(state)
        self._view = StatsView(stats, self._journal)

    def record(self, *events: Event) -> tuple[str, ...]:
        """Write events for good and return their ids in order.

        What was derived from the repository and says nothing new is not written again; people's events, with their nonces, are
        appended without a look at the view, so a full or damaged index loses none.

        Raises:
            BusyError: another process kept the journal's lock.
            OSError: the journal's disk refuses; nothing was written.
        """
        derived = {name: event for name, event in by_id(events).items() if _is_derived(event)}
        known = derived.keys() - self._news(derived)
        names = tuple(map(event_id, events))
        self._journal.append(event for name, event in zip(names, events, strict=True) if name not in known)
        return names

    def scores(self, as_of: datetime, half_life_days: float = HALF_LIFE_DAYS) -> Mapping[str, Score]:
        """Return digest → score of all that was injected, adopted or judged; any other is ``scoring.UNTESTED``."""
        return self._view.scores(as_of, half_life_days)

    def rejected_shapes(self) -> frozenset[str]:
        """Return the shapes that somebody refused: they are never asked again."""
        return self._view.rejected_shapes()

    def sightings(self) -> Mapping[str, int]:
        """Return shape → in how many distinct places it was seen."""
        return self._view.sightings()

    def receipt(self, reference: str) -> Injected:
        """Return the injection of a receipt, given whole or by ``r-`` and its first six or more digits.

        Raises:
            UnknownPatternError: none is meant, or several are; those are then named.
        """
        return receipts.resolve(reference, self._view.injections(receipts.prefix_digits(reference)))

    def open_receipts(self) -> tuple[Injected, ...]:
        """Return the injections of whose receipt neither an outcome nor a rating is known, newest first."""
        return receipts.open_receipts(self._view.undecided())

    def history(self, digest: str) -> tuple[Event, ...]:
        """Return the events that name a digest, and what came of the receipts that held it, oldest first."""
        return self._view.history(digest)

    def last(self, kind: str) -> datetime | None:
        """Return the time of the latest event of a kind, such as ``"injected"``."""
        return self._view.last(kind)

    def note(self, note: Note) -> None:
        """Keep on this machine what a receipt was asked for; raises like :meth:`record`."""
        self._notes.append(note)

    def notes(self) -> Mapping[str, Note]:
        """Return receipt → its latest note."""
        return self._notes.read()[0]

    def problems(self) -> tuple[str, ...]:
        """Return one sentence, with file and line, for every line of journal and notes that cannot be read."""
        return (*self._journal.read()[1], *self._notes.read()[1])

    def refresh(self) -> None:
        """Bring the view up to the journal and check all of it, so that the next answers are quick and right; for the background."""
        self._view.verify()

    def rebuild(self) -> None:
        """Fill the view anew from the whole journal."""
        self._view.rebuild()

    def close(self) -> None:
        """Let go of the view's file; the next question opens it again."""
        self._view.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _news(self, derived: Mapping[str, Event]) -> Set[str]:
        return self._view.news(derived) if derived else set()


def _is_derived(event: Event) -> bool:
    return isinstance(event, Unknown) or getattr(event, "nonce", None) is None
