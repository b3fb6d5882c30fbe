"""The events: immutable facts about patterns, each named by the SHA-256 of its canonical bytes.

Canonical bytes are one JSON object in UTF-8 without a newline: keys sorted, no spaces, non-ASCII unescaped, values only text, whole
numbers, lists and objects. An absent optional field is left out, never ``null``. ``schema`` and ``kind`` stand beside the fields of
the record. There are no floats, because two languages print them differently, and a name must not depend on that.

A record's schema is the lowest whose readers know all its fields and words, so what an older version can read keeps its bytes and its
name. What an older version cannot read it keeps as :class:`Unknown`, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, get_args

from msgspec import NODEFAULT

from foundry_git.evidence import grammar
from foundry_git.evidence.grammar import expect, expect_whole
from foundry_git.evidence.kinds import (
    MAX_BYTES,
    Accepted,
    Adopted,
    Decided,
    Event,
    Injected,
    Item,
    KnownEvent,
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
)

__all__ = [
    "Accepted",
    "Adopted",
    "Decided",
    "Event",
    "Injected",
    "Item",
    "KnownEvent",
    "Outcome",
    "Proposed",
    "Rated",
    "Rejected",
    "Session",
    "Sighted",
    "Survived",
    "Unknown",
    "Withdrawn",
    "Withheld",
    "by_id",
    "canonical",
    "decode",
    "event_id",
    "hashed",
    "new_nonce",
    "parse",
    "place_of",
    "receipt_named",
    "receipt_of",
]

SCHEMAS = (
    1,
    2,
    3,
)  # that this version reads; 2 came with sync: passed-over items, authors, six kinds; 3 with decisions that answer, and projects
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_KINDS: dict[str, type[KnownEvent]] = {known.kind: known for known in get_args(KnownEvent)}


def _without_default(record: type[KnownEvent] | type[Item]) -> set[str]:
    backwards = zip(
        reversed(record.__struct_fields__), reversed(record.__struct_defaults__), strict=False
    )  # those of the last fields
    given = {name for name, default in backwards if default is not NODEFAULT}
    return set(record.__struct_fields__) - given


_FIELDS = {record: record.__struct_fields__ for record in (Item, *_KINDS.values())}
_NEEDED = {record: _without_default(record) for record in _FIELDS}


def canonical(event: Event) -> bytes:
    """Return the bytes that name an event, as the module describes them."""
    if isinstance(event, Unknown):
        return event.raw
    facts = {"schema": event.schema, "kind": event.kind, **_facts(event)}
    return _ENCODER.encode(facts).encode()


def event_id(event: Event) -> str:
    """Return the name of an event: the SHA-256 of its canonical bytes in 64 hex digits."""
    return hashlib.sha256(canonical(event)).hexdigest()


def by_id(events: Iterable[Event]) -> dict[str, Event]:
    """Unite events into a set: a duplicate changes nothing, and neither does the order."""
    return {event_id(event): event for event in events}


def parse(line: bytes) -> Event:
    """Read one event from its canonical bytes.

    Only canonical bytes are taken: otherwise one event could have two names, or one name two readings.

    Raises:
        ValueError: the bytes are no event; the sentence says why and does not repeat them.
    """
    event = decode(line)
    if canonical(event) != line:
        raise ValueError("not in canonical form")
    return event


def decode(line: bytes) -> Event:
    """Read an event from bytes whose canonical form was checked before; raises like :func:`parse`."""
    facts = _object(line)
    kind, schema = facts.pop("kind", None), facts.pop("schema", None)
    expect(grammar.KIND, kind=kind)
    expect_whole(1, 1_000_000, schema=schema)
    if schema not in SCHEMAS or kind not in _KINDS:
        return Unknown(kind=kind, raw=line)
    return _event(_KINDS[kind], facts)


def receipt_of(injected: Injected | Withheld) -> str:
    """Return the short name by which people and later events refer to an injection, or to one that was withheld."""
    return receipt_named(event_id(injected))


def receipt_named(name: str) -> str:
    """Return the receipt of the injection whose event id is ``name``."""
    return f"r-{name[:12]}"


def new_nonce() -> str:
    """Return what makes a person's event unlike every other: 16 random hex digits."""
    return secrets.token_hex(8)


def place_of(path: str, blob: str) -> str:
    """Name a file version without telling its path; ``path`` is relative to the repository's top."""
    return hashlib.sha256(path.encode("utf-8", "surrogateescape") + b"\0" + blob.encode()).hexdigest()[:32]


def hashed(local_name: str) -> str:
    """Return 64 hex digits for a session's or run's own name, which may hold a host or a person."""
    return hashlib.sha256(local_name.encode("utf-8", "surrogatepass")).hexdigest()


def _facts(record: KnownEvent | Item) -> dict[str, object]:
    held = ((name, getattr(record, name)) for name in _FIELDS[type(record)])
    return {name: _plain(value) for name, value in held if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return grammar.moment_text(value)
    if isinstance(value, tuple):
        return [_facts(item) if isinstance(item, Item) else item for item in value]
    return value


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_BYTES:
        raise ValueError(f"longer than {MAX_BYTES} bytes")
    try:
        found = json.loads(line.decode(), object_pairs_hook=_without_twins)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise ValueError("not a line of JSON in UTF-8 with every key once") from None
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return found


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _event(kind: type[KnownEvent], facts: Mapping[str, Any]) -> KnownEvent:
    _expect_fields(kind, facts)
    read = {**facts, "at": grammar.read_moment(facts["at"])}
    for name in ("items", "passed_over"):
        if name in facts:
            read[name] = _items(facts[name])
    if "answers" in facts:
        read["answers"] = tuple(facts["answers"]) if isinstance(facts["answers"], list) else facts["answers"]
    return kind(**read)


def _items(found: object) -> tuple[Item, ...]:
    if not isinstance(found, list) or not all(isinstance(facts, dict) for facts in found):
        raise ValueError("items must be a list of objects")
    for facts in found:
        _expect_fields(Item, facts)
    return tuple(Item(**facts) for facts in found)


def _expect_fields(record: type[KnownEvent] | type[Item], facts: Mapping[str, Any]) -> None:
    if not _NEEDED[record] <= facts.keys() <= set(_FIELDS[record]):
        raise ValueError("the fields are not those of its kind")
