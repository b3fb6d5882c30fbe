"""The outline of a file of Rust: its items, those of the modules in it too, and which ``impl`` blocks belong to which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import tree_sitter
from msgspec import Struct

from foundry_git.source.rust.definitions import TEST_MODULE, TESTS, has_attribute, subject_of
from foundry_git.source.rust.language import DEEPEST, TOKENS, text_of
from foundry_git.source.rust.visibility import alone
from foundry_git.source.treesitter.definitions import Part, parts_in
from foundry_git.source.treesitter.outline import Outline, Statement

_NAMED = frozenset(
    "function_item struct_item enum_item union_item trait_item type_item const_item static_item macro_definition"
    " extern_crate_declaration".split()
)
_VALUES = frozenset({"const_item", "static_item"})
_TYPES = frozenset({"struct_item", "enum_item", "union_item", "trait_item", "type_item"})
_FUNCTIONS = frozenset({"function_item", "function_signature_item"})
_MADE = re.compile(r"\b(?:struct|enum|static(?:\s+ref)?|const|fn|type)\s+(?:mut\s+)?(\w+)")
_FILES = re.compile(r"\binclude(?:_str|_bytes)?!\s*[(\[{]")
_BUILD = re.compile(r"\benv!\s*\(\s*\"(\w+)\"")


class Implementation(Struct, frozen=True):
    """An ``impl`` block: of which ``trait`` ("" for none), for which type, in which scope; the ``functions`` that it defines."""

    number: int
    scope: str
    trait: str
    subject: str
    functions: frozenset[str]


class CrateOutline(Outline):
    """One file of a crate."""

    @cached_property
    def statements(self) -> Sequence[Statement]:
        return list(_in_module(self.source.top, ""))

    @cached_property
    def implementations(self) -> Sequence[Implementation]:
        """The ``impl`` blocks of the file."""
        found = enumerate(self.statements)
        return [_implementation(number, one) for number, one in found if one.part.node.type == "impl_item"]

    @cached_property
    def traits(self) -> Sequence[tuple[int, frozenset[str]]]:
        """The traits of the file that add to types of others, each with its functions."""
        added = {block.trait for block in self.implementations if (block.scope, block.subject) not in self.binders}
        found = ((number, one) for number, one in enumerate(self.statements) if one.part.node.type == "trait_item")
        return [(number, functions_in(one.part.node)) for number, one in found if not added.isdisjoint(one.names)]

    def functions(self, number: int) -> frozenset[str]:
        """The functions of a trait; none of anything else."""
        node = self.statements[number].part.node
        return functions_in(node) if node.type == "trait_item" else frozenset()

    @cached_property
    def files(self) -> frozenset[str]:
        """The modules of the file that stand in files of their own."""
        nodes = (node for node in self.source.top.children if node.type == "mod_item")
        return frozenset(text_of(node.child_by_field_name("name")) for node in nodes if not node.child_by_field_name("body"))

    @cached_property
    def modules(self) -> frozenset[str]:
        """All modules that the file declares at its top."""
        nodes = (node for node in self.source.top.children if node.type == "mod_item")
        return frozenset(text_of(node.child_by_field_name("name")) for node in nodes)

    def text(self, number: int, name: str) -> str:
        return alone(super().text(number, name))

    def lacks(self, number: int) -> str:
        return lacking(super().text(number, ""))


def lacking(text: str) -> str:
    """What a text reads while it is compiled that is not there elsewhere; "" for nothing."""
    if found := _FILES.search(text):
        return f"the file that {found[0].rstrip('([{ ')} reads"
    built = _BUILD.search(text)
    return f"{built[1]}, which its build sets" if built else ""


def _in_module(block: tree_sitter.Node, scope: str) -> Iterator[Statement]:
    for part in parts_in(block.children, TOKENS):
        node = part.node
        if has_attribute(part, TESTS):
            continue
        if node.type == "mod_item":
            yield from () if has_attribute(part, TEST_MODULE) else _of_module(part, scope)
        elif node.type == "impl_item":
            yield Statement(part, (), scope)
        elif node.type in _NAMED:
            named = node.child_by_field_name("alias") or node.child_by_field_name("name")
            yield Statement(part, (text_of(named),), scope, is_value=node.type in _VALUES, is_type=node.type in _TYPES)
        elif node.type in ("macro_invocation", "foreign_mod_item", "expression_statement"):
            yield Statement(part, tuple(dict.fromkeys(_MADE.findall(text_of(node)))), scope)


def _of_module(part: Part, scope: str) -> Iterator[Statement]:
    name, body = text_of(part.node.child_by_field_name("name")), part.node.child_by_field_name("body")
    if body is None or scope.count("::") >= DEEPEST:
        return
    yield Statement(part, (name,), scope)
    yield from _in_module(body, f"{scope}::{name}" if scope else name)


def _implementation(number: int, one: Statement) -> Implementation:
    node = one.part.node
    trait = re.sub(r"<.*", "", text_of(node.child_by_field_name("trait")), flags=re.DOTALL).strip()
    return Implementation(number, one.scope, trait, subject_of(node), functions_in(node))


def functions_in(node: tree_sitter.Node) -> frozenset[str]:
    """The names of the functions that a block or trait has."""
    body = node.child_by_field_name("body")
    found = (child for child in (body.named_children if body else ()) if child.type in _FUNCTIONS)
    return frozenset(text_of(child.child_by_field_name("name")) for child in found)
