"""Scopes: which names a function, class, lambda or comprehension binds, and where a name used in it comes from."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from foundry_git.source.python.tree import LEAVES, children, walk

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
DefinitionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = (*DEFINITIONS, ast.Lambda, *COMPREHENSIONS)

_BINDERS = frozenset({ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.Import, ast.ImportFrom})
_TARGETS = frozenset({ast.Tuple, ast.List, ast.Starred})
"""Expressions that may hold names that are bound."""
_NOTED = _BINDERS | LEAVES | {*SCOPES}
"""What :func:`bound_in` looks at, or passes over; of all else only the parts bind something."""


class PythonScope(Struct, frozen=True, eq=False):
    """The names bound in one place, inside ``parent``; two scopes are the same only if they are one object."""

    names: frozenset[str]
    parent: PythonScope | None = None
    is_class: bool = False

    def find(self, name: str) -> PythonScope | None:
        """Find the scope that a name used here belongs to; ``None`` if it comes from outside the unit."""
        scope: PythonScope | None = self
        while scope is not None:
            # Python looks past the classes around a function, but not past the class itself
            if name in scope.names and (scope is self or not scope.is_class):
                return scope
            scope = scope.parent
        return None


class PythonScopes:
    """The scopes of statements that stand together.

    What is inside is opened once and kept, as every pass asks for it. It is kept here, not in the scope around it: in a circle with
    its parent, each tree would wait for the garbage collector, which took an eighth of the time of an extraction.
    """

    def __init__(self, names: Iterable[str], has_walrus: bool = True) -> None:
        """Open the outermost scope, in which ``names`` are bound; ``has_walrus``: see :func:`bound_in`."""
        self.outer = PythonScope(frozenset(names))
        self._has_walrus = has_walrus
        self._opened: dict[tuple[PythonScope, ast.AST], PythonScope] = {}

    def enter(self, node: ast.AST, scope: PythonScope) -> PythonScope:
        """Open the scope of a definition, lambda or comprehension that stands in another."""
        key = scope, node
        if key not in self._opened:
            self._opened[key] = _inner_scope(node, scope, self._has_walrus)
        return self._opened[key]


def scopes_of(statements: Sequence[ast.stmt], has_walrus: bool = True) -> PythonScopes:
    """The scopes of top-level statements, in the outermost of which their own names are bound."""
    return PythonScopes(bound_in(statements, has_walrus), has_walrus)


def type_scope(node: ast.AST, parent: PythonScope) -> PythonScope:
    """Open the scope around a generic definition (``def first[T]``, Python 3.12): that of its annotations and bases."""
    names = frozenset(parameter.name for parameter in getattr(node, "type_params", ()))
    return PythonScope(names, parent) if names else parent


def bound_in(nodes: Iterable[ast.AST], has_walrus: bool = True) -> set[str]:
    """Collect what these nodes bind in their own scope: nested scopes give only their name, and ``:=`` of comprehensions.

    Without ``has_walrus`` there is no ``:=`` in them, and no expression is looked into: that saves a third of the time.
    """
    bound: set[str] = set()
    elsewhere: set[str] = set()
    todo = list(nodes)
    while todo:
        node = todo.pop()
        kind = node.__class__
        if kind not in _NOTED:  # most: asked first, by a look into a set
            if has_walrus or kind in _TARGETS or not isinstance(node, ast.expr):
                todo += children(node)
        elif isinstance(node, ast.Name):
            if node.ctx.__class__ is not ast.Load:
                bound.add(node.id)
        elif isinstance(node, DEFINITIONS):
            bound.add(node.name)
        elif has_walrus and isinstance(node, COMPREHENSIONS):
            bound.update(part.target.id for part in walk(node) if isinstance(part, ast.NamedExpr))
        elif isinstance(node, ast.Global | ast.Nonlocal):
            elsewhere.update(node.names)
        elif kind in _BINDERS:
            bound.update(_bound_by(node))
            todo += children(node)
    return bound - elsewhere


def arguments_of(arguments: ast.arguments) -> Iterator[ast.arg]:
    """List the parameters in the order in which they are written."""
    yield from arguments.posonlyargs
    yield from arguments.args
    if arguments.vararg:
        yield arguments.vararg
    yield from arguments.kwonlyargs
    if arguments.kwarg:
        yield arguments.kwarg


def bound_by_alias(alias: ast.alias) -> str:
    """Name what one part of an import statement binds: ``import a.b`` binds ``a``."""
    return alias.asname or alias.name.partition(".")[0]


def _inner_scope(node: ast.AST, parent: PythonScope, has_walrus: bool) -> PythonScope:
    if isinstance(node, COMPREHENSIONS):
        bound = bound_in((generator.target for generator in node.generators), has_walrus)
        return PythonScope(frozenset(bound), parent)
    if isinstance(node, ast.Lambda):
        return PythonScope(frozenset({*_arguments(node.args), *bound_in([node.body], has_walrus)}), parent)
    if isinstance(node, FUNCTIONS):
        return PythonScope(frozenset({*_arguments(node.args), *bound_in(node.body, has_walrus)}), type_scope(node, parent))
    assert isinstance(node, ast.ClassDef)
    return PythonScope(frozenset(bound_in(node.body, has_walrus)), type_scope(node, parent), is_class=True)


def _arguments(arguments: ast.arguments) -> Iterator[str]:
    return (argument.arg for argument in arguments_of(arguments))


def _bound_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [bound_by_alias(alias) for alias in node.names]
    name = node.rest if isinstance(node, ast.MatchMapping) else getattr(node, "name", None)
    return [name] if name else []
