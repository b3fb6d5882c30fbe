"""What a file of Rust imports, and where that comes from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

import tree_sitter

from foundry_git.source.rust.language import BUILT_IN, DEEPEST, OWN_ROOTS, STANDARD_CRATES, TOKENS, text_of
from foundry_git.source.treesitter.grammar import PROJECT, STANDARD, THIRD_PARTY, Import, ImportOrigin
from foundry_git.source.treesitter.parsing import Source


def imports(source: Source) -> list[Import]:
    """List what the ``use`` declarations of a file and of the modules in it bring in; those for a trait alone (``_``) too."""
    found: list[Import] = []
    modules = set(_modules(source.top))
    for at, (scope, node) in enumerate(_uses(source.top)):
        for path, alias in _leaves_of_use(node.child_by_field_name("argument")):
            if scope and path == "super::*":  # what the file itself holds
                continue
            module = f"self::{path}" if path.partition("::")[0] in modules else path
            name = alias or path.rpartition("::")[2]
            found.append(Import((name,), module, at, f"{path} as {alias}" if alias else path, scope))
    return found


def _uses(top: tree_sitter.Node) -> Iterator[tuple[str, tree_sitter.Node]]:
    """List the ``use`` declarations of a file and of the modules in it, each with the symbol of its module."""
    todo = [("", top)]
    while todo:
        scope, found = todo.pop(0)
        for node in found.children:
            if node.type == "use_declaration":
                yield scope, node
            elif (
                node.type == "mod_item" and scope.count("::") < DEEPEST and (body := node.child_by_field_name("body")) is not None
            ):
                name = text_of(node.child_by_field_name("name"))
                todo.append((f"{scope}::{name}" if scope else name, body))


def _modules(top: tree_sitter.Node) -> Iterator[str]:
    return (text_of(node.child_by_field_name("name")) for node in top.children if node.type == "mod_item")


def _leaves_of_use(argument: tree_sitter.Node | None) -> Iterator[tuple[str, str]]:
    """Spread a tree of imports out: (``std::fmt::Display``, ``D``) of ``std::{fmt::{Display as D}}``; ``a::*`` ends in a star."""
    todo = [(argument, "")]
    while todo:
        node, prefix = todo.pop(0)
        if node is None or not node.is_named or node.type in TOKENS.comments:
            continue
        if node.type in ("scoped_use_list", "use_list"):
            path = _squeezed(node.child_by_field_name("path")) if node.type == "scoped_use_list" else ""
            inner = node.child_by_field_name("list") if node.type == "scoped_use_list" else node
            inside = f"{prefix}{path}::" if path else prefix
            todo = [*((child, inside) for child in (inner.named_children if inner else ())), *todo]
        elif node.type == "use_as_clause":
            path = prefix + _squeezed(node.child_by_field_name("path"))
            yield path.removesuffix("::self"), text_of(node.child_by_field_name("alias"))
        else:
            yield (prefix + _squeezed(node)).removesuffix("::self"), ""


def _squeezed(node: tree_sitter.Node | None) -> str:
    return re.sub(r"\s+", "", text_of(node)).removeprefix("::")


def written(kept: Sequence[Import]) -> Iterable[str]:
    """Write the ``use`` declarations, each narrowed to what is left of it."""
    for _, group in groupby(kept, key=lambda one: one.statement):
        paths = list(dict.fromkeys(one.text for one in group))
        prefix = _common([path.partition(" as ")[0].split("::") for path in paths])
        if len(paths) == 1 or not prefix:
            yield from (f"use {path};" for path in paths)
        else:
            start = "::".join(prefix)
            rest = [path.removeprefix(start).removeprefix("::") for path in paths]
            yield f"use {start}::{{{', '.join('self' + part if part[:1] in ('', ' ') else part for part in rest)}}};"


def _common(paths: Sequence[Sequence[str]]) -> list[str]:
    """Give the parts that all paths begin with."""
    same: list[str] = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        same.append(parts[0])
    return same


def origin(module: str, source: Source) -> ImportOrigin:
    """Tell where a path comes from: of the standard library its module is shown, of a crate its name."""
    root, _, rest = module.partition("::")
    if root in OWN_ROOTS or root in source.own:
        return ImportOrigin(PROJECT, module)
    if root in STANDARD_CRATES:
        return ImportOrigin(STANDARD, f"{root}::{rest.partition('::')[0]}" if rest and rest != "*" else root)
    return ImportOrigin(THIRD_PARTY, root)


def module_of(chain: str, source: Source) -> str:
    """Tell the module in a path that begins with a crate: ``std::fs`` of ``std::fs::read``; a type is none.

    Where the manifest names the crates, a root that is not among them is a module that a star brought in.
    """
    module, _, _ = chain.rpartition("::")
    root = module.partition("::")[0]
    if not root or root[0].isupper() or root in BUILT_IN:
        return ""
    known = root in STANDARD_CRATES or root in OWN_ROOTS or root in source.own or root in source.dependencies
    return module if known or not source.dependencies else ""


def declared(source: Source) -> Collection[str]:
    """Name the constants, aliases and modules of a file."""
    kinds = ("const_item", "static_item", "type_item", "mod_item")
    return [text_of(node.child_by_field_name("name")) for node in source.top.children if node.type in kinds]
