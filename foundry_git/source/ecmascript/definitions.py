"""Definitions: which statements of a file make a unit, in all the ways in which JavaScript gives a function its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import tree_sitter
from msgspec import Struct, field
from msgspec.structs import replace

from foundry_git.source.ecmascript.exports import exported_as
from foundry_git.source.ecmascript.targets import (
    Target,
    assigned,
    chain_of,
    given_to_call,
    inner_of,
    object_in,
    object_of,
    target_of,
    text_of,
    value_of,
)
from foundry_git.source.files import is_test_path
from foundry_git.source.treesitter.definitions import Definition, Part, parts_in
from foundry_git.source.treesitter.parsing import Source
from foundry_git.source.treesitter.tree import TokenKinds

COMMENTS = frozenset({"comment", "html_comment"})
_TOKENS = TokenKinds(comments=COMMENTS)
NAMESPACES = frozenset({"internal_module", "module"})
_TESTS = frozenset("describe it test suite context specify fdescribe xdescribe fit xit".split())
_INHERITING = frozenset({"inherits", "setPrototypeOf"})


def definitions(source: Source) -> Iterator[Definition]:
    """Find the units of a file; see ``Unit.symbol`` for what becomes of a name that is defined twice."""
    found = _Found(source, [(source.top, "")])
    while found.blocks:
        found.take(*found.blocks.pop())
    for symbol, draft in found.drafts.items():
        yield _completed(draft, found.attached.get(symbol, ()))


class _Found(Struct):
    """The definitions found so far, by symbol.

    ``blocks``: what is still to be looked into, with what stands before its symbols. ``signatures``: overloads that wait for what
    implements them. ``attached``: statements that complete a definition, and whether each gives it a method.
    """

    source: Source
    blocks: list[tuple[tree_sitter.Node, str]]
    drafts: dict[str, Definition] = field(default_factory=dict)
    signatures: dict[str, list[Part]] = field(default_factory=dict)
    attached: dict[str, list[tuple[Part, bool]]] = field(default_factory=dict)

    def take(self, block: tree_sitter.Node, prefix: str) -> None:
        parts = list(parts_in(block.children, _TOKENS))
        rest = [part for part in parts if not self._take(part, prefix)]
        for part in rest:
            if part.node.type == "expression_statement":
                self._take_expression(part)
            elif target := target_of(part.node) or object_of(part.node):
                self._add(target.kind, self._stem(), prefix, part, is_bound=False)
        for part in parts:
            self._attach(part, prefix)

    def _take(self, part: Part, prefix: str) -> bool:
        """Take what a declaration defines; say whether it is one."""
        node = declared_in(part.node)
        if node.type == "function_signature":
            name = text_of(node.child_by_field_name("name"))
            self.signatures.setdefault(prefix + name, []).append(part)
        elif node.type in NAMESPACES:
            self._take_namespace(node, prefix)
        elif (target := target_of(part.node) or object_of(part.node)) and target.name:
            self._add(target.kind, target.name, prefix, part)
        else:
            return False
        return True

    def _take_namespace(self, node: tree_sitter.Node, prefix: str) -> None:
        body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
        if body is not None and name is not None and name.type != "string":
            self.blocks.append((body, f"{prefix}{text_of(name)}."))

    def _take_expression(self, part: Part) -> None:
        if is_test_path(self.source.path) and (title := _test_title(part.node)):
            self._add("test", title, "", part, is_bound=False)
        elif target := given_to_call(part.node):
            self._add(target.kind, target.name, "", part, is_bound=False)
        elif (found := assigned(part.node)) and (value := value_of(found[1]) or _exported_object(*found)):
            names = [name for name in found[0] if name not in ("module", "exports", "prototype", "this", "window", "globalThis")]
            if not names:  # module.exports = function () {}
                self._add(value.kind, value.name or self._stem(), "", part, is_bound=False)
            elif len(names) == 1:
                self._add(value.kind, names[0], "", part, is_bound=len(found[0]) == 1)
            elif names[0] not in self.drafts:  # a method of something that another file defines
                self._add(value.kind, names[-1], ".".join(names[:-1]) + ".", part, is_bound=False)

    def _attach(self, part: Part, prefix: str) -> None:
        """Give a class written as a function its methods: ``Cache.prototype.get = function …``."""
        owner, is_method = _owner_of(part.node)
        draft = self.drafts.get(prefix + owner) if owner else None
        if draft is not None and draft.kind != "test" and part.node.id != draft.parts[0].node.id:
            self.attached.setdefault(prefix + owner, []).append((part, is_method))

    def _add(self, kind: str, name: str, prefix: str, part: Part, is_bound: bool = True) -> None:
        parts = (*self.signatures.pop(prefix + name, ()), part)
        self.drafts.setdefault(prefix + name, Definition(kind, name, prefix + name, parts, is_bound))

    def _stem(self) -> str:
        """Name what a file exports without a name: after the file, or ``default`` if that name is taken."""
        path = PurePosixPath(self.source.path)
        stem = path.name.lstrip(".").partition(".")[0]
        name = path.parent.name if stem == "index" and path.parent.name else stem
        return "default" if not name or name in self.drafts else name


def _completed(draft: Definition, attached: Sequence[tuple[Part, bool]]) -> Definition:
    if not attached:
        return draft
    ordered = sorted([*draft.parts, *(part for part, _ in attached)], key=lambda part: part.node.start_byte)
    kind = "class" if any(is_method for _, is_method in attached) else draft.kind
    return replace(draft, kind=kind, parts=tuple(ordered))


def declared_in(node: tree_sitter.Node) -> tree_sitter.Node:
    """Look behind ``export`` and the statement that a namespace is wrapped in."""
    if node.type == "export_statement":
        node = node.child_by_field_name("declaration") or node
    inner = inner_of(node) if node.type == "expression_statement" else None
    return inner if inner is not None and inner.type in NAMESPACES else node


def _exported_object(names: Sequence[str], value: tree_sitter.Node) -> Target | None:
    """The object of functions that a file exports; one that is put into something else completes that."""
    return object_in(value) if exported_as(names) else None


def _owner_of(node: tree_sitter.Node) -> tuple[str, bool]:
    """Name whom a statement completes, and whether with a method; ``a.b = …``, ``inherits(a, …)``."""
    if found := assigned(node):
        names = found[0]
        return (names[0], "prototype" in names[1:2]) if len(names) > 1 else ("", False)
    call = inner_of(node) if node.type == "expression_statement" else None
    if call is None or call.type != "call_expression":
        return "", False
    called = chain_of(call.child_by_field_name("function"))
    if not called or called[-1] not in _INHERITING:
        return "", False
    return (chain_of(inner_of(call.child_by_field_name("arguments"))) or [""])[0], True


def _test_title(node: tree_sitter.Node) -> str:
    """Give the title of ``describe("title", …)``, ``it.only(…)``, ``test.each(…)("title", …)``; ``""`` for no test."""
    call = inner_of(node)
    if call is None or call.type != "call_expression":
        return ""
    called = call.child_by_field_name("function")
    if called is not None and called.type == "call_expression":
        called = called.child_by_field_name("function")
    title = inner_of(call.child_by_field_name("arguments"))
    if (chain_of(called) or [""])[0] not in _TESTS or title is None:
        return ""
    return " ".join(text_of(title)[1:-1].split()) if title.type in ("string", "template_string") else ""
