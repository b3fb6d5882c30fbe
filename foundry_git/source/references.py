"""References: the words and links of all files of a tree, in memory, and who uses what by them. Pure."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from foundry_git.source.callers import Callers, Lookup, last_part
from foundry_git.source.file_words import FileWords, file_words
from foundry_git.source.linking.link import DEFAULT, WHOLE, Link
from foundry_git.source.linking.places import ModulePlaces


class References:
    """The words and links of the code of files, by file; the files are given once, and their texts are not kept."""

    def __init__(self, files: Iterable[tuple[str, str]] = (), places: ModulePlaces | None = None) -> None:
        self._files: dict[str, FileWords] = {}
        self._holding: dict[str, array[int]] = {}
        self._giving: dict[str, set[str]] = {}
        self._paths: list[str] = []
        self.places = places or ModulePlaces(self._files.__contains__)
        for path, text in files:
            self.add(file_words(text, path))
        self._lookup = Lookup(self)

    def callers(self, path: str, name: str, occurrences: int = 0) -> Callers:
        """As :meth:`Lookup.callers`."""
        return self._lookup.callers(path, name, occurrences)

    def users(self, path: str, name: str) -> Counter[str]:
        """As :meth:`Lookup.users`."""
        return self._lookup.users(path, name)

    def add(self, file: FileWords) -> None:
        """Take in one file more, before the first question."""
        number = len(self._paths)
        self._paths.append(file.path)
        self._files[file.path] = file
        for name in {word.rpartition(".")[2] for word in file.words} | {link.original for link in file.links}:
            self._holding.setdefault(name, array("I")).append(number)
        for link in file.links:
            if link.original in (DEFAULT, WHOLE) and link.module:
                self._giving.setdefault(last_part(link.module), set()).add(file.path)

    def naming(self, name: str) -> Collection[str]:
        """As :class:`KnownFiles` says."""
        return [self._paths[number] for number in self._holding.get(name, ())]

    def importing(self, stems: Collection[str]) -> Collection[str]:
        """As :class:`KnownFiles` says."""
        return set[str]().union(*(self._giving.get(stem, ()) for stem in stems))

    def links(self, path: str) -> Sequence[Link]:
        """As :class:`KnownFiles` says."""
        found = self._files.get(path)
        return found.links if found else ()

    def counts(self, path: str, name: str, befores: Collection[str]) -> Mapping[str, int]:
        """As :class:`KnownFiles` says."""
        return self._files[path].counts(name, befores)

    def defines(self, path: str, name: str) -> bool:
        """As :class:`KnownFiles` says."""
        return path in self._files and name in self._files[path].defined
