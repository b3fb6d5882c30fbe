"""How Rust binds names: in which order the parts of a node are read, and in which role."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from foundry_git.source.rust.language import BUILT_IN, path_of
from foundry_git.source.rust.macros import plain_names, token_tree, used
from foundry_git.source.treesitter.grammar import BIND, DECLARE, PLAIN, SOFT, USE, ModuleStep, Name, Names, Step, Visit
from foundry_git.source.treesitter.plans import by_field
from foundry_git.source.treesitter.tree import Node


def _scoped(node: Node, role: str) -> list[Step]:
    """Read a path: its first name is used, the others are text."""
    path = path_of(node)
    if path:
        root, _, rest = path.partition("::")
        return [Name(root, USE, path), rest]
    return [Visit(part, PLAIN if part.field == "name" else USE) for part in node.parts]


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
            inside = f"{prefix}{(path_of(path) if path.parts else path.text)}::" if path else prefix
            todo += [(part, inside) for part in found.parts if part.field != "path"]
            continue
        alias, path = found.part("alias"), found.part("path") if found.kind == "use_as_clause" else found
        text = path_of(path) if path and path.parts else path.text if path else ""
        full = f"{prefix}{text}".removesuffix("::self")
        if full:
            yield ModuleStep(full)
            yield Name(alias.text if alias else full.rpartition("::")[2], BIND)


_MEMBERS = frozenset({"function_item", "function_signature_item", "const_item", "type_item", "associated_type"})
_ITEM = _named(DECLARE)
_LOCAL_ITEM = _named(BIND)
NAMES = Names(
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
        "type_binding": by_field({"name": PLAIN}),
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
