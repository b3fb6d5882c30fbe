"""What each language can do with its tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from foundry_git.extraction.passed_tests import (
    go,
    python,
    rust,
    script,
)
from foundry_git.extraction.passed_tests.uses import PlacedTest, ProjectUnderTest, UnitsUsed
from foundry_git.source.units import Unit, UnitKey


class Tests(Struct, frozen=True):
    """``uses_of(test, project)``: what a test names. ``can_travel(unit, code_file)``: whether tests can stand beside a unit's code.

    ``written_together(tests, unit, code_file, project)``: one file of tests of that unit, and those that are in it.
    ``renamed(text, old, new)``: that file for a code file of another name.
    """

    uses_of: Callable[[PlacedTest, ProjectUnderTest], UnitsUsed]
    can_travel: Callable[[Unit, str], bool]
    written_together: Callable[[Sequence[PlacedTest], UnitKey, str, ProjectUnderTest], tuple[str, list[PlacedTest]]]
    renamed: Callable[[str, str, str], str]


_SCRIPT = Tests(script.uses_of, script.can_travel, script.written_together, script.renamed)

LANGUAGES: Mapping[str, Tests] = {
    "python": Tests(python.uses_of, python.can_travel, python.written_together, python.renamed),
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "go": Tests(go.uses_of, go.can_travel, go.written_together, go.renamed),
    "rust": Tests(rust.uses_of, rust.can_travel, rust.written_together, rust.renamed),
}
