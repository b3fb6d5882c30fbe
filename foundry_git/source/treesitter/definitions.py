"""Definitions: the parts of a file that make a unit, with the comments and attributes above them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import tree_sitter
from msgspec import Struct

from foundry_git.source.treesitter.parsing import Source
from foundry_git.source.treesitter.tree import Node, TokenKinds

_METHODS = frozenset({"method_declaration", "method_definition", "function_item"})
_PAIRS = frozenset({"pair"})  # of an object: a name and what it stands for
_BODIES = frozenset({"block", "statement_block", "arrow_function", "function_expression", "function_declaration"})


class Part(Struct, frozen=True):
    """A node of the parser's tree, and the comments and attributes that stand directly above it.

    ``prefix``: what must stand before its text when it stands alone (``type``, of one in a group).
    """

    node: tree_sitter.Node
    above: tuple[tree_sitter.Node, ...] = ()
    prefix: str = ""

    @property
    def first(self) -> tree_sitter.Node:
        """The node where its text begins."""
        return self.above[0] if self.above else self.node


class Definition(Struct, frozen=True):
    """A unit before it is looked into; the fields are those of ``Unit``.

    ``parts``: at least one, in the order of the file. ``is_bound``: its name is one of the file; the title of a test is not.
    ``lead``: which part has its head and documentation; a method may stand above its type.
    """

    kind: str
    name: str
    symbol: str
    parts: tuple[Part, ...]
    is_bound: bool = True
    lead: int = 0

    @property
    def bound(self) -> tuple[str, ...]:
        """The names that it binds in its file."""
        return (self.name,) if self.is_bound else ()


class Piece(Struct, frozen=True):
    """A part with its tree: the node, the attributes above it."""

    part: Part
    node: Node
    attributes: tuple[Node, ...]


def parts_in(nodes: Iterable[tree_sitter.Node], tokens: TokenKinds) -> Iterator[Part]:
    """Group nodes that stand side by side: each with the comments and attributes above it; lone comments fall away.

    A comment belongs to what begins on the next line; one behind code on the same line, or above a blank line, does not.
    """
    above: list[tree_sitter.Node] = []
    last_row = -1  # where the node before ends
    for node in nodes:
        kind = node.type
        if kind in tokens.comments or kind in tokens.attributes:
            _drop_apart(above, node, tokens)
            above.append(node)
            if kind in tokens.comments and node.start_point.row == last_row:
                above = []
        elif node.is_named:
            _drop_apart(above, node, tokens)
            yield Part(node, tuple(above))
            above = []
        if kind not in tokens.comments:
            last_row = node.end_point.row


def _drop_apart(above: list[tree_sitter.Node], node: tree_sitter.Node, tokens: TokenKinds) -> None:
    """Drop the comments that a blank line parts from the node below; attributes belong to it in any case."""
    if above and node.start_point.row > _end_row(above[-1]) + 1:
        while above and above[-1].type not in tokens.attributes:
            above.pop()


def _end_row(node: tree_sitter.Node) -> int:
    """Find the last row of a node; some grammars count the end of the line to a comment."""
    end = node.end_point
    return int(end.row - 1 if end.column == 0 else end.row)


def methods_of(owner: Definition, tokens: TokenKinds) -> Iterator[Definition]:
    """Find the methods of a class or type; what is defined within a body is none."""
    first: dict[str, Definition] = {}
    todo = list(reversed(owner.parts)) if owner.kind == "class" else []
    while todo:
        part = todo.pop()
        value = part.node.child_by_field_name("value") if part.node.type in _PAIRS else None
        if part.node.type in _METHODS or (value is not None and value.type in _BODIES):
            name = part.node.child_by_field_name("key" if value is not None else "name")
            text = name.text.decode() if name is not None and name.text is not None else ""
            if (value or part.node).child_by_field_name("body") is not None and text and (value is None or text.isidentifier()):
                first.setdefault(text, Definition("method", text, f"{owner.symbol}.{text}", (part,), is_bound=False))
        elif part.node.type not in _BODIES:
            todo += reversed(list(parts_in(part.node.children, tokens)))
    yield from first.values()


def first_line(definition: Definition) -> int:
    """Find the 1-based line where a definition begins, the comments and attributes above it included."""
    return int(min(part.first.start_point.row for part in definition.parts)) + 1


def last_line(definition: Definition) -> int:
    """Find the 1-based line where the last part of a definition ends."""
    return max(_end_row(part.node) for part in definition.parts) + 1


def body_of(definition: Definition, source: Source, tokens: TokenKinds) -> str:
    """Write a definition at the left margin, its parts in order, a blank line between them."""
    return "\n\n".join(text_of_part(part, source, tokens) for part in definition.parts)


def text_of_part(part: Part, source: Source, tokens: TokenKinds, inner: tree_sitter.Node | None = None) -> str:
    """Write a part at the left margin; with ``inner`` that node in it instead of the whole, without ``export`` before it."""
    kept = inner or part.node
    start = part.first.start_byte
    text = source.cut(start, part.node.start_byte) + part.prefix + source.cut(kept.start_byte, kept.end_byte)
    margin = source.cut(source.data.rfind(b"\n", 0, start) + 1, start)
    if not margin or margin.strip():
        return text.rstrip()
    fixed = _rows_in_texts(part.node, tokens)
    row = part.first.start_point.row
    lines = text.rstrip().split("\n")
    return "\n".join(line if row + at in fixed else line.removeprefix(margin) for at, line in enumerate(lines))


def _rows_in_texts(node: tree_sitter.Node, tokens: TokenKinds) -> set[int]:
    """List the rows that begin inside a text: to move them would change what the program says."""
    rows: set[int] = set()
    todo = [node]
    while todo:
        found = todo.pop()
        if found.start_point.row == found.end_point.row:
            continue
        if found.type in tokens.whole or found.type in tokens.texts:
            rows.update(range(found.start_point.row + 1, found.end_point.row + 1))
        elif found.type not in tokens.comments:
            todo += found.children
    return rows
