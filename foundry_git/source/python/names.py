"""Names that a unit uses and does not bind itself: what it needs from its module."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence

from msgspec import Struct, field

from foundry_git.source.python.scopes import (
    COMPREHENSIONS,
    SCOPES,
    Comprehension,
    PythonScope,
    PythonScopes,
    arguments_of,
    type_scope,
)
from foundry_git.source.python.tree import children

BUILT_IN = frozenset(dir(builtins)) | {"__file__", "__path__", "__class__", "__module__", "__qualname__", "__annotations__"}

_SCOPE_KINDS = frozenset(SCOPES)
_DIVIDED = _SCOPE_KINDS | {ast.AnnAssign}
"""What has parts that stand in different places."""


class NamesNeeded(Struct):
    """What a unit needs from outside.

    ``chains``: each outside name, with the dotted chains (``os.path.join``) in which it is used; ``builtins``: names of the
    language, unless the module says otherwise; ``inner_imports``: the import statements within the unit.
    """

    chains: dict[str, set[str]] = field(default_factory=dict)
    builtins: set[str] = field(default_factory=set)
    inner_imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)
    is_annotated: bool = False


_Place = tuple[PythonScope, bool]
"""Where what is looked at next stands: the scope it is evaluated in, and whether it is (part of) an annotation."""

_Group = tuple[_Place, Sequence[ast.AST]]
"""Parts of a node that stand in one place."""


def needs_of(unit: ast.stmt, scopes: PythonScopes) -> NamesNeeded:
    """Collect the outside names of a unit, or of another statement; annotations in quotes are read too.

    ``scopes``: its own.
    """
    needs = NamesNeeded()
    scope, is_annotation = scopes.outer, False
    todo: list[ast.AST | _Place] = [unit]  # one place for a row of nodes, not for each: this loop sees a million in 10,000 units
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            _use(needs, node.id, node, scope)
        elif isinstance(node, ast.Attribute):
            base = _base(node)
            if isinstance(base, ast.Name):
                _use(needs, base.id, node, scope)
            else:
                todo.append(base)
        elif isinstance(node, tuple):
            scope, is_annotation = node
            needs.is_annotated |= is_annotation
        elif node.__class__ in _DIVIDED or is_annotation:
            todo.append((scope, is_annotation))
            for place, parts in _groups(node, scopes, scope, is_annotation):
                if parts:
                    todo += parts
                    todo.append(place)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            needs.inner_imports.append(node)
        else:
            todo += children(node)
    return needs


def dotted(node: ast.AST) -> str:
    """Write ``a.b.c`` for a chain of attributes on a name; ``""`` for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _base(node: ast.expr) -> ast.expr:
    """What the first attribute of a chain is taken from."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def _use(needs: NamesNeeded, name: str, chain: ast.AST, scope: PythonScope) -> None:
    """Note the name at the root of a chain, if it comes from outside."""
    if scope.find(name) is None:
        if name in BUILT_IN:
            needs.builtins.add(name)
        else:
            needs.chains.setdefault(name, set()).add(dotted(chain))


def _groups(node: ast.AST, scopes: PythonScopes, scope: PythonScope, is_annotation: bool) -> list[_Group]:
    """The parts of a node that stand in different places; the last are looked at first."""
    if isinstance(node, COMPREHENSIONS):
        return _comprehension_groups(node, scope, scopes.enter(node, scope))
    if node.__class__ in _SCOPE_KINDS:
        return _definition_groups(node, scope, scopes.enter(node, scope))
    if is_annotation:
        return _annotation_groups(node, scope)
    assert isinstance(node, ast.AnnAssign)
    value = [node.value] if node.value else []
    return [((scope, False), [node.target]), ((scope, True), [node.annotation]), ((scope, False), value)]


def _comprehension_groups(node: Comprehension, scope: PythonScope, inside: PythonScope) -> list[_Group]:
    """The first iterable is evaluated around the comprehension: ``[x for x in x]``."""
    first = node.generators[0].iter
    rest: list[ast.AST] = []
    for child in children(node):
        rest += children(child) if isinstance(child, ast.comprehension) else [child]
    return [((scope, False), [first]), ((inside, False), [part for part in rest if part is not first])]


def _definition_groups(node: ast.AST, scope: PythonScope, inside: PythonScope) -> list[_Group]:
    types = type_scope(node, scope)
    groups: list[_Group] = []
    if isinstance(node, ast.ClassDef):
        groups.append(((types, False), [*node.bases, *node.keywords]))
    elif isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
        groups.append(((scope, False), [default for default in (*node.args.defaults, *node.args.kw_defaults) if default]))
        # a parameter never hides a type: in `def f(date: date)` the second is the module's
        annotations = [*(argument.annotation for argument in arguments_of(node.args)), getattr(node, "returns", None)]
        groups.append(((types, True), [annotation for annotation in annotations if annotation]))
    groups.append(((scope, False), getattr(node, "decorator_list", ())))
    groups.append(((types, False), getattr(node, "type_params", ())))
    body = [node.body] if isinstance(node, ast.Lambda) else getattr(node, "body", ())
    return [*groups, ((inside, False), body)]


def _annotation_groups(node: ast.AST, scope: PythonScope) -> list[_Group]:
    """Split an annotation; a text in it is a forward reference, but not in ``Literal`` nor behind the type of ``Annotated``."""
    if isinstance(node, ast.Constant):
        return [((scope, True), _forward_reference(node.value))]
    if isinstance(node, ast.Subscript):
        name = dotted(node.value).rpartition(".")[2]
        if name == "Literal":
            return [((scope, True), [node.value])]
        if name == "Annotated" and isinstance(node.slice, ast.Tuple) and node.slice.elts:
            return [((scope, True), [node.value, node.slice.elts[0]]), ((scope, False), node.slice.elts[1:])]
    return [((scope, True), children(node))]


def _forward_reference(value: object) -> list[ast.AST]:
    if not isinstance(value, str):
        return []
    try:
        return [ast.parse(value, mode="eval").body]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # not a type, whatever it is: `x: "metres per second"`
