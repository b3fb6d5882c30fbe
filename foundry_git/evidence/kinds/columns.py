"""What a field of an event says of itself: its column in the stats view, and the schema that it came with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any, get_args, get_type_hints


@dataclass(frozen=True, slots=True)
class Column:
    """The column that holds a field, and what that is; its ``name`` is the field's unless told otherwise.

    ``after``: the column of another kind that it follows in the table which the two share.
    """

    comment: str
    name: str = ""
    after: str = ""


def column(comment: str, name: str = "", after: str = "", since: int = 1) -> Mapping[str, object]:
    """Return the metadata of a field that has a column; ``since`` is the schema of events that it came with."""
    return {"column": Column(comment, name, after), "since": since}


def since(schema: int) -> Mapping[str, object]:
    """Return the metadata of a field that has no column and came with a schema."""
    return {"since": schema}


def lowest_schema(event: object) -> int:
    """Return the lowest schema, 1 or 2, whose readers know all fields that an event holds."""
    kind: type = type(event)
    newer = _newer(kind)(event)
    return 1 if newer.count(None) == len(newer) else 2


def columns_of(record: type) -> dict[str, Column]:
    """Return field → column, in the order of the fields, of those that have one."""
    return {each.name: each.metadata["column"] for each in _fields(record) if "column" in each.metadata}


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
    return values_of(tuple(each.name for each in _fields(kind) if each.metadata.get("since", 1) > 1))


@cache
def _hints(record: type) -> dict[str, object]:
    return get_type_hints(record)


def _fields(record: type) -> tuple[Field[Any], ...]:
    return fields(record)
