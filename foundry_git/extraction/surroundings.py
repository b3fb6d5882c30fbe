"""Surroundings: what a commit's tree, the repository's history and this machine's other repositories say about units."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

from foundry_git.extraction.provenance import provenance_of
from foundry_git.extraction.unit_context import UnitContext, life_of
from foundry_git.git.objects import TreeFile
from foundry_git.git.tree import CommitTree
from foundry_git.history.lineage import Lineages
from foundry_git.source.callers import Callers, Lookup
from foundry_git.source.file_words import FileWords, file_words
from foundry_git.source.files import LARGEST, is_source
from foundry_git.source.linking.link import Link
from foundry_git.source.linking.places import ModulePlaces
from foundry_git.source.manifests import Project
from foundry_git.source.references import References
from foundry_git.source.units import Unit

FEW = 8  # names that are looked up one by one with `git grep`, 30 ms each; for more, every file is read once


class Surroundings:
    """Tells how units stand in the tree of one commit; nothing is read before the first one is asked about.

    ``lineages`` is None where no history was mined; ``seen_in`` counts the other repositories that hold a shape.
    """

    def __init__(
        self,
        tree: CommitTree,
        lineages: Lineages | None = None,
        seen_in: Callable[[str], int] = lambda shape: 0,
    ) -> None:
        self._tree = tree
        self._moment = datetime.fromisoformat(tree.commit.commit_date)
        self._lineages = lineages
        self._seen_in = seen_in
        self._files = _FilesAsked(tree)
        self._whole: References | None = None
        self._asked = 0

    def look(self, path: str, unit: Unit, nearby: int) -> UnitContext:
        """Tell how one unit stands; a :data:`ContextLookup`."""
        lineage = self._lineages.find(path, unit.symbol) if self._lineages else None
        return UnitContext(
            callers=self._callers(path, unit.name, nearby),
            life=life_of(lineage, self._moment) if lineage else None,
            repositories=self._seen_in(unit.shape),
            path=path,
        )

    def read_all(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Read every source file now, for an extraction that will ask about many units."""
        self._whole = references_in(self._tree, progress)

    def _callers(self, path: str, name: str, nearby: int) -> Callers:
        self._asked += 1
        if self._whole is None and self._asked > FEW:
            self.read_all()
        if self._whole is not None:
            return self._whole.callers(path, name, nearby)
        return Lookup(self._files).callers(path, name, nearby)


def references_in(tree: CommitTree, progress: Callable[[int, int], None] | None = None) -> References:
    """Who uses what among all source files of a tree."""
    return References(_texts(tree, _sources(tree.files), progress), _FilesAsked(tree).places)


class _FilesAsked:
    """What is known of the files of a tree: those are read that somebody asks for, as Git finds words in them."""

    def __init__(self, tree: CommitTree) -> None:
        self._tree = tree
        self._read: dict[str, FileWords] = {}
        self.places = ModulePlaces(self._has, self._project, self._text)

    def naming(self, name: str) -> Collection[str]:
        return [file.path for file in _sources(self._tree.naming(name))]

    def importing(self, stems: Collection[str]) -> Collection[str]:
        return {path for stem in stems for path in self.naming(stem)}

    def links(self, path: str) -> Sequence[Link]:
        return self._words(path).links

    def counts(self, path: str, name: str, befores: Collection[str]) -> Mapping[str, int]:
        return self._words(path).counts(name, befores)

    def defines(self, path: str, name: str) -> bool:
        return name in self._words(path).defined

    def _words(self, path: str) -> FileWords:
        if path not in self._read:
            text = (self._text(path) or "") if is_source(path) else ""
            self._read[path] = file_words(text, path)
        return self._read[path]

    def _has(self, path: str) -> bool:
        return path in self._tree.at([path])

    def _text(self, path: str) -> str | None:
        file = self._tree.at([path]).get(path)
        return self._tree.read(file).decode("utf-8", "replace") if file and file.size <= LARGEST else None

    def _project(self) -> Project:
        return provenance_of(self._tree).project


def _sources(files: Sequence[TreeFile]) -> list[TreeFile]:
    return [file for file in files if file.size <= LARGEST and is_source(file.path)]


def _texts(tree: CommitTree, files: list[TreeFile], progress: Callable[[int, int], None] | None) -> Iterator[tuple[str, str]]:
    for number, file in enumerate(files, 1):
        yield file.path, tree.read(file).decode("utf-8", "replace")
        if progress:
            progress(number, len(files))
