"""The units of one commit's files, each file read once."""

from __future__ import annotations

from collections.abc import Sequence

from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.source.reader import sections_in, units_in
from foundry_git.source.units import Unit, UnitKey


class UnitsAt:
    """Reads the units of files as they are at ``commit``.

    ``there``: path → blob of those of ``expected`` that it has, looked up at once; others are looked up when they are asked for.
    """

    def __init__(self, repository: Repository, commit: str, blobs: BlobReader, expected: Sequence[str]) -> None:
        self.repository, self.commit = repository, commit
        self.there = {file.path: file.blob for file in files_of(repository, commit, expected)}
        self._expected = frozenset(expected)
        self._blobs = blobs
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
        blob = self.there.get(path) or self._blob(path)
        return (self._blobs.read(blob) if blob else None) or b""

    def _blob(self, path: str) -> str:
        if path in self._expected:
            return ""
        there = {file.path: file.blob for file in files_of(self.repository, self.commit, [path])}
        return there.get(path, "")
