"""The outline of a file: which of its statements bind and complete which names, what each needs, and what the file imports."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from foundry_git.source.treesitter.comments import lines_of_code
from foundry_git.source.treesitter.definitions import Definition, Part, text_of_part
from foundry_git.source.treesitter.grammar import Grammar, Import
from foundry_git.source.treesitter.parsing import Source
from foundry_git.source.treesitter.passes import kept_lines, walked
from foundry_git.source.treesitter.tree import Node, grow
from foundry_git.source.treesitter.walk import Outside

Key = tuple[str, str]
"""A name of a file: the scope in it ("" or the symbol of a namespace or module, as in ``Import.scope``), and the name there."""


class Statement(Struct, frozen=True):
    """A statement that a text can hold by itself: a top-level node, one of a group, one within a namespace.

    ``names``: that it binds in ``scope``. ``completes``: names of the file that it adds to, so that it comes along with them: a
    method, what fills a table. ``is_value``: it runs when the file is loaded, and defines no function or type. ``is_type``: nothing of
    it is left in the program that runs.
    """

    part: Part
    names: tuple[str, ...]
    scope: str = ""
    completes: tuple[str, ...] = ()
    is_value: bool = False
    is_type: bool = False


class Outline(ABC):
    """One file, statement by statement; a statement is known by its place among them.

    A language says which ``statements`` there are; and, where that is not the rule, how one is written that comes along, and which
    scopes are looked into for a name.
    """

    def __init__(self, source: Source, grammar: Grammar) -> None:
        self.source = source
        self.grammar = grammar
        self._grown: dict[int, list[Node]] = {}
        self._lines: dict[int, int] = {}

    @property
    def path(self) -> str:
        """Where the file stands in its project."""
        return self.source.path

    @cached_property
    @abstractmethod
    def statements(self) -> Sequence[Statement]:
        """All that can come along, in the order of the file."""

    def text(self, number: int, name: str) -> str:
        """A statement as it stands in a text that needs it under a name; most have a name of their own."""
        return text_of_part(self.statements[number].part, self.source, self.grammar.tokens)

    def is_named(self, number: int) -> bool:
        """Say whether a statement has a name of its own; ``export default function () {}`` has the one by which it is imported."""
        return True

    def scopes(self, scope: str) -> Iterator[str]:
        """The scopes of the file where a name is looked for, innermost first."""
        yield scope
        while scope:
            scope = scope.rpartition(self.grammar.separator)[0]
            yield scope

    def calls_at_load(self, number: int) -> Iterable[str]:
        """The first names of what a statement calls when the file is loaded; none in a language where that makes only values."""
        return ()

    def at_load(self, number: int) -> Iterable[str]:
        """The names without which a statement cannot be loaded; none in a language where order does not matter."""
        return ()

    def lacks(self, number: int) -> str:
        """What a statement needs that no definition could be, in a few words; "" for nothing."""
        return ""

    @cached_property
    def definitions(self) -> Mapping[str, Definition]:
        """Symbol → unit of the file."""
        found: dict[str, Definition] = {}
        for one in self.grammar.definitions(self.source):
            found.setdefault(one.symbol, one)
        return found

    @cached_property
    def binders(self) -> Mapping[Key, Sequence[int]]:
        """Name → the statements that bind it."""
        found: dict[Key, list[int]] = {}
        for number, statement in enumerate(self.statements):
            for name in statement.names:
                found.setdefault((statement.scope, name), []).append(number)
        return found

    @cached_property
    def completing(self) -> Mapping[Key, Sequence[int]]:
        """Name → the statements that add to what it stands for."""
        found: dict[Key, list[int]] = {}
        for number, statement in enumerate(self.statements):
            for name in statement.completes:
                found.setdefault((statement.scope, name), []).append(number)
        return found

    @cached_property
    def imports(self) -> Sequence[Import]:
        """All that the file imports."""
        return self.grammar.imports(self.source)

    @cached_property
    def _imported(self) -> Mapping[str, Sequence[Import]]:
        found: dict[str, list[Import]] = {}
        for one in self.imports:
            for name in one.names:
                found.setdefault(name, []).append(one)
        return found

    def imported(self, name: str, scope: str = "") -> Sequence[Import]:
        """What a name may be that is imported in a scope or around it; ``*``: the imports of everything."""
        inside = f"{scope}::"
        return [one for one in self._imported.get(name, ()) if not one.scope or inside.startswith(f"{one.scope}::")]

    def bound(self, name: str, scope: str = "") -> Key | None:
        """Where a name is bound that is used in a scope; None where no statement of the file binds it."""
        return next((key for inner in self.scopes(scope) if (key := (inner, name)) in self.binders), None)

    def of_unit(self, symbol: str) -> list[int]:
        """The statements that a unit is made of, for its own text holds them."""
        unit = self.definitions.get(symbol)
        found: list[int] = []
        for part in unit.parts if unit else ():
            start, end = part.node.start_byte, part.node.end_byte
            for begin, number in self._starts[bisect_left(self._starts, (start, 0)) : bisect_left(self._starts, (end, 0))]:
                if begin < end and self.statements[number].part.node.end_byte <= end:
                    found.append(number)
        return found

    @cached_property
    def _starts(self) -> Sequence[tuple[int, int]]:
        return sorted((one.part.node.start_byte, number) for number, one in enumerate(self.statements))

    def trees(self, number: int) -> list[Node]:
        """The trees of a statement, attributes above it and itself; grown anew each time but the first."""
        return self._grown.pop(number, None) or self._grow(number)[0]

    def lines(self, number: int) -> int:
        """How many lines of code a statement is."""
        if number not in self._lines:
            known = kept_lines(self.statements[number].part, self.source)
            if known is None:
                self._grown[number], known = self._grow(number)
            self._lines[number] = known
        return self._lines[number]

    def _grow(self, number: int) -> tuple[list[Node], int]:
        part, tokens, data = self.statements[number].part, self.grammar.tokens, self.source.data
        above = [node for node in part.above if node.type in tokens.attributes]
        found = [grow(node, data, tokens) for node in (*above, part.node)]
        spans = [(tree.start, tree.end) for tree, _ in found]
        lines = lines_of_code(data, spans, [span for _, comments in found for span in comments])
        return [tree for tree, _ in found], lines

    def walk(self, number: int) -> Outside:
        """What one statement needs from outside of itself."""
        one = self.statements[number]
        return walked(one.part, lambda: self.trees(number), one.names, self.source, self.grammar)
