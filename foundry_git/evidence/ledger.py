"""The ledger: the front door of evidence. Events go in, scores and look-ups come out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from foundry_git.evidence import exploration, receipts, scoring
from foundry_git.evidence.attribution import attribute
from foundry_git.evidence.comparison import Comparison, UseCounts, compare, uses_of
from foundry_git.evidence.events import Event, Unknown, by_id, event_id
from foundry_git.evidence.fact_queries import all_facts, facts_for_fates, facts_for_scores, facts_of_digest
from foundry_git.evidence.facts import Facts
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.kinds.reviews import MAX_ANSWERS
from foundry_git.evidence.lots import HOLDOUT
from foundry_git.evidence.notes import Notes
from foundry_git.evidence.questions import Questions
from foundry_git.evidence.receipts import Fate
from foundry_git.evidence.schema import EXPOSED
from foundry_git.evidence.scoring import UNDECIDED_USES, Coverage, Score, VersionState
from foundry_git.evidence.scoring.decisions import heads_of
from foundry_git.evidence.scoring.verdicts import receipt_verdicts
from foundry_git.evidence.window import window
from foundry_git.settings import DEFAULT_EVIDENCE, EvidenceSettings, ScoringModel


def _now() -> datetime:
    """To the minute, so that a window holds for the questions of one command."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


class Ledger(Questions):
    """The evidence of one repository: ``journal`` and ``notes`` in the folder ``state``, their view in the file ``stats``.

    Nothing is opened or made before it is needed. Every answer holds what was recorded before it, by any process, but for what is dated
    a day or more before the repository ``began``, or after ``now``.
    """

    def __init__(
        self, state: Path, stats: Path, began: Callable[[], datetime | None] = lambda: None, now: Callable[[], datetime] = _now
    ) -> None:
        super().__init__(stats, Journal(state), lambda: window(began(), now()))
        self.notes = Notes(state)

    def record(self, *events: Event) -> tuple[str, ...]:
        """Write events for good and return their ids in order.

        What was derived from the repository and says nothing new is not written again; people's events, with their nonces, are
        appended without a look at the view, so a full or damaged index loses none.

        Raises:
            BusyError: another process kept the journal's lock.
            OSError: the journal's disk refuses; nothing was written.
        """
        derived = {name: event for name, event in by_id(events).items() if _is_derived(event)}
        known = derived.keys() - self.news(derived) if derived else set()
        names = tuple(map(event_id, events))
        self.journal.append(event for name, event in zip(names, events, strict=True) if name not in known)
        return names

    def scores(
        self,
        as_of: datetime,
        settings: EvidenceSettings = DEFAULT_EVIDENCE,
        model: ScoringModel = "beta",
        digests: Collection[str] | None = None,
    ) -> Mapping[str, Score]:
        """Return digest → score of all that was injected, adopted, judged or decided; any other is ``scoring.UNTESTED``.

        Of some ``digests`` alone it takes as long as there is evidence on these, and gives the same. What was withdrawn counts nowhere,
        here and in every other answer, unless its docstring says otherwise.
        """
        return scoring.fold(self._facts(model, digests), as_of, settings, model, digests)

    def states(
        self, as_of: datetime, settings: EvidenceSettings = DEFAULT_EVIDENCE, model: ScoringModel = "beta"
    ) -> Mapping[str, VersionState]:
        """Return digest → state, since when and why, with all transitions, of what was judged or decided; any other is pending."""
        return scoring.standings(self._facts(model), as_of, settings, model)

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

    def decisions_to_answer(self, digest: str) -> tuple[str, ...]:
        """Return the ids of the decisions on a version that nobody answered, at most as many as a new one may name."""
        facts = self.ask(lambda tables: facts_of_digest(tables, digest))
        return tuple(heads_of(facts.decisions, facts.decisions_gone)[:MAX_ANSWERS])

    def trend(
        self,
        digest: str,
        moments: Iterable[datetime],
        settings: EvidenceSettings = DEFAULT_EVIDENCE,
        model: ScoringModel = "beta",
    ) -> Sequence[Score]:
        """Return the score of a digest at each moment, in that order, from what was dated up to then; the view is read once."""
        facts = self.ask(lambda tables: facts_of_digest(tables, digest, model == "legacy"))
        return scoring.trend(facts, digest, moments, settings, model)

    def coverage(self, eligible: Collection[str]) -> Coverage:
        """Return which of the digests that could be shown were ever retrieved, injected, adopted and judged."""
        retrieved = f"SELECT DISTINCT digest FROM exposure WHERE {EXPOSED}"
        return scoring.covered(*self.ask(lambda tables: (facts_for_scores(tables), tables.names(retrieved))), eligible)

    def facts(self) -> Facts:
        """Return the facts that scores follow from, with every receipt: for pure functions of one's own."""
        return self.ask(all_facts)

    def receipts(self, as_of: datetime) -> tuple[Fate, ...]:
        """Return what became of every receipt by a moment: resolved, open, or unknown, newest first."""
        return receipts.fates(self.ask(facts_for_fates), as_of)

    def exploration_budget(self) -> float:
        """Return with which probability the last slot of a prompt explores."""
        total, latest = self.latest_prompts(exploration.REPLAYED)
        return exploration.budget(exploration.blocks_of(latest, total))

    def compare(self, a: str, b: str, as_of: datetime) -> tuple[Comparison, UseCounts, UseCounts]:
        """Compare two digests, or one and ``HOLDOUT``, by the receipts whose lot held both; and count the adopted uses of both."""
        asked, known = self.prompts_with(a, None if b == HOLDOUT else b), attribute(self.facts())
        return compare(asked, receipt_verdicts(known), a, b, as_of), uses_of(known, a), uses_of(known, b)

    def problems(self) -> tuple[str, ...]:
        """Return one sentence, with file and line, for every line of journal and notes that cannot be read."""
        return (*self.journal.read()[1], *self.notes.read()[1])

    def _facts(self, model: ScoringModel, digests: Collection[str] | None = None) -> Facts:
        return self.ask(lambda tables: facts_for_scores(tables, model == "legacy", digests))


def _is_derived(event: Event) -> bool:
    return isinstance(event, Unknown) or getattr(event, "nonce", None) is None
