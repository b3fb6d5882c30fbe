"""The outline of a file of Go: functions, methods, types, constants with their groups, and variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import tree_sitter

from foundry_git.source.go.definitions import receiver_of
from foundry_git.source.go.language import TOKENS, text_of
from foundry_git.source.treesitter.definitions import Part, parts_in
from foundry_git.source.treesitter.outline import Outline, Statement

_NAMELESS = frozenset({"init", "main", "_"})
_SPECS = {
    "type_declaration": ("type ", ("type_spec", "type_alias")),
    "const_declaration": ("const ", ("const_spec",)),
    "var_declaration": ("var ", ("var_spec",)),
}
_GLUE = re.compile(r"//go:(embed|linkname|wasmimport|cgo_\w+)\b")
_SELECTED = re.compile(r"\.[ \t]*([A-Za-z_]\w*)")
_PROMISED = re.compile(r"^\s*([A-Za-z_]\w*)\(", re.MULTILINE)
_ASSIGNED = re.compile(r"^[ \t]*([A-Za-z_]\w*)(?:\[[^\n]*\]|\.\w+)*[ \t]*(?:[-+*/|&^]?=(?!=)|\+\+|--)", re.MULTILINE)


class PackageOutline(Outline):
    """One file of a package."""

    @cached_property
    def statements(self) -> Sequence[Statement]:
        return [one for part in parts_in(self.source.top.children, TOKENS) for one in _of_part(part)]

    @cached_property
    def methods(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """Type → the names of its methods that stand here, each with its statement."""
        found: dict[str, list[tuple[str, int]]] = {}
        for number, one in enumerate(self.statements):
            if one.part.node.type == "method_declaration":
                name = text_of(one.part.node.child_by_field_name("name"))
                found.setdefault(receiver_of(one.part.node), []).append((name, number))
        return found

    @cached_property
    def package(self) -> str:
        """The name of the package."""
        clause = next((node for node in self.source.top.children if node.type == "package_clause"), None)
        return text_of(clause).removeprefix("package").strip()

    def lacks(self, number: int) -> str:
        part = self.statements[number].part
        for comment in map(text_of, part.above):
            if glue := _GLUE.match(comment):
                return f"what {glue[0]} brings in"
        is_function = part.node.type in ("function_declaration", "method_declaration")
        return "a body that is no Go" if is_function and part.node.child_by_field_name("body") is None else ""

    def calls_at_load(self, number: int) -> Iterator[str]:
        todo = [self.statements[number].part.node]
        while todo:
            node = todo.pop()
            if node.type == "call_expression" and (called := node.child_by_field_name("function")) is not None:
                yield text_of(called).partition(".")[0].partition("[")[0]
            todo += node.named_children if node.type != "func_literal" else ()

    def selected(self, number: int) -> set[str]:
        """The names of fields and methods that a statement uses or, as an interface, asks for."""
        text = self.text(number, "")
        named = set(_SELECTED.findall(text))
        return named | set(_PROMISED.findall(text)) if "interface" in text else named


def _of_part(part: Part) -> Iterator[Statement]:
    node = part.node
    if node.type == "function_declaration":
        name = text_of(node.child_by_field_name("name"))
        yield Statement(part, () if name in _NAMELESS else (name,), completes=_filled(node) if name == "init" else ())
    elif node.type == "method_declaration":
        yield Statement(part, ())
    elif node.type in _SPECS:
        yield from _of_declaration(part)


def _of_declaration(part: Part) -> Iterator[Statement]:
    """Each of a group by itself, but constants that go on from one another, and what has several lines above it in common."""
    word, kinds = _SPECS[part.node.type]
    listed = next((child for child in part.node.named_children if child.type == "var_spec_list"), part.node)
    specs = [one for one in parts_in(listed.children, TOKENS) if one.node.type in kinds]
    is_value, is_type = part.node.type == "var_declaration", part.node.type == "type_declaration"
    if len(specs) == 1 or (part.node.type == "const_declaration" and _goes_on([one.node for one in specs])):
        names = tuple(name for one in specs for name in _names(one.node))
        yield Statement(part, names, is_value=is_value, is_type=is_type)
        return
    for one in specs:
        yield Statement(Part(one.node, one.above, word), tuple(_names(one.node)), is_value=is_value, is_type=is_type)


def _goes_on(specs: Sequence[tree_sitter.Node]) -> bool:
    return any(one.child_by_field_name("value") is None or "iota" in text_of(one) for one in specs)


def _names(spec: tree_sitter.Node) -> Iterator[str]:
    return (name for name in map(text_of, spec.children_by_field_name("name")) if name not in ("_", ","))


def _filled(init: tree_sitter.Node) -> tuple[str, ...]:
    """What an ``init`` function assigns to."""
    return tuple(dict.fromkeys(_ASSIGNED.findall(text_of(init))))
