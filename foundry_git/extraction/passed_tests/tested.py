"""What reports of test runs say about the code that is looked at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct, field

from foundry_git.extraction.passed_tests.languages import LANGUAGES
from foundry_git.extraction.passed_tests.uses import PlacedTest, ProjectUnderTest, UnitsUsed
from foundry_git.source.reader import stored_code
from foundry_git.source.units import UnitKey

PASSED = "passed"
_K = TypeVar("_K")
_TECHNIQUES = {
    "python": re.compile(r"@[\w.]*parametrize\(|@(?:hypothesis\.)?given\(|@pytest\.fixture|RuleBasedStateMachine"),
    "javascript": re.compile(r"\.each[(`]|\bfc\.(?:assert|property)\("),
    "typescript": re.compile(r"\.each[(`]|\bfc\.(?:assert|property)\("),
    "go": re.compile(r":?= (?:\[\]|map\[string\])struct \{|range (?:\[\]|map\[string\])struct \{|\.Fuzz\(|quick\.Check\("),
    "rust": re.compile(r"#\[(?:case|rstest|test_case)\b|\bproptest!|\bquickcheck\b"),
}
"""What makes a test worth keeping for itself: a table of cases, a property, a fixture."""


class Tested(Struct, frozen=True):
    """What reports say: test → ``passed`` or the word that says why not; the tests by file; what each uses.

    ``exercised``: unit → how many tests that passed name it. ``alone``: unit → those that plainly exercise it and nothing else, by
    file and line. ``doubted``: the units that a test names which did not pass.
    """

    results: Mapping[UnitKey, str] = field(default_factory=dict)
    tests: Mapping[str, Sequence[PlacedTest]] = field(default_factory=dict)
    uses: Mapping[UnitKey, UnitsUsed] = field(default_factory=dict)
    alone: Mapping[UnitKey, Sequence[PlacedTest]] = field(default_factory=dict)
    doubted: frozenset[UnitKey] = frozenset()
    exercised: Mapping[UnitKey, int] = field(default_factory=dict)
    project: ProjectUnderTest = field(default_factory=ProjectUnderTest)

    def why_not_kept(self, test: PlacedTest) -> str:
        """Why a test is no pattern of its own, or ``""``: it passed and shows a technique, or how several units work together."""
        result = self.results.get(test.key, "")
        if result != PASSED:
            return result
        technique = _TECHNIQUES.get(test.unit.language)
        is_several = len(self.uses.get(test.key, UnitsUsed()).units) > 1
        return (
            ""
            if is_several or (technique and technique.search(stored_code(test.unit)))
            else "passed, but shows nothing of its own"
        )


NOTHING = Tested()


def tested_by(results: Mapping[UnitKey, str], tests: Iterable[PlacedTest], project: ProjectUnderTest) -> Tested:
    """Look into the tests that reports speak of."""
    known = sorted((test for test in tests if test.key in results), key=lambda test: (test.path, test.unit.start_line))
    uses = {test.key: LANGUAGES[test.unit.language].uses_of(test, project) for test in known if test.unit.language in LANGUAGES}
    passed = [test for test in known if results[test.key] == PASSED]
    return Tested(
        results=results,
        tests=_grouped((test.path, test) for test in known),
        uses=uses,
        alone=_grouped((only, test) for test in passed if test.key in uses and (only := uses[test.key].only)),
        doubted=frozenset(unit for key, of in uses.items() if results[key] != PASSED for unit in of.units),
        exercised=Counter(unit for test in passed if test.key in uses for unit in uses[test.key].units),
        project=project,
    )


def _grouped(pairs: Iterable[tuple[_K, PlacedTest]]) -> dict[_K, list[PlacedTest]]:
    found: dict[_K, list[PlacedTest]] = {}
    for key, test in pairs:
        found.setdefault(key, []).append(test)
    return found
