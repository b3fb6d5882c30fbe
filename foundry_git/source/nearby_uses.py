"""Nearby uses: how often the code of a file uses a unit of its own. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from foundry_git.source.file_words import FileWords, file_words
from foundry_git.source.units import Unit


class NearbyUses:
    """The uses of the units of one file by the rest of it, tests aside; what a unit binds itself by the same name is no use."""

    def __init__(self, units: Sequence[Unit], text: str, path: str) -> None:
        self._units = units
        self._text = text
        self._path = path

    def of(self, unit: Unit) -> int:
        """How often code of the file outside of a unit uses it."""
        name = unit.name
        if self._text.count(name) == unit.body.count(name):  # of a third of all units: nothing has to be read
            return 0
        others = [
            words.words.get(name, 0)
            for other, words in self._words
            if other is unit or other.is_test or name not in other.free_names
        ]
        return max(0, self._whole.words.get(name, 0) - sum(others))

    @cached_property
    def _whole(self) -> FileWords:
        return file_words(self._text, self._path)

    @cached_property
    def _words(self) -> list[tuple[Unit, FileWords]]:
        return [(unit, file_words(unit.body, self._path)) for unit in self._units]
