"""Module wrappers: the function around all of a file, in which scripts hid their names before the language had modules.

``(function () { … })()``, ``define(["a"], function (a) { … })``, and what serves several loaders at once: a function that is given
the root of all names and a factory. What is in their body is the file.
"""

from __future__ import annotations

import tree_sitter

from foundry_git.source.ecmascript.targets import DECLARING, FUNCTION_VALUES, assigned, chain_of, inner_of, target_of, value_of

_LOADERS = frozenset({"define", "require", "requirejs", "ready", "jQuery", "$"})
_PASSED_BY = frozenset({"comment", "html_comment", "empty_statement", "hash_bang_line"})
_AROUND = frozenset({"parenthesized_expression", "unary_expression", "assignment_expression"})
_CALLED_BY = frozenset({"call", "apply", "bind"})


def unwrapped(top: tree_sitter.Node) -> tree_sitter.Node:
    """Find the node whose children are the statements of a file: its top, or the body of the function around all of them."""
    bodies = []
    for node in top.named_children:
        if node.type in _PASSED_BY:
            continue
        if (body := _wrapped(node)) is not None:
            bodies.append(body)
        elif node.type != "expression_statement" or _defines(node):
            return top
    return bodies[0] if len(bodies) == 1 else top


def _wrapped(statement: tree_sitter.Node) -> tree_sitter.Node | None:
    """The body of the function that a statement calls or hands to a loader, where that defines something."""
    call = _call_in(statement)
    if call is None:
        return None
    called, given = _plain(call.child_by_field_name("function")), call.child_by_field_name("arguments")
    factories = [one for one in given.named_children if one.type in FUNCTION_VALUES] if given is not None else []
    is_run = called is not None and called.type in FUNCTION_VALUES
    if not is_run and (chain_of(called) or [""])[-1] not in _LOADERS:
        return None
    for function in [*reversed(factories), *([called] if is_run else [])]:
        body = function.child_by_field_name("body") if function is not None else None
        if body is not None and body.type == "statement_block" and any(map(_defines, body.named_children)):
            return body
    return None


def _call_in(statement: tree_sitter.Node) -> tree_sitter.Node | None:
    node = inner_of(statement) if statement.type == "expression_statement" else None
    if statement.type in DECLARING and statement.named_child_count == 1:
        node = statement.named_children[0].child_by_field_name("value")
    while node is not None and node.type in _AROUND:
        node = node.child_by_field_name("right") or node.child_by_field_name("argument") or inner_of(node)
    return node if node is not None and node.type == "call_expression" else None


def _plain(node: tree_sitter.Node | None) -> tree_sitter.Node | None:
    """What is called in ``(function () {})()`` and ``(function () {}).call(this)``."""
    while node is not None:
        if node.type == "parenthesized_expression":
            node = inner_of(node)
        elif node.type == "member_expression" and chain_of(node) == []:
            name = node.child_by_field_name("property")
            if name is None or name.text is None or name.text.decode() not in _CALLED_BY:
                return node
            node = node.child_by_field_name("object")
        else:
            return node
    return None


def _defines(statement: tree_sitter.Node) -> bool:
    if statement.type == "expression_statement":
        found = assigned(statement)
        return found is not None and value_of(found[1]) is not None
    target = target_of(statement)
    return target is not None and bool(target.name)
