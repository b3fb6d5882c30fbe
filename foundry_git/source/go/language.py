"""The words of Go: names that need no import, and kinds of nodes by how they are read."""

from __future__ import annotations

import tree_sitter

from foundry_git.source.treesitter.tree import PUNCTUATION, TokenKinds

BUILT_IN = frozenset(
    "append cap clear close complex copy delete imag len make max min new panic print println real recover"
    " any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string"
    " uint uint8 uint16 uint32 uint64 uintptr true false nil iota".split()
)

_TEXTS = frozenset({"interpreted_string_literal", "raw_string_literal", "rune_literal"})
TOKENS = TokenKinds(comments=frozenset({"comment"}), ignored=PUNCTUATION | {"func", "type", "\0"}, whole=_TEXTS)


def text_of(node: tree_sitter.Node | None) -> str:
    """Give the text of a node; "" where there is none."""
    return node.text.decode() if node is not None and node.text is not None else ""
