"""Scopes: the names that a function, block, class or type binds before its first line is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from foundry_git.source.treesitter.tree import Node

FUNCTIONS = frozenset(
    "function_declaration function_expression arrow_function method_definition generator_function"
    " generator_function_declaration".split()
)
_TYPED_HEADS = frozenset(
    "function_type constructor_type call_signature construct_signature method_signature abstract_method_signature"
    " function_signature".split()
)
_GENERIC = frozenset("class class_declaration abstract_class_declaration interface_declaration type_alias_declaration".split())
_BLOCKS = frozenset({"statement_block", "switch_body", "class_static_block"})
SCOPES = frozenset(
    FUNCTIONS
    | _TYPED_HEADS
    | _GENERIC
    | _BLOCKS
    | {"for_statement", "for_in_statement", "catch_clause", "enum_declaration", "index_signature", "conditional_type"}
)

_NAMED = frozenset(
    "function_declaration generator_function_declaration class_declaration abstract_class_declaration enum_declaration"
    " interface_declaration type_alias_declaration internal_module module function_signature".split()
)
_WRAPPING = frozenset({"export_statement", "ambient_declaration", "switch_case", "switch_default", "expression_statement"})
_STATEMENTS = frozenset(
    "statement_block if_statement else_clause for_statement for_in_statement while_statement do_statement try_statement catch_clause"
    " finally_clause switch_statement switch_body switch_case switch_default labeled_statement with_statement".split()
)
"""Where a ``var`` may stand that belongs to the function around."""

_PATTERNS = frozenset("object_pattern array_pattern rest_pattern formal_parameters".split())
_LEFT = frozenset({"assignment_pattern", "object_assignment_pattern"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern", "type_identifier"})


def hoisted(node: Node) -> Iterator[str]:
    """List the names that a scope binds itself."""
    kind = node.kind
    if kind in FUNCTIONS:
        yield from _of_function(node)
    elif kind in _BLOCKS:
        yield from _declared(node.parts)
    elif kind == "for_statement":
        yield from _declared(part for part in node.parts if part.field == "initializer")
    elif kind == "for_in_statement":
        if node.part("kind") and node.parts_of("const", "let", "using"):
            yield from _in_field(node, "left")
    elif kind == "catch_clause":
        yield from _in_field(node, "parameter")
    else:
        yield from _of_type(node)


def names_in(pattern: Node) -> Iterator[str]:
    """List the names that a pattern binds: ``{a, b: [c], ...d}`` binds ``a``, ``c`` and ``d``."""
    todo = [pattern]
    while todo:
        node = todo.pop()
        if node.kind in _NAMES:
            yield node.text
        elif node.kind in _PATTERNS:
            todo += reversed(node.parts)
        elif node.kind in _LEFT:
            todo += node.parts[:1]
        elif node.kind == "pair_pattern":
            todo += (part for part in node.parts if part.field == "value")
        elif node.kind in ("required_parameter", "optional_parameter"):
            todo += (part for part in node.parts if part.field in ("pattern", "name"))


def _of_function(node: Node) -> Iterator[str]:
    if node.kind != "arrow_function":
        yield "arguments"
    if node.kind in ("function_expression", "generator_function"):
        yield from _in_field(node, "name")
    for part in node.parts:
        if part.field in ("parameters", "parameter"):
            yield from names_in(part)
        elif part.field == "type_parameters":
            yield from _type_parameters(part)
        elif part.field == "body":
            yield from _variables(part)


def _variables(body: Node) -> Iterator[str]:
    """List what ``var`` declares anywhere in a function, but not in those within it."""
    todo = [body]
    while todo:
        node = todo.pop()
        if node.kind == "variable_declaration":
            yield from _declarators(node)
        elif node.kind in _STATEMENTS:
            if node.kind == "for_in_statement" and node.parts_of("var"):
                yield from _in_field(node, "left")
            todo += node.parts


def _declared(nodes: Iterable[Node]) -> Iterator[str]:
    """List what statements declare in their own block."""
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if node.kind in ("lexical_declaration", "using_declaration"):
            yield from _declarators(node)
        elif node.kind in _NAMED:
            yield from _in_field(node, "name")
        elif node.kind in _WRAPPING:
            todo += node.parts


def _declarators(node: Node) -> Iterator[str]:
    for part in node.parts:
        if part.kind == "variable_declarator":
            yield from _in_field(part, "name")


def _of_type(node: Node) -> Iterator[str]:
    """List the names that belong to a class, an enum or a type: type parameters, members, its own name where that is not outside."""
    if node.kind == "class":
        yield from _in_field(node, "name")
    if node.kind == "enum_declaration":
        yield from (name for body in node.parts_of("enum_body") for name in _members(body))
    elif node.kind == "conditional_type":
        yield from (name for part in node.parts if part.field == "right" for name in _inferred(part))
    elif node.kind == "index_signature":
        yield from _in_field(node, "name")
        yield from (name for part in node.parts_of("mapped_type_clause") for name in _in_field(part, "name"))
    for part in node.parts:
        if part.kind == "type_parameters":
            yield from _type_parameters(part)
        elif part.kind == "formal_parameters":
            yield from names_in(part)


def _members(body: Node) -> Iterator[str]:
    for part in body.parts:
        name = part.part("name") if part.kind == "enum_assignment" else part
        if name is not None and name.kind == "property_identifier":
            yield name.text


def _type_parameters(node: Node) -> Iterator[str]:
    for part in node.parts_of("type_parameter"):
        yield from _in_field(part, "name")


def _inferred(node: Node) -> Iterator[str]:
    todo = [node]
    while todo:
        found = todo.pop()
        if found.kind == "infer_type":
            yield from (part.text for part in found.parts_of("type_identifier"))
        todo += found.parts


def _in_field(node: Node, field: str) -> Iterator[str]:
    for part in node.parts:
        if part.field == field:
            yield from names_in(part)
