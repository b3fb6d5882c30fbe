"""Plans: what the parts of JavaScript and TypeScript trees mean for the names and for the shape of a unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from foundry_git.source.treesitter.grammar import PLAIN, SHOWN, SILENT, SOFT, ModuleStep, Name, Plan, Step, Visit
from foundry_git.source.treesitter.tree import Node

_ANNOTATIONS = (
    "type_annotation type_arguments type_parameters type_predicate_annotation asserts_annotation opting_type_annotation"
    " omitting_type_annotation adding_type_annotation implements_clause function_signature abstract_method_signature"
    " method_signature".split()
)
"""What only says types: its names are used, the shape leaves it out."""

_MODIFIERS = ("accessibility_modifier", "override_modifier")
_CASTS = ("as_expression", "satisfies_expression", "non_null_expression", "type_assertion")

TRANSPARENT = frozenset(
    [
        *_ANNOTATIONS,
        *_MODIFIERS,
        *_CASTS,
        "parenthesized_expression",
        "export_statement",
        "required_parameter",
        "optional_parameter",
    ]
)
_CHAINED = ("member_expression", "subscript_expression", "call_expression")
_SHORT = {"shorthand_property_identifier": "pair", "shorthand_property_identifier_pattern": "pair_pattern"}


def _annotation(node: Node, role: str) -> list[Step]:
    return [Visit(part, role if role is SHOWN else SILENT) for part in node.parts]


def _modifier(node: Node, role: str) -> list[Step]:
    return _plain(node, role) if role is SHOWN else []


def _type(node: Node, role: str) -> list[Step]:
    """A type that is declared is shown in full: nothing would be left of it otherwise."""
    return [Visit(part, SHOWN) for part in node.parts]


def _cast(node: Node, role: str) -> list[Step]:
    """``<T>x``, ``x as T``, ``x satisfies T`` and ``x!`` are ``x``."""
    at = 1 if node.kind == "type_assertion" else 0
    types = [Visit(part, role if role is SHOWN else SILENT) for number, part in enumerate(node.parts) if number != at]
    return [Visit(node.parts[at].in_field(node.field), role), *types]


def _parenthesised(node: Node, role: str) -> list[Step]:
    """``(x)`` is ``x``, but in ``(a?.b).c`` the brackets end the chain."""
    inner = node.parts[0]
    if node.field in ("object", "function") and inner.kind in _CHAINED:
        return ["(", *(Visit(part, role) for part in node.parts), ")"]
    return [Visit(inner.in_field(node.field), role), *(Visit(part, role) for part in node.parts[1:])]


def _exported(node: Node, role: str) -> list[Step]:
    kept = [part for part in node.parts if part.field in ("declaration", "value", "decorator")]
    return [Visit(part.in_field(""), role) for part in kept]


def _parameter(node: Node, role: str) -> Iterator[Step]:
    """Write a parameter of TypeScript as JavaScript has it; one with a modifier is also a field of its object."""
    if node.parts_of("accessibility_modifier", "override_modifier", "readonly"):
        yield "field"
    pattern, value = node.part("pattern"), node.part("value")
    yield from (Visit(part, role) for part in node.parts if part.field == "decorator" or part.kind == "type_annotation")
    if pattern is None or pattern.kind == "this":
        return
    if value is None:
        yield Visit(pattern.in_field(""), role)
        return
    default = Node("assignment_pattern", "", pattern.start, value.end)
    default.parts = [pattern.in_field("left"), value.in_field("right")]
    yield Visit(default, role)


def _arrow(node: Node, role: str) -> list[Step]:
    """``x => x`` is ``(x) => x``."""
    single = node.part("parameter")
    if single is not None:
        wrapped = Node("formal_parameters", "parameters", single.start, single.end)
        wrapped.parts = [single.in_field("")]
        return [Visit(wrapped if part is single else part, role) for part in node.parts]
    return _plain(node, role)


def _object(node: Node, role: str) -> list[Step]:
    """``{a}`` is ``{a: a}``; ``{a = 1}`` in a pattern is ``{a: a = 1}``."""
    return [Visit(_written_out(part), role) for part in node.parts]


def _written_out(part: Node) -> Node:
    if part.kind == "object_assignment_pattern" and part.parts[0].kind in _SHORT:
        short = part.parts[0]
        value = Node("assignment_pattern", "value", part.start, part.end)
        value.parts = [_leaf("identifier", "left", short), *part.parts[1:]]
        return _pair("pair_pattern", short, value)
    if part.kind in _SHORT:
        return _pair(_SHORT[part.kind], part, _leaf("identifier", "value", part))
    return part


def _pair(kind: str, key: Node, value: Node) -> Node:
    pair = Node(kind, "", key.start, key.end)
    pair.parts = [_leaf("property_identifier", "key", key), _leaf(":", "", key, ":"), value]
    return pair


def _leaf(kind: str, field: str, like: Node, text: str = "") -> Node:
    leaf = Node(kind, field, like.start, like.end)
    leaf.text = text or like.text
    return leaf


def _array(node: Node, role: str) -> Iterator[Step]:
    """A comma with nothing before it is a hole: ``[, b] = pair`` takes the second."""
    before = ","
    for part in node.parts:
        if part.kind == "," and before == ",":
            yield "hole"
        before = part.kind
        yield Visit(part, role)


def _string(node: Node, role: str) -> list[Step]:
    """The quotes do not count, nor that one is escaped which need not be."""
    if role is SILENT:
        return []
    text = "".join(part.text for part in node.parts)
    return [text.replace("\\'", "'").replace('\\"', '"')]


def _call(node: Node, role: str) -> Iterator[Step]:
    """``require("x")`` and ``import("x")`` within a unit import ``x``."""
    called, given = node.parts[0], node.parts[-1]
    imports = called.kind == "import" or (called.kind == "identifier" and called.text == "require")
    if imports and given.kind == "arguments" and given.parts and given.parts[0].kind == "string":
        yield ModuleStep("".join(part.text for part in given.parts[0].parts))
    yield from (Visit(part, role) for part in node.parts)


def _element(node: Node, role: str) -> list[Step]:
    """Older compilers turn ``<div>`` into a call of ``React``, so that its import belongs to what holds tags."""
    return [Name("React", SOFT), *(_tag(node, role) if node.kind == "jsx_self_closing_element" else _plain(node, role))]


def _plain(node: Node, role: str) -> list[Step]:
    return [Visit(part, role) for part in node.parts]


def _tag(node: Node, role: str) -> list[Step]:
    """``<div>`` names no variable, ``<Menu>`` does."""
    return [Visit(part, PLAIN if _is_plain_tag(part) else role) for part in node.parts]


def _is_plain_tag(part: Node) -> bool:
    return part.field == "name" and part.kind == "identifier" and not part.text[:1].isupper()


def _named(node: Node, role: str) -> list[Step]:
    """Of a qualified type only the first name is looked up: ``React.FC``."""
    return [Visit(part, PLAIN if part.field == "name" else role) for part in node.parts]


def _all_plain(node: Node, role: str) -> list[Step]:
    return [Visit(part, PLAIN) for part in node.parts]


def _nothing(node: Node, role: str) -> list[Step]:
    return []


def _without_marks(node: Node, role: str) -> list[Step]:
    """Leave out what says types only: ``x?: T``, ``x!: T``, ``declare x: T``."""
    if role is SHOWN:
        return _plain(node, role)
    return [Visit(part, role) for part in node.parts if part.kind not in ("?", "!", "declare", "readonly", "abstract", "=")]


def _of(kinds: Iterable[str], plan: Plan) -> dict[str, Plan]:
    return dict.fromkeys(kinds, plan)


PLANS: dict[str, Plan] = {
    **_of(_ANNOTATIONS, _annotation),
    **_of(_MODIFIERS, _modifier),
    **_of(_CASTS, _cast),
    **_of(("interface_declaration", "type_alias_declaration"), _type),
    **_of(("required_parameter", "optional_parameter"), _parameter),
    **_of(("object", "object_pattern"), _object),
    **_of(("array", "array_pattern"), _array),
    **_of(("jsx_element", "jsx_self_closing_element"), _element),
    "jsx_opening_element": _tag,
    **_of(("public_field_definition", "method_definition", "variable_declarator"), _without_marks),
    **_of(("jsx_namespace_name", "export_specifier"), _all_plain),
    "parenthesized_expression": _parenthesised,
    "export_statement": _exported,
    "arrow_function": _arrow,
    "string": _string,
    "call_expression": _call,
    "nested_type_identifier": _named,
    "jsx_closing_element": _nothing,
}
