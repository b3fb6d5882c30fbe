"""What a field of an event says of itself: its column in the stats view, and the schema that it came with."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import get_args, get_type_hints

from msgspec import Struct


class Column(Struct, frozen=True):
    """The column that holds a field, and what that is; its ``name`` is the field's unless told otherwise.

    ``after``: the column of another kind that it follows in the table which the two share.
    """

    comment: str
    name: str = ""
    after: str = ""


class Mark(Struct, frozen=True):
    """What stands beside the type of a field in ``Annotated``: its column, if it has one, and the schema of events it came with."""

    column: Column | None
    since: int


def column(comment: str, name: str = "", after: str = "", since: int = 1) -> Mark:
    """Mark a field that has a column; ``since`` is the schema of events that it came with."""
    return Mark(Column(comment, name, after), since)


def since(schema: int) -> Mark:
    """Mark a field that has no column and came with a schema."""
    return Mark(None, schema)


def lowest_schema(event: object) -> int:
    """Return the lowest schema, 1 or 2, whose readers know all fields that an event holds."""
    kind: type = type(event)
    newer = _newer(kind)(event)
    return 1 if newer.count(None) == len(newer) else 2


def columns_of(record: type) -> dict[str, Column]:
    """Return field → column, in the order of the fields, of those that have one."""
    return {name: mark.column for name, mark in _marks(record).items() if mark.column}


def sql_type(record: type, field: str) -> tuple[str, bool]:
    """Return what SQLite calls the type of a field's column, and whether the field may be absent."""
    parts = get_args(_hints(record)[field]) or (_hints(record)[field],)
    return "INTEGER" if int in parts else "TEXT", type(None) in parts


def values_of(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    """Return what reads some fields of a record at once."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


@cache
def _newer(kind: type) -> Callable[[object], tuple[object, ...]]:
    return values_of(tuple(name for name, mark in _marks(kind).items() if mark.since > 1))


@cache
def _hints(record: type) -> dict[str, object]:
    return get_type_hints(record)


def _marks(record: type) -> dict[str, Mark]:
    """Read them from the annotations, which the modules of the kinds therefore don't keep as text."""
    said = {name: getattr(kind, "__metadata__", ()) for name, kind in record.__annotations__.items()}
    return {name: mark for name, marks in said.items() for mark in marks if isinstance(mark, Mark)}
