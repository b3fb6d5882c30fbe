"""Targets: what a statement defines, behind ``export``, ``const f =`` and wrappers that keep it one: a function, class or type.

Or an object that is a class in all but name: at least half of what is in it are functions. Or what a call is given to define.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import tree_sitter

FUNCTION_VALUES = frozenset({"function_expression", "arrow_function", "generator_function"})
FUNCTION_DECLARATIONS = frozenset({"function_declaration", "generator_function_declaration"})
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "interface_declaration", "enum_declaration"})
_CASTS = frozenset({"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"})
_CHOOSING = frozenset({"&&", "||", "??"})  # `isHere && function () {}`
_OBJECT_FUNCTIONS = frozenset({"method_definition", *FUNCTION_VALUES})
DECLARING = frozenset({"lexical_declaration", "variable_declaration", "using_declaration"})

_WRAPPERS = re.compile(  # what these make of a function is called as that is
    r"(?:memo|forwardRef|observer|once|curry|promisify|callbackify|deprecate|asyncHandler|catchAsync|cache|defineComponent"
    r"|(?:memoize|debounce|throttle|lodashDebounce)\w*|(?:with|wrap)[A-Z]\w*)"
)


_DEFINERS = re.compile(r"(?:define|add|install|register|extend|mixin|create|set)(?:[A-Z]\w*)?")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


class Target(NamedTuple):
    """What a statement defines: ``kind`` as in ``Unit``, its name (``""``: none), and its node."""

    kind: str
    name: str
    node: tree_sitter.Node


def target_of(statement: tree_sitter.Node) -> Target | None:
    """Find what a statement defines, ``None`` if that is no function, class or type."""
    node = statement
    if node.type == "export_statement":
        inner = node.child_by_field_name("declaration") or node.child_by_field_name("value")
        if inner is None:
            return None
        node = inner
    if node.type in FUNCTION_DECLARATIONS:
        return Target("function", text_of(node.child_by_field_name("name")), node)
    if node.type in _CLASSES:
        return Target("class", text_of(node.child_by_field_name("name")), node) if _has_body(node) else None
    if node.type == "type_alias_declaration":
        return _of_alias(node)
    if node.type in DECLARING:
        return next(_declared(node), None)
    return _value(node)


def object_of(statement: tree_sitter.Node) -> Target | None:
    """Find the object of functions that a statement defines."""
    node = statement
    if node.type == "export_statement":
        node = node.child_by_field_name("declaration") or node.child_by_field_name("value") or node
    if node.type not in DECLARING:
        return object_in(node)
    if node.named_child_count != 1:
        return None
    name, value = (node.named_children[0].child_by_field_name(field) for field in ("name", "value"))
    found = object_in(value) if name is not None and name.type == "identifier" and value is not None else None
    return Target(found.kind, text_of(name), found.node) if found else None


def object_in(node: tree_sitter.Node) -> Target | None:
    """Find the object of functions that an expression is; in ``a = b = {…}`` that of the last."""
    inner: tree_sitter.Node | None = node
    while inner is not None and inner.type != "object":
        inner = inner.child_by_field_name("right") if inner.type == "assignment_expression" else _unwrapped(inner)
    if inner is None:
        return None
    members = [part for part in inner.named_children if part.type != "comment"]
    functions = [part for part in members if (part.child_by_field_name("value") or part).type in _OBJECT_FUNCTIONS]
    return Target("class", "", inner) if functions and 2 * len(functions) >= len(members) else None


def given_to_call(statement: tree_sitter.Node) -> Target | None:
    """Find the function that a call is given to define: ``defineGetter(req, "ip", function ip() {…})``."""
    call = inner_of(statement) if statement.type == "expression_statement" else None
    given = call.child_by_field_name("arguments") if call is not None and call.type == "call_expression" else None
    if call is None or given is None or not given.named_children:
        return None
    function = given.named_children[-1]
    if function.type == "object":
        function = next((one for part in function.named_children if (one := _getter(part)) is not None), function)
    if function.type not in _OBJECT_FUNCTIONS:
        return None
    name = text_of(function.child_by_field_name("name")) if function.type in FUNCTION_VALUES else ""
    if not name and _DEFINERS.fullmatch((chain_of(call.child_by_field_name("function")) or [""])[-1]):
        texts = [text_of(part)[1:-1] for part in given.named_children if part.type == "string"]
        name = next((text for text in texts if _NAME.fullmatch(text)), "")
    return Target("function", name, function) if name else None


def _getter(part: tree_sitter.Node) -> tree_sitter.Node | None:
    """The function of ``{get: function () {…}}`` and ``{value() {…}}``."""
    key, value = part.child_by_field_name("key") or part.child_by_field_name("name"), part.child_by_field_name("value") or part
    return value if text_of(key) in ("get", "value") and value.type in _OBJECT_FUNCTIONS else None


def _declared(node: tree_sitter.Node) -> Iterator[Target]:
    for part in node.named_children:
        name = part.child_by_field_name("name")
        value = part.child_by_field_name("value")
        if name is not None and name.type == "identifier" and value is not None and (found := value_of(value)):
            yield Target(found.kind, text_of(name), found.node)


def assigned(statement: tree_sitter.Node) -> tuple[list[str], tree_sitter.Node] | None:
    """Split a statement ``a.b.c = value`` into its names and the value."""
    node = inner_of(statement) if statement.type == "expression_statement" else None
    if node is None or node.type != "assignment_expression":
        return None
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    names = chain_of(left) if left is not None else []
    return (names, right) if names and right is not None else None


def value_of(node: tree_sitter.Node) -> Target | None:
    """Find the function or class that an expression is; in ``a = b = function () {}`` that of the last."""
    while node.type == "assignment_expression":
        right = node.child_by_field_name("right")
        if right is None:
            return None
        node = right
    return _value(node)


def chain_of(node: tree_sitter.Node | None) -> list[str]:
    """List the names of ``a.b.c``; empty for any other expression."""
    names: list[str] = []
    while node is not None and node.type in ("member_expression", "nested_identifier"):
        names.append(text_of(node.child_by_field_name("property")))
        node = node.child_by_field_name("object")
    if node is None or node.type not in ("identifier", "this"):
        return []
    return [text_of(node), *reversed(names)]


def inner_of(node: tree_sitter.Node | None) -> tree_sitter.Node | None:
    """Give the first part of a node that is no comment."""
    return next((part for part in node.named_children if part.type != "comment"), None) if node is not None else None


def text_of(node: tree_sitter.Node | None) -> str:
    """Give the text of a node, ``""`` for none."""
    return node.text.decode() if node is not None and node.text is not None else ""


def _value(node: tree_sitter.Node) -> Target | None:
    inner: tree_sitter.Node | None = node
    while inner is not None and inner.type not in FUNCTION_VALUES and inner.type != "class":
        inner = _unwrapped(inner)
    if inner is None:
        return None
    kind = "class" if inner.type == "class" else "function"
    return Target(kind, text_of(inner.child_by_field_name("name")), inner)


def _unwrapped(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """Look one level into brackets, casts, ``memo(function …)`` and ``isThere && function …``."""
    if node.type == "call_expression":
        names = chain_of(node.child_by_field_name("function"))
        given = node.child_by_field_name("arguments")
        return inner_of(given) if names and _WRAPPERS.fullmatch(names[-1]) else None
    if node.type == "binary_expression" and text_of(node.child_by_field_name("operator")) in _CHOOSING:
        return node.child_by_field_name("right")
    return inner_of(node) if node.type in _CASTS else None


def _of_alias(node: tree_sitter.Node) -> Target | None:
    """``type X = {…}`` with a member is as good as an interface; other aliases only name what is there."""
    value = node.child_by_field_name("value")
    if value is None or value.type != "object_type" or not value.named_child_count:
        return None
    return Target("class", text_of(node.child_by_field_name("name")), node)


def _has_body(node: tree_sitter.Node) -> bool:
    body = node.child_by_field_name("body")
    return body is not None and (node.type in ("class_declaration", "abstract_class_declaration") or body.named_child_count > 0)
