"""A reader: what a language must be able to do, and reading units with the one that a file or unit is for."""

from __future__ import annotations

import importlib
from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache

from msgspec import Struct

from foundry_git.errors import SourceError
from foundry_git.source.closure import Closure, HoldsAll, ReadText
from foundry_git.source.frameworks import FRAMEWORKS
from foundry_git.source.languages import language_named, language_of
from foundry_git.source.manifests import NO_PROJECT, Project
from foundry_git.source.units import Section, Unit

Closed = Callable[[Unit, str, str, Project, ReadText], Closure]

Token = tuple[str, int]
"""A token of normalised code, and the line where it stands, from 1."""

OWN = "$"
"""What a token begins with that is a name of the code itself, so that renaming may change it."""


class Unread(Struct, frozen=True):
    """A part of a file that cannot be read though the rest can: the definition it belongs to ("": not known), its line, and why."""

    symbol: str
    line: int
    reason: str


class Reader(Struct, frozen=True):
    """What a language must be able to do.

    ``units(text, path, frameworks, project)``: the units of a file in order of their lines; ``frameworks`` maps the names that may
    be given to their modules, ``project`` is what the repository's manifests say; raises ``SourceError``.
    ``sections(text, path)``: where those units stand and nothing more of them, for history, which reads every version of a file;
    raises ``SourceError``.
    ``methods(text, path)``: the methods of its classes and types, as units of their own; raises ``SourceError``.
    ``shape(text, symbol)``: the shape of a stored text; of the one definition where it holds others too and ``symbol`` names it;
    raises ``SourceError``.
    ``stored(imports, body)``: the text of a pattern's code file, with one final newline.
    ``tokens(text, path, lines)``: the tree of a file as one row in the order of the text: the kinds of its nodes, operators, names from
    outside, members, kinds of literals; ``OWN`` and the name for one that the file itself gives. Imports, comments, bare texts and
    annotations are left out; with ``lines`` (ascending) also top-level nodes that stand on none of them. Raises ``SourceError``.
    ``closed(unit, text, path, project, read)``: a unit of a file with what it needs of its project, without any reading where that is
    nothing.
    ``unread(text, path)``: what ``units`` leaves out because it cannot be read; None for a language that is read whole or not at all.
    """

    units: Callable[[str, str, Mapping[str, Collection[str]], Project], list[Unit]]
    sections: Callable[[str, str], list[Section]]
    methods: Callable[[str, str], list[Unit]]
    shape: Callable[[str, str], str]
    stored: Callable[[Sequence[str], str], str]
    tokens: Callable[[str, str, Sequence[int] | None], list[Token]]
    closed: Closed
    unread: Callable[[str, str], list[Unread]] | None = None


@cache
def reader_of(language: str) -> Reader | None:
    """Load what reads a language; ``None`` for an unknown language or one without a reader."""
    known = language_named(language)
    if known is None or not known.module:
        return None
    reader = importlib.import_module(known.module).READER
    assert isinstance(reader, Reader)
    return reader


def read_units(
    text: str, path: str, frameworks: Mapping[str, Collection[str]] = FRAMEWORKS, project: Project = NO_PROJECT
) -> list[Unit]:
    """Read the units of a source file in order of their lines.

    ``path`` (relative to the repository, ``/`` between folders) decides the language; with ``project``, what the repository's
    manifests say, also which imports are the project's own. The list is empty for a language without a reader. ``frameworks``
    are the names that ``Unit.framework`` may take, each with its modules.

    Raises:
        SourceError: the text is not valid source code of its language.
    """
    reader = _reader_for(path)
    return reader.units(text, path, frameworks, project) if reader else []


def read_unread(text: str, path: str) -> list[Unread]:
    """What :func:`read_units` leaves out of a file because it cannot be read, in order of lines; as a rule nothing.

    Raises:
        SourceError: as :func:`read_units`.
    """
    reader = _reader_for(path)
    return reader.unread(text, path) if reader and reader.unread else []


def read_sections(text: str, path: str) -> list[Section]:
    """Read where the units of a source file stand, in order of their lines; a third of the time of :func:`read_units` or less.

    Raises:
        SourceError: as :func:`read_units`.
    """
    reader = _reader_for(path)
    return reader.sections(text, path) if reader else []


def read_methods(text: str, path: str) -> list[Unit]:
    """Read the methods of the classes and types of a source file, in order of their lines: units of kind ``method``.

    A symbol is ``Class.method``; of two that share one the first counts. What a method needs of its file is not told.

    Raises:
        SourceError: as :func:`read_units`.
    """
    reader = _reader_for(path)
    return reader.methods(text, path) if reader else []


def units_in(content: bytes, path: str) -> list[Unit]:
    """Read the units of a file version whose faults are no matter here: none where it cannot be read."""
    try:
        return read_units(content.decode("utf-8"), path)
    except (SourceError, UnicodeDecodeError):
        return []


def sections_in(content: bytes, path: str) -> list[Section]:
    """Read as :func:`read_sections` does, and as leniently as :func:`units_in`."""
    try:
        return read_sections(content.decode("utf-8"), path)
    except (SourceError, UnicodeDecodeError):
        return []


def stored_code(unit: Unit) -> str:
    """Write the text of a pattern's code file: the imports, the body, one final newline, laid out as its language has it."""
    reader = reader_of(unit.language)
    assert reader is not None, unit.language  # who read it
    return reader.stored(unit.imports, unit.body)


def closed(unit: Unit, text: str, path: str, project: Project, read: ReadText) -> Closure:
    """A unit of a file with what it needs of its project; alone where nothing is needed."""
    reader = reader_of(unit.language)
    assert reader is not None, unit.language  # who read it
    return reader.closed(unit, text, path, project, read)


def left_open(code: str, language: str, path: str = "") -> tuple[str, ...]:
    """What a stored text needs and neither holds nor imports, each in a few words; none in a language that nobody reads.

    ``path`` says where it came from: imports of that project lead nowhere elsewhere.
    """
    reader = reader_of(language)
    if reader is None:
        return ()
    try:
        units = reader.units(code, path or "code", {}, NO_PROJECT)
        read = HoldsAll()
        found = [reader.closed(unit, code, path or "code", NO_PROJECT, read).missing for unit in units]
    except SourceError:
        return ()  # what is no source code is said elsewhere
    return tuple(dict.fromkeys(one for missing in found for one in missing))


def stands_on(lines: Sequence[int] | None, first: int, last: int) -> bool:
    """Say whether a node from one line to another stands on one of some lines, given ascending; on any if none are given."""
    if lines is None:
        return True
    at = bisect_left(lines, first)
    return at < len(lines) and lines[at] <= last


def _reader_for(path: str) -> Reader | None:
    language = language_of(path)
    return reader_of(language) if language else None
