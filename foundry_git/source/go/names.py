"""How Go binds names: in which order the parts of a node are read, and in which role."""

from __future__ import annotations

from collections.abc import Iterator

from foundry_git.source.go.language import BUILT_IN
from foundry_git.source.treesitter.grammar import BIND, DECLARE, PLAIN, Name, Names, Step, Visit
from foundry_git.source.treesitter.plans import by_field
from foundry_git.source.treesitter.tree import Node


def _assigned(node: Node, role: str) -> list[Step]:
    """``for k, v := range m`` binds on the left, after the right was read; ``for k, v = range m`` uses."""
    binds = any(part.kind == ":=" for part in node.parts)
    ordered = sorted(node.parts, key=lambda part: part.field == "left")
    return [Visit(part, BIND if binds and part.field == "left" else role) for part in ordered]


def _parameter_list(node: Node, role: str) -> Iterator[Step]:
    """Read all types before the first name is bound: in ``(url string, to url.URL)`` the second ``url`` is a package."""
    for one in node.parts:
        names = [part for part in one.parts if part.field == "name"]
        yield str(len(names))
        yield from (Visit(part, role) for part in one.parts if part.field != "name")
    yield from (Visit(part, BIND) for one in node.parts for part in one.parts if part.field == "name")


def _method(node: Node, role: str) -> Iterator[Step]:
    """The type parameters of a method are named in its receiver: ``(c *Cache[K, V])``."""
    todo = [part for part in node.parts if part.field == "receiver"]
    while todo:
        found = todo.pop()
        if found.field == "type_arguments":
            yield from (Name(leaf.text, BIND) for leaf in _leaves(found))
        todo += found.parts
    yield from (Visit(part, role) for part in node.parts)


def _leaves(node: Node) -> Iterator[Node]:
    todo = [node]
    while todo:
        found = todo.pop()
        if found.kind == "type_identifier":
            yield found
        todo += reversed(found.parts)


def _composite(node: Node, role: str) -> Iterator[Step]:
    """The keys of a map's literal are values, those of a struct's are fields; a type that is only named is taken for a struct."""
    for part in node.parts:
        if part.field == "body" and node.parts[0].kind in _INDEXED:
            yield "(indexed"
            yield from (_pair(inner, role) for inner in part.parts)
            yield ")"
        else:
            yield Visit(part, role)


def _pair(node: Node, role: str) -> Visit:
    """Look into an element of a map; a copy of another kind, so that its key is not taken for a field."""
    if node.kind != "keyed_element":
        return Visit(node, role)
    return Visit(node.as_kind("pair"), role)


def _keyed(node: Node, role: str) -> list[Step]:
    return [Visit(part, PLAIN if part.field == "key" and _is_name(part) else role) for part in node.parts]


def _is_name(node: Node) -> bool:
    return len(node.parts) == 1 and node.parts[0].kind == "identifier"


_INDEXED = frozenset({"map_type", "array_type", "slice_type", "implicit_length_array_type"})
_NAMED = by_field({"name": BIND}, last=("name",))
_DECLARED = by_field({"name": DECLARE})

NAMES = Names(
    kinds=frozenset({"identifier", "type_identifier", "package_identifier"}),
    labels=frozenset({"label_name"}),
    scopes=frozenset(
        "function_declaration method_declaration func_literal block if_statement for_statement expression_switch_statement"
        " type_switch_statement select_statement expression_case type_case default_case communication_case type_spec"
        " type_alias method_elem function_type".split()
    ),
    plans={
        "short_var_declaration": by_field({"left": BIND}, last=("left",)),
        "range_clause": _assigned,
        "receive_statement": _assigned,
        "type_switch_statement": by_field({"alias": BIND}),
        "var_spec": _NAMED,
        "const_spec": _NAMED,
        "type_parameter_declaration": by_field({"name": BIND}),
        "parameter_list": _parameter_list,
        "function_declaration": _DECLARED,
        "type_spec": _DECLARED,
        "type_alias": _DECLARED,
        "method_declaration": _method,
        "qualified_type": by_field({"name": PLAIN}),
        "composite_literal": _composite,
        "keyed_element": _keyed,
    },
    builtins=BUILT_IN,
    transparent=frozenset({"type_declaration"}),
)
