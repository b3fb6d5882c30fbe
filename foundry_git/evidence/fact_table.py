"""A table of facts: its columns and its rows, drawn from what the records that it holds say of their fields."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

from foundry_git.evidence.kinds.columns import Column, columns_of, sql_type, values_of

Row = tuple[object, ...]
GivenColumn = tuple[str, str, str] | str
"""Name, type in SQL and comment of a column, or the name of a field's column."""

EVENT: GivenColumn = ("event", "TEXT PRIMARY KEY", "the event")
SEAL = ("seal", "INTEGER NOT NULL", "CRC-32 of the row, so that damage shows when it is read")


class FactTable:
    """The table ``name`` of ``records``, of one kind or several.

    Its first columns are ``given`` with each row, those of fields too, because somebody works them out. Then come the columns of all
    other fields, and a seal. What one of several kinds lacks is null.
    """

    def __init__(
        self, name: str, comment: str, *records: type, given: tuple[GivenColumn, ...] = (EVENT, "at"), key: str = ""
    ) -> None:
        self.name = name
        self.records = records
        self._comment = comment
        self._given = given
        self._key = key
        self._held = _held(records)
        first = tuple(each if isinstance(each, str) else each[0] for each in given)
        self.columns = (*first, *(each for each in _ordered(self._held) if each not in first))
        self._first: Callable[[dict[str, object]], Row] = itemgetter(*first)
        self._rest = {record: _reader(record, self.columns[len(first) :]) for record in records}

    def row(self, record: object, /, **given: object) -> Row:
        """Return the row of a record, without its seal; ``given`` are the first columns by their names."""
        return self._first(given) + self._rest[type(record)](record)

    def picked(self, names: tuple[str, ...]) -> Callable[[Row], Row]:
        """Return what picks some columns of a row, in the order of their names here."""
        return itemgetter(*map(self.columns.index, names))

    def statement(self) -> str:
        """Return what creates the table in SQL, with a comment on everything."""
        worked_out = {each[0]: each for each in self._given if not isinstance(each, str)}
        columns = [*(worked_out.get(name) or self._told(name) for name in self.columns), SEAL]
        width = max(len(name) for name, _, _ in columns)
        ends = [","] * (len(columns) - 1) + ["," if self._key else ""]
        lines = [f"    {name:<{width}} {sql}{end} -- {comment}" for (name, sql, comment), end in zip(columns, ends, strict=True)]
        key = [f"    PRIMARY KEY ({self._key})"] if self._key else []
        return "\n".join([f"CREATE TABLE {self.name} ( -- {self._comment}", *lines, *key, ") WITHOUT ROWID"])

    def _told(self, name: str) -> tuple[str, str, str]:
        """The column of a field; it may be null where a kind lacks it and nobody works it out."""
        holders = self._held[name]
        types = [sql_type(record, field) for record, field, _ in holders]
        always = name in self._given or len(holders) == len(self.records)
        nullable = not always or any(optional for _, optional in types)
        return name, f"{types[0][0]}{'' if nullable else ' NOT NULL'}", holders[0][2].comment


_Held = dict[str, list[tuple[type, str, Column]]]
"""Column → the kinds that have it, each with its field."""


def _held(records: tuple[type, ...]) -> _Held:
    held: _Held = {}
    for record in records:
        for field, column in columns_of(record).items():
            held.setdefault(column.name or field, []).append((record, field, column))
    return held


def _ordered(held: _Held) -> list[str]:
    names = [name for name, ((_, _, column), *_) in held.items() if not column.after]
    for name, ((_, _, column), *_) in held.items():
        if column.after:
            names.insert(names.index(column.after) + 1, name)
    return names


def _reader(record: type, columns: tuple[str, ...]) -> Callable[[object], Row]:
    """Return what reads the values of some columns from a record, None where it has no such field."""
    fields = {column.name or field: field for field, column in columns_of(record).items()}
    own = tuple(name for name in columns if name in fields)
    read = values_of(tuple(fields[name] for name in own))
    if own == columns:
        return read
    pick = itemgetter(*(own.index(name) if name in own else len(own) for name in columns))
    return lambda said: pick((*read(said), None))
