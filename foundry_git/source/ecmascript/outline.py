"""The outline of a JavaScript or TypeScript file: its statements, declarator by declarator, and what it exports under which names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import tree_sitter

from foundry_git.source.ecmascript.definitions import COMMENTS, NAMESPACES, declared_in
from foundry_git.source.ecmascript.exports import DEFAULT, Exports, exported_as, exports_of
from foundry_git.source.ecmascript.imports import bound_by, required
from foundry_git.source.ecmascript.scopes import FUNCTIONS
from foundry_git.source.ecmascript.targets import DECLARING, assigned, chain_of, inner_of, text_of, value_of
from foundry_git.source.treesitter.definitions import Part, parts_in, text_of_part
from foundry_git.source.treesitter.outline import Outline, Statement
from foundry_git.source.treesitter.tree import Node, TokenKinds

_TOKENS = TokenKinds(comments=COMMENTS)
_IMPORTS = frozenset({"import_statement", "import_alias"})
_DEFINING = frozenset(
    "function_declaration generator_function_declaration class_declaration abstract_class_declaration interface_declaration"
    " enum_declaration type_alias_declaration function_signature".split()
)
TYPES = frozenset({"interface_declaration", "type_alias_declaration"})
_RUNNING = frozenset("expression_statement if_statement for_statement for_in_statement while_statement try_statement".split())
_ADDING = frozenset("assign defineProperty defineProperties freeze setPrototypeOf inherits".split())
_MODULE = frozenset({"module", "exports", "this"})
_USED = frozenset({"identifier", "shorthand_property_identifier"})
_CALLS = frozenset({"call_expression", "new_expression"})


class ModuleOutline(Outline):
    """One module, or one script."""

    @cached_property
    def statements(self) -> Sequence[Statement]:
        return list(self._in_block(self.source.top, ""))

    @cached_property
    def exports(self) -> Exports:
        """What others can import."""
        return exports_of(self.source.top)

    def is_named(self, number: int) -> bool:
        return not _nameless(self.statements[number].part.node)

    def text(self, number: int, name: str) -> str:
        """A statement without ``export``; what has no name is a constant of the name by which it is needed, unless as ``exports.x``."""
        part = self.statements[number].part
        if (value := _nameless(part.node)) and name != value[0]:
            return f"{self._above(part)}const {name} = {self._plain(value[1])};"
        if part.prefix:
            return f"{self._above(part)}{part.prefix}{self._plain(part.node)};"
        inner = part.node.child_by_field_name("declaration") if part.node.type == "export_statement" else None
        text = text_of_part(part, self.source, self.grammar.tokens, inner)
        decorators = [text_of(one) for one in part.node.children_by_field_name("decorator")] if inner else []
        return "\n".join([*decorators, text])

    def _plain(self, node: tree_sitter.Node) -> str:
        return text_of_part(Part(node), self.source, self.grammar.tokens)

    def _above(self, part: Part) -> str:
        """The comments above a statement of which only a part is written."""
        return self.source.cut(part.above[0].start_byte, part.above[-1].end_byte) + "\n" if part.above else ""

    def calls_at_load(self, number: int) -> Iterator[str]:
        """The first names of what a statement calls outside of functions."""
        for node in _loaded(self.statements[number].part.node):
            if node.type in _CALLS:
                called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
                yield from chain_of(called)[:1]

    def at_load(self, number: int) -> Iterator[str]:
        """The names that a statement uses outside of functions."""
        return (text_of(node) for node in _loaded(self.statements[number].part.node) if node.type in _USED)

    def members(self, number: int, name: str) -> set[str] | None:
        """The members of a name that a statement uses; None if it uses the name otherwise too."""
        found: set[str] = set()
        todo: list[tuple[Node, Node | None]] = [(tree, None) for tree in self.trees(number)]
        while todo:
            node, around = todo.pop()
            if not node.parts and node.text == name and node.kind in self.grammar.names.kinds:
                member = around.part("property") if around is not None and around.kind == "member_expression" else None
                if member is None or node.field != "object":
                    return None
                found.add(member.text)
            todo += ((part, node) for part in node.parts)
        return found

    def _in_block(self, block: tree_sitter.Node, scope: str) -> Iterator[Statement]:
        for part in parts_in(block.children, _TOKENS):
            node = declared_in(part.node)
            if node.type in NAMESPACES:
                yield from self._of_namespace(part, node, scope)
            elif node.type not in _IMPORTS:
                yield from _of_statement(part, node, scope)

    def _of_namespace(self, part: Part, node: tree_sitter.Node, scope: str) -> Iterator[Statement]:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None and body is not None and name.type != "string":
            yield Statement(part, (text_of(name),), scope)
            yield from self._in_block(body, f"{scope}.{text_of(name)}".lstrip("."))


def _loaded(statement: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """The nodes of a statement that no function holds."""
    todo = [statement]
    while todo:
        node = todo.pop()
        if node.type not in FUNCTIONS:
            yield node
            todo += node.named_children


def _of_statement(part: Part, node: tree_sitter.Node, scope: str) -> Iterator[Statement]:
    if node.type == "ambient_declaration":
        node = next(iter(node.named_children), node)
    if node.type in DECLARING:
        yield from _of_variables(part, node, scope)
    elif node.type in _DEFINING:
        yield Statement(part, (text_of(node.child_by_field_name("name")),), scope, is_type=node.type in TYPES)
    elif value := _nameless(part.node):
        yield Statement(part, (value[0],), scope, is_value=value_of(value[1]) is None)
    elif node.type in _RUNNING:
        yield Statement(part, (), scope, tuple(_completed(node)), is_value=True)


def _of_variables(part: Part, node: tree_sitter.Node, scope: str) -> Iterator[Statement]:
    """Each variable by itself, for another of the same statement may be something to import."""
    variables = [one for one in node.named_children if one.type == "variable_declarator"]
    for at, one in enumerate(variables):
        name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
        if name is None or required(one):
            continue
        own = part if len(variables) == 1 else Part(one, part.above if at == 0 else (), f"{node.children[0].type} ")
        is_value = value is not None and value_of(value) is None
        yield Statement(own, tuple(bound_by(name)), scope, is_value=is_value)


def _nameless(node: tree_sitter.Node) -> tuple[str, tree_sitter.Node] | None:
    """What a statement exports that has no name in its file, and the key by which exports mean it."""
    if node.type == "export_statement":
        value = node.child_by_field_name("value")
        return (DEFAULT, value) if value is not None and value.type != "identifier" else None
    if found := assigned(node):
        key, value = exported_as(found[0]), found[1]
        while key and value.type == "assignment_expression":
            value = value.child_by_field_name("right") or value
        if key and value.type not in ("identifier", "assignment_expression"):
            return (key, value)
    return None


def _completed(statement: tree_sitter.Node) -> Iterator[str]:
    """The names to which a statement adds: ``a.b = …``, ``a.set(…)``, ``inherits(a, …)``, at any depth."""
    todo = [statement]
    while todo:
        node = todo.pop()
        if node.type in ("assignment_expression", "augmented_assignment_expression"):
            yield from _root(node.child_by_field_name("left"))
        elif node.type == "expression_statement":
            call = inner_of(node)
            if call is not None and call.type == "call_expression":
                yield from _changed_by(call)
        todo += node.named_children


def _changed_by(call: tree_sitter.Node) -> Iterator[str]:
    called = call.child_by_field_name("function")
    if called is None:
        return
    if text_of(called.child_by_field_name("property") or called) in _ADDING:
        given = inner_of(call.child_by_field_name("arguments"))
        yield from (text_of(given),) if given is not None and given.type == "identifier" else _root(given)
    else:
        yield from _root(called)


def _root(node: tree_sitter.Node | None) -> Iterator[str]:
    """The first name of ``a.b[c]``; of a name alone none, for that is no part of anything."""
    is_part = False
    while node is not None and node.type in ("member_expression", "subscript_expression"):
        node, is_part = node.child_by_field_name("object"), True
    if is_part and node is not None and node.type == "identifier" and text_of(node) not in _MODULE:
        yield text_of(node)
