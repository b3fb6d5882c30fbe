"""The linkage of a language: how its files hang together, and what a name stands for that another file defines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol
from weakref import WeakKeyDictionary

from msgspec import Struct, field

from foundry_git.errors import SourceError
from foundry_git.source.closure import ReadText, nothing_else
from foundry_git.source.manifests import Project
from foundry_git.source.treesitter.grammar import Grammar, Import
from foundry_git.source.treesitter.outline import Key, Outline, Statement
from foundry_git.source.treesitter.parsing import Source
from foundry_git.source.units import Unit

MOST_KEPT = 32  # outlines, each some ten times as large as its text


class Place(Struct, frozen=True):
    """What a name stands for: that which ``key`` names in the file of a path."""

    path: str
    key: Key


class Bundle(Struct, frozen=True):
    """What a name stands for: one value with some parts of a module, each with its name in the value."""

    path: str
    parts: tuple[tuple[str, Place], ...]


class Parts(Struct, frozen=True):
    """Parts of what a name stands for, which come along under names of their own, as they are written."""

    path: str
    keys: tuple[Key, ...]


Found = Place | Parts | Bundle | Import | str
"""What a name stands for; an import that is kept; or what is missing, in a few words ("": nothing is)."""


class Use(Struct, frozen=True):
    """One use of a name from outside: in which statement of which file, and in which chains."""

    outline: Outline
    number: int
    name: str
    chains: Collection[str]


class Known(Struct):
    """What was found out about the files of one tree, for the next unit.

    ``places``: which file an import means, by the folder that it stands in and what is imported; None for none. ``names``: the files in
    which a name may be found, by the path that stands for them all. ``declared``: the conditions of what brings a file in, by path.
    ``defined``: name → the files that may define it, by the folder and kind of files that it was looked for in.
    ``adding``: what a file imports for its functions alone: path, number and functions of each, by path.
    """

    places: dict[tuple[str, str], str | None] = field(default_factory=dict)
    names: dict[str, Mapping[str, str]] = field(default_factory=dict)
    defined: dict[tuple[str, str], Mapping[str, Sequence[str]]] = field(default_factory=dict)
    declared: dict[str, Sequence[str]] = field(default_factory=dict)
    adding: dict[str, Sequence[tuple[str, int, frozenset[str]]]] = field(default_factory=dict)


_known: WeakKeyDictionary[ReadText, Known] = WeakKeyDictionary()


def _known_of(read: ReadText) -> Known:
    try:
        return _known.setdefault(read, Known()) if read is not nothing_else else Known()
    except TypeError:  # what no weak reference can be made of
        return Known()


class Taken(Struct, frozen=True):
    """A statement that a text holds; ``is_main``: as a part of the unit that is closed."""

    outline: Outline
    number: int
    is_main: bool = False

    @property
    def statement(self) -> Statement:
        """The statement itself."""
        return self.outline.statements[self.number]


class Files:
    """The files of a project by path, each with its outline, for one unit that is closed."""

    def __init__(self, linkage: Linkage, project: Project, read: ReadText) -> None:
        self.project = project
        self.read = read
        self.known = _known_of(read)
        self._linkage = linkage
        self._outlines: dict[str, Outline | None] = {}
        self._texts: dict[str, str | None] = {}

    def text(self, path: str) -> str | None:
        """The text of a file; None where there is none."""
        if path not in self._texts:
            self._texts[path] = self.read(path)
        return self._texts[path]

    def beside(self, path: str) -> list[str]:
        """The names of the files in the folder of a file; none where they are not known."""
        folder = path.rpartition("/")[0]
        return (self.text(f"{folder}/") or "").split("\n")

    def at(self, path: str) -> Outline | None:
        """The outline of a file; None where there is none that can be read."""
        if path not in self._outlines:
            text = self.text(path)
            self._outlines[path] = None if text is None else self._opened(text, path)
        return self._outlines[path]

    def own(self, text: str, path: str) -> Outline:
        """The outline of the unit's own file.

        Raises:
            SourceError: it cannot be read.
        """
        self._texts[path] = text
        outline = self._outlines[path] = self._linkage.outline(text, path, self.project)
        return outline

    def _opened(self, text: str, path: str) -> Outline | None:
        try:
            return self._linkage.outline(text, path, self.project)
        except SourceError:
            return None


class Linkage(Protocol):
    """How the files of a language hang together."""

    def outline(self, text: str, path: str, project: Project) -> Outline:
        """The outline of a file, kept for the next unit that needs it; raises ``SourceError``."""
        ...

    def missing(self, unit: Unit, conditions: Sequence[str], files: Files) -> str:
        """What a unit needs that no definition could be, in a few words: files beside it, generated glue; "" for nothing."""
        ...

    def may_need(self, unit: Unit, text: str) -> bool:
        """Say whether a unit may need something of its project though none of its names says so, cheaply; ``text``: its file's."""
        ...

    def conditions(self, unit: Unit, text: str, path: str, files: Files) -> Sequence[str]:
        """The conditions under which a unit is compiled, as far as its own text does not say them."""
        ...

    def around(self, one: Taken, files: Files) -> Sequence[str]:
        """The conditions under which something else is compiled."""
        ...

    def conditional(self, condition: str, is_of_all: bool) -> str:
        """The line that says a condition: of a whole file on its top, of a definition above it."""
        ...

    def followed(self, one: Import, use: Use, files: Files) -> Found:
        """What a name stands for that an import of the project brings."""
        ...

    def beside(self, use: Use, files: Files) -> Found | None:
        """What a name stands for that neither its file binds nor anything in it imports; None where nothing says it."""
        ...

    def joining(self, taken: Sequence[Taken], files: Files) -> Iterable[Taken | str]:
        """What comes along with what is taken though no name asks for it, as methods do with a type; or what is missing so."""
        ...

    def name_for(self, name: str) -> str:
        """The name of what has none where it is defined, and is called so where it is used: that, unless the language reserves it."""
        ...

    def alias(self, name: str, place: Place, files: Files) -> str:
        """The line that gives a definition a second name; "" where it cannot have one."""
        ...

    def bundle(self, name: str, parts: Iterable[tuple[str, str]]) -> str:
        """The line that makes one value of several: pairs of the name in it and the name that it has in the text."""
        ...

    def identity(self, one: Import) -> object:
        """What an import brings, the same for the same thing from two files, whatever else their statements say."""
        ...

    def joined(self, imports: Sequence[Import]) -> Sequence[Import]:
        """Imports of several files as those of one: each name once."""
        ...


def outlines(make: Callable[[Source], Outline], grammar: Grammar) -> Callable[[str, str, Project], Outline]:
    """Make the ``outline`` of a linkage."""

    @lru_cache(maxsize=MOST_KEPT)
    def kept(text: str, path: str, own: frozenset[str], needed: frozenset[str]) -> Outline:
        return make(grammar.read(text, path, own, needed))

    def outline(text: str, path: str, project: Project) -> Outline:
        return kept(text, path, project.own(path, grammar.language), project.dependencies(path, grammar.language))

    return outline
