"""Verdicts: what a test run says of adopted lines, and how well that is grounded. Pure.

A run judges what it executed. Where coverage shows that it never reached the lines it says nothing of them, and where a report says
which tests reached them, the others' failures are not theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from foundry_git.git.hunks import LineRange
from foundry_git.outcomes.coverage import FileCoverage
from foundry_git.outcomes.junit import CaseResult, JUnitReport, TestCase

SUITE_ONLY = 400  # thousandths: something ended well or badly, and nobody says what it looked at
TESTS_REPORTED = 600  # tests ran and were counted; whether one of them reached the lines is not known
LINES_COVERED = 1000  # the run executed most of the lines
PARTLY_COVERED = 800  # it executed some of them
DOUBTED = 2  # what is divided by where files were not committed, or only a part of the tests was chosen
MOST = 0.5  # of the lines that could be executed

Word = Literal["pass", "fail"]
_PARAMETERS = re.compile(r"\[.*\]\Z", re.DOTALL)


class Told(Struct, frozen=True):
    """What reports tell beside their cases: failures that no case shows; whether what writes such reports leaves failures out."""

    unlisted: int = 0
    is_open: bool = False


class Run(Struct, frozen=True):
    """One run: whether its process or job ended well (None: nobody says), its tests, and what they executed by path in the repository.

    ``is_doubted``: it ran on more than what is committed, or not on all tests. ``told``: None where there are no reports.
    """

    ended_well: bool | None
    cases: Sequence[TestCase] = ()
    coverage: Mapping[str, FileCoverage] | None = None
    is_doubted: bool = False
    told: Told | None = None

    @property
    def result(self) -> Word | None:
        """Of the whole run: a failed test or process is one failure; None where nothing ran, or nobody knows how it ended."""
        told = self.told or Told()
        if self.failed or told.unlisted or self.ended_well is False:
            return "fail"
        if self.told or self.cases:
            ran = any(case.result is not CaseResult.SKIPPED for case in self.cases)
            return "pass" if ran and (self.ended_well or not told.is_open) else None
        return "pass" if self.ended_well else None

    @property
    def is_unsaid(self) -> bool:
        """Whether tests ran, none is known to have failed, and yet nobody knows that the run passed."""
        return self.result is None and any(case.result is CaseResult.PASSED for case in self.cases)

    @property
    def failed(self) -> list[TestCase]:
        """The tests that did not end well; a try before the last is none where the run ended well."""
        red = [case for case in self.cases if case.result in (CaseResult.FAILED, CaseResult.ERROR)]
        return [case for case in red if not (case.is_retried and self.ended_well)]


def run_of(
    ended_well: bool | None,
    reports: Sequence[JUnitReport],
    coverage: Mapping[str, FileCoverage] | None = None,
    is_doubted: bool = False,
) -> Run:
    """Put together how a run ended and what its reports tell."""
    cases = [case for report in reports for case in report.cases]
    told = Told(sum(report.unlisted for report in reports), any(report.is_open for report in reports)) if reports else None
    return Run(ended_well, cases, coverage, is_doubted, told)


class RunVerdict(Struct, frozen=True):
    """Pass or fail, and how well it is grounded, in thousandths."""

    result: Word
    grounding: int


def verdict(run: Run, lines: Mapping[str, Iterable[LineRange]]) -> RunVerdict | None:
    """Say what a run says of adopted lines (path → ranges); None: nothing."""
    result = run.result
    reach = _reach(run, lines)
    if result is None or (reach is not None and not reach.covered):
        return None
    grounding = TESTS_REPORTED if run.cases else SUITE_ONLY
    if reach is not None:
        grounding = LINES_COVERED if len(reach.covered) >= MOST * len(reach.measured) else PARTLY_COVERED
        if result == "fail" and reach.tests and _is_others(run, reach.tests):
            result = "pass"
    return RunVerdict(result, grounding // DOUBTED if run.is_doubted else grounding)


class _Reach(Struct, frozen=True):
    """What a run executed of adopted lines, each (path, line), and the tests that did."""

    measured: frozenset[tuple[str, int]]
    covered: frozenset[tuple[str, int]]
    tests: frozenset[str]


def _reach(run: Run, lines: Mapping[str, Iterable[LineRange]]) -> _Reach | None:
    """None where no report measured any of the lines."""
    measured, covered, tests = set(), set(), set[str]()
    for path, ranges in lines.items():
        file = (run.coverage or {}).get(path)
        for first, last in ranges if file else ():
            assert file is not None
            measured |= {(path, line) for line in file.measured if first < line <= last}  # the first is run when it is defined
            covered |= {(path, line) for line in file.covered if first < line <= last}
            tests |= {test for line, names in file.tests.items() if first < line <= last for test in names}
    return _Reach(frozenset(measured), frozenset(covered), frozenset(tests)) if measured else None


def _is_others(run: Run, tests: frozenset[str]) -> bool:
    """Say whether every failure is known to be that of a test which never reached the lines; one that is in no context may have."""
    theirs = {_parts(test) for test in tests}
    known = {_parts(name) for file in (run.coverage or {}).values() for names in file.tests.values() for name in names}
    failed = {_parts(_named(case)) for case in run.failed}
    return bool(failed) and failed <= known - theirs and not (run.told and run.told.unlisted)


def _named(case: TestCase) -> str:
    return f"{case.classname.replace('.', '/')}::{case.name}"


def _parts(test: str) -> tuple[str, ...]:
    """The words of a test's name, whoever writes it: ``tests/test_a.py::TestB::test_c[1]`` is ``tests.test_a.TestB`` ``test_c[1]``."""
    plain = _PARAMETERS.sub("", test).replace(".py::", "::")
    return tuple(part for part in re.split(r"::|[/.\\]", plain) if part)
