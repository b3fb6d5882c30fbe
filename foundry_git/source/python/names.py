"""Names that a unit uses and does not bind itself: what it needs from its module."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from foundry_git.source.python.scopes import (
    COMPREHENSIONS,
    SCOPES,
    PythonScope,
    arguments_of,
    type_scope,
)
from foundry_git.source.python.tree import children

BUILT_IN = frozenset(dir(builtins)) | {"__file__", "__path__", "__class__", "__module__", "__qualname__", "__annotations__"}

_SCOPE_KINDS = frozenset(SCOPES)


@dataclass(slots=True)
class NamesNeeded:
    """What a unit needs from outside.

    ``chains``: each outside name, with the dotted chains (``os.path.join``) in which it is used; ``builtins``: names of the
    language, unless the module says otherwise; ``inner_imports``: the import statements within the unit.
    """

    chains: dict[str, set[str]] = field(default_factory=dict)
    builtins: set[str] = field(default_factory=set)
    inner_imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)
    is_annotated: bool = False


class _Place(NamedTuple):
    """A node, the scope it is evaluated in, and whether it is (part of) an annotation."""

    node: ast.AST
    scope: PythonScope
    is_annotation: bool = False


def needs_of(unit: ast.stmt, around: PythonScope) -> NamesNeeded:
    """Collect the outside names of a unit, or of another statement; annotations in quotes are read too.

    ``around``: its ``outer_scope``.
    """
    needs = NamesNeeded()
    todo = [_Place(unit, around)]
    while todo:
        place = todo.pop()
        needs.is_annotated |= place.is_annotation
        if isinstance(place.node, ast.Name | ast.Attribute):
            todo.extend(_use(needs, place))
        elif isinstance(place.node, ast.Import | ast.ImportFrom):
            needs.inner_imports.append(place.node)
        elif place.is_annotation or not isinstance(place.node, ast.Constant):
            todo.extend(_parts(place))
    return needs


def dotted(node: ast.AST) -> str:
    """Write ``a.b.c`` for a chain of attributes on a name; ``""`` for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _use(needs: NamesNeeded, place: _Place) -> list[_Place]:
    """Note the name at the root of a chain; an attribute of anything else is a part to look into."""
    chain = dotted(place.node)
    if not chain:
        assert isinstance(place.node, ast.Attribute)
        return [_Place(place.node.value, place.scope, place.is_annotation)]
    name = chain.partition(".")[0]
    if place.scope.find(name) is None:
        if name in BUILT_IN:
            needs.builtins.add(name)
        else:
            needs.chains.setdefault(name, set()).add(chain)
    return []


def _parts(place: _Place) -> Iterable[_Place]:
    node, scope = place.node, place.scope
    if type(node) in _SCOPE_KINDS:
        return _comprehension_parts(node, scope) if isinstance(node, COMPREHENSIONS) else _definition_parts(node, scope)
    if place.is_annotation:
        return _annotation_parts(node, scope)
    annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
    return [_Place(child, scope, child is annotation) for child in children(node)]


def _comprehension_parts(node: ast.AST, scope: PythonScope) -> Iterator[_Place]:
    """The first iterable is evaluated around the comprehension: ``[x for x in x]``."""
    assert isinstance(node, COMPREHENSIONS)
    inside = scope.enter(node)
    first = node.generators[0].iter
    yield _Place(first, scope)
    for child in children(node):
        parts = children(child) if isinstance(child, ast.comprehension) else [child]
        yield from (_Place(part, inside) for part in parts if part is not first)


def _definition_parts(node: ast.AST, scope: PythonScope) -> Iterator[_Place]:
    inside, types = scope.enter(node), type_scope(node, scope)
    if isinstance(node, ast.ClassDef):
        yield from (_Place(part, types) for part in [*node.bases, *node.keywords])
    elif isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [*node.args.defaults, *node.args.kw_defaults]
        yield from (_Place(default, scope) for default in defaults if default)
        # a parameter never hides a type: in `def f(date: date)` the second is the module's
        annotations = [argument.annotation for argument in arguments_of(node.args)] + [getattr(node, "returns", None)]
        yield from (_Place(annotation, types, is_annotation=True) for annotation in annotations if annotation)
    yield from (_Place(part, scope) for part in getattr(node, "decorator_list", ()))
    yield from (_Place(part, types) for part in getattr(node, "type_params", ()))
    body = [node.body] if isinstance(node, ast.Lambda) else getattr(node, "body", [])
    yield from (_Place(part, inside) for part in body)


def _annotation_parts(node: ast.AST, scope: PythonScope) -> list[_Place]:
    """Split an annotation; a text in it is a forward reference, but not in ``Literal`` nor behind the type of ``Annotated``."""
    if isinstance(node, ast.Constant):
        return [_Place(node, scope, is_annotation=True) for node in _forward_reference(node.value)]
    if isinstance(node, ast.Subscript):
        name = dotted(node.value).rpartition(".")[2]
        if name == "Literal":
            return [_Place(node.value, scope, is_annotation=True)]
        if name == "Annotated" and isinstance(node.slice, ast.Tuple) and node.slice.elts:
            plain = [_Place(part, scope) for part in node.slice.elts[1:]]
            return [_Place(part, scope, is_annotation=True) for part in (node.value, node.slice.elts[0])] + plain
    return [_Place(child, scope, is_annotation=True) for child in children(node)]


def _forward_reference(value: object) -> list[ast.AST]:
    if not isinstance(value, str):
        return []
    try:
        return [ast.parse(value, mode="eval").body]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # not a type, whatever it is: `x: "metres per second"`
