"""Go, read with tree-sitter.

A type and its methods are one unit. A name is private only if it begins with ``_``: helpers that a package keeps to itself, which
Go writes in lower case, are what one reuses most.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import tree_sitter
import tree_sitter_go

from foundry_git.source.treesitter.comments import block_text
from foundry_git.source.treesitter.definitions import Definition, Part, Piece, parts_in
from foundry_git.source.treesitter.grammar import (
    BIND,
    DECLARE,
    PLAIN,
    PROJECT,
    STANDARD,
    THIRD_PARTY,
    Branching,
    Grammar,
    Head,
    Import,
    ImportOrigin,
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
    "append cap clear close complex copy delete imag len make max min new panic print println real recover"
    " any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string"
    " uint uint8 uint16 uint32 uint64 uintptr true false nil iota".split()
)

_TEXTS = frozenset({"interpreted_string_literal", "raw_string_literal", "rune_literal"})
_TOKENS = TokenKinds(comments=frozenset({"comment"}), ignored=PUNCTUATION | {"func", "type", "\0"}, whole=_TEXTS)
_TEST_NAME = re.compile(r"(?:Test|Benchmark|Example|Fuzz)(?![a-z])")
_VERSION = re.compile(r"v\d+")


# Units


def definitions(source: Source) -> Iterator[Definition]:
    """Find functions, and types with their methods; the methods of a type of another file are one unit too."""
    types: dict[str, list[Part]] = {}
    for part in _top_parts(source):
        name = _name(part.node)
        if part.node.type == "function_declaration":
            yield Definition("test" if _is_test(name, source.path) else "function", name, name, (part,))
        elif part.node.type == "method_declaration":
            types.setdefault(_receiver(part.node), []).append(part)
        else:
            types.setdefault(name, []).append(part)
    for name, parts in types.items():
        lead = next((at for at, part in enumerate(parts) if part.node.type != "method_declaration"), 0)
        yield Definition("class", name, name, tuple(parts), lead=lead)


def _top_parts(source: Source) -> Iterator[Part]:
    for part in parts_in(source.top.children, _TOKENS):
        if part.node.type in ("function_declaration", "method_declaration"):
            yield part
        elif part.node.type == "type_declaration":
            yield from _types(part)


def _types(part: Part) -> Iterator[Part]:
    """List the types of a declaration, aliases left out; one in a group stands alone with ``type`` before it."""
    if part.node.child_count == 2 and part.node.children[1].type == "type_spec":
        yield part
    else:
        for one in parts_in(part.node.children[1:], _TOKENS):
            if one.node.type == "type_spec":
                yield Part(one.node, one.above, "type ")


def _name(node: tree_sitter.Node) -> str:
    inner = node.named_children[0] if node.type == "type_declaration" else node
    return _text(inner.child_by_field_name("name"))


def _receiver(node: tree_sitter.Node) -> str:
    """Name the type that a method belongs to: ``Cache`` of ``(c *Cache[K])``."""
    todo = [node.child_by_field_name("receiver")]
    while todo:
        found = todo.pop(0)
        if found is not None and found.type == "type_identifier":
            return _text(found)
        todo += found.named_children if found is not None else []
    return ""


def _text(node: tree_sitter.Node | None) -> str:
    return node.text.decode() if node is not None and node.text is not None else ""


def _is_test(name: str, path: str) -> bool:
    return path.endswith("_test.go") and bool(_TEST_NAME.match(name))


def head(definition: Definition, pieces: Sequence[Piece], source: Source) -> Head:
    """Write a function's line up to its body; of a type, its kind: ``type Cache[K comparable] struct``."""
    node = pieces[definition.lead].node
    if definition.kind == "class":
        return Head(f"type {definition.name}" if node.kind == "method_declaration" else _type_line(node, source))
    body = node.part("body")
    return Head(source.flat(node.start, body.start if body else node.end), tuple(_parameters(node.part("parameters"))))


def _type_line(node: Node, source: Source) -> str:
    inner = node.parts[0] if node.kind == "type_declaration" else node
    shown = inner.part("type")
    if shown is None or shown.kind not in ("struct_type", "interface_type"):
        return f"type {source.flat(inner.start, inner.end)}"
    return f"type {source.flat(inner.start, shown.start)} {shown.kind.removesuffix('_type')}"


def _parameters(node: Node | None) -> Iterator[Parameter]:
    for one in node.parts if node else ():
        names = [part.text for part in one.parts if part.field == "name"]
        yield from (Parameter(name) for name in names if name != "_")


def documentation(comment: str) -> str | None:
    """Take the marks off a comment; ``//go:embed`` and the like document nothing."""
    if comment.startswith("/*"):
        return block_text(comment, "/*")
    return None if re.match(r"//[a-z]+:\S", comment) else comment.removeprefix("//").removeprefix(" ").rstrip()


# Imports


def imports(source: Source) -> list[Import]:
    """List the packages that a file imports; those for their effects alone (``_``) are left out."""
    found = [node for node in source.top.children if node.type == "import_declaration"]
    specs = [spec for node in found for spec in _specs(node)]
    return [one for at, spec in enumerate(specs) if (one := _import(spec, at))]


def _specs(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    for child in node.named_children:
        if child.type == "import_spec":
            yield child
        elif child.type == "import_spec_list":
            yield from (spec for spec in child.named_children if spec.type == "import_spec")


def _import(spec: tree_sitter.Node, at: int) -> Import | None:
    alias, path = _text(spec.child_by_field_name("name")), _text(spec.child_by_field_name("path"))
    module = path.strip('"`')
    if alias == "_":
        return None
    names = ("*",) if alias == "." else (alias,) if alias else _package_names(module)
    return Import(names, module, at, f"{alias} {path}" if alias else path)


def _package_names(module: str) -> tuple[str, ...]:
    """Guess what a package is called; its path need not say: ``gopkg.in/yaml.v3`` is ``yaml``, ``x/go-redis/v9`` is ``redis``."""
    parts = [part for part in module.split("/") if part]
    if len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
        parts.pop()
    last = re.sub(r"\.v\d+$", "", parts[-1]) if parts else module
    plain = last.replace("-", "_").replace(".", "_")
    pieces = [piece for piece in re.split(r"[-.]", last) if piece not in ("go", "")]
    return tuple(dict.fromkeys([plain, "".join(pieces), "_".join(pieces), *(pieces[-1:] if "-" in last else ())]))


def written(kept: Sequence[Import]) -> Iterable[str]:
    """Write one import statement, the standard library first, as gofmt groups them."""
    if len(kept) == 1:
        return [f"import {kept[0].text}"]
    groups = [[one.text for one in kept if _is_standard(one.module) is first] for first in (True, False)]
    blocks = ["\n".join(f"\t{text}" for text in group) for group in groups if group]
    return ["import (\n{}\n)".format("\n\n".join(blocks))] if blocks else []


def origin(module: str, source: Source) -> ImportOrigin:
    """Tell the standard library by its paths: they begin with no host name."""
    if any(module == root or module.startswith(f"{root}/") for root in source.own) or module.startswith("."):
        return ImportOrigin(PROJECT, module)
    return ImportOrigin(STANDARD if _is_standard(module) else THIRD_PARTY, module)


def _is_standard(module: str) -> bool:
    return "." not in module.partition("/")[0]


def _preamble(source: Source) -> tuple[str, ...]:
    """Give the package clause, without which no file of Go compiles."""
    found = next((node for node in source.top.children if node.type == "package_clause"), None)
    return (_text(found),) if found is not None else ()


def _declared(source: Source) -> Collection[str]:
    """Name the constants and variables of a file."""
    names: list[str] = []
    todo = [node for node in source.top.children if node.type in ("const_declaration", "var_declaration")]
    while todo:
        for child in todo.pop().named_children:
            if child.type in ("const_spec", "var_spec"):
                names += map(_text, child.children_by_field_name("name"))
            elif child.type == "var_spec_list":
                todo.append(child)
    return names


# Names


def _assigned(node: Node, role: str) -> list[Step]:
    """``for k, v := range m`` binds on the left, after the right was read; ``for k, v = range m`` uses."""
    binds = any(part.kind == ":=" for part in node.parts)
    ordered = sorted(node.parts, key=lambda part: part.field == "left")
    return [Visit(part, BIND if binds and part.field == "left" else role) for part in ordered]


def _parameter_list(node: Node, role: str) -> Iterator[Step]:
    """Read all types before the first name is bound: in ``(url string, to url.URL)`` the second ``url`` is a package."""
    for one in node.parts:
        names = [part for part in one.parts if part.field == "name"]
        yield str(len(names))
        yield from (Visit(part, role) for part in one.parts if part.field != "name")
    yield from (Visit(part, BIND) for one in node.parts for part in one.parts if part.field == "name")


def _method(node: Node, role: str) -> Iterator[Step]:
    """The type parameters of a method are named in its receiver: ``(c *Cache[K, V])``."""
    todo = [part for part in node.parts if part.field == "receiver"]
    while todo:
        found = todo.pop()
        if found.field == "type_arguments":
            yield from (Name(leaf.text, BIND) for leaf in _leaves(found))
        todo += found.parts
    yield from (Visit(part, role) for part in node.parts)


def _leaves(node: Node) -> Iterator[Node]:
    todo = [node]
    while todo:
        found = todo.pop()
        if found.kind == "type_identifier":
            yield found
        todo += reversed(found.parts)


def _composite(node: Node, role: str) -> Iterator[Step]:
    """The keys of a map's literal are values, those of a struct's are fields; a type that is only named is taken for a struct."""
    for part in node.parts:
        if part.field == "body" and node.parts[0].kind in _INDEXED:
            yield "(indexed"
            yield from (_pair(inner, role) for inner in part.parts)
            yield ")"
        else:
            yield Visit(part, role)


def _pair(node: Node, role: str) -> Visit:
    """Look into an element of a map; a copy of another kind, so that its key is not taken for a field."""
    if node.kind != "keyed_element":
        return Visit(node, role)
    return Visit(node.as_kind("pair"), role)


def _keyed(node: Node, role: str) -> list[Step]:
    return [Visit(part, PLAIN if part.field == "key" and _is_name(part) else role) for part in node.parts]


def _is_name(node: Node) -> bool:
    return len(node.parts) == 1 and node.parts[0].kind == "identifier"


_INDEXED = frozenset({"map_type", "array_type", "slice_type", "implicit_length_array_type"})
_NAMED = by_field({"name": BIND}, last=("name",))
_DECLARED = by_field({"name": DECLARE})

_NAMES = Names(
    kinds=frozenset({"identifier", "type_identifier", "package_identifier"}),
    labels=frozenset({"label_name"}),
    scopes=frozenset(
        "function_declaration method_declaration func_literal block if_statement for_statement expression_switch_statement"
        " type_switch_statement select_statement expression_case type_case default_case communication_case type_spec"
        " type_alias method_elem function_type".split()
    ),
    plans={
        "short_var_declaration": by_field({"left": BIND}, last=("left",)),
        "range_clause": _assigned,
        "receive_statement": _assigned,
        "type_switch_statement": by_field({"alias": BIND}),
        "var_spec": _NAMED,
        "const_spec": _NAMED,
        "type_parameter_declaration": by_field({"name": BIND}),
        "parameter_list": _parameter_list,
        "function_declaration": _DECLARED,
        "type_spec": _DECLARED,
        "type_alias": _DECLARED,
        "method_declaration": _method,
        "qualified_type": by_field({"name": PLAIN}),
        "composite_literal": _composite,
        "keyed_element": _keyed,
    },
    builtins=BUILT_IN,
    transparent=frozenset({"type_declaration"}),
)

_BRANCHING = Branching(
    functions=frozenset({"function_declaration", "method_declaration", "func_literal"}),
    decisions=dict.fromkeys(("if", "for", "case", "&&", "||"), 1),
    blocks=frozenset(
        {"if_statement", "for_statement", "expression_switch_statement", "type_switch_statement", "select_statement"}
    ),
)

GRAMMAR = Grammar(
    language="go",
    algorithm="go1",
    loads=lambda path: (tree_sitter_go.language,),
    tokens=_TOKENS,
    names=_NAMES,
    branching=_BRANCHING,
    definitions=definitions,
    head=head,
    documentation=documentation,
    imports=imports,
    written=written,
    import_kinds=frozenset({"package_clause", "import_declaration"}),
    origin=origin,
    preamble=_preamble,
    declared=_declared,
    gap="\n\n",
)
READER = reader(GRAMMAR)
