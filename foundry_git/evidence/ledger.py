"""The ledger: the front door of evidence. Events go in, scores and look-ups come out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path
from types import TracebackType

from foundry_git.errors import UnknownPatternError
from foundry_git.evidence import exploration, receipts
from foundry_git.evidence.attribution import attribute
from foundry_git.evidence.comparison import Comparison, UseCounts, compare, uses_of
from foundry_git.evidence.events import Event, Injected, Session, Unknown, Withheld, by_id, event_id
from foundry_git.evidence.facts import Exposure, Facts, Survival, best_survivals
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.lines import Mark
from foundry_git.evidence.lots import HOLDOUT
from foundry_git.evidence.notes import Notes, ReceiptNote
from foundry_git.evidence.receipts import Fate
from foundry_git.evidence.scoring import UNDECIDED_USES, Coverage, Score, VersionState
from foundry_git.evidence.scoring.verdicts import receipt_verdicts
from foundry_git.evidence.view import StatsView
from foundry_git.settings import DEFAULT_EVIDENCE, EvidenceSettings, ScoringModel

_ID = re.compile(f"[0-9a-f]{{{receipts.SHORTEST_PREFIX},64}}")


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

    def take_in(self, lines: Iterable[bytes]) -> None:
        """Write for good what others learned, as the canonical bytes of events that were parsed before; raises like :meth:`record`."""
        self._journal.append_lines(lines)

    def lines(self) -> tuple[dict[str, bytes], Mark]:
        """Return name → canonical bytes of all that was recorded, unparsed, and the mark behind it."""
        return self._journal.lines()

    def mark_behind(self, mark: Mark, lines: Sequence[bytes]) -> Mark:
        """Return the mark behind ``lines`` if they, and nothing else, were taken in behind ``mark``; else ``mark``."""
        return self._journal.mark_behind(mark, lines)

    def ends_at(self, mark: Mark) -> bool:
        """Tell whether nothing was recorded since ``mark``; cheap."""
        return self._journal.ends_at(mark)

    def scores(
        self, as_of: datetime, settings: EvidenceSettings = DEFAULT_EVIDENCE, model: ScoringModel = "beta"
    ) -> Mapping[str, Score]:
        """Return digest → score of all that was injected, adopted, judged or decided; any other is ``scoring.UNTESTED``.

        What was withdrawn counts nowhere, here and in every other answer, unless its docstring says otherwise.
        """
        return self._view.scores(as_of, settings, model)

    def states(
        self, as_of: datetime, settings: EvidenceSettings = DEFAULT_EVIDENCE, model: ScoringModel = "beta"
    ) -> Mapping[str, VersionState]:
        """Return digest → state, since when and why, with all transitions, of what was judged or decided; any other is pending."""
        return self._view.standings(as_of, settings, model)

    def undecided(
        self,
        as_of: datetime,
        uses: int = UNDECIDED_USES,
        settings: EvidenceSettings = DEFAULT_EVIDENCE,
        model: ScoringModel = "beta",
    ) -> Mapping[str, VersionState]:
        """Return the states that are pending still after so many judged uses: a person should decide these."""
        found = self.states(as_of, settings, model)
        return {digest: standing for digest, standing in found.items() if standing.is_undecided(uses)}

    def trend(
        self,
        digest: str,
        moments: Iterable[datetime],
        settings: EvidenceSettings = DEFAULT_EVIDENCE,
        model: ScoringModel = "beta",
    ) -> Sequence[Score]:
        """Return the score of a digest at each moment, in that order, from what was dated up to then; the view is read once."""
        return self._view.trend(digest, moments, settings, model)

    def coverage(self, eligible: Collection[str]) -> Coverage:
        """Return which of the digests that could be shown were ever retrieved, injected, adopted and judged."""
        return self._view.coverage(eligible)

    def facts(self) -> Facts:
        """Return the facts that scores follow from, with every receipt: for pure functions of one's own."""
        return self._view.facts()

    def exposures(self) -> Sequence[Exposure]:
        """Return what each receipt holds and passed over, with propensity, slot and arm."""
        return self._view.exposures()

    def sessions(self) -> Mapping[str, Session]:
        """Return hashed session name → what was told of it last, in the order of time."""
        found = (event for event in self._view.sessions().values() if isinstance(event, Session))
        return {event.session: event for event in sorted(found, key=lambda event: event.at)}

    def survivals(self) -> Sequence[Survival]:
        """Return how many lines of adoptions were left at milestones; of several for one adoption and milestone the most."""
        return best_survivals(self._view.survivals())

    def reviews(self, since: datetime) -> Sequence[Event]:
        """Return what was accepted, proposed and rejected after a moment, oldest first."""
        return tuple(self._view.reviews(since).values())

    def rejected_shapes(self) -> frozenset[str]:
        """Return the shapes that somebody refused: they are never asked again."""
        return self._view.rejected_shapes()

    def sightings(self) -> Mapping[str, int]:
        """Return shape → in how many distinct places it was seen."""
        return self._view.sightings()

    def receipt(self, reference: str) -> Injected | Withheld:
        """Return the injection of a receipt, given whole or by ``r-`` and its first six or more digits, or the one that was withheld.

        Raises:
            UnknownPatternError: none is meant, or several are; those are then named.
        """
        return receipts.resolve(reference, self._view.injections(receipts.prefix_digits(reference)))

    def showings(self, digest: str) -> tuple[Injected, ...]:
        """Return the injections of which a new use of a digest may come, newest first.

        An outcome alone closes none, for what was judged first may be committed later; once its use is known too, a further use is
        another one.
        """
        return receipts.newest_first(self._view.showings(digest))

    def receipts(self, as_of: datetime) -> tuple[Fate, ...]:
        """Return what became of every receipt: resolved, open, or unknown, newest first."""
        return self._view.fates(as_of)

    def exploration_budget(self) -> float:
        """Return with which probability the last slot of a prompt explores."""
        total, latest = self._view.latest_prompts(exploration.REPLAYED)
        return exploration.budget(exploration.blocks_of(latest, total))

    def compare(self, a: str, b: str, as_of: datetime) -> tuple[Comparison, UseCounts, UseCounts]:
        """Compare two digests, or one and ``HOLDOUT``, by the receipts whose lot held both; and count the adopted uses of both."""
        asked, known = self._view.asked(a, None if b == HOLDOUT else b), attribute(self._view.facts())
        return compare(asked, receipt_verdicts(known), a, b, as_of), uses_of(known, a), uses_of(known, b)

    def history(self, digest: str) -> tuple[Event, ...]:
        """Return the events that name a digest, and what came of the receipts that held it, oldest first.

        What was withdrawn is among them, and so are the withdrawals; :meth:`withdrawn` tells.
        """
        return self._view.history(digest)

    def withdrawn(self) -> frozenset[str]:
        """Return the ids of the events that count no more, whether they are known here or not."""
        return self._view.withdrawn()

    def find_event(self, reference: str) -> tuple[str, Event]:
        """Return id and event of the one whose id begins with six or more hex digits, also when it was withdrawn.

        Raises:
            UnknownPatternError: none does, or several do; those are then named.
        """
        prefix = reference.strip().lower()
        found = self._view.named(prefix) if _ID.fullmatch(prefix) else {}
        if len(found) != 1:
            raise UnknownPatternError(reference, "event", near=sorted(found)[:5])
        ((name, event),) = found.items()
        return name, event

    def known(self, *kinds: str) -> tuple[Event, ...]:
        """Return the events of some kinds, such as ``"adopted"``, without those that were withdrawn; oldest first."""
        return tuple(self._view.of_kinds(*kinds).values())

    def last(self, kind: str) -> datetime | None:
        """Return the time of the latest event of a kind, such as ``"injected"``."""
        return self._view.last(kind)

    def note(self, note: ReceiptNote) -> None:
        """Keep on this machine what a receipt was asked for; raises like :meth:`record`."""
        self._notes.append(note)

    def notes(self) -> Mapping[str, ReceiptNote]:
        """Return receipt → its latest note."""
        return self._notes.read()[0]

    def problems(self) -> tuple[str, ...]:
        """Return one sentence, with file and line, for every line of journal and notes that cannot be read."""
        return (*self._journal.read()[1], *self._notes.read()[1])

    def refresh(self) -> None:
        """Bring the view up to the journal and check all of it, so that the next answers are quick and right."""
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
