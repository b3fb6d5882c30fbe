"""Heads: the signature of a unit in one line, what a caller may pass, its decorators and what it is derived from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import tree_sitter

from foundry_git.source.ecmascript.targets import (
    FUNCTION_DECLARATIONS,
    FUNCTION_VALUES,
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
from foundry_git.source.treesitter.definitions import Definition, Part, Piece
from foundry_git.source.treesitter.grammar import Head, Parameter
from foundry_git.source.treesitter.parsing import Source

LONGEST_DEFAULT = 40  # a table as a default says less than "…"

_FUNCTIONS = FUNCTION_DECLARATIONS | FUNCTION_VALUES
_FIELDS = {
    **dict.fromkeys(("required_parameter", "optional_parameter"), "pattern"),
    **dict.fromkeys(("assignment_pattern", "object_assignment_pattern"), "left"),
}
_COMMENT = re.compile(r"/\*[\s\S]*?\*/|//[^\n]*")
_LAST_COMMA = re.compile(r",(?=\s+[}\])])")
_DOC_PARAMETER = re.compile(r"@(?:param|arg|argument)\s*\{[^\n]*\}\s*(?:\[\s*)?([\w$.]+)?")
_DOC_TYPE = re.compile(r"@type\s*\{")


def head(definition: Definition, pieces: Sequence[Piece], source: Source) -> Head:
    """Read the head of a unit from the part that defines it: of overloads the last, of a function with methods the function."""
    part, node = _main(definition)
    if node is None:
        return Head(f"{source.flat(part.node.start_byte, part.node.start_byte + _to_comma(part, source))})")
    documentation = "".join(text_of(above) for above in part.above)
    function = node if node.type in _FUNCTIONS else _constructor(node)
    all_typed = bool(_DOC_TYPE.search(documentation)) or _is_typed_variable(node)
    parameters = tuple(_parameters(function, documentation, all_typed)) if function is not None else ()
    decorators = tuple(name for one in _decorators(part.node, node) if (name := _dotted(one)))
    return Head(_signature(definition, node, function), parameters, decorators, tuple(_bases(node)))


def _main(definition: Definition) -> tuple[Part, tree_sitter.Node | None]:
    for part in definition.parts:
        target = target_of(part.node) or object_of(part.node) or given_to_call(part.node)
        if target is None and (found := assigned(part.node)):
            target = value_of(found[1]) or object_in(found[1])
        if target is not None:
            return part, target.node
    return definition.parts[0], None


def _to_comma(part: Part, source: Source) -> int:
    """Measure a test call up to its second argument."""
    text = source.data[part.node.start_byte : part.node.end_byte]
    found = re.match(rb"[^\"'`]*(?:`[^`]*`[^\"'`]*\([^\"'`]*)?(?:\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`)", text)
    return found.end() if found else len(text.partition(b"\n")[0])


def _signature(definition: Definition, node: tree_sitter.Node, function: tree_sitter.Node | None) -> str:
    if node.type in _FUNCTIONS:
        words = [token.type for token in node.children if token.type in ("async", "*")]
        start = "async function" if "async" in words else "function"
        return f"{start}{'*' if '*' in words else ''} {definition.name}{_call(node)}"
    if node.type == "object":
        return f"const {definition.name} = {{ {', '.join(_members(node))} }}"
    opening = _plain(node, end=node.child_by_field_name("body") or node.child_by_field_name("value")).removesuffix("=").strip()
    made = _call(function) if function is not None else ""
    return f"{opening}: constructor{made}" if made else opening


def _members(node: tree_sitter.Node) -> Iterator[str]:
    """Write the functions of an object with what each takes, of anything else in it the name."""
    for part in node.named_children:
        key, value = (
            part.child_by_field_name("key") or part.child_by_field_name("name"),
            part.child_by_field_name("value") or part,
        )
        if key is not None:
            yield f"{text_of(key)}{_call(value) if value.type in _FUNCTIONS or value.type == 'method_definition' else ''}"
        elif part.type == "shorthand_property_identifier":
            yield text_of(part)


def _call(node: tree_sitter.Node) -> str:
    """Write type parameters, parameters and what is returned."""
    types, returned = node.child_by_field_name("type_parameters"), node.child_by_field_name("return_type")
    given = ", ".join(_written(part) for part in _formal(node))
    return f"{_plain(types) if types else ''}({given}){_plain(returned) if returned else ''}"


def _written(node: tree_sitter.Node) -> str:
    value = node.child_by_field_name("value" if node.type in ("required_parameter", "optional_parameter") else "right")
    if value is None:
        return _plain(node)
    shown = _plain(value)
    return f"{_plain(node, end=value).rstrip('= ')} = {shown if len(shown) <= LONGEST_DEFAULT else '…'}"


def _plain(node: tree_sitter.Node, end: tree_sitter.Node | None = None) -> str:
    """Write a node, or what stands before a node in it, in one line without comments."""
    text = text_of(node).encode()
    if end is not None:
        text = text[: end.start_byte - node.start_byte]
    return " ".join(_LAST_COMMA.sub("", _COMMENT.sub(" ", text.decode())).split())


def _formal(node: tree_sitter.Node) -> list[tree_sitter.Node]:
    """List the parameters of a function; ``this`` of TypeScript is none."""
    single = node.child_by_field_name("parameter")
    if single is not None:
        return [single]
    given = node.child_by_field_name("parameters")
    found = [part for part in given.named_children if part.type not in ("comment", "decorator")] if given is not None else []
    return [part for part in found if text_of(part.child_by_field_name("pattern")) != "this"]


def _parameters(node: tree_sitter.Node, documentation: str, all_typed: bool) -> Iterator[Parameter]:
    """List what a caller may pass: of ``{a, b}`` each property. A type is also one that the documentation names."""
    documented = [name for name in _DOC_PARAMETER.findall(documentation) if "." not in name]
    for number, part in enumerate(_formal(node)):
        pattern = part.child_by_field_name("left") or part
        names = list(_names(part))
        typed = all_typed or part.child_by_field_name("type") is not None
        if pattern.type == "object_pattern":  # what it is called there is up to the writer
            typed = typed or number < len(documented)
        yield from (Parameter(name, typed or name in documented) for name in names)


def _is_typed_variable(function: tree_sitter.Node) -> bool:
    """``const f: Handler = (a) => …`` types its parameters."""
    around = function.parent
    return around is not None and around.type == "variable_declarator" and around.child_by_field_name("type") is not None


def _names(parameter: tree_sitter.Node) -> Iterator[str]:
    """List what a parameter is passed as: the keys of an object, the names of all others."""
    todo: list[tree_sitter.Node | None] = [parameter]
    while todo:
        node = todo.pop()
        if node is None:
            continue
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield text_of(node)
        elif node.type == "pair_pattern":
            yield text_of(node.child_by_field_name("key"))
        elif node.type in _FIELDS:
            todo.append(node.child_by_field_name(_FIELDS[node.type]))
        elif node.type in ("object_pattern", "array_pattern", "rest_pattern"):
            todo += reversed(node.named_children)


def _constructor(node: tree_sitter.Node) -> tree_sitter.Node | None:
    body = node.child_by_field_name("body")
    if body is None or node.type not in ("class", "class_declaration", "abstract_class_declaration"):
        return None
    methods = (part for part in body.named_children if part.type == "method_definition")
    return next((part for part in methods if text_of(part.child_by_field_name("name")) == "constructor"), None)


def _decorators(*nodes: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    seen: set[int] = set()
    for node in nodes:
        for part in node.children_by_field_name("decorator"):
            if part.id not in seen:
                seen.add(part.id)
                yield part


def _dotted(decorator: tree_sitter.Node) -> str:
    named = inner_of(decorator)
    if named is not None and named.type == "call_expression":
        named = named.child_by_field_name("function")
    return ".".join(chain_of(named))


def _bases(node: tree_sitter.Node) -> Iterator[str]:
    for heritage in (part for part in node.named_children if part.type in ("class_heritage", "extends_type_clause")):
        todo = list(heritage.named_children)
        while todo:
            part = todo.pop(0)
            if part.type in ("extends_clause", "implements_clause"):
                todo += part.named_children
            elif chain := chain_of(part):
                yield ".".join(chain)
