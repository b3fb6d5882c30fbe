"""Events in words and as JSON, for whoever asks what is behind a score."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

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
    Sighted,
    Survived,
    Withdrawn,
    Withheld,
    canonical,
    event_id,
    receipt_of,
)

SHORT = 8  # digits of an event's id: unambiguous among 10,000 events in 99 of 100 journals, and more can be typed
_ORDER = (Accepted, Injected, Adopted, Outcome, Rated)


def in_order(events: Iterable[Event]) -> list[Event]:
    """Sort events by time; those of one second in the order in which they come about."""
    return sorted(events, key=lambda event: (when(event), _rank(event)))


def when(event: Event) -> str:
    """The time of an event to the second, in UTC; "" of one that is newer than this version."""
    moment = getattr(event, "at", None)
    return f"{moment:%Y-%m-%d %H:%M:%S}" if isinstance(moment, datetime) else ""


def short_id(event: Event) -> str:
    """The first digits of an event's id, by which it can be named."""
    return event_id(event)[:SHORT]


def as_json(event: Event) -> dict[str, object]:
    """An event's fields, with its id as ``event``."""
    facts: dict[str, object] = json.loads(canonical(event))
    return {"event": event_id(event)} | facts


def told(event: Event) -> str:
    """Say what an event says in one line."""
    match event:
        case Injected() | Withheld():
            return f"{event.kind:<10} {receipt_of(event)}: {', '.join(map(_named_item, event.items))}"
        case Adopted():
            return f"adopted    {_adopted(event)}"
        case Outcome():
            return f"outcome    {event.result}, from {event.source}, of {_subject(event)}"
        case Rated():
            return f"rated      {event.rating} of 5, of {_named(event.subject)}"
        case Survived():
            return f"survived   {event.left} of {event.lines} lines after {event.days} days, of commit {event.commit[:10]}"
        case _:
            return _reviewed(event)


def _reviewed(event: Event) -> str:
    match event:
        case Sighted():
            return "sighted    the same code in a commit"
        case Accepted() | Proposed():
            return f"{event.kind:<10} as {event.id}@{event.version}"
        case Decided():
            return f"decided    {event.state}, by {f'person {event.author[:8]}' if event.author else 'a person'}: {event.reason}"
        case Withdrawn():
            return f"withdrawn  {event.event[:SHORT]}"
        case _:
            return event.kind


def _adopted(event: Adopted) -> str:
    how = {"import": "imported", "call": "called", "copy": "copied"}.get(event.how or "", "seen")
    share = f" ({event.share / 10:.0f} %)" if event.share else ""
    receipt = f", {event.receipt}" if event.receipt else ""
    return f"{how}{share} in commit {event.commit[:10]}{receipt}" if event.commit else f"a person said so{receipt}"


def _subject(event: Outcome) -> str:
    return f"commit {event.commit[:10]}" if event.commit else _named(event.subject)


def _named(subject: str) -> str:
    return subject if subject.startswith("r-") else "the pattern itself"


def _named_item(item: Item) -> str:
    return f"{item.id}@{item.version}"


def _rank(event: Event) -> int:
    return next((rank for rank, kind in enumerate(_ORDER) if isinstance(event, kind)), len(_ORDER))
