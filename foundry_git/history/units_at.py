"""The units of one commit's files, each file read once."""

from __future__ import annotations

from collections.abc import Sequence

from foundry_git.git.tree import CommitTree
from foundry_git.source.reader import sections_in, units_in
from foundry_git.source.units import Unit, UnitKey


class UnitsAt:
    """Reads the units of the files of a tree."""

    def __init__(self, tree: CommitTree) -> None:
        self.tree = tree
        self._read: dict[str, Sequence[Unit]] = {}
        self._symbols: dict[str, frozenset[str]] = {}

    def units(self, path: str) -> Sequence[Unit]:
        """The units of a file; none where it is gone or cannot be read."""
        if path not in self._read:
            self._read[path] = units_in(self._content(path), path)
        return self._read[path]

    def shape_at(self, place: UnitKey) -> str | None:
        """The shape of the unit that stands at a place; None where none does."""
        return next((unit.shape for unit in self.units(place[0]) if unit.symbol == place[1]), None)

    def has(self, place: UnitKey) -> bool:
        """Say whether a unit stands at a place; cheaper than to read the units."""
        path, symbol = place
        if path not in self._symbols:
            self._symbols[path] = frozenset(section.symbol for section in sections_in(self._content(path), path))
        return symbol in self._symbols[path]

    def _content(self, path: str) -> bytes:
        file = self.tree.at([path]).get(path)
        return self.tree.read(file) if file else b""
