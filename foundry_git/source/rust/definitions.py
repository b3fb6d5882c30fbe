"""The units of a file of Rust: functions, macros, and types with their ``impl`` blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import tree_sitter

from foundry_git.source.rust.language import DEEPEST, TOKENS, text_of
from foundry_git.source.treesitter.definitions import Definition, Part, parts_in
from foundry_git.source.treesitter.parsing import Source

_TYPES = ("struct_item", "enum_item", "union_item", "trait_item")
_ITEMS = {"function_item": "function", "macro_definition": "function", **dict.fromkeys(_TYPES, "class")}
TESTS = re.compile(r"#\[\s*(?:\w+\s*::\s*)*(?:\w+_)?(?:test|test_case|bench|quickcheck|rstest)\b")
TEST_MODULE = re.compile(r"#\[\s*cfg\s*\((?!\s*not\b)[^\]]*\btest\b")


def definitions(source: Source) -> Iterator[Definition]:
    """Find functions, macros, and types with their ``impl`` blocks; those in modules within the file too."""
    types: dict[str, list[Part]] = {}
    for prefix, part in _items(source.top, ""):
        node = part.node
        name = subject_of(node) if node.type == "impl_item" else text_of(node.child_by_field_name("name"))
        if node.type in _TYPES or node.type == "impl_item":
            if name:
                types.setdefault(prefix + name, []).append(part)
        else:
            kind = "test" if has_attribute(part, TESTS) else _ITEMS[node.type]
            yield Definition(kind, name, prefix + name, (part,))
    for symbol, parts in types.items():
        lead = next((at for at, part in enumerate(parts) if part.node.type != "impl_item"), 0)
        is_bound = any(part.node.type != "impl_item" for part in parts)
        yield Definition("class", symbol.rpartition("::")[2], symbol, tuple(parts), is_bound, lead)


def _items(top: tree_sitter.Node, prefix: str) -> Iterator[tuple[str, Part]]:
    """List the items of a module; of one that is compiled for tests only, those that are tests."""
    todo = [(top, prefix, False)]
    while todo:
        found, prefix, only_tests = todo.pop(0)
        for part in parts_in(found.children, TOKENS):
            kind = part.node.type
            if kind == "mod_item" and prefix.count("::") < DEEPEST:
                body = part.node.child_by_field_name("body")
                if body is not None:
                    inside = f"{prefix}{text_of(part.node.child_by_field_name('name'))}::"
                    todo.append((body, inside, only_tests or has_attribute(part, TEST_MODULE)))
            elif (kind in _ITEMS or kind == "impl_item") and (not only_tests or has_attribute(part, TESTS)):
                yield prefix, part


def has_attribute(part: Part, pattern: re.Pattern[str]) -> bool:
    """Say whether an attribute of an item is of some kind."""
    return any(pattern.match(text_of(node)) for node in part.above if node.type == "attribute_item")


def subject_of(node: tree_sitter.Node) -> str:
    """Name the type that an ``impl`` is for: ``Cache`` of ``impl<K> fmt::Debug for &store::Cache<K>``."""
    found = node.child_by_field_name("type")
    while found is not None and found.type not in ("type_identifier", "primitive_type"):
        inner = (found.child_by_field_name(field) for field in ("type", "trait", "name", "element"))
        found = next((child for child in inner if child is not None), None)
    return text_of(found)
