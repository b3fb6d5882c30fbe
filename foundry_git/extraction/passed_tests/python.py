"""Python tests: which units they exercise, and the file that some of them make beside a pattern's code."""

from __future__ import annotations

import ast
import keyword
import re
import sys
from collections.abc import Sequence

from msgspec import Struct, field

from foundry_git.extraction.passed_tests.python_arguments import finds_its_arguments
from foundry_git.extraction.passed_tests.python_imports import (
    bound,
    imports_of,
    is_own,
    module_file,
    own_roots,
    parsed,
    target_of,
)
from foundry_git.extraction.passed_tests.uses import PlacedTest, ProjectUnderTest, UnitsUsed
from foundry_git.source.python.names import dotted
from foundry_git.source.units import Unit, UnitKey

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+\Z")


def uses_of(test: PlacedTest, project: ProjectUnderTest) -> UnitsUsed:
    """Say which units a test imports, and whether it needs nothing else of its project."""
    roots, body = own_roots(project.paths), parsed(test.unit.body)
    units: dict[UnitKey, None] = {}
    is_plain = not test.unit.free_names and finds_its_arguments(body) and not _looks_around(body, roots)
    for statement in imports_of(test):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            brought = [_brought(statement, alias, test, project, body) for alias in statement.names]
            units |= {key: None for keys in brought for key in keys}
            is_plain = is_plain and (not is_own(statement, roots) or all(len(keys) == 1 for keys in brought))
            units |= dict.fromkeys(_by_full_name(statement, project, body))  # it would have to be rewritten to travel
        else:
            inner = (part for part in ast.walk(statement) if isinstance(part, ast.Import | ast.ImportFrom))
            is_plain = is_plain and not any(is_own(part, roots) for part in inner)
    for inside in (part for part in ast.walk(body) if isinstance(part, ast.Import | ast.ImportFrom)):
        units |= {key: None for alias in inside.names for key in _brought(inside, alias, test, project, body)}
    return UnitsUsed(tuple(units), is_plain)


def can_travel(unit: Unit | None, code_file: str) -> bool:
    """Say whether a test beside a code file can import it: its name is an identifier and no module of the standard library."""
    module = _module_of(code_file)
    return module.isidentifier() and not keyword.iskeyword(module) and module not in sys.stdlib_module_names


def written_together(
    tests: Sequence[PlacedTest], target: UnitKey, code_file: str, project: ProjectUnderTest
) -> tuple[str, list[PlacedTest]]:
    """Write tests of one unit as one file that imports the unit from ``code_file``, and say which of them are in it.

    A test is left out if its name, or one that it imports, means something else in a test before it.
    """
    own, head = _module_of(code_file), _Head()
    kept: list[PlacedTest] = []
    for test in tests:
        added = _Head()
        for statement in imports_of(test):
            added.add(_moved(statement, test, target, own, project))
        added.meanings[test.unit.symbol] = test.path
        if test.unit.symbol not in head.meanings and head.agrees(added):
            head.join(added)
            kept.append(test)
    return "\n\n\n".join([head.text(own), *(test.unit.body.rstrip() for test in kept)]) + "\n", kept


def renamed(text: str, old: str, new: str) -> str:
    """Let a test file import its unit from the code file ``new`` instead of ``old``; ``""`` where it could not."""
    if not can_travel(None, new):
        return ""
    return re.sub(rf"^(from|import) {re.escape(_module_of(old))}(?= )", rf"\1 {_module_of(new)}", text, flags=re.MULTILINE)


class _Head(Struct):
    """The head of a file: what each name means; ``import`` lines, names by the module they are imported from, other statements."""

    meanings: dict[str, str] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)
    froms: dict[str, set[str]] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)

    def add(self, node: ast.stmt) -> None:
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            self.froms.setdefault(module, set()).update(ast.unparse(alias) for alias in node.names)
            self.meanings |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            self.lines.add(ast.unparse(node))
            self.meanings |= {bound(alias): alias.name if alias.asname else bound(alias) for alias in node.names}
        else:
            self.others[ast.unparse(node)] = None

    def agrees(self, other: _Head) -> bool:
        return all(self.meanings.get(name, meaning) == meaning for name, meaning in other.meanings.items())

    def join(self, other: _Head) -> None:
        self.meanings |= other.meanings
        self.lines |= other.lines
        self.others |= other.others
        for module, names in other.froms.items():
            self.froms.setdefault(module, set()).update(names)

    def text(self, own: str) -> str:
        """Blocks: the future, the standard library, what comes from elsewhere, the unit, other statements."""
        froms = {module: f"from {module} import {', '.join(sorted(names))}" for module, names in self.froms.items()}
        future = [froms.pop("__future__")] if "__future__" in froms else []
        unit = [froms.pop(own)] if own in froms else []
        unit += sorted(line for line in self.lines if line.startswith(f"import {own} "))
        lines = [*sorted(self.lines - set(unit)), *(froms[module] for module in sorted(froms))]
        standard = [line for line in lines if re.split(r"[\s.]", line)[1] in sys.stdlib_module_names]
        elsewhere = [line for line in lines if line not in standard]
        return "\n\n".join("\n".join(block) for block in (future, standard, elsewhere, unit, list(self.others)) if block)


def _brought(
    node: ast.Import | ast.ImportFrom, alias: ast.alias, test: PlacedTest, project: ProjectUnderTest, body: ast.Module
) -> list[UnitKey]:
    """The units that an imported name brings: itself, or what the test takes from it as a module."""
    target = target_of(node, alias, test, project)
    if target is None or target[1]:
        return [target] if target else []
    parts = (part for part in ast.walk(body) if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name))
    used = {part.attr for part in parts if isinstance(part.value, ast.Name) and part.value.id == bound(alias)}
    return [(target[0], name) for name in sorted(used)]


def _by_full_name(node: ast.Import | ast.ImportFrom, project: ProjectUnderTest, body: ast.Module) -> list[UnitKey]:
    """The units that a test takes from a module by its full name: ``import shop.chunks`` and then ``shop.chunks.in_chunks(…)``."""
    modules = (
        [alias.name for alias in node.names if not alias.asname and "." in alias.name] if isinstance(node, ast.Import) else []
    )
    parts = [part for part in ast.walk(body) if isinstance(part, ast.Attribute)] if modules else []
    used = {(dotted(part.value), part.attr) for part in parts}
    places = {name: module_file(name.split("."), project) for name in modules}
    return sorted((path, attr) for name, path in places.items() if path for module, attr in used if module == name)


def _moved(node: ast.stmt, test: PlacedTest, target: UnitKey, own: str, project: ProjectUnderTest) -> ast.stmt:
    """The statement, with the unit (or its module) imported from beside the test."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return node
    found = target_of(node, node.names[0], test, project)
    if found is None or found[0] != target[0]:
        return node
    return ast.ImportFrom(own, node.names, 0) if found[1] else ast.Import([ast.alias(own, bound(node.names[0]))])


def _looks_around(body: ast.Module, roots: frozenset[str]) -> bool:
    """Say whether a test finds code or files by their place: ``patch("shop.stock.now")``, ``__file__``, an import within it."""
    for part in ast.walk(body):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            if _DOTTED.match(part.value) and part.value.partition(".")[0] in roots:
                return True
        elif isinstance(part, ast.Import | ast.ImportFrom):
            if is_own(part, roots):
                return True
        elif isinstance(part, ast.Name) and part.id == "__file__":
            return True
    return False


def _module_of(code_file: str) -> str:
    return code_file.rpartition(".")[0]
