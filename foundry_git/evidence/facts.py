"""The facts: as much of the rows of the fact tables as scores follow from, with names and types.

One mapping serves rows that come from tables and rows that come from events, so that a score folded from either cannot differ. Times
stay texts, which sort like times.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from msgspec import Struct, field

from foundry_git.evidence.events import Event
from foundry_git.evidence.fact_rows import EXPOSURE, FACT_TABLES, rows_by_table
from foundry_git.evidence.fact_table import FactTable, Row
from foundry_git.evidence.window import Window
from foundry_git.evidence.withdrawals import Withdrawal, withdrawn


class Receipt(NamedTuple):
    """An injection, or one that was withheld; ``arm`` says which: ``injected`` or ``withheld``."""

    receipt: str
    at: str
    arm: str
    language: str | None
    framework: str | None
    session: str | None


class Exposure(NamedTuple):
    """One version in a receipt; ``shown``: 1 if it stood in a prompt. ``propensity`` in thousandths."""

    receipt: str
    digest: str
    shown: int
    arm: str
    slot: str
    propensity: int


class Adoption(NamedTuple):
    """A version was used; ``share`` in thousandths, absent: all of it. ``place``: what commits that were rewritten have in common."""

    event: str
    at: str
    digest: str
    receipt: str | None
    commit_id: str | None
    nonce: str | None
    how: str | None
    share: int | None
    language: str | None
    framework: str | None
    place: str | None


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


class Decision(NamedTuple):
    """A person's word on the state of a version; ``answers``: ids of the decisions that it answers, with spaces between."""

    event: str
    at: str
    digest: str
    state: str
    reason: str
    author: str | None
    answers: str


class Survival(NamedTuple):
    """How many lines of an adoption are left at a milestone."""

    event: str
    digest: str
    commit_id: str
    days: int
    lines: int
    lines_left: int


class Sighting(NamedTuple):
    """A shape at a place; ``pattern``: digest of the version of that shape."""

    at: str
    place: str
    pattern: str | None


class Acceptance(NamedTuple):
    """A candidate became a version."""

    at: str
    digest: str


FactRow = TypeVar("FactRow", bound=NamedTuple)


class Occurrence(NamedTuple):
    """In how many places a version's shape was seen, and when last (or when the version was accepted)."""

    places: int
    last: str


class Facts(Struct, frozen=True):
    """What scores depend on, without what was withdrawn.

    ``injected``: digest → prompts that held it. ``receipts``: receipt → its row, of at least those whose place counts because no
    adoption names one. ``items``: receipt → the digests that it showed, of at least those that were judged and of which no adoption
    is known. Sequences are in the order of event ids. ``decisions_gone`` count no more, but are answered by others.
    ``words``: author → the times of all outcomes and ratings that he gave, in order. ``occurrences`` are for the legacy model.
    """

    injected: Mapping[str, int] = field(default_factory=dict)
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    items: Mapping[str, Sequence[str]] = field(default_factory=dict)
    adoptions: Sequence[Adoption] = ()
    judgements: Sequence[Judgement] = ()
    decisions: Sequence[Decision] = ()
    decisions_gone: Sequence[Decision] = ()
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    occurrences: Mapping[str, Occurrence] = field(default_factory=dict)


def table_of(kind: type[NamedTuple]) -> FactTable:
    """Return the table that holds the facts of a kind."""
    return FACT_TABLES[kind.__name__.lower()]


def facts_in(kind: type[FactRow], rows: Iterable[Row]) -> Iterator[FactRow]:
    """Yield the facts of a kind that rows of its table hold."""
    make: Callable[[Row], FactRow] = partial(tuple.__new__, kind)  # what ``_make`` does, in half of its time
    return map(make, map(table_of(kind).picked(kind._fields), rows))


def facts_among(kind: type[FactRow], rows: Mapping[FactTable, Iterable[Row]]) -> list[FactRow]:
    """Return the facts of a kind, in the order of the rows of its table."""
    return list(facts_in(kind, rows.get(table_of(kind), ())))


def facts_of(events: Mapping[str, Event], window: Window | None = None) -> Facts:
    """Read events (id → event) as facts, in the order of their ids; one outside of the ``window`` counts as little as one withdrawn."""
    rows = rows_by_table(events)
    apart = frozenset(name for name, event in events.items() if window and not window.holds(event))
    gone = apart | withdrawn(each for each in facts_among(Withdrawal, rows) if each.event not in apart)
    counting = {table: [row for row in some if row[0] not in gone] for table, some in rows.items()} if gone else rows
    receipts = {row.receipt: row for row in facts_among(Receipt, counting)}
    every = facts_in(Exposure, united(rows.get(EXPOSURE, ())))
    exposures = [row for row in every if row.receipt in receipts]
    judgements = facts_among(Judgement, counting)
    return Facts(
        injected=_counted(row.digest for row in exposures if row.shown),
        receipts=receipts,
        items=_items(exposures),
        adoptions=facts_among(Adoption, counting),
        judgements=judgements,
        words=words_of(judgements),
        decisions=facts_among(Decision, counting),
        decisions_gone=[each for each in facts_among(Decision, rows) if each.event in gone],
        occurrences=occurrences(facts_among(Sighting, counting), facts_among(Acceptance, counting)),
    )


def words_of(judgements: Iterable[Judgement]) -> dict[str, list[str]]:
    """Return author → when he spoke, in order."""
    words: dict[str, list[str]] = defaultdict(list)
    for each in judgements:
        if each.author:
            words[each.author].append(each.at)
    return {author: sorted(words[author]) for author in sorted(words)}


def united(exposures: Iterable[Row]) -> list[Row]:
    """Keep one row of each receipt and digest, the least: two injections may share a receipt, once in 70,000 libraries of 100,000."""
    least: dict[Row, Row] = {}
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


def _counted(digests: Iterable[str]) -> dict[str, int]:
    return dict(Counter(digests))


def _items(exposures: Iterable[Exposure]) -> dict[str, list[str]]:
    items: dict[str, list[str]] = defaultdict(list)
    for row in exposures:
        if row.shown:
            items[row.receipt].append(row.digest)
    return {receipt: sorted(digests) for receipt, digests in items.items()}
