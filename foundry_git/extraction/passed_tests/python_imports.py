"""What the imports of a Python test bring: units and modules of its project, or what is somebody else's."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from foundry_git.extraction.passed_tests.uses import PlacedTest, ProjectUnderTest
from foundry_git.source.units import UnitKey

ImportedName = ast.Import | ast.ImportFrom


def imports_of(test: PlacedTest) -> Iterator[ast.stmt]:
    """The statements that a test needs from the head of its module; an import of several modules comes as several."""
    for statement in (statement for text in test.unit.imports for statement in parsed(text).body):
        if isinstance(statement, ast.Import):
            yield from (ast.Import([alias]) for alias in statement.names)
        else:
            yield statement


def parsed(text: str) -> ast.Module:
    """Parse what a reader took out of a file that was parsed."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def bound(alias: ast.alias) -> str:
    """The name that an import binds."""
    return alias.asname or alias.name.partition(".")[0]


def target_of(node: ImportedName, alias: ast.alias, test: PlacedTest, project: ProjectUnderTest) -> UnitKey | None:
    """The unit that an imported name is, or (symbol ``""``) the module of the project; None for anything else."""
    if isinstance(node, ast.Import):
        path = module_file(alias.name.split("."), project) if alias.asname or "." not in alias.name else None
        return (path, "") if path else None
    module = _module(node, test.path)
    unit = _unit_named(module, alias.name, project)
    path = None if unit else module_file([*module, alias.name], project)
    return unit or ((path, "") if path else None)


@lru_cache(maxsize=4)
def own_roots(paths: frozenset[str]) -> frozenset[str]:
    """Every name that could be a module or package of a project with these files."""
    parts = {part for path in paths if path.endswith(".py") for part in path.removesuffix(".py").split("/")}
    return frozenset(parts - sys.stdlib_module_names)


def is_own(node: ImportedName, roots: frozenset[str]) -> bool:
    """Say whether an import could bring something of the project."""
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or (node.module or "").partition(".")[0] in roots
    return any(alias.name.partition(".")[0] in roots for alias in node.names)


def _unit_named(module: Sequence[str], name: str, project: ProjectUnderTest) -> UnitKey | None:
    """What ``from module import name`` brings, also where a package hands it on."""
    ranked = [(rank, path) for path in project.symbols.get(name, ()) if (rank := _nearness(module, path))]
    best = [path for rank, path in ranked if rank == max(ranked)[0]]
    return (best[0], name) if len(best) == 1 else None


def module_file(module: Sequence[str], project: ProjectUnderTest) -> str | None:
    """The file of a module of the project; None of any other, and where several could be meant."""
    found = [path for path in _by_last_part(project.paths).get(module[-1], ()) if _nearness(module, path) == 2]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4)
def _by_last_part(paths: frozenset[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        if path.endswith(".py") and (parts := _parts(path)):
            found.setdefault(parts[-1], []).append(path)
    return found


def _nearness(module: Sequence[str], path: str) -> int:
    """2: the path is that module. 1: it lies below that package."""
    place, count = _parts(path), len(module)
    if not count:
        return 0
    if place[-count:] == list(module):
        return 2
    return int(any(place[at : at + count] == list(module) for at in range(len(place) - count)))


def _parts(path: str) -> list[str]:
    parts = path.rpartition(".")[0].split("/")
    return parts[:-1] if parts[-1] == "__init__" else parts


def _module(node: ast.ImportFrom, path: str) -> list[str]:
    named = node.module.split(".") if node.module else []
    folders = path.split("/")[:-1]
    return [*folders[: len(folders) - node.level + 1], *named] if node.level else named
