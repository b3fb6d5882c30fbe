"""Measures of Python code, counted on the tree."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from foundry_git.source.measures import UnitMeasures
from foundry_git.source.python.body import first_line
from foundry_git.source.python.scopes import FUNCTIONS, DefinitionNode, Function
from foundry_git.source.python.tree import LEAVES, children

_BLOCKS = frozenset({ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match})
_TEXTS = frozenset({ast.Expr, ast.Constant, ast.JoinedStr})
_PLAIN = LEAVES - _TEXTS  # every third node: nothing to count, nothing below


def measure(unit: DefinitionNode, lines: Sequence[str], parameters: int, typed: float) -> UnitMeasures:
    """Measure a top-level definition; ``lines`` are those of its file, ``parameters`` and ``typed`` what its signature says."""
    walk = _Walk(unit)
    complexities = [1 + count for count in walk.decisions.values()] or [1]
    return UnitMeasures(
        lines=_count_lines(unit, lines, walk),
        complexity=max(complexities),
        parameters=parameters,
        nesting=walk.nesting,
        total=sum(complexities),
        typed=typed,
    )


def complexities(tree: ast.AST) -> dict[Function, int]:
    """Count McCabe's number of every function in a tree, methods and nested functions on their own.

    It is 1 and one more for each ``if``, ``elif``, conditional expression, ``for``, ``while``, ``for`` and ``if`` of a
    comprehension, ``except``, ``finally``, ``case`` and its guard, ``and`` and ``or``: the words that lizard counts. ``else``,
    ``with``, ``assert`` and ``match`` itself add nothing. Decorators belong to the function around, defaults to the function.
    """
    return {node: 1 + count for node, count in _Walk(tree).decisions.items()}


_Place = tuple[Function | None, int]
"""Where what is looked at next stands: in which function, and how deep in blocks of it."""


class _Walk:
    """One pass over a tree: decisions per function, the deepest nesting, texts of several lines, bare texts (docstrings)."""

    def __init__(self, tree: ast.AST) -> None:
        self.decisions: dict[Function, int] = {}
        self.nesting = 0
        self.texts: list[ast.expr] = []
        self.docstrings: list[ast.expr] = []
        owner, depth = None, 0
        todo: list[ast.AST | _Place] = [tree]  # one place for a row of nodes, not for each
        while todo:
            node = todo.pop()
            if isinstance(node, tuple):
                owner, depth = node
            elif node.__class__ not in _NOTED:
                todo += children(node)
            elif node.__class__ not in _PLAIN:
                todo += self._noted(node, owner, depth)

    def _noted(self, node: ast.AST, owner: Function | None, depth: int) -> Sequence[ast.AST | _Place]:
        """Take down what one node adds; return its parts and where they stand, the last first."""
        if isinstance(node, FUNCTIONS):
            self.decisions[node] = 0
            return [*node.decorator_list, (owner, depth), node.args, *node.body, (node, 0)]
        if owner is not None and (count := _DECISIONS.get(type(node))):
            self.decisions[owner] += count(node)
        if node.__class__ in _TEXTS:
            self._note_text(node)
        if node.__class__ not in _BLOCKS:
            return children(node)
        self.nesting = max(self.nesting, depth + 1)
        branch = _elif_of(node)
        inside = [child for child in children(node) if child is not branch]
        return [*([branch] if branch else []), (owner, depth), *inside, (owner, depth + 1)]

    def _note_text(self, node: ast.AST) -> None:
        if isinstance(node, ast.Expr):
            if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                self.docstrings.append(node.value)
        elif isinstance(node, ast.expr) and node.end_lineno != node.lineno:
            self.texts.append(node)


def _elif_of(node: ast.AST) -> ast.stmt | None:
    """Find the ``elif`` of an ``if``; to the tree it is an ``if`` within ``else``, to the reader it is no deeper."""
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        return node.orelse[0]
    return None


def _count_lines(unit: DefinitionNode, lines: Sequence[str], walk: _Walk) -> int:
    within = _line_numbers(walk.texts, first=1)  # a line that begins inside a text is code even if it looks like a comment
    documentation = {number for text in walk.docstrings for number in _whole_lines(text, lines)}
    start = first_line(unit)
    numbers = [number for number in range(start, (unit.end_lineno or start) + 1) if number not in documentation]
    texts = ((number, lines[number - 1].strip()) for number in numbers)
    return sum(1 for number, text in texts if text and (number in within or not text.startswith("#")))


def _line_numbers(texts: Sequence[ast.expr], first: int) -> set[int]:
    return {number for text in texts for number in range(text.lineno + first, (text.end_lineno or text.lineno) + 1)}


def _whole_lines(text: ast.expr, lines: Sequence[str]) -> set[int]:
    """List the lines of a docstring; not its first in ``def f(): "What it does."``, which holds code."""
    starts_line = not lines[text.lineno - 1].encode()[: text.col_offset].strip()
    return _line_numbers([text], first=0 if starts_line else 1)


_DECISIONS: dict[type[ast.AST], Callable[[ast.AST], int]] = {
    **dict.fromkeys((ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler), lambda node: 1),
    ast.BoolOp: lambda node: len(getattr(node, "values", ())) - 1,
    ast.comprehension: lambda node: 1 + len(getattr(node, "ifs", ())),
    ast.match_case: lambda node: 1 if getattr(node, "guard", None) is None else 2,
    **dict.fromkeys((ast.Try, ast.TryStar), lambda node: 1 if getattr(node, "finalbody", None) else 0),
}

_NOTED = _DECISIONS.keys() | _BLOCKS | _TEXTS | _PLAIN | {*FUNCTIONS}
"""What adds something, or nothing at all; of all else only the parts do."""
