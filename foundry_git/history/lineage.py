"""Lineages: the life of each unit, folded from the records of commits in their order. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from foundry_git.history.record import CommitRecord, UnitChange
from foundry_git.source.units import UnitKey


class Lineage(Struct):
    """The life of one unit. Dates are those of commits, ISO 8601.

    ``changes``: commits that changed its text, the first aside. ``fixes``: those of them whose subject tells of a mended defect.
    ``reverted``: commits that were taken back: a later one said so, or brought an earlier text back. ``vanished``: the commit that
    removed it, "" while it lives. ``texts``: hash of each version → the commit that brought it, oldest first.
    """

    place: UnitKey
    kind: str
    born: str
    born_date: str
    last: str
    last_date: str
    changes: int = 0
    fixes: list[str] = field(default_factory=list)
    reverted: list[str] = field(default_factory=list)
    vanished: str = ""
    texts: dict[str, str] = field(default_factory=dict)


class Lineages:
    """All lineages of a history; feed it records oldest first."""

    def __init__(self, records: Iterable[CommitRecord] = ()) -> None:
        self._living: dict[str, dict[str, Lineage]] = {}
        self.dead: list[Lineage] = []
        for record in records:
            self.add(record)

    def add(self, record: CommitRecord) -> None:
        """Take in one commit, the next in order."""
        for old, new in record.renames:
            self._rename(old, new)
        for change in sorted(record.changes, key=_order):
            self._apply(record, change)

    def find(self, path: str, symbol: str) -> Lineage | None:
        """The lineage of the unit that stands at a place, as far as records tell."""
        return self._living.get(path, {}).get(symbol)

    def at(self, path: str) -> list[Lineage]:
        """The lineages of a file's units."""
        return list(self._living.get(path, {}).values())

    def living(self) -> list[Lineage]:
        """Every lineage that has not vanished."""
        return [lineage for symbols in self._living.values() for lineage in symbols.values()]

    def _rename(self, old: str, new: str) -> None:
        moved = self._living.pop(old, {})
        for symbol, lineage in moved.items():
            lineage.place = (new, symbol)
        self._living.setdefault(new, {}).update(moved)

    def _apply(self, record: CommitRecord, change: UnitChange) -> None:
        if change.deed == "removed":
            gone = self._living.get(change.path, {}).pop(change.symbol, None)
            if gone:
                gone.vanished = record.commit
                self.dead.append(gone)
            return
        lineage = self._source(change)
        if lineage is None:
            lineage = Lineage((change.path, change.symbol), change.kind, record.commit, record.date, record.commit, record.date)
            lineage.texts[change.text] = record.commit
        else:
            _advance(lineage, record, change)
        self._living.setdefault(change.path, {})[change.symbol] = lineage

    def _source(self, change: UnitChange) -> Lineage | None:
        """The lineage that a change goes on; one that was added on two branches goes on as one."""
        if change.deed == "moved":
            moved = self._living.get(change.old_path, {}).pop(change.old_symbol, None)
            if moved:
                return moved
        return self.find(change.path, change.symbol)


def _advance(lineage: Lineage, record: CommitRecord, change: UnitChange) -> None:
    lineage.place, lineage.kind = (change.path, change.symbol), change.kind or lineage.kind
    if change.text == next(reversed(lineage.texts), ""):
        return
    taken_back = _taken_back(lineage, record, change.text)
    lineage.reverted += [commit for commit in taken_back if commit not in lineage.reverted]
    lineage.changes += 1
    if record.is_fix and not taken_back:
        lineage.fixes.append(record.commit)
    lineage.texts.pop(change.text, None)
    lineage.texts[change.text] = record.commit
    lineage.last, lineage.last_date = record.commit, record.date


def _taken_back(lineage: Lineage, record: CommitRecord, text: str) -> list[str]:
    """The commits whose text went when an earlier one came back, and those that the message names."""
    brought = list(lineage.texts.values())
    named = [commit for commit in brought if any(commit.startswith(reverted) for reverted in record.reverts)]
    if text not in lineage.texts:
        return named
    since = list(lineage.texts).index(text) + 1
    return [*named, *(commit for commit in brought[since:] if commit not in named)]


def _order(change: UnitChange) -> int:
    """Moves first: what takes a place that another leaves must not take that one's lineage."""
    return {"moved": 0, "removed": 1, "changed": 2, "added": 2}[change.deed]
