"""The preamble of a Python module: its imports, and those of them that a unit needs, narrowed to the names it uses."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from foundry_git.source.python.names import dotted
from foundry_git.source.python.scopes import bound_by_alias, bound_in

_CARRIED = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple", "NewType", "getLogger"})


class Imported(Struct, frozen=True):
    """One name that a module imports, and the module that it is or comes from (dots in front: relative)."""

    name: str
    module: str


class ImportedFrom(Struct, frozen=True):
    """What a name of a module stands for elsewhere: ``name`` in ``module``, "" for the module itself."""

    module: str
    name: str


def is_preamble(node: ast.stmt) -> bool:
    """Say whether a statement only brings in what others define, and so travels along with the units that need it.

    Imports do, also ``try: import a … except ImportError: a = None`` and ``if TYPE_CHECKING: …``; so do the two assignments that
    hold nothing of their module: of a type variable and of a logger.
    """
    if isinstance(node, ast.Import | ast.ImportFrom) or _is_carried(node):
        return True
    parts = _branches(node)
    return any(is_preamble(part) for part in parts) and all(is_preamble(part) or _is_filling(part) for part in parts)


def preamble_of(body: Iterable[ast.stmt]) -> list[ast.stmt]:
    """List the statements of a module's body that import, alone or in branches of ``if``, ``try`` and ``with``, or are carried."""
    return [node for node in body if _is_carried(node) or any(True for _ in imports_in(node))]


def imports_in(node: ast.stmt) -> Iterator[ast.Import | ast.ImportFrom]:
    """List the import statements in a statement and its branches, those of ``__future__`` left out."""
    if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.module != "__future__"):
        yield node
    for part in _branches(node):
        yield from imports_in(part)


def imported_names(node: ast.Import | ast.ImportFrom) -> Iterator[Imported]:
    """List what an import statement binds; ``*`` for everything that a module offers."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            yield Imported(bound_by_alias(alias), alias.name)
        else:
            yield Imported(alias.asname or alias.name, module_of(node))


def module_of(node: ast.ImportFrom) -> str:
    """Write the module of a ``from`` import as it stands there: ``..pkg.mod``."""
    return "." * node.level + (node.module or "")


def is_relative(module: str) -> bool:
    """Say whether a module is named as seen from the file that imports it."""
    return module.startswith(".")


def written(node: ast.stmt) -> str:
    """Write a statement of a preamble, as ``ast.unparse`` does, which takes eight times as long for an import."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return ast.unparse(ast.fix_missing_locations(node))
    names = ", ".join(f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in node.names)
    return f"import {names}" if isinstance(node, ast.Import) else f"from {module_of(node)} import {names}"


def narrowed(node: ast.stmt, chains: Mapping[str, set[str]], has_unknown: bool) -> ast.stmt | None:
    """Cut a statement of a preamble down to what is used; ``None`` if nothing is.

    ``chains``: name → the dotted chains in which it is used, so that ``import xml.sax`` goes where only ``xml.dom.parse`` is
    used. ``has_unknown``: the unit uses names that nothing defines, so that ``import *`` may be where they come from.
    """
    if isinstance(node, ast.Import):
        kept = [alias for alias in node.names if _is_used(alias, chains)]
        return ast.Import(kept) if kept else None
    if isinstance(node, ast.ImportFrom):
        kept = [alias for alias in node.names if (alias.asname or alias.name) in chains or (alias.name == "*" and has_unknown)]
        return ast.ImportFrom(node.module, kept, node.level) if kept else None
    if _is_carried(node):
        return node if not bound_in([node]).isdisjoint(chains) else None
    return _narrowed_branches(node, lambda part: narrowed(part, chains, has_unknown), chains)


def _is_used(alias: ast.alias, chains: Mapping[str, set[str]]) -> bool:
    name = bound_by_alias(alias)
    if alias.asname or alias.name == name:
        return name in chains
    return any(chain == name or f"{chain}.".startswith(f"{alias.name}.") for chain in chains.get(name, ()))


def _narrowed_branches(
    node: ast.stmt, narrow: Callable[[ast.stmt], ast.stmt | None], chains: Mapping[str, set[str]]
) -> ast.stmt | None:
    """Rebuild an ``if``, ``try`` or ``with`` around the imports that are used and what stands in for them."""

    def keep(statements: Iterable[ast.stmt]) -> list[ast.stmt]:
        kept = [part if _stands_in(part, chains) else narrow(part) for part in statements]
        return [part for part in kept if part is not None]

    rebuilt: ast.stmt | None = None
    if isinstance(node, ast.If):
        rebuilt = ast.If(node.test, keep(node.body) or [ast.Pass()], keep(node.orelse))
    elif isinstance(node, ast.With):
        rebuilt = ast.With(node.items, keep(node.body) or [ast.Pass()])
    elif isinstance(node, ast.Try):
        handlers = [ast.ExceptHandler(part.type, part.name, keep(part.body) or [ast.Pass()]) for part in node.handlers]
        final: list[ast.stmt] = [] if handlers else [ast.Pass()]
        rebuilt = ast.Try(keep(node.body) or [ast.Pass()], handlers, keep(node.orelse) if handlers else [], final)
    return rebuilt if rebuilt and is_preamble(rebuilt) else None


def _branches(node: ast.stmt) -> list[ast.stmt]:
    if isinstance(node, ast.If):
        return [*node.body, *node.orelse]
    if isinstance(node, ast.With):
        return node.body
    if isinstance(node, ast.Try):
        handled = [part for handler in node.handlers for part in handler.body]
        return [*node.body, *handled, *node.orelse, *node.finalbody]
    return []


def _stands_in(node: ast.stmt, chains: Mapping[str, set[str]]) -> bool:
    """Say whether a statement replaces an import that failed: ``json = None``, ``HAS_NUMPY = False``, ``raise …``."""
    if isinstance(node, ast.Assign):
        return _is_filling(node) and all(isinstance(target, ast.Name) and target.id in chains for target in node.targets)
    return isinstance(node, ast.Raise)


def _is_filling(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass | ast.Raise) or (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant))


def _is_carried(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    return len(node.targets) == 1 and dotted(node.value.func).rpartition(".")[2] in _CARRIED
