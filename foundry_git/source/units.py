"""A unit: a function, class or test found in source code, with the imports it needs."""

from __future__ import annotations

from msgspec import Struct

from foundry_git.source.measures import UnitMeasures

UnitKey = tuple[str, str]
"""A unit's path and symbol."""


class Section(Struct, frozen=True):
    """Where a unit stands in its file, and its text; the fields are those of :class:`Unit`."""

    kind: str
    symbol: str
    start_line: int
    end_line: int
    body: str


class Unit(Struct, frozen=True):
    """One definition of a source file, as a rule a top-level one; its text is analysed, and kept, with ``\\n`` line ends.

    ``kind``: ``function``, ``class`` or ``test``; ``method`` of what ``reader.read_methods`` reads. ``symbol``: the qualified name, one
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
