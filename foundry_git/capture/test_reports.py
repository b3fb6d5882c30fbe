"""Test reports: what reports of test runs say of the code that an extraction is about to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from foundry_git.errors import SourceError
from foundry_git.extraction.passed_tests.tested import NOTHING, PASSED, Tested, tested_by
from foundry_git.extraction.passed_tests.uses import PlacedTest, ProjectUnderTest
from foundry_git.extraction.source_files import SourceFile
from foundry_git.outcomes.junit import JUnitReport
from foundry_git.settings import ExtractionSettings
from foundry_git.source.reader import read_sections, read_units

if TYPE_CHECKING:
    from foundry_git.outcomes.junit import JUnitReport

IN_TEST_FILE = "test"  # the reason why such a file is not looked into otherwise


class Hearing(Struct, frozen=True):
    """What the reports brought: how many runs they list, how many tests those are, how many of them passed; runs of unknown tests."""

    cases: int = 0
    joined: int = 0
    passed: int = 0
    lost: tuple[str, ...] = ()


NOTHING_HEARD = Hearing()


def hear(reports: Sequence[JUnitReport], files: Iterable[SourceFile], settings: ExtractionSettings) -> tuple[Tested, Hearing]:
    """Join reports with the tests in these files, and look what those that passed exercise in the other ones."""
    if not reports:
        return NOTHING, NOTHING_HEARD
    from foundry_git.outcomes.reported_tests import join  # 10 ms that a commit without reports does not pay

    tests, project = _read(files, settings)
    cases = [case for report in reports for case in report.cases]
    joined = join(cases, [(test.path, test.unit) for test in tests])
    passed = sum(result == PASSED for result in joined.results.values())
    lost = tuple(dict.fromkeys(f"{case.classname} {case.name}".strip() for case in joined.lost))
    return tested_by(joined.results, tests, project), Hearing(len(cases), len(joined.results), passed, lost)


def _read(files: Iterable[SourceFile], settings: ExtractionSettings) -> tuple[list[PlacedTest], ProjectUnderTest]:
    tests: list[PlacedTest] = []
    symbols: dict[str, list[str]] = {}
    paths = set()
    for file in files:
        paths.add(file.path)
        if file.skip and file.skip != IN_TEST_FILE:
            continue
        try:
            text = file.content.decode("utf-8")
            if file.skip or _may_hold_tests(file.path, text):
                units = read_units(text, file.path, settings.frameworks, file.project)
                tests += [PlacedTest(file.path, unit) for unit in units if unit.is_test]
            if not file.skip:
                for section in read_sections(text, file.path):
                    symbols.setdefault(section.symbol, []).append(file.path)
        except (UnicodeDecodeError, SourceError):
            continue  # the extraction says so of the file
    return tests, ProjectUnderTest({symbol: tuple(found) for symbol, found in symbols.items()}, frozenset(paths))


def _may_hold_tests(path: str, text: str) -> bool:
    """Say whether a file that is not there for tests holds some: Rust's stand beside the code."""
    return path.endswith(".rs") and "test]" in text
