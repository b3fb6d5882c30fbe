"""Code as one row of tokens: the parser's tree, written without what renaming, formatting and annotating change."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from foundry_git.source.reader import OWN, Token, stands_on
from foundry_git.source.treesitter.grammar import Grammar
from foundry_git.source.treesitter.parsing import Source, parse
from foundry_git.source.treesitter.tree import Node, grow

_WRITTEN = frozenset(
    "call_expression index_expression subscript_expression composite_literal object array arrow_function closure_expression"
    " func_literal function_expression match_arm tuple_expression array_expression struct_expression macro_invocation"
    " function_declaration function_item method_declaration method_definition class_declaration struct_item enum_item impl_item"
    " type_spec generator_function expression_case default_case communication_case jsx_element jsx_self_closing_element jsx_attribute"
    " ternary_expression spread_element object_pattern array_pattern template_substitution try_expression".split()
)
"""Kinds of nodes that are named; the others are told by the words and signs in them."""

_LEFT_OUT = frozenset(
    "type_annotation type_parameters type_arguments type_predicate_annotation asserts_annotation attribute_item"
    " inner_attribute_item lifetime label visibility_modifier accessibility_modifier mutable_specifier implements_clause"
    " interface_declaration type_alias_declaration import_statement use_declaration import_declaration package_clause"
    " export_clause where_clause".split()
)
_SIGNS_LEFT_OUT = frozenset(", . : ; :: => -> ` ${ } | export readonly declare".split())
_TEXTS = frozenset(
    "interpreted_string_literal raw_string_literal rune_literal string_literal char_literal string jsx_text string_fragment".split()
)
_NUMBERS = frozenset("int_literal float_literal imaginary_literal integer_literal number".split())
_MEMBERS = frozenset({"property_identifier", "field_identifier", "private_property_identifier"})
_CHAINS = frozenset({"scoped_identifier", "scoped_type_identifier"})
_ITSELF = frozenset({"this", "self"})


def tokens(text: str, path: str, grammar: Grammar, lines: Sequence[int] | None = None) -> list[Token]:
    """Write a file as tokens; see ``languages.Reader``. What the parser cannot read is written as well as it is understood.

    Raises:
        SourceError: no text, or nothing that a parser is done with in a second.
    """
    source = parse(text, path, grammar.loads(path, text), mended=grammar.mended)
    return _Row(source, grammar, lines).written


class _Row:
    """One pass over the tree of a file."""

    def __init__(self, source: Source, grammar: Grammar, lines: Sequence[int] | None) -> None:
        self.written: list[Token] = []
        self._names = grammar.names
        self._outside = grammar.names.builtins | {name for one in grammar.imports(source) for name in one.names}
        self._ends = [found.start() for found in re.finditer(rb"\n", source.data)]
        left_out = grammar.tokens.comments | grammar.tokens.ignored | _LEFT_OUT
        for top in source.all.children:
            if top.type in left_out or not stands_on(lines, top.start_point.row + 1, top.end_point.row + 1):
                continue
            if not grammar.is_import(top):
                self._write(grow(top, source.data, grammar.tokens)[0])

    def _write(self, top: Node) -> None:
        todo: list[tuple[Node, Node | None]] = [(top, None)]
        while todo:
            node, around = todo.pop()
            kind = node.kind
            if kind in _LEFT_OUT:
                continue
            if kind in _TEXTS or (kind == "template_string" and not node.parts):
                self._put("text", node)
            elif not node.parts:
                self._leaf(node, around)
            else:
                if kind == "type_conversion_expression" and node.parts[0].kind == "generic_type":
                    node = _as_call(node)
                    kind = node.kind
                if kind in _WRITTEN or kind == "template_string":
                    self._put("text" if kind == "template_string" else kind, node)
                parts = node.parts if kind != "template_string" else node.parts_of("template_substitution")
                todo += [(part, node) for part in reversed(parts)]

    def _leaf(self, node: Node, around: Node | None) -> None:
        kind, text = node.kind, node.text
        if kind in _NUMBERS:
            self._put("number", node)
        elif kind in _MEMBERS:
            self._put(f"{OWN}{text}" if _is_own(node, around) else f".{text}", node)
        elif kind in self._names.labels or kind in _SIGNS_LEFT_OUT:
            return
        elif kind in self._names.kinds and not (around and around.kind in _CHAINS):
            self._put(text if text in self._outside else f"{OWN}{text}", node)
        elif text or kind in _WRITTEN:
            self._put(text or kind, node)

    def _put(self, token: str, node: Node) -> None:
        self.written.append((token, bisect_right(self._ends, node.start - 1) + 1 if node.start else 1))


def _as_call(node: Node) -> Node:
    """Read ``handlers[at](order)`` as the call that it mostly is: to tell it from a conversion, Go's grammar counts the arguments."""
    call, called = node.as_kind("call_expression"), node.parts[0]
    if len(called.parts) == 2 and len(called.parts[1].parts) == 1:  # more are types in any case
        name, index = called.parts
        called = called.as_kind("index_expression")
        called.parts = [name, index.as_kind("index")]
    call.parts = [called, *node.parts[1:]]
    return call


def _is_own(member: Node, around: Node | None) -> bool:
    """Say whether a member's name is one that the code itself gives: of its own object, or of a method that is defined."""
    if around is None:
        return False
    if member.field == "name" and around.kind.startswith("method_"):
        return True
    return bool(around.parts) and around.parts[0].text in _ITSELF and around.parts[0] is not member
