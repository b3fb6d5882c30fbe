"""The registry of languages: which files are theirs, and what reads them.

A language is one reader (a module or package in this folder that names a :class:`Reader` ``READER``) and one line here; the
reader is imported at first use, so that a Python repository never loads the grammar of another language.
"""

from __future__ import annotations

import importlib
from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foundry_git.source.manifests import Project
    from foundry_git.source.units import Section, Unit


Token = tuple[str, int]
"""A token of normalised code, and the line where it stands, from 1."""


def stands_on(lines: Sequence[int] | None, first: int, last: int) -> bool:
    """Say whether a node from one line to another stands on one of some lines, given ascending; on any if none are given."""
    if lines is None:
        return True
    at = bisect_left(lines, first)
    return at < len(lines) and lines[at] <= last


OWN = "$"
"""What a token begins with that is a name of the code itself, so that renaming may change it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What a language must be able to do.

    ``units(text, path, frameworks, project)``: the units of a file in order of their lines; ``frameworks`` maps the names that may
    be given to their modules, ``project`` is what the repository's manifests say; raises ``SourceError``.
    ``sections(text, path)``: where those units stand and nothing more of them, for history, which reads every version of a file;
    raises ``SourceError``.
    ``methods(text, path)``: the methods of its classes and types, as units of their own; raises ``SourceError``.
    ``shape(text)``: the shape of a whole stored text; raises ``SourceError``.
    ``stored(imports, body)``: the text of a pattern's code file, with one final newline.
    ``tokens(text, path, lines)``: the tree of a file as one row in the order of the text: the kinds of its nodes, operators, names from
    outside, members, kinds of literals; ``OWN`` and the name for one that the file itself gives. Imports, comments, bare texts and
    annotations are left out; with ``lines`` (ascending) also top-level nodes that stand on none of them. Raises ``SourceError``.
    """

    units: Callable[[str, str, Mapping[str, Collection[str]], Project], list[Unit]]
    sections: Callable[[str, str], list[Section]]
    methods: Callable[[str, str], list[Unit]]
    shape: Callable[[str], str]
    stored: Callable[[Sequence[str], str], str]
    tokens: Callable[[str, str, Sequence[int] | None], list[Token]]


@dataclass(frozen=True, slots=True)
class Language:
    """A programming language: its extensions, and the module that reads it (``""``: known by name only)."""

    name: str
    extensions: tuple[str, ...]
    module: str = ""


LANGUAGES = (
    Language("python", (".py", ".pyw"), "foundry_git.source.python"),  # .pyi holds no code to reuse
    Language("javascript", (".js", ".jsx", ".mjs", ".cjs"), "foundry_git.source.javascript"),
    Language("typescript", (".ts", ".tsx", ".mts", ".cts"), "foundry_git.source.typescript"),
    Language("go", (".go",), "foundry_git.source.go"),
    Language("rust", (".rs",), "foundry_git.source.rust"),
)

_FAMILIES = {"typescript": "javascript"}  # one grammar but for types, and code moves between them

_BY_NAME = {language.name: language for language in LANGUAGES}
_BY_EXTENSION = {extension: language.name for language in LANGUAGES for extension in language.extensions}


def language_of(path: str) -> str | None:
    """Name the language of a file by its extension; ``None`` for a file that is not source code we know."""
    return _BY_EXTENSION.get(PurePosixPath(path).suffix.lower())


def family_of(language: str) -> str:
    """Name the languages whose code is compared with one another by the first of them."""
    return _FAMILIES.get(language, language)


@cache
def reader_of(language: str) -> Reader | None:
    """Load what reads a language; ``None`` for an unknown language or one without a reader."""
    known = _BY_NAME.get(language)
    if known is None or not known.module:
        return None
    reader = importlib.import_module(known.module).READER
    assert isinstance(reader, Reader)
    return reader
