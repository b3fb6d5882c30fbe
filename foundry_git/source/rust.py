"""Rust, read with tree-sitter.

A type and its ``impl`` blocks are one unit. What a module keeps to itself is not private here: the helpers without ``pub`` are
what one reuses most; only a name that begins with ``_`` is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby

import tree_sitter
import tree_sitter_rust

from foundry_git.source.rust_macros import CONDITION, plain_names, token_tree, used
from foundry_git.source.treesitter.comments import block_text
from foundry_git.source.treesitter.definitions import Definition, Part, Piece, parts_in
from foundry_git.source.treesitter.grammar import (
    BIND,
    DECLARE,
    PLAIN,
    PROJECT,
    SOFT,
    STANDARD,
    THIRD_PARTY,
    USE,
    Branching,
    Grammar,
    Head,
    Import,
    ImportOrigin,
    ModuleStep,
    Name,
    Names,
    Parameter,
    Step,
    Visit,
)
from foundry_git.source.treesitter.parsing import Source
from foundry_git.source.treesitter.plans import by_field
from foundry_git.source.treesitter.tree import PUNCTUATION, Node, TokenKinds
from foundry_git.source.treesitter.units import reader

BUILT_IN = frozenset(
    "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize"
    " Option Some None Result Ok Err String Vec Box ToString ToOwned Clone Copy Send Sized Sync Unpin Drop Fn FnMut FnOnce"
    " drop AsRef AsMut Into From TryFrom TryInto FromIterator Default Iterator Extend IntoIterator DoubleEndedIterator"
    " ExactSizeIterator Eq PartialEq Ord PartialOrd Debug Hash size_of size_of_val align_of align_of_val"
    " assert assert_eq assert_ne cfg column compile_error concat dbg debug_assert debug_assert_eq debug_assert_ne derive env"
    " eprint eprintln file format format_args include include_bytes include_str line macro_rules matches module_path"
    " option_env panic print println stringify thread_local todo try unimplemented unreachable vec write writeln".split()
)

_TYPES = ("struct_item", "enum_item", "union_item", "trait_item")
_ITEMS = {"function_item": "function", "macro_definition": "function", **dict.fromkeys(_TYPES, "class")}
_TOKENS = TokenKinds(
    comments=frozenset({"line_comment", "block_comment"}),
    attributes=frozenset({"attribute_item"}),
    ignored=PUNCTUATION | {"fn", "visibility_modifier", "inner_attribute_item"},
    whole=frozenset({"string_literal", "raw_string_literal", "char_literal", "lifetime", "label"}),
)
DEEPEST = 20  # modules within modules that are looked into; the symbols of 30,000 would take gigabytes
_STANDARD = ("std", "core", "alloc", "proc_macro", "test")
_OWN = ("crate", "self", "super", "$crate")
_TESTS = re.compile(r"#\[\s*(?:\w+\s*::\s*)*(?:\w+_)?(?:test|test_case|bench|quickcheck|rstest)\b")
_TEST_MODULE = re.compile(r"#\[\s*cfg\s*\((?!\s*not\b)[^\]]*\btest\b")
_NAMED_LIKE_A_TYPE = re.compile(rb"\bstr(?=!\s*[\[({])")
"""The macro ``str!`` of snapshot tests: the grammar takes no name of a primitive type for a macro."""


# Units


def definitions(source: Source) -> Iterator[Definition]:
    """Find functions, macros, and types with their ``impl`` blocks; those in modules within the file too."""
    types: dict[str, list[Part]] = {}
    for prefix, part in _items(source.top, ""):
        node = part.node
        name = _subject(node) if node.type == "impl_item" else _text(node.child_by_field_name("name"))
        if node.type in _TYPES or node.type == "impl_item":
            if name:
                types.setdefault(prefix + name, []).append(part)
        else:
            kind = "test" if _has_attribute(part, _TESTS) else _ITEMS[node.type]
            yield Definition(kind, name, prefix + name, (part,))
    for symbol, parts in types.items():
        lead = next((at for at, part in enumerate(parts) if part.node.type != "impl_item"), 0)
        yield Definition("class", symbol.rpartition("::")[2], symbol, tuple(parts), lead=lead)


def _items(top: tree_sitter.Node, prefix: str) -> Iterator[tuple[str, Part]]:
    """List the items of a module; of one that is compiled for tests only, those that are tests."""
    todo = [(top, prefix, False)]
    while todo:
        found, prefix, only_tests = todo.pop(0)
        for part in parts_in(found.children, _TOKENS):
            kind = part.node.type
            if kind == "mod_item" and prefix.count("::") < DEEPEST:
                body = part.node.child_by_field_name("body")
                if body is not None:
                    inside = f"{prefix}{_text(part.node.child_by_field_name('name'))}::"
                    todo.append((body, inside, only_tests or _has_attribute(part, _TEST_MODULE)))
            elif (kind in _ITEMS or kind == "impl_item") and (not only_tests or _has_attribute(part, _TESTS)):
                yield prefix, part


def _has_attribute(part: Part, pattern: re.Pattern[str]) -> bool:
    return any(pattern.match(_text(node)) for node in part.above if node.type == "attribute_item")


def _subject(node: tree_sitter.Node) -> str:
    """Name the type that an ``impl`` is for: ``Cache`` of ``impl<K> fmt::Debug for &store::Cache<K>``."""
    found = node.child_by_field_name("type")
    while found is not None and found.type not in ("type_identifier", "primitive_type"):
        inner = (found.child_by_field_name(field) for field in ("type", "trait", "name", "element"))
        found = next((child for child in inner if child is not None), None)
    return _text(found)


def _text(node: tree_sitter.Node | None) -> str:
    return node.text.decode() if node is not None and node.text is not None else ""


def head(definition: Definition, pieces: Sequence[Piece], source: Source) -> Head:
    """Write a function's line up to its body; of a type, the line and how it is made: ``struct Cache<K>: new(size: usize)``."""
    first = pieces[definition.lead].node
    decorators = tuple(name for attribute in pieces[definition.lead].attributes for name in _decorator(attribute))
    if first.kind == "macro_definition":
        return Head(f"macro_rules! {definition.name}", (), decorators)
    if first.kind == "function_item":
        return Head(_line(first, source), tuple(_parameters(first)), decorators)
    made = next(_constructors(pieces), None)
    given = made.part("parameters") if made else None
    shown = f": new{source.flat(given.start, given.end)}" if given else ""
    line = re.split(r"\bwhere\b", _line(first, source))[0].rstrip()
    return Head(f"{line}{shown}", tuple(_parameters(made)) if made else (), decorators)


def _line(node: Node, source: Source) -> str:
    body = node.part("body")
    ends = body.start if body and body.kind != "ordered_field_declaration_list" else node.end
    return source.flat(node.start, ends).rstrip(" ;,")


def _constructors(pieces: Sequence[Piece]) -> Iterator[Node]:
    for piece in pieces:
        body = piece.node.part("body")
        if piece.node.kind == "impl_item" and piece.node.part("trait") is None and body:
            yield from (item for item in body.parts_of("function_item") if _name(item) == "new")


def _name(node: Node) -> str:
    found = node.part("name")
    return found.text if found else ""


def _parameters(function: Node) -> Iterator[Parameter]:
    found = function.part("parameters")
    for one in found.parts_of("parameter") if found else ():
        pattern = one.part("pattern")
        yield from (Parameter(leaf.text) for leaf in _leaves(pattern) if not leaf.text[:1].isupper())


def _leaves(node: Node | None) -> Iterator[Node]:
    todo = [node] if node else []
    while todo:
        found = todo.pop()
        if found.kind in ("identifier", "shorthand_field_identifier"):
            yield found
        todo += reversed([part for part in found.parts if part.field != "type"])


def _decorator(attribute: Node) -> Iterator[str]:
    """Name an attribute by its path: ``tokio::main``."""
    for inner in attribute.parts_of("attribute"):
        path = inner.parts[0] if inner.parts else inner
        yield path.text if not path.parts else _path(path)


def documentation(comment: str) -> str | None:
    """Take the marks off a documenting comment: ``///`` or ``/**``."""
    if comment.startswith("///") and not comment.startswith("////"):
        return comment[3:].removeprefix(" ").rstrip()
    if comment.startswith("/**") and not comment.startswith(("/***", "/**/")):
        return block_text(comment, "/**")
    return None


# Imports


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
                name = _text(node.child_by_field_name("name"))
                todo.append((f"{scope}::{name}" if scope else name, body))


def _modules(top: tree_sitter.Node) -> Iterator[str]:
    return (_text(node.child_by_field_name("name")) for node in top.children if node.type == "mod_item")


def _leaves_of_use(argument: tree_sitter.Node | None) -> Iterator[tuple[str, str]]:
    """Spread a tree of imports out: (``std::fmt::Display``, ``D``) of ``std::{fmt::{Display as D}}``; ``a::*`` ends in a star."""
    todo = [(argument, "")]
    while todo:
        node, prefix = todo.pop(0)
        if node is None or not node.is_named or node.type in _TOKENS.comments:
            continue
        if node.type in ("scoped_use_list", "use_list"):
            path = _squeezed(node.child_by_field_name("path")) if node.type == "scoped_use_list" else ""
            inner = node.child_by_field_name("list") if node.type == "scoped_use_list" else node
            inside = f"{prefix}{path}::" if path else prefix
            todo = [*((child, inside) for child in (inner.named_children if inner else ())), *todo]
        elif node.type == "use_as_clause":
            path = prefix + _squeezed(node.child_by_field_name("path"))
            yield path.removesuffix("::self"), _text(node.child_by_field_name("alias"))
        else:
            yield (prefix + _squeezed(node)).removesuffix("::self"), ""


def _squeezed(node: tree_sitter.Node | None) -> str:
    return re.sub(r"\s+", "", _text(node)).removeprefix("::")


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
    if root in _OWN or root in source.own:
        return ImportOrigin(PROJECT, module)
    if root in _STANDARD:
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
    known = root in _STANDARD or root in _OWN or root in source.own or root in source.dependencies
    return module if known or not source.dependencies else ""


def _declared(source: Source) -> Collection[str]:
    """Name the constants, aliases and modules of a file."""
    kinds = ("const_item", "static_item", "type_item", "mod_item")
    return [_text(node.child_by_field_name("name")) for node in source.top.children if node.type in kinds]


# Names


def _scoped(node: Node, role: str) -> list[Step]:
    """Read a path: its first name is used, the others are text."""
    path = _path(node)
    if path:
        root, _, rest = path.partition("::")
        return [Name(root, USE, path), rest]
    return [Visit(part, PLAIN if part.field == "name" else USE) for part in node.parts]


def _path(node: Node) -> str:
    """Write ``a::b::c`` for a path of plain names; ``""`` for one with types in it."""
    names: list[str] = []
    found: Node | None = node
    while found is not None and found.parts:
        name = found.part("name")
        if found.kind not in ("scoped_identifier", "scoped_type_identifier") or name is None:
            return ""
        names.append(name.text)
        found = found.part("path")
    return "::".join([*([found.text] if found else []), *reversed(names)])


def _let(node: Node, role: str) -> Iterator[Step]:
    """The value does not know the names yet; ``else`` is a branch."""
    for part in node.parts:
        if part.field != "pattern":
            yield Visit(part.as_kind("let else") if part.kind == "else" else part, role)
    yield from (Visit(part, BIND) for part in node.parts if part.field == "pattern")


def _match(node: Node, role: str) -> list[Step]:
    """A match of two arms branches once: every arm but the first counts."""
    arms = node.parts_of("match_arm")
    return [Visit(part.as_kind("other_arm") if part in arms[1:] else part, role) for part in node.parts]


def _field_pattern(node: Node, role: str) -> list[Step]:
    """``Point { x }`` is ``Point { x: x }``: the first is a field, the second a name."""
    name = node.part("name")
    if name is None or name.kind != "shorthand_field_identifier":
        return [Visit(part, role) for part in node.parts]
    return [*(Visit(part) for part in node.parts if part is not name), name.text, Name(name.text, role)]


def _shorthand(node: Node, role: str) -> list[Step]:
    return [step for part in node.parts for step in (part.text, Visit(part, USE))]


def _named(role: str) -> Callable[[Node, str], list[Step]]:
    """Make a plan: the name of an item is bound, however it is written."""

    def plan(node: Node, around: str) -> list[Step]:
        return [Name(part.text, role) if part.field == "name" else Visit(part, around) for part in node.parts]

    return plan


def _members(node: Node, role: str) -> list[Step]:
    """In an ``impl`` or ``trait`` names of functions and constants are no names of the module."""
    return [Visit(part.as_kind(f"{part.kind} of a type") if part.kind in _MEMBERS else part, role) for part in node.parts]


def _attribute(node: Node, role: str) -> list[Step]:
    """The path of an attribute is used, and what ``derive`` names; other arguments are text."""
    path, rest = node.parts[0], node.parts[1:]
    derives = path.text == "derive"
    shown = [Name(path.text, SOFT)] if not path.parts else [Visit(path)]
    return [*shown, *(used(rest) if derives else plain_names(rest))]


def _use(node: Node, role: str) -> Iterator[Step]:
    """A ``use`` within a function."""
    todo = [(part, "") for part in node.parts if part.field == "argument"]
    while todo:
        found, prefix = todo.pop()
        if found.kind in ("scoped_use_list", "use_list"):
            path = found.part("path")
            inside = f"{prefix}{(_path(path) if path.parts else path.text)}::" if path else prefix
            todo += [(part, inside) for part in found.parts if part.field != "path"]
            continue
        alias, path = found.part("alias"), found.part("path") if found.kind == "use_as_clause" else found
        text = _path(path) if path and path.parts else path.text if path else ""
        full = f"{prefix}{text}".removesuffix("::self")
        if full:
            yield ModuleStep(full)
            yield Name(alias.text if alias else full.rpartition("::")[2], BIND)


_MEMBERS = frozenset({"function_item", "function_signature_item", "const_item", "type_item", "associated_type"})
_ITEM = _named(DECLARE)
_LOCAL_ITEM = _named(BIND)
_NAMES = Names(
    kinds=frozenset({"identifier", "type_identifier", "shorthand_field_identifier", "primitive_type"}),
    labels=frozenset({"lifetime", "label", "metavariable"}),
    scopes=frozenset(
        "function_item block closure_expression for_expression if_expression while_expression match_arm other_arm impl_item"
        " trait_item struct_item enum_item union_item type_item macro_rule mod_item function_signature_item token_tree".split()
    )
    | {f"{kind} of a type" for kind in _MEMBERS},
    plans={
        "scoped_identifier": _scoped,
        "scoped_type_identifier": _scoped,
        "let_declaration": _let,
        "let_condition": by_field({"pattern": BIND}, last=("pattern",)),
        "parameter": by_field({"pattern": BIND, "type": USE}),
        "closure_parameters": lambda node, role: [Visit(part, BIND) for part in node.parts],
        "for_expression": by_field({"pattern": BIND}, last=("pattern", "body")),
        "match_block": _match,
        "match_arm": by_field({"pattern": BIND}),
        "other_arm": by_field({"pattern": BIND}),
        "match_pattern": by_field({"condition": USE}),
        "tuple_struct_pattern": by_field({"type": USE}),
        "struct_pattern": by_field({"type": USE}),
        "range_pattern": lambda node, role: used(node.parts),
        "field_pattern": _field_pattern,
        "shorthand_field_initializer": _shorthand,
        "type_parameter": _named(BIND),
        "const_parameter": _named(BIND),
        "function_item": _ITEM,
        "function_signature_item": _ITEM,
        "struct_item": _ITEM,
        "enum_item": _ITEM,
        "union_item": _ITEM,
        "trait_item": _ITEM,
        "type_item": _ITEM,
        "const_item": _LOCAL_ITEM,
        "static_item": _LOCAL_ITEM,
        "macro_definition": _LOCAL_ITEM,
        "enum_variant": by_field({"name": PLAIN}),
        "declaration_list": _members,
        **{f"{kind} of a type": by_field({"name": PLAIN}) for kind in _MEMBERS},
        "attribute": _attribute,
        "token_tree": token_tree,
        "token_tree_pattern": lambda node, role: plain_names(node.parts),
        "use_declaration": _use,
        "mod_item": by_field({"name": PLAIN}),
        "removed_trait_bound": lambda node, role: [Visit(part) for part in node.parts if part.kind != "?"],
    },
    blank=frozenset({"_", "Self", "'static", "'_", "$crate"}),
    refers=lambda text: text[:1].isupper(),
    builtins=BUILT_IN,
)

_BRANCHING = Branching(
    functions=frozenset({"function_item", "function_item of a type"}),
    decisions={**dict.fromkeys(("if", "while", "&&", "||", "?", "other_arm", CONDITION, "let else", "for_expression"), 1)},
    blocks=frozenset({"if_expression", "for_expression", "while_expression", "loop_expression", "match_expression"}),
)

GRAMMAR = Grammar(
    language="rust",
    algorithm="rs1",
    loads=lambda path: (tree_sitter_rust.language,),
    tokens=_TOKENS,
    names=_NAMES,
    branching=_BRANCHING,
    definitions=definitions,
    head=head,
    documentation=documentation,
    imports=imports,
    written=written,
    import_kinds=frozenset({"use_declaration"}),
    origin=origin,
    module_of=module_of,
    declared=_declared,
    mended=lambda data: _NAMED_LIKE_A_TYPE.sub(b"_tr", data),
    separator="::",
)
READER = reader(GRAMMAR)
