"""The units of a file of Go: functions, and types with their methods."""

from __future__ import annotations

import re
from collections.abc import Iterator

import tree_sitter

from foundry_git.source.go.language import TOKENS, text_of
from foundry_git.source.treesitter.definitions import Definition, Part, parts_in
from foundry_git.source.treesitter.parsing import Source

_TEST_NAME = re.compile(r"(?:Test|Benchmark|Example|Fuzz)(?![a-z])")


def definitions(source: Source) -> Iterator[Definition]:
    """Find functions, and types with their methods; the methods of a type of another file are one unit too."""
    types: dict[str, list[Part]] = {}
    for part in _top_parts(source):
        name = _name(part.node)
        if part.node.type == "function_declaration":
            yield Definition("test" if _is_test(name, source.path) else "function", name, name, (part,))
        elif part.node.type == "method_declaration":
            types.setdefault(receiver_of(part.node), []).append(part)
        else:
            types.setdefault(name, []).append(part)
    for name, parts in types.items():
        lead = next((at for at, part in enumerate(parts) if part.node.type != "method_declaration"), 0)
        yield Definition("class", name, name, tuple(parts), lead=lead)


def _top_parts(source: Source) -> Iterator[Part]:
    for part in parts_in(source.top.children, TOKENS):
        if part.node.type in ("function_declaration", "method_declaration"):
            yield part
        elif part.node.type == "type_declaration":
            yield from _types(part)


def _types(part: Part) -> Iterator[Part]:
    """List the types of a declaration, aliases left out; one in a group stands alone with ``type`` before it."""
    if part.node.child_count == 2 and part.node.children[1].type == "type_spec":
        yield part
    else:
        for one in parts_in(part.node.children[1:], TOKENS):
            if one.node.type == "type_spec":
                yield Part(one.node, one.above, "type ")


def _name(node: tree_sitter.Node) -> str:
    inner = node.named_children[0] if node.type == "type_declaration" else node
    return text_of(inner.child_by_field_name("name"))


def receiver_of(node: tree_sitter.Node) -> str:
    """Name the type that a method belongs to: ``Cache`` of ``(c *Cache[K])``."""
    todo = [node.child_by_field_name("receiver")]
    while todo:
        found = todo.pop(0)
        if found is not None and found.type == "type_identifier":
            return text_of(found)
        todo += found.named_children if found is not None else []
    return ""


def _is_test(name: str, path: str) -> bool:
    return path.endswith("_test.go") and bool(_TEST_NAME.match(name))
