"""Refusal: why a unit or a test does not become a candidate."""

from __future__ import annotations

from collections.abc import Container, Mapping

from msgspec import Struct

from foundry_git.extraction.passed_tests.tested import Tested
from foundry_git.extraction.passed_tests.uses import PlacedTest
from foundry_git.extraction.source_files import SourceFile
from foundry_git.settings import ExtractionSettings
from foundry_git.source.closure import Closure
from foundry_git.source.privacy import scrubbed
from foundry_git.source.private_names import withheld
from foundry_git.source.reader import stored_code
from foundry_git.source.secrets import find_secrets
from foundry_git.source.units import Unit, UnitKey

MOST_NEEDS = 12
"""Names of its project that a unit may need: beyond, it is a part of it. Half as many took a quarter of the proposals on the tuning
half of benchmarks/extraction, and 0.36 instead of 0.37 of the first 20 were worth keeping; 12 spares the doubtful."""
MOST_NAMED = 3  # of what is missing, in a verdict
ENTRY_POINTS = {"python": {"main"}, "go": {"main", "init"}, "rust": {"main"}, "javascript": {"main"}, "typescript": {"main"}}
"""What a program begins with: there is one of it in each, and it is about that program."""


class Refusals(Struct, frozen=True):
    """What a unit is measured by: the settings, the shapes that people rejected, and the places that patterns come from.

    Every reason begins with a stable word; ``""`` means that nothing speaks against it.
    """

    settings: ExtractionSettings
    rejected: Container[str]
    origins: Container[UnitKey]

    def of_unit(self, file: SourceFile, unit: Unit) -> str:
        """Say why a unit is dropped before anything else of its project is read; of an origin of a pattern any size will do."""
        if _is_unchanged(file, unit):
            return "unchanged"
        if unit.is_test:
            return "test"
        if unit.is_private or self.settings.ignores(unit.name):
            return "private"
        if unit.name in ENTRY_POINTS.get(unit.language, ()):
            return "entry-point"
        return "" if self._is_origin(file, unit) else self._too_small(unit) or _entangled(unit)

    def of_code(self, file: SourceFile, unit: Unit, closure: Closure) -> str:
        """Say why a unit is dropped with all that it would bring along: what stands alone can be kept; an origin was, once."""
        if closure.missing and not self._is_origin(file, unit):
            return f"entangled: needs {'; '.join(closure.missing[:MOST_NAMED])}"
        return self._not_to_be_kept(unit, closure.code or stored_code(unit))

    def of_test(self, file: SourceFile, test: PlacedTest, tested: Tested, travelling: Mapping[UnitKey, str]) -> str:
        """Say why a test that a report speaks of is dropped; ``travelling``: those that go with a candidate, by its id."""
        if _is_unchanged(file, test.unit):
            return "unchanged"
        if test.key in travelling:
            return f"travels: with {travelling[test.key]}"
        if reason := tested.why_not_kept(test):
            return f"test: {reason}"
        return self._too_short(test.unit) or self._not_to_be_kept(test.unit, stored_code(test.unit))

    def _is_origin(self, file: SourceFile, unit: Unit) -> bool:
        return (file.path, unit.symbol) in self.origins

    def _too_small(self, unit: Unit) -> str:
        if reason := self._too_short(unit):
            return reason
        complexity, least = unit.measures.complexity, self.settings.min_complexity
        return f"simple: complexity {complexity}, less than {least}" if complexity < least else ""

    def _too_short(self, unit: Unit) -> str:
        lines, least = unit.measures.lines, self.settings.min_lines
        return f"short: {lines} lines, fewer than {least}" if lines < least else ""

    def _not_to_be_kept(self, unit: Unit, text: str) -> str:
        if unit.shape in self.rejected:
            return "rejected"
        if reason := withheld(unit.symbol):
            return reason
        code = scrubbed(text, unit.language)
        if hits := find_secrets(code.text):
            return f"secret: {hits[0].rule}"
        return f"private-data: {', '.join(code.kinds)}" if code.kinds else ""


def _entangled(unit: Unit) -> str:
    needs = len(unit.project_names)
    return f"entangled: needs {needs} names of its project, more than {MOST_NEEDS}" if needs > MOST_NEEDS else ""


def _is_unchanged(file: SourceFile, unit: Unit) -> bool:
    return file.changed is not None and unit.symbol not in file.changed
