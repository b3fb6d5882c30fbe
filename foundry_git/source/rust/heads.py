"""The heads of units of Rust: their lines, parameters and documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from foundry_git.source.rust.language import path_of
from foundry_git.source.treesitter.comments import block_text
from foundry_git.source.treesitter.definitions import Definition, Piece
from foundry_git.source.treesitter.grammar import Head, Parameter
from foundry_git.source.treesitter.parsing import Source
from foundry_git.source.treesitter.tree import Node


def head(definition: Definition, pieces: Sequence[Piece], source: Source) -> Head:
    """Write a function's line up to its body; of a type, the line and how it is made: ``struct Cache<K>: new(size: usize)``."""
    first = pieces[definition.lead].node
    decorators = tuple(name for attribute in pieces[definition.lead].attributes for name in _decorator(attribute))
    if first.kind == "macro_definition":
        return Head(f"macro_rules! {definition.name}", (), decorators)
    if first.kind == "function_item":
        return Head(_line(first, source), tuple(_parameters(first)), decorators)
    made = next(_constructors(pieces), None)
    given = made.part("parameters") if made else None
    shown = f": new{source.flat(given.start, given.end)}" if given else ""
    line = re.split(r"\bwhere\b", _line(first, source))[0].rstrip()
    return Head(f"{line}{shown}", tuple(_parameters(made)) if made else (), decorators)


def _line(node: Node, source: Source) -> str:
    body = node.part("body")
    ends = body.start if body and body.kind != "ordered_field_declaration_list" else node.end
    return source.flat(node.start, ends).rstrip(" ;,")


def _constructors(pieces: Sequence[Piece]) -> Iterator[Node]:
    for piece in pieces:
        body = piece.node.part("body")
        if piece.node.kind == "impl_item" and piece.node.part("trait") is None and body:
            yield from (item for item in body.parts_of("function_item") if _name(item) == "new")


def _name(node: Node) -> str:
    found = node.part("name")
    return found.text if found else ""


def _parameters(function: Node) -> Iterator[Parameter]:
    found = function.part("parameters")
    for one in found.parts_of("parameter") if found else ():
        pattern = one.part("pattern")
        yield from (Parameter(leaf.text) for leaf in _leaves(pattern) if not leaf.text[:1].isupper())


def _leaves(node: Node | None) -> Iterator[Node]:
    todo = [node] if node else []
    while todo:
        found = todo.pop()
        if found.kind in ("identifier", "shorthand_field_identifier"):
            yield found
        todo += reversed([part for part in found.parts if part.field != "type"])


def _decorator(attribute: Node) -> Iterator[str]:
    """Name an attribute by its path: ``tokio::main``."""
    for inner in attribute.parts_of("attribute"):
        path = inner.parts[0] if inner.parts else inner
        yield path.text if not path.parts else path_of(path)


def documentation(comment: str) -> str | None:
    """Take the marks off a documenting comment: ``///`` or ``/**``."""
    if comment.startswith("///") and not comment.startswith("////"):
        return comment[3:].removeprefix(" ").rstrip()
    if comment.startswith("/**") and not comment.startswith(("/***", "/**/")):
        return block_text(comment, "/**")
    return None
