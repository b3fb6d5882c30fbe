"""What each event says, as rows of the fact tables; every row follows from one event alone.

Times become texts, which sort like times. An event that was withdrawn has rows like any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

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
from foundry_git.evidence.fact_table import EVENT, FactTable, Row
from foundry_git.evidence.grammar import moment_text

RATING = "rating"
"""The source of a judgement that is a rating."""

PASSED_OVER = "passed"
_RECEIPT_MARK = "r-"

_TEXT = "TEXT NOT NULL"
_ARM = ("arm", _TEXT, "injected or withheld")

RECEIPT = FactTable(
    "receipt",
    "injections, and those that were withheld by lot",
    Injected,
    Withheld,
    given=(EVENT, ("receipt", _TEXT, "r- and 12 hex digits of the event"), "at", _ARM),
)
EXPOSURE = FactTable(
    "exposure",
    "what a receipt holds, and what it passed over",
    Item,
    given=(("receipt", _TEXT, "the receipt"), "digest", ("shown", "INTEGER NOT NULL", "1: it stood in the prompt"), _ARM),
    key="receipt, digest",
)
JUDGEMENT = FactTable(
    "judgement",
    "outcomes and ratings",
    Outcome,
    Rated,
    given=(
        EVENT,
        "at",
        ("receipt", "TEXT", "the receipt it speaks of"),
        ("digest", "TEXT", "the version it speaks of, where it is no receipt"),
        "source",
    ),
)
DECISION = FactTable(
    "decision",
    "states that a person decided",
    Decided,
    given=(EVENT, "at", ("answers", _TEXT, "the decisions that it answers, with spaces between")),
)
_EACH = (
    RECEIPT,
    EXPOSURE,
    FactTable("adoption", "versions that were really used", Adopted),
    JUDGEMENT,
    DECISION,
    FactTable("withdrawal", "who took back what", Withdrawn, given=((*EVENT[:2], "the withdrawal"), "at")),
    FactTable("survival", "how many lines of an adoption were left later", Survived),
    FactTable("build", "what was told of build sessions; the view session has the latest of each", Session),
    FactTable("sighting", "shapes that were seen in commits", Sighted),
    FactTable("acceptance", "candidates that became versions", Accepted),
    FactTable("proposal", "candidates that were put up for review", Proposed),
    FactTable("rejection", "shapes that are never to be asked again", Rejected),
)
_OF_RECORD = {record: table for table in _EACH for record in table.records}

FACT_TABLES = {table.name: table for table in _EACH}
"""Name → table."""


def rows_by_table(events: Mapping[str, Event]) -> dict[FactTable, list[Row]]:
    """Return table → what events (id → event) say in it, in the order of their ids."""
    rows: dict[FactTable, list[Row]] = defaultdict(list)
    for name in sorted(events):
        for table, row in rows_of(name, events[name]):
            rows[table].append(row)
    return rows


def rows_of(name: str, event: Event) -> Iterator[tuple[FactTable, Row]]:
    """Yield what an event says; ``name`` is its id. An unknown event says nothing yet."""
    match event:
        case Unknown():
            return
        case Injected() | Withheld():
            yield from _prompt_rows(name, event)
        case Outcome() | Rated():
            is_of_receipt = is_receipt(event.subject)
            yield (
                JUDGEMENT,
                JUDGEMENT.row(
                    event,
                    event=name,
                    at=moment_text(event.at),
                    receipt=event.subject if is_of_receipt else None,
                    digest=None if is_of_receipt else event.subject,
                    source=event.source if isinstance(event, Outcome) else RATING,
                ),
            )
        case Decided():
            yield DECISION, DECISION.row(event, event=name, at=moment_text(event.at), answers=" ".join(event.answers or ()))
        case _:
            table = _OF_RECORD[type(event)]
            yield table, table.row(event, event=name, at=moment_text(event.at))


def is_receipt(subject: str) -> bool:
    """Tell a receipt from a digest."""
    return subject.startswith(_RECEIPT_MARK)


def _prompt_rows(name: str, prompt: Injected | Withheld) -> Iterator[tuple[FactTable, Row]]:
    receipt, arm = receipt_named(name), prompt.kind
    yield RECEIPT, RECEIPT.row(prompt, event=name, receipt=receipt, at=moment_text(prompt.at), arm=arm)
    for item in (*prompt.items, *(prompt.passed_over or ())):
        shown = int(arm == Injected.kind and item.slot != PASSED_OVER)
        yield EXPOSURE, EXPOSURE.row(item, receipt=receipt, digest=item.digest, shown=shown, arm=arm)
