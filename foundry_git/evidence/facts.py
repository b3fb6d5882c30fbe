"""The facts: what each event says, as flat rows that scoring reads and that the tables of the stats view hold.

One mapping serves both, so that a score folded from tables and one folded from events cannot differ. Times stay texts, which sort like
times. An event that was withdrawn has rows like any other; :func:`withdrawn` says which events count no more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from foundry_git.evidence.events import (
    Accepted,
    Adopted,
    Decided,
    Event,
    Injected,
    Item,
    Outcome,
    Proposed,
    Rated,
    Rejected,
    Session,
    Sighted,
    Survived,
    Unknown,
    Withdrawn,
    Withheld,
    receipt_named,
)
from foundry_git.evidence.grammar import moment_text

RATING = "rating"
"""The source of a judgement that is a rating."""

PASSED_OVER = "passed"
_RECEIPT_MARK = "r-"


class Receipt(NamedTuple):
    """An injection, or one that was withheld; ``arm`` says which: ``injected`` or ``withheld``."""

    event: str
    receipt: str
    at: str
    arm: str
    language: str | None
    framework: str | None
    session: str | None


class Exposure(NamedTuple):
    """One version in a receipt; ``shown``: 1 if it stood in a prompt. ``score`` and ``propensity`` in thousandths."""

    receipt: str
    digest: str
    shown: int
    arm: str
    slot: str
    id: str
    version: int
    rank: int
    score: int
    propensity: int


class Adoption(NamedTuple):
    """A version was used; ``share`` in thousandths, absent: all of it. ``place``: what commits that were rewritten have in common."""

    event: str
    at: str
    digest: str
    receipt: str | None
    commit_id: str | None
    nonce: str | None
    source: str
    how: str | None
    share: int | None
    lines: int | None
    language: str | None
    framework: str | None
    place: str | None = None


class Judgement(NamedTuple):
    """An outcome or a rating, of a ``receipt`` or of a ``digest``; of a rating ``source`` is ``rating`` and ``result`` absent."""

    event: str
    at: str
    receipt: str | None
    digest: str | None
    source: str
    result: str | None
    rating: int | None
    run: str | None
    commit_id: str | None
    session: str | None
    author: str | None
    nonce: str | None
    grounding: int | None
    retries_before: int | None
    retries_after: int | None
    mode: str | None
    validated: str | None


class Decision(NamedTuple):
    """A person's word on the state of a version."""

    event: str
    at: str
    digest: str
    state: str
    reason: str
    author: str | None


class Withdrawal(NamedTuple):
    """The event ``names`` counts no more, unless this withdrawal is withdrawn."""

    event: str
    at: str
    names: str
    author: str | None


class Survival(NamedTuple):
    """How many lines of an adoption are left at a milestone."""

    event: str
    at: str
    digest: str
    commit_id: str
    days: int
    lines: int
    lines_left: int


class Build(NamedTuple):
    """What a build session came to."""

    event: str
    at: str
    session: str
    tasks: int | None
    completed: int | None
    seconds: int | None
    tokens: int | None
    microdollars: int | None
    context: int | None
    peak: int | None
    compactions: int | None
    tests_passed: int | None
    tests_failed: int | None
    coverage: int | None


class Sighting(NamedTuple):
    """A shape at a place; ``pattern``: digest of the version of that shape."""

    event: str
    at: str
    shape: str
    place: str
    pattern: str | None


class Acceptance(NamedTuple):
    """A candidate became a version."""

    event: str
    at: str
    digest: str
    id: str
    version: int
    shape: str | None


class Proposal(NamedTuple):
    """A candidate was put on a branch for review."""

    event: str
    at: str
    digest: str
    id: str
    version: int


class Rejection(NamedTuple):
    """A shape that is never to be asked again."""

    event: str
    at: str
    shape: str
    reason: str


Fact = (
    Receipt
    | Exposure
    | Adoption
    | Judgement
    | Decision
    | Withdrawal
    | Survival
    | Build
    | Sighting
    | Acceptance
    | Proposal
    | Rejection
)
FactRow = TypeVar("FactRow", bound=tuple[object, ...])


class Occurrence(NamedTuple):
    """In how many places a version's shape was seen, and when last (or when the version was accepted)."""

    places: int
    last: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What scores depend on, without what was withdrawn.

    ``injected``: digest → prompts that held it. ``receipts``: receipt → its row, of at least those whose place counts because no
    adoption names one. ``items``: receipt → the digests that it showed, of at least those that were judged and of which no adoption
    is known. Sequences are in the order of event ids. ``occurrences`` are for the legacy model.
    """

    injected: Mapping[str, int] = field(default_factory=dict)
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    items: Mapping[str, Sequence[str]] = field(default_factory=dict)
    adoptions: Sequence[Adoption] = ()
    judgements: Sequence[Judgement] = ()
    decisions: Sequence[Decision] = ()
    occurrences: Mapping[str, Occurrence] = field(default_factory=dict)


def rows_of(name: str, event: Event) -> Iterator[Fact]:
    """Yield what an event says; ``name`` is its id. An unknown event says nothing yet."""
    if isinstance(event, Unknown):
        return
    at = moment_text(event.at)
    match event:
        case Injected() | Withheld():
            receipt = receipt_named(name)
            yield Receipt(name, receipt, at, event.kind, event.language, event.framework, event.session)
            for item in (*event.items, *(event.passed_over or ())):
                yield _exposure(receipt, event.kind, item)
        case Adopted():
            yield Adoption(
                name, at, event.digest, event.receipt, event.commit, event.nonce, event.source, event.how, event.share, event.lines,
                event.language, event.framework, event.place,
            )  # fmt: skip
        case Outcome() | Rated():
            yield _judgement(name, at, event)
        case Decided():
            yield Decision(name, at, event.digest, event.state, event.reason, event.author)
        case Withdrawn():
            yield Withdrawal(name, at, event.event, event.author)
        case Survived():
            yield Survival(name, at, event.digest, event.commit, event.days, event.lines, event.left)
        case _:
            yield _rest(name, at, event)


def withdrawn(withdrawals: Iterable[Withdrawal]) -> frozenset[str]:
    """Return the ids of the events that count no more: those that a withdrawal names which counts itself.

    A withdrawal's id is a hash over what it names, so there is no circle, and the order in which they came cannot matter.
    """
    named = {each.event: each.names for each in withdrawals}
    doubts: dict[str, int] = defaultdict(int)  # how many withdrawals that name this one are not looked at yet
    for target in named.values():
        doubts[target] += 1
    gone: set[str] = set()
    settled = [each for each in named if not doubts[each]]
    while settled:
        each = settled.pop()
        target = named[each]
        if each not in gone:
            gone.add(target)
        doubts[target] -= 1
        if not doubts[target] and target in named:
            settled.append(target)
    return frozenset(gone)


def facts_of(events: Mapping[str, Event]) -> Facts:
    """Read the facts out of a set of events (id → event)."""
    rows: dict[type[Fact], list[Fact]] = defaultdict(list)
    for name in sorted(events):
        for fact in rows_of(name, events[name]):
            rows[type(fact)].append(fact)
    gone = withdrawn(_only(Withdrawal, rows))
    receipts = {row.receipt: row for row in _counting(Receipt, rows, gone)}
    exposures = united(row for row in _only(Exposure, rows) if row.receipt in receipts)
    return Facts(
        injected=_counted(row.digest for row in exposures if row.shown),
        receipts=receipts,
        items=_items(exposures),
        adoptions=_counting(Adoption, rows, gone),
        judgements=_counting(Judgement, rows, gone),
        decisions=_counting(Decision, rows, gone),
        occurrences=occurrences(_counting(Sighting, rows, gone), _counting(Acceptance, rows, gone)),
    )


def united(exposures: Iterable[Exposure]) -> list[Exposure]:
    """Keep one row of each receipt and digest, the least: two injections may share a receipt, once in 70,000 libraries of 100,000."""
    least: dict[tuple[str, str], Exposure] = {}
    for row in exposures:
        known = least.setdefault(row[:2], row)
        if row < known:
            least[row[:2]] = row
    return list(least.values())


def occurrences(sightings: Iterable[Sighting], acceptances: Iterable[Acceptance]) -> dict[str, Occurrence]:
    """Return digest → in how many places it was seen, and when last."""
    places: dict[str, set[str]] = defaultdict(set)
    last: dict[str, str] = {}
    for seen in sightings:
        if seen.pattern:
            places[seen.pattern].add(seen.place)
            last[seen.pattern] = max(seen.at, last.get(seen.pattern, ""))
    for accepted in acceptances:
        last[accepted.digest] = max(accepted.at, last.get(accepted.digest, ""))
    return {digest: Occurrence(len(places.get(digest, ())), last[digest]) for digest in sorted(last)}


def best_survivals(rows: Iterable[Survival]) -> list[Survival]:
    """Keep the row with the most lines left of each adoption and milestone: a branch may have dropped what another keeps."""
    best: dict[tuple[str, str, int], Survival] = {}
    for row in rows:
        key = (row.digest, row.commit_id, row.days)
        if key not in best or (row.lines_left, row.event) > (best[key].lines_left, best[key].event):
            best[key] = row
    return [best[key] for key in sorted(best)]


def is_receipt(subject: str) -> bool:
    """Tell a receipt from a digest."""
    return subject.startswith(_RECEIPT_MARK)


def _exposure(receipt: str, arm: str, item: Item) -> Exposure:
    shown = int(arm == Injected.kind and item.slot != PASSED_OVER)
    return Exposure(
        receipt, item.digest, shown, arm, item.slot, item.id, item.version, item.rank, item.score, item.propensity
    )  # fmt: skip


def _judgement(name: str, at: str, event: Outcome | Rated) -> Judgement:
    receipt, digest = (event.subject, None) if is_receipt(event.subject) else (None, event.subject)
    if isinstance(event, Rated):
        return Judgement(
            name, at, receipt, digest, RATING, None, event.rating, None, None, event.session, event.author, event.nonce,
            None, None, None, None, None,
        )  # fmt: skip
    return Judgement(
        name, at, receipt, digest, event.source, event.result, None, event.run, event.commit, None, event.author, event.nonce,
        event.grounding, event.retries_before, event.retries_after, event.mode, event.validated,
    )  # fmt: skip


def _rest(name: str, at: str, event: Session | Sighted | Accepted | Proposed | Rejected) -> Fact:
    match event:
        case Session():
            return Build(
                name, at, event.session, event.tasks, event.completed, event.seconds, event.tokens, event.microdollars, event.context,
                event.peak, event.compactions, event.tests_passed, event.tests_failed, event.coverage,
            )  # fmt: skip
        case Sighted():
            return Sighting(name, at, event.shape, event.place, event.pattern)
        case Accepted():
            return Acceptance(name, at, event.digest, event.id, event.version, event.shape)
        case Proposed():
            return Proposal(name, at, event.digest, event.id, event.version)
        case Rejected():
            return Rejection(name, at, event.shape, event.reason)


def _only(kind: type[FactRow], rows: Mapping[type[Fact], Sequence[Fact]]) -> list[FactRow]:
    return [row for row in rows.get(kind, ()) if isinstance(row, kind)]  # type: ignore[arg-type]


def _counting(kind: type[FactRow], rows: Mapping[type[Fact], Sequence[Fact]], gone: Set[str]) -> list[FactRow]:
    return [row for row in _only(kind, rows) if row[0] not in gone]


def _counted(digests: Iterable[str]) -> dict[str, int]:
    return dict(Counter(digests))


def _items(exposures: Iterable[Exposure]) -> dict[str, list[str]]:
    items: dict[str, list[str]] = defaultdict(list)
    for row in exposures:
        if row.shown:
            items[row.receipt].append(row.digest)
    return {receipt: sorted(digests) for receipt, digests in items.items()}
