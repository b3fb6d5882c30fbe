"""Syntax trees in plain Python: what the passes over a unit look at, made in one walk of the parser's own tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import tree_sitter
from msgspec import Struct

_COMMENT, _IGNORED, _WHOLE = "comment", "ignored", "whole"
PUNCTUATION = frozenset({"(", ")", "{", "}", "[", "]", ",", ";", "\n"})


class TokenKinds(Struct, frozen=True):
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
        self.parts: Sequence[Node] = ()

    def as_kind(self, kind: str) -> Node:
        """Copy the node under another kind, so that other plans and counts hold for it; what is in it is shared."""
        copy = Node(kind, self.field, self.start, self.end)
        copy.parts, copy.text = self.parts, self.text
        return copy

    def in_field(self, field: str) -> Node:
        """Copy the node under another role; what is in it is shared."""
        copy = Node(self.kind, field, self.start, self.end)
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
    cursor, manner_of = top.walk(), _manners(tokens).get
    first_child, next_sibling = cursor.goto_first_child, cursor.goto_next_sibling
    while True:
        found = cursor.node
        assert found is not None
        kind = found.type
        manner = manner_of(kind)
        if manner is None or manner is _WHOLE:
            start, end = found.start_byte, found.end_byte
            node = Node(kind, cursor.field_name or "", start, end)
            parts.append(node)
            if manner is None and first_child():
                open_parts.append(parts)
                node.parts = parts = []
                continue
            node.text = data[start:end].decode()
        elif manner is _COMMENT:
            comments.append((found.start_byte, found.end_byte))
        while not next_sibling():
            if not open_parts:
                return above[0], comments
            cursor.goto_parent()
            parts = open_parts.pop()


@cache
def _manners(tokens: TokenKinds) -> Mapping[str, str]:
    """Kind → how it is read, where that is not part by part."""
    found = ((_WHOLE, tokens.whole), (_IGNORED, tokens.ignored), (_COMMENT, tokens.comments))
    return {kind: manner for manner, kinds in found for kind in kinds}
