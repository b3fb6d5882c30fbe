"""Conditions: the ``cfg`` of the modules around some code, without which it would be compiled where it is not meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import tree_sitter
from msgspec import Struct

from foundry_git.source.linking.rust_places import Module, files_of, module_of
from foundry_git.source.rust.language import text_of
from foundry_git.source.treesitter.linkage import Files

_CFG = re.compile(r"#!?\[\s*cfg\s*\((.*?),?\s*\)\s*\]", re.DOTALL)
_PATH = re.compile(r"#\[\s*path\s*=\s*\"(?:[^\"]*/)?([^\"/]+)\.rs\"\s*\]")
_TOKEN = re.compile(r"\"[^\"]*\"|\w+|[(),=]")
_OF_COMPILER = frozenset({"unix", "windows", "test", "debug_assertions", "panic", "overflow_checks", "proc_macro"})
"""What the compiler sets, beside ``target_…``; the rest (features, flags of a build) is the business of a project."""
TESTS = "test"
_DEEPEST = 50  # predicates within predicates


class _Predicate(Struct, frozen=True):
    """``unix``, ``target_os = "linux"``, or ``all``, ``any`` or ``not`` of others."""

    text: str
    inner: tuple[_Predicate, ...] = ()


def needed(conditions: Iterable[str]) -> tuple[str, ...]:
    """What is left of conditions for code that leaves its project: what they ask of the compiler, each once.

    A condition of which some of a project's own settings can be chosen so that it holds asks for nothing.
    """
    found: dict[str, None] = {}
    for condition in conditions:
        predicate = _read(_TOKEN.findall(condition))
        parts = predicate.inner if predicate.text == "all" else (predicate,)
        found |= dict.fromkeys(_asked(part, is_not=False) for part in parts)
    return tuple(one for one in found if one)


def around(node: tree_sitter.Node) -> Iterator[str]:
    """The conditions of the modules around a node, and of its file."""
    above = node.parent
    while above is not None:
        if above.type == "mod_item":
            yield from _above(above)
        yield from _within(above)
        above = above.parent


def declared(path: str, files: Files) -> Iterator[str]:
    """The conditions of the declarations that bring a file into its crate, up to its root: ``#[cfg(unix)] mod marks;``."""
    here = module_of(path, "", files.text)
    for end in range(len(here.names), 0, -1):
        for parent, scope in files_of(Module(here.folder, here.names[: end - 1])):
            if not scope and parent != path and (node := _declaration(parent, here.names[end - 1], files)) is not None:
                yield from (*_above(node), *around(node))
                break


def _declaration(path: str, name: str, files: Files) -> tree_sitter.Node | None:
    """What brings a module of a name, or the file of a name, into the file of a path, if that says anything of conditions."""
    outline = files.at(path) if "cfg" in (files.text(path) or "") else None
    nodes = [node for node in outline.source.top.children if node.type == "mod_item"] if outline else []
    named = [node for node in nodes if text_of(node.child_by_field_name("name")) == name]
    return next(iter(named or [node for node in nodes if name in _paths(node)]), None)


def _within(node: tree_sitter.Node) -> Iterator[str]:
    """The conditions that a file or block says of itself."""
    return (found for one in node.children if one.type == "inner_attribute_item" for found in _CFG.findall(text_of(one)))


def _above(node: tree_sitter.Node) -> Iterator[str]:
    return (found for text in _attributes(node) for found in _CFG.findall(text))


def _paths(node: tree_sitter.Node) -> list[str]:
    return [found for text in _attributes(node) for found in _PATH.findall(text)]


def _attributes(node: tree_sitter.Node) -> Iterator[str]:
    above = node.prev_sibling
    while above is not None and above.type in ("attribute_item", "line_comment", "block_comment"):
        if above.type == "attribute_item":
            yield text_of(above)
        above = above.prev_sibling


def _read(tokens: list[str], depth: int = 0) -> _Predicate:
    """Read a predicate off the front of tokens."""
    text = tokens.pop(0) if tokens else ""
    if tokens[:1] == ["="]:
        text += f" = {''.join(tokens[1:2])}"
        del tokens[:2]
    inner: list[_Predicate] = []
    if tokens[:1] == ["("] and depth < _DEEPEST:
        while tokens and tokens.pop(0) != ")" and tokens[:1] != [")"]:
            inner.append(_read(tokens, depth + 1))
        del tokens[: tokens[:1] == [")"]]
    return _Predicate(text, tuple(inner))


def _asked(one: _Predicate, is_not: bool) -> str:
    """What a predicate, or its opposite, asks of the compiler; "" for nothing."""
    if one.text == "not":
        return _asked(one.inner[0], not is_not) if one.inner else ""
    if one.text in ("all", "any"):
        parts = dict.fromkeys(_asked(part, is_not) for part in one.inner)
        word = "all" if (one.text == "all") != is_not else "any"
        kept = [part for part in parts if part]
        if not kept or (word == "any" and "" in parts):
            return ""
        return kept[0] if len(kept) == 1 else f"{word}({', '.join(kept)})"
    name = one.text.partition(" ")[0]
    if name not in _OF_COMPILER and not name.startswith("target_"):
        return ""
    if not is_not:
        return one.text
    return "" if name == TESTS else f"not({one.text})"
