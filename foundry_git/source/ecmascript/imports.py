"""Imports: what a file brings in with ``import`` and ``require``, narrowed to the names that a unit uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import tree_sitter

from foundry_git.source.ecmascript.language import NODE_MODULES
from foundry_git.source.ecmascript.targets import DECLARING, inner_of, text_of
from foundry_git.source.path_aliases import is_aliased
from foundry_git.source.treesitter.grammar import PROJECT, STANDARD, THIRD_PARTY, Import, ImportOrigin
from foundry_git.source.treesitter.parsing import Source

_OWN = (".", "/", "@/", "~/", "#")  # relative, and how bundlers and package.json abbreviate the top of a project


class Binding(Import, frozen=True):
    """One name of an import statement.

    ``form``: ``default``, ``named`` (one of those in braces), ``namespace`` or ``whole`` (the statement binds nothing else).
    ``opening``, ``closing``: the statement around all names. ``original``: what the name is called in its module, ``default``, ``*``
    for all of it, ``module.exports`` for what ``require`` gives; "" for what nothing there is called.
    """

    form: str = "whole"
    opening: str = ""
    closing: str = ""
    original: str = ""

    @property
    def is_type(self) -> bool:
        """Say whether only a type is imported."""
        return self.opening.startswith("import type ") or self.text.startswith("type ")


def imports(source: Source) -> list[Import]:
    """List what the top-level statements of a file import, one entry for each name; ``import "x"`` names nothing."""
    found: list[Import] = []
    for number, node in enumerate(source.top.named_children):
        if node.type == "import_statement":
            found += _of_statement(node, number)
        elif node.type in DECLARING:
            found += _of_require(node, number)
    return found


def is_import(node: tree_sitter.Node) -> bool:
    """Say whether a declaration only imports: ``const {a} = require("x")``."""
    return node.type in DECLARING and all(required(part) for part in node.named_children if part.type == "variable_declarator")


def written(kept: Sequence[Import]) -> Iterator[str]:
    """Write the statements that bring in what is left of them."""
    statements: dict[int, list[Binding]] = {}
    for one in kept:
        assert isinstance(one, Binding)
        statements.setdefault(one.statement, []).append(one)
    for bindings in statements.values():
        first = bindings[0]
        named = [one.text for one in bindings if one.form == "named"]
        parts = [one.text for one in bindings if one.form != "named"] + ([f"{{ {', '.join(named)} }}"] if named else [])
        yield f"{first.opening}{', '.join(parts)}{first.closing}"


def origin(module: str, source: Source) -> ImportOrigin:
    """Tell where a module comes from; ``node:fs/promises`` is shown as ``fs/promises``, ``@scope/name/x`` as ``@scope/name``."""
    plain = module.removeprefix("node:")
    if is_aliased(module, source.own):
        return ImportOrigin(PROJECT, module)
    if plain != module or plain.partition("/")[0] in NODE_MODULES:
        return ImportOrigin(STANDARD, plain)
    root = "/".join(module.split("/")[: 2 if module.startswith("@") else 1])
    if module.startswith(_OWN) or root in source.own:
        return ImportOrigin(PROJECT, module)
    return ImportOrigin(THIRD_PARTY, root)


def _of_statement(node: tree_sitter.Node, number: int) -> Iterator[Binding]:
    source = node.child_by_field_name("source")
    clause = next((part for part in node.named_children if part.type in ("import_clause", "import_require_clause")), None)
    if clause is None:
        return
    if clause.type == "import_require_clause":
        module, name = unquoted(clause.child_by_field_name("source")), text_of(clause.named_children[0])
        yield Binding((name,), module, number, _flat(node), original="module.exports")
        return
    if source is None:
        return
    start, end = node.start_byte, node.end_byte
    text = text_of(node).encode()
    opening = _one_line(text[: clause.start_byte - start]) + " "
    closing = " " + _one_line(text[clause.end_byte - start : end - start])
    for name, form, part, original in _clause(clause):
        yield Binding((name,), unquoted(source), number, part, "", form, opening, closing, original)


def _clause(clause: tree_sitter.Node) -> Iterator[tuple[str, str, str, str]]:
    """List the names of a clause: what each is called here, its form, its text, what it is called there."""
    for part in clause.named_children:
        if part.type == "identifier":
            yield text_of(part), "default", text_of(part), "default"
        elif part.type == "namespace_import":
            yield text_of(part.named_children[-1]), "namespace", _flat(part), "*"
        elif part.type == "named_imports":
            for one in part.named_children:
                if one.type == "import_specifier":
                    name = text_of(one.child_by_field_name("name"))
                    yield text_of(one.child_by_field_name("alias")) or name, "named", _flat(one), name


def _of_require(node: tree_sitter.Node, number: int) -> Iterator[Binding]:
    word = node.children[0].type
    for at, part in enumerate(node.named_children):
        module = required(part) if part.type == "variable_declarator" else ""
        name, value = part.child_by_field_name("name"), part.child_by_field_name("value")
        if not module or name is None or value is None:
            continue
        place = number * 1000 + at  # each declarator is a statement of its own
        if name.type == "object_pattern" and all(one.type != "rest_pattern" for one in name.named_children):
            closing = f" = {_flat(value)};"
            for one in name.named_children:
                bound = tuple(bound_by(one))
                original = text_of(one.child_by_field_name("key") or one) if len(bound) == 1 else ""
                yield Binding(bound, module, place, _flat(one), "", "named", f"{word} ", closing, original)
        else:
            text = f"{word} {_flat(name)} = {_flat(value)};"
            yield Binding(tuple(bound_by(name)), module, place, text, original=_part_required(name, value))


def required(declarator: tree_sitter.Node) -> str:
    """Name the module of ``x = require("m")``, ``require("m").part``, ``require("m")("x")`` and ``await import("m")``."""
    return module_required(declarator.child_by_field_name("value"))


def module_required(node: tree_sitter.Node | None) -> str:
    """Name the module that an expression brings in, as :func:`required` does."""
    while node is not None and node.type in (
        "member_expression",
        "call_expression",
        "await_expression",
        "parenthesized_expression",
    ):
        called = node.child_by_field_name("function")
        if called is not None and text_of(called) in ("require", "import"):
            return _only_text(node.child_by_field_name("arguments"))
        node = node.child_by_field_name("object") or called or inner_of(node)
    return ""


def _part_required(name: tree_sitter.Node, value: tree_sitter.Node) -> str:
    """Name what of its module a variable is: all of it, or one part; "" for anything made of it."""
    called = value.child_by_field_name("function")
    if name.type != "identifier":
        return ""
    if called is not None and text_of(called) == "require":
        return "module.exports"
    inner = value.child_by_field_name("object")
    called = inner.child_by_field_name("function") if inner is not None else None
    return text_of(value.child_by_field_name("property")) if called is not None and text_of(called) == "require" else ""


def _only_text(arguments: tree_sitter.Node | None) -> str:
    given = inner_of(arguments)
    return unquoted(given) if given is not None and given.type == "string" else ""


def bound_by(pattern: tree_sitter.Node) -> Iterator[str]:
    """List the names that a pattern binds."""
    todo: list[tree_sitter.Node | None] = [pattern]
    while todo:
        node = todo.pop()
        if node is None:
            continue
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield text_of(node)
        elif node.type == "pair_pattern":
            todo.append(node.child_by_field_name("value"))
        elif node.type in ("assignment_pattern", "object_assignment_pattern"):
            todo.append(node.child_by_field_name("left"))
        elif node.type in ("object_pattern", "array_pattern", "rest_pattern"):
            todo += reversed(node.named_children)


def unquoted(node: tree_sitter.Node | None) -> str:
    return text_of(node)[1:-1]


def _flat(node: tree_sitter.Node) -> str:
    return " ".join(text_of(node).split())


def _one_line(text: bytes) -> str:
    return " ".join(text.decode().split())
