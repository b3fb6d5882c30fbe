"""Records: what one commit did to the units of the files it touched."""

from __future__ import annotations

import json
from typing import Literal

from msgspec import Struct

Deed = Literal["added", "changed", "moved", "removed"]

_CODES: dict[Deed, str] = {"added": "+", "changed": "~", "moved": ">", "removed": "-"}
_DEEDS = {code: deed for deed, code in _CODES.items()}


class UnitChange(Struct, frozen=True):
    """One unit that a commit touched; ``text`` is a hash of it without layout, "" when it was removed.

    ``old_path``, ``old_symbol``: where it was before, when it was moved or renamed; its text may have changed with that.
    """

    deed: Deed
    path: str
    symbol: str
    kind: str = ""
    text: str = ""
    old_path: str = ""
    old_symbol: str = ""


class CommitRecord(Struct, frozen=True):
    """What one commit did to units. ``date``: of the commit, ISO 8601. ``reverts``: commits that its message takes back.

    ``renames``: (old path, new path) of source files that it renamed; every unit in them moved along.
    """

    commit: str
    date: str
    is_fix: bool = False
    reverts: tuple[str, ...] = ()
    renames: tuple[tuple[str, str], ...] = ()
    changes: tuple[UnitChange, ...] = ()

    def line(self) -> str:
        """Write it as one line of JSON."""
        fields = [
            self.commit,
            self.date,
            int(self.is_fix),
            self.reverts,
            self.renames,
            [_packed(change) for change in self.changes],
        ]
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def record_of(line: str) -> CommitRecord:
    """Read what :meth:`CommitRecord.line` wrote.

    Raises:
        ValueError: it is cut short or not a record.
    """
    try:
        commit, date, is_fix, reverts, renames, changes = json.loads(line)
        return CommitRecord(
            str(commit),
            str(date),
            bool(is_fix),
            tuple(map(str, reverts)),
            tuple((str(old), str(new)) for old, new in renames),
            tuple(_unpacked(change) for change in changes),
        )
    except (TypeError, KeyError, IndexError, RecursionError) as error:
        raise ValueError(f"not a record of a commit: {error}") from None


def _packed(change: UnitChange) -> list[str]:
    fields = [_CODES[change.deed], change.path, change.symbol, change.kind, change.text, change.old_path, change.old_symbol]
    while not fields[-1]:
        fields.pop()
    return fields


def _unpacked(fields: list[str]) -> UnitChange:
    code, *rest = map(str, fields)
    return UnitChange(_DEEDS[code], *rest)
