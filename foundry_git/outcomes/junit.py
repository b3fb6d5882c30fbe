"""JUnit XML: the text of a report becomes test cases with their results.

There is no one schema: pytest, jest-junit, vitest, go-junit-report, cargo-nextest and surefire each write a dialect. A report comes
from a build that ran anybody's code, so it is data: no document type, no entities, bounded in depth. Its suites count what their
cases do not show (:mod:`~foundry_git.outcomes.junit_suites`), and Node's runner counts in comments.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import Never
from xml.parsers import expat

from msgspec import Struct, field

from foundry_git.errors import ReportError
from foundry_git.outcomes.junit_suites import Suite, whole
from foundry_git.outcomes.test_cases import CaseResult as CaseResult
from foundry_git.outcomes.test_cases import TestCase as TestCase
from foundry_git.outcomes.xml_text import readable

MAX_DEPTH = 64  # surefire and pytest nest four deep; suites within suites are rare
_ROOTS = ("testsuites", "testsuite")
_RERUN = frozenset({"flakyFailure", "flakyError", "rerunFailure", "rerunError"})
"""A run of the same test that failed before: https://maven.apache.org/surefire/maven-surefire-plugin/examples/rerun-failing-tests.html,
https://nexte.st/docs/machine-readable/junit/"""

_COUNT = re.compile(r"\s*(tests|suites|pass|fail|cancelled) (\d{1,9})\s*")
"""A comment at the end of a report by Node's runner: https://nodejs.org/api/test.html#test-reporters"""

_RANK = {result: rank for rank, result in enumerate(CaseResult)}
_RESULTS = {"skipped": CaseResult.SKIPPED, "failure": CaseResult.FAILED, "error": CaseResult.ERROR}
_RED = (CaseResult.FAILED, CaseResult.ERROR)


class JUnitReport(Struct, frozen=True):
    """One report: where it comes from, and its test cases in their order.

    ``unlisted``: failures that it counts, or has of a whole suite, and that none of its cases shows. ``is_open``: what writes such
    reports leaves some failures out, so that without a failure nobody knows from it alone whether the run passed.
    """

    place: str
    cases: tuple[TestCase, ...]
    unlisted: int = 0
    is_open: bool = False


def read_report(text: str, place: str) -> JUnitReport:
    """Read a report; ``place`` names it in errors. Characters that XML forbids are read as U+FFFD.

    Raises:
        ReportError: not XML, not JUnit, nested too deeply, or with a document type.
    """
    reading = _Reading(place)
    parser = expat.ParserCreate("utf-8")  # whatever encoding the declaration names, this is the decoded text
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CommentHandler = reading.comment
    parser.StartDoctypeDeclHandler = reading.refuse_doctype
    try:
        parser.Parse(readable(text).encode(), True)
    except expat.ExpatError as error:
        raise ReportError(place, f"not XML, line {error.lineno}: {expat.ErrorString(error.code)}") from None
    return reading.report()


class _Reading(Struct):
    """Where the reader stands: the suites around it, the whole report first, and the case that is open, with its children."""

    place: str
    path: list[str] = field(default_factory=list)
    suites: list[Suite] = field(default_factory=lambda: [Suite()])
    case: dict[str, str] | None = None
    children: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    place_of_case: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if not self.path and name not in _ROOTS:
            raise ReportError(self.place, f"its root is <{name[:40]}>, not <testsuites> or <testsuite>")
        if len(self.path) >= MAX_DEPTH:
            raise ReportError(self.place, f"nested more than {MAX_DEPTH} deep")
        around = self.path[-1] if self.path else ""
        if name in _ROOTS:
            self.suites.append(Suite.of(attributes, self.suites[-1].file))
        elif name == "testcase" and around != "testcase":
            self.case, self.children = attributes, []
        elif around == "testcase":
            self.children.append("todo" if (name, attributes.get("type")) == ("skipped", "todo") else name)
        elif around in _ROOTS and _RESULTS.get(name) in _RED:
            self.suites[-1].shown += 1
            self.suites[-1].own += 1
        self.path.append(name)

    def end(self, tag: str) -> None:
        name = self.path.pop()
        if name in _ROOTS:
            ended = self.suites.pop()
            self.suites[-1].take(ended)
        elif name == "testcase" and self.case is not None:
            self.place_of_case += 1
            self.suites[-1].cases.append((self.place_of_case, self._closed(self.case)))
            self.suites[-1].shown += sum(_RESULTS.get(child) in _RED for child in self.children)
            self.case = None

    def comment(self, text: str) -> None:
        if self.path == ["testsuites"] and (found := _COUNT.fullmatch(text)):
            self.counts[found[1]] = int(found[2])  # a test may print such a comment too: the runner's own is the last

    def refuse_doctype(self, *_: object) -> Never:
        raise ReportError(self.place, "has a document type (<!DOCTYPE …>), which no test runner writes")

    def report(self) -> JUnitReport:
        whole_report = self.suites[0]
        cases = tuple(case for _, case in sorted(whole_report.inner, key=itemgetter(0)))
        red = sum(case.result in _RED for case in cases)
        counted = self.counts.get("fail", 0) + self.counts.get("cancelled", 0)
        return JUnitReport(
            self.place,
            cases,
            max(whole_report.own, counted - red),
            whole_report.is_open or self.counts.get("suites", 0) > 0,
        )

    def _closed(self, case: dict[str, str]) -> TestCase:
        suite = self.suites[-1]
        return TestCase(
            name=case.get("name", "").strip(),
            classname=case.get("classname", "").strip(),
            suite=suite.name,
            file=(case.get("file") or suite.file).replace("\\", "/").removeprefix("./"),
            line=whole(case.get("line", "")) or 0,
            seconds=_seconds(case.get("time", "")),
            result=_result(self.children, case.get("status", "")),
            is_flaky=not _RERUN.isdisjoint(self.children),
        )


def _result(children: list[str], status: str) -> CaseResult:
    """The worst that a case says; a todo of Node's runner may fail."""
    if "todo" in children:
        return CaseResult.SKIPPED
    return max((_of_status(status), *(_RESULTS.get(child, CaseResult.PASSED) for child in children)), key=_RANK.__getitem__)


def _of_status(status: str) -> CaseResult:
    """Read the ``status`` that some dialects (googletest, CTest) have instead of a child; what it does not say is no failure."""
    known = {
        "notrun": CaseResult.SKIPPED,
        "disabled": CaseResult.SKIPPED,
        "skipped": CaseResult.SKIPPED,
        "failed": CaseResult.FAILED,
        "fail": CaseResult.FAILED,
    }
    return known.get(status.lower(), CaseResult.PASSED)


def _seconds(text: str) -> float:
    try:
        seconds = float(text.replace(",", ""))  # surefire writes 1,234.5
    except ValueError:
        return 0.0
    return seconds if 0 <= seconds < float("inf") else 0.0
