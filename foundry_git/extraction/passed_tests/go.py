"""Go tests: which units of their package they exercise, and the test file that some of them make beside a pattern's code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from foundry_git.extraction.passed_tests.uses import PlacedTest, ProjectUnderTest, UnitsUsed
from foundry_git.source.units import Unit, UnitKey

_PACKAGE = re.compile(r"^package (\w+)", re.MULTILINE)
_SPEC = re.compile(r"^(?:import )?\s*((?:[\w.]+ )?\"[^\"\n]+\")\s*$", re.MULTILINE)


def uses_of(test: PlacedTest, project: ProjectUnderTest) -> UnitsUsed:
    """Say which units of its package a test names; a helper of its package keeps it from being plain, as does a package of its own."""
    names = [name for name in test.unit.free_names if _stands_alone(name, test.unit.body)]
    folder = test.path.rpartition("/")[0]
    found = [project.one_in(name, folder) for name in names]
    package = _package(test.unit)
    own = all(key is not None for key in found) and not package.endswith("_test")
    return UnitsUsed(tuple(key for key in found if key), own and bool(package))


def can_travel(unit: Unit, code_file: str) -> bool:
    """Say whether tests can stand beside a unit's code: in its package."""
    return bool(_package(unit))


def written_together(
    tests: Sequence[PlacedTest], target: UnitKey, code_file: str, project: ProjectUnderTest
) -> tuple[str, list[PlacedTest]]:
    """Write tests of one unit as one file of its package, and say which of them are in it; of two with one name the first is."""
    kept = list({test.unit.symbol: test for test in reversed(tests) if _package(test.unit) == _package(tests[0].unit)}.values())[
        ::-1
    ]
    specs = sorted({spec for test in kept for text in test.unit.imports for spec in _SPEC.findall(text)})
    block = "import (\n{}\n)".format("\n".join(f"\t{spec}" for spec in specs)) if specs else ""
    package = f"package {_package(kept[0].unit)}" if kept else ""
    return "\n\n".join(part for part in (package, block, *(test.unit.body.rstrip() for test in kept)) if part) + "\n", kept


def renamed(text: str, old: str, new: str) -> str:
    """Leave a test file as it is: a package needs no import of its own."""
    return text


def _package(unit: Unit) -> str:
    found = _PACKAGE.search("\n".join(unit.imports))
    return found[1] if found else ""


def _stands_alone(name: str, body: str) -> bool:
    """Say whether a name is used other than as a part of something (``testing.T``)."""
    return bool(re.search(rf"(?<![\w.]){re.escape(name)}\b", body))
