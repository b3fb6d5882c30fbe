"""A unit: a function, class or test found in source code, with the imports it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from foundry_git.errors import SourceError
from foundry_git.source.frameworks import FRAMEWORKS
from foundry_git.source.languages import language_of, reader_of
from foundry_git.source.manifests import NO_PROJECT, Project
from foundry_git.source.measures import UnitMeasures

UnitKey = tuple[str, str]
"""A unit's path and symbol."""


@dataclass(frozen=True, slots=True)
class Section:
    """Where a unit stands in its file, and its text; the fields are those of :class:`Unit`."""

    kind: str
    symbol: str
    start_line: int
    end_line: int
    body: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One definition of a source file, as a rule a top-level one; its text is analysed, and kept, with ``\\n`` line ends.

    ``kind``: ``function``, ``class`` or ``test``; ``method`` of what :func:`read_methods` reads. ``symbol``: the qualified name, one
    unit per symbol and file.
    ``start_line``, ``end_line``: 1-based, decorators included.
    ``imports``: the module's import statements that the unit needs, narrowed to the names it uses; in Python also type variables
    and loggers, which hold nothing of their module.
    ``body``: the unit's own text with its decorators, at the left margin.
    ``parameters``: names that a caller may pass. ``decorators``: their dotted names.
    ``builtins``: names of the language itself that it uses. ``standard``: modules of the standard library. ``third_party``: packages
    from elsewhere, by the name they are imported with. Each is sorted.
    ``free_names``: names it uses that are neither its own nor built in nor imported: the rest of its module, or unknown.
    ``project_names``: those, and the names that it imports from its own project; empty for a self-contained unit.
    ``framework``: see ``frameworks``; ``shape``: see ``shapes``; ``description``: one sentence, see ``descriptions``.
    """

    kind: str
    symbol: str
    name: str
    language: str
    start_line: int
    end_line: int
    imports: tuple[str, ...]
    body: str
    signature: str
    docstring: str
    decorators: tuple[str, ...]
    parameters: tuple[str, ...]
    builtins: tuple[str, ...]
    standard: tuple[str, ...]
    third_party: tuple[str, ...]
    free_names: tuple[str, ...]
    project_names: tuple[str, ...]
    measures: UnitMeasures
    framework: str
    description: str
    shape: str
    is_private: bool

    @property
    def is_test(self) -> bool:
        """Say whether the unit checks other code."""
        return self.kind == "test"

    @property
    def code(self) -> str:
        """The unit as it is stored; see :func:`stored_code`."""
        return stored_code(self)


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
    language = language_of(path)
    reader = reader_of(language) if language else None
    return reader.units(text, path, frameworks, project) if reader else []


def read_sections(text: str, path: str) -> list[Section]:
    """Read where the units of a source file stand, in order of their lines; a third of the time of :func:`read_units` or less.

    Raises:
        SourceError: as :func:`read_units`.
    """
    language = language_of(path)
    reader = reader_of(language) if language else None
    return reader.sections(text, path) if reader else []


def read_methods(text: str, path: str) -> list[Unit]:
    """Read the methods of the classes and types of a source file, in order of their lines: units of kind ``method``.

    A symbol is ``Class.method``; of two that share one the first counts. What a method needs of its file is not told.

    Raises:
        SourceError: as :func:`read_units`.
    """
    language = language_of(path)
    reader = reader_of(language) if language else None
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
