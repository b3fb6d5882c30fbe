"""Syntax trees in plain Python: what the passes over a unit look at, made in one walk of the parser's own tree."""

from __future__ import annotations

from dataclasses import dataclass

import tree_sitter

PUNCTUATION = frozenset({"(", ")", "{", "}", "[", "]", ",", ";", "\n"})


@dataclass(frozen=True, slots=True)
class TokenKinds:
    """Kinds of nodes by how they are read.

    ``comments``; ``attributes``: what stands above a definition as a node of its own and belongs to it; ``ignored``: left out of
    trees; ``whole``: kept as one text even if the grammar has parts in it (strings); ``texts``: strings with code in them, whose
    lines do not move.
    """

    comments: frozenset[str]
    attributes: frozenset[str] = frozenset()
    ignored: frozenset[str] = PUNCTUATION
    whole: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()


class Node:
    """A node without the punctuation and comments in it.

    ``kind``: its name in the grammar; for a token that is no name or literal, its text. ``field``: its role in the node around.
    ``start``, ``end``: bytes. ``parts``: the nodes in it; ``text``: that of a node without parts.
    """

    __slots__ = ("end", "field", "kind", "parts", "start", "text")

    def __init__(self, kind: str, field: str, start: int, end: int) -> None:
        self.kind = kind
        self.field = field
        self.start = start
        self.end = end
        self.text = ""
        self.parts: list[Node] = []

    def as_kind(self, kind: str) -> Node:
        """Copy the node under another kind, so that other plans and counts hold for it; what is in it is shared."""
        copy = Node(kind, self.field, self.start, self.end)
        copy.parts, copy.text = self.parts, self.text
        return copy

    def part(self, field: str) -> Node | None:
        """Give the first part in a field."""
        return next((part for part in self.parts if part.field == field), None)

    def parts_of(self, *kinds: str) -> list[Node]:
        """List the parts of some kinds."""
        return [part for part in self.parts if part.kind in kinds]


def grow(top: tree_sitter.Node, data: bytes, tokens: TokenKinds) -> tuple[Node, list[tuple[int, int]]]:
    """Copy a node and all in it; beside it, where the comments stand. A cursor, not recursion: nesting may be deep."""
    above: list[Node] = []
    comments: list[tuple[int, int]] = []
    open_parts: list[list[Node]] = []
    parts = above
    cursor = top.walk()
    while True:
        found = cursor.node
        assert found is not None
        kind = found.type
        if kind in tokens.comments:
            comments.append((found.start_byte, found.end_byte))
        elif kind not in tokens.ignored:
            node = Node(kind, cursor.field_name or "", found.start_byte, found.end_byte)
            parts.append(node)
            if kind not in tokens.whole and cursor.goto_first_child():
                open_parts.append(parts)
                parts = node.parts
                continue
            node.text = data[node.start : node.end].decode()
        while not cursor.goto_next_sibling():
            if not open_parts:
                return above[0], comments
            cursor.goto_parent()
            parts = open_parts.pop()
