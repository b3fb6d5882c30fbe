"""The heads of units of Go: their lines, parameters and documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from foundry_git.source.treesitter.comments import block_text
from foundry_git.source.treesitter.definitions import Definition, Piece
from foundry_git.source.treesitter.grammar import Head, Parameter
from foundry_git.source.treesitter.parsing import Source
from foundry_git.source.treesitter.tree import Node


def head(definition: Definition, pieces: Sequence[Piece], source: Source) -> Head:
    """Write a function's line up to its body; of a type, its kind: ``type Cache[K comparable] struct``."""
    node = pieces[definition.lead].node
    if definition.kind == "class":
        return Head(f"type {definition.name}" if node.kind == "method_declaration" else _type_line(node, source))
    body = node.part("body")
    return Head(source.flat(node.start, body.start if body else node.end), tuple(_parameters(node.part("parameters"))))


def _type_line(node: Node, source: Source) -> str:
    inner = node.parts[0] if node.kind == "type_declaration" else node
    shown = inner.part("type")
    if shown is None or shown.kind not in ("struct_type", "interface_type"):
        return f"type {source.flat(inner.start, inner.end)}"
    return f"type {source.flat(inner.start, shown.start)} {shown.kind.removesuffix('_type')}"


def _parameters(node: Node | None) -> Iterator[Parameter]:
    for one in node.parts if node else ():
        names = [part.text for part in one.parts if part.field == "name"]
        yield from (Parameter(name) for name in names if name != "_")


def documentation(comment: str) -> str | None:
    """Take the marks off a comment; ``//go:embed`` and the like document nothing."""
    if comment.startswith("/*"):
        return block_text(comment, "/*")
    return None if re.match(r"//[a-z]+:\S", comment) else comment.removeprefix("//").removeprefix(" ").rstrip()
