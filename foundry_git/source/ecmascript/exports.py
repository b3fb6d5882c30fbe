"""Exports: what a file lets others import, with ``export`` or as CommonJS does it, and where each of it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import tree_sitter
from msgspec import Struct, field

from foundry_git.source.ecmascript.imports import bound_by, module_required, unquoted
from foundry_git.source.ecmascript.targets import DECLARING, assigned, chain_of, text_of

DEFAULT, WHOLE, EVERYTHING = "default", "module.exports", "*"
"""The name of what is exported as default, what ``require`` gives, and the value that holds all that is exported."""

STAR = re.compile(r"\bexport\s*\*")
_DECLARED = re.compile(
    r"\bexport\s+(?:(?:declare|default|async|abstract|const(?=\s+enum)|type(?=\s+\w+\s*[=<]))\s+)*"
    r"(?:function\b\s*\*?|const|let|var|class|interface|enum|namespace)?\s*([\w$]+)"
)
_LISTED = re.compile(r"\bexport\s+(?:type\s+)?\{([^{}]*)\}")


class Exported(NamedTuple):
    """Where something exported comes from: a name of another module, or of this file ("")."""

    name: str
    module: str = ""


class Exports(Struct):
    """What a file exports.

    ``names``: by the name under which others import it. ``stars``: the modules of which it exports all. ``objects``: of an export
    that is an object of names alone, those.
    """

    names: dict[str, Exported] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    objects: dict[str, Mapping[str, Exported]] = field(default_factory=dict)


def exports_of(top: tree_sitter.Node) -> Exports:
    """List what the statements of a file export."""
    found = Exports()
    values: dict[str, tree_sitter.Node] = {}
    for node in top.named_children:
        if node.type == "export_statement":
            _of_statement(node, found)
        elif (split := assigned(node)) and (key := exported_as(split[0])):
            _of_assignment(key, split[1], found)
        for declared in _variables(node):
            _of_variable(declared, found, values)
    for key in (DEFAULT, WHOLE):
        target = found.names.get(key)
        if target is not None and target.name in values and not target.module:
            _of_object(key, values[target.name], found)
    return found


def names_exported(text: str) -> Iterator[str]:
    """List the names that a text looks like exporting, without parsing it; what it exports in truth its outline says."""
    yield from _DECLARED.findall(text)
    for listed in _LISTED.findall(text):
        yield from (words[-1] for one in listed.split(",") if (words := one.split()))


def exported_as(chain: Sequence[str]) -> str:
    """Name what an assignment to ``module.exports``, ``exports.x`` or ``module.exports.x`` exports; "" for any other."""
    if chain[:2] == ["module", "exports"]:
        chain = chain[1:]
    elif chain == ["exports"]:
        return ""  # the name alone
    if not chain or chain[0] != "exports" or len(chain) > 2:
        return ""
    return f"exports.{chain[1]}" if len(chain) == 2 else WHOLE


def _of_statement(node: tree_sitter.Node, found: Exports) -> None:
    source, declaration = node.child_by_field_name("source"), node.child_by_field_name("declaration")
    module = unquoted(source) if source is not None else ""
    is_default = any(part.type == "default" for part in node.children)
    for part in node.named_children:
        if part.type == "export_clause":
            found.names |= {key: Exported(name, module) for key, name in _specified(part)}
        elif part.type == "namespace_export":
            found.names[text_of(part.named_children[-1])] = Exported(EVERYTHING, module)
    if module and any(part.type == "*" for part in node.children):
        found.stars.append(module)
    if declaration is not None:
        names = list(_declared(declaration))
        found.names |= {DEFAULT: Exported(names[0])} if is_default and names else {name: Exported(name) for name in names}
    elif value := node.child_by_field_name("value"):
        found.names[DEFAULT] = Exported(text_of(value) if value.type == "identifier" else DEFAULT)
        _of_object(DEFAULT, value, found)
    elif any(part.type == "=" for part in node.children):
        found.names[WHOLE] = Exported(text_of(node.named_children[-1]))


def _specified(clause: tree_sitter.Node) -> Iterator[tuple[str, str]]:
    """The names in braces: as what each is exported, and what it is called where it comes from."""
    for one in clause.named_children:
        if one.type == "export_specifier":
            name = text_of(one.child_by_field_name("name"))
            yield text_of(one.child_by_field_name("alias")) or name, name


def _declared(node: tree_sitter.Node) -> Iterator[str]:
    if node.type == "ambient_declaration":
        node = next(iter(node.named_children), node)
    if node.type in DECLARING:
        for one in node.named_children:
            name = one.child_by_field_name("name")
            yield from bound_by(name) if name is not None else ()
    elif name := node.child_by_field_name("name"):
        yield text_of(name)


def _variables(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    inner = node.child_by_field_name("declaration") or node
    if inner.type in DECLARING:
        yield from (one for one in inner.named_children if one.type == "variable_declarator")


def _of_variable(node: tree_sitter.Node, found: Exports, values: dict[str, tree_sitter.Node]) -> None:
    """``var app = module.exports = {}`` exports its own name."""
    name, value = text_of(node.child_by_field_name("name")), node.child_by_field_name("value")
    while value is not None and value.type == "assignment_expression":
        if key := exported_as(chain_of(value.child_by_field_name("left"))):
            found.names[_plain(key)] = Exported(name)
        value = value.child_by_field_name("right")
    if value is not None:
        values[name] = value


def _of_assignment(key: str, value: tree_sitter.Node, found: Exports) -> None:
    while value.type == "assignment_expression":
        value = value.child_by_field_name("right") or value
    if module := module_required(value):
        found.names[_plain(key)] = Exported(WHOLE, module)
    else:
        found.names[_plain(key)] = Exported(text_of(value) if value.type == "identifier" else key)
        _of_object(_plain(key), value, found)


def _plain(key: str) -> str:
    return key.removeprefix("exports.") if key != WHOLE else key


def _of_object(key: str, value: tree_sitter.Node, found: Exports) -> None:
    """Note what the parts of an object are, where all of them have names of their own."""
    if value.type != "object":
        return
    parts: dict[str, Exported] = {}
    for one in value.named_children:
        inner = one.child_by_field_name("value") if one.type == "pair" else one
        name = text_of(one.child_by_field_name("key") if one.type == "pair" else one)
        if inner is not None and inner.type in ("identifier", "shorthand_property_identifier"):
            parts[name] = Exported(text_of(inner))
        elif inner is not None and (module := module_required(inner)):
            parts[name] = Exported(WHOLE, module)
        elif one.type != "comment":
            return
    found.objects[key] = parts
