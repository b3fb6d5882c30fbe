"""Rust tests: which units they exercise, and the child module that some of them make for a pattern's code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from foundry_git.extraction.passed_tests.uses import PlacedTest, ProjectUnderTest, UnitsUsed
from foundry_git.source.units import Unit, UnitKey

_USE = re.compile(r"use (?:(?:\w+)::)*(\w+);\Z")
_ROOT = re.compile(r"use (\w+)")
_STANDARD = frozenset({"std", "core", "alloc"})


def uses_of(test: PlacedTest, project: ProjectUnderTest) -> UnitsUsed:
    """Say which units a test names: of its own file (``use super::*``), or one by one of its crate."""
    here = [(test.path, name) for name in test.unit.free_names if test.path in project.symbols.get(name, ())]
    brought = [_brought(line, project) for line in _own_imports(test.unit, project)]
    units = tuple(dict.fromkeys([*here, *(key for key in brought if key)]))
    return UnitsUsed(units, len(here) == len(test.unit.free_names) and all(brought))


def can_travel(unit: Unit, code_file: str) -> bool:
    """Say whether tests can be a child module of a unit's code: always."""
    return True


def written_together(
    tests: Sequence[PlacedTest], target: UnitKey, code_file: str, project: ProjectUnderTest
) -> tuple[str, list[PlacedTest]]:
    """Write tests of one unit as a module below its code, and say which of them are in it; of two with one name the first is."""
    kept = list({test.unit.name: test for test in reversed(tests)}.values())[::-1]
    own = {line for test in kept for line in _own_imports(test.unit, project)}
    uses = ["use super::*;", *sorted({line for test in kept for line in test.unit.imports} - own)]
    return "\n\n".join(["\n".join(uses), *(test.unit.body.rstrip() for test in kept)]) + "\n", kept


def renamed(text: str, old: str, new: str) -> str:
    """Leave a test file as it is: its parent is not named."""
    return text


def _own_imports(unit: Unit, project: ProjectUnderTest) -> list[str]:
    """The imports that are of the project: from ``crate``, ``super``, or of a unit by its name."""
    roots = [(line, found[1]) for line in unit.imports if (found := _ROOT.match(line))]
    return [
        line for line, root in roots if root in ("crate", "super", "self") or (root not in _STANDARD and _brought(line, project))
    ]


def _brought(line: str, project: ProjectUnderTest) -> UnitKey | None:
    found = _USE.match(line)
    paths = project.symbols.get(found[1], ()) if found else ()
    paths = tuple(path for path in paths if path.endswith(".rs"))
    return (paths[0], found[1]) if found and len(paths) == 1 else None
