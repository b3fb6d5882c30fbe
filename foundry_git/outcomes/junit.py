"""JUnit XML: the text of a report becomes test cases with their results.

There is no one schema: pytest, jest-junit, vitest, go-junit-report, cargo-nextest and surefire each write a dialect. A report comes
from a build that ran anybody's code, so it is data: no document type, no entities, bounded in depth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Never
from xml.parsers import expat

from foundry_git.errors import ReportError

MAX_DEPTH = 64  # surefire and pytest nest four deep; suites within suites are rare
_ROOTS = ("testsuites", "testsuite")
_RERUN = frozenset({"flakyFailure", "flakyError", "rerunFailure", "rerunError"})
"""A run of the same test that failed before: https://maven.apache.org/surefire/maven-surefire-plugin/examples/rerun-failing-tests.html,
https://nexte.st/docs/machine-readable/junit/"""


class CaseResult(StrEnum):
    """How a test ended; where a report says several things, the later in this order counts."""

    PASSED = "passed"
    SKIPPED = "skipped"
    FAILED = "failed"
    ERROR = "error"


_RANK = {result: rank for rank, result in enumerate(CaseResult)}
_RESULTS = {"skipped": CaseResult.SKIPPED, "failure": CaseResult.FAILED, "error": CaseResult.ERROR}


@dataclass(frozen=True, slots=True)
class TestCase:
    """One run of one test, as its reporter names it.

    ``file`` ("" where the report has none, ``/`` between folders) and ``line`` (0: unknown) are the case's or its suite's own;
    ``suite`` names the innermost suite. ``seconds`` is 0 where none are given. ``is_flaky``: an earlier try of this run failed.
    """

    __test__: ClassVar[bool] = False  # pytest would collect it by its name

    name: str
    classname: str
    suite: str
    file: str
    line: int
    seconds: float
    result: CaseResult
    is_flaky: bool = False


@dataclass(frozen=True, slots=True)
class JUnitReport:
    """One report: where it comes from, and its test cases in their order."""

    place: str
    cases: tuple[TestCase, ...]


def read_report(text: str, place: str) -> JUnitReport:
    """Read a report; ``place`` names it in errors.

    Raises:
        ReportError: not XML, not JUnit, nested too deeply, or with a document type.
    """
    reading = _Reading(place)
    parser = expat.ParserCreate("utf-8")  # whatever encoding the declaration names, this is the decoded text
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.StartDoctypeDeclHandler = reading.refuse_doctype
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        raise ReportError(place, f"not XML, line {error.lineno}: {expat.ErrorString(error.code)}") from None
    return JUnitReport(place, tuple(reading.cases))


@dataclass(slots=True)
class _Reading:
    """Where the reader stands: the suites around it as (name, file), and the case that is open."""

    place: str
    cases: list[TestCase] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    suites: list[tuple[str, str]] = field(default_factory=list)
    case: dict[str, str] | None = None
    result: CaseResult = CaseResult.PASSED
    is_flaky: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if not self.path and name not in _ROOTS:
            raise ReportError(self.place, f"its root is <{name[:40]}>, not <testsuites> or <testsuite>")
        if len(self.path) >= MAX_DEPTH:
            raise ReportError(self.place, f"nested more than {MAX_DEPTH} deep")
        if name == "testsuite":
            self.suites.append(
                (attributes.get("name", ""), attributes.get("file") or (self.suites[-1][1] if self.suites else ""))
            )
        elif name == "testcase" and self.path[-1:] != ["testcase"]:
            self.case, self.result, self.is_flaky = attributes, CaseResult.PASSED, False
        elif self.path[-1:] == ["testcase"]:
            self.result = max(self.result, _RESULTS.get(name, CaseResult.PASSED), key=_RANK.__getitem__)
            self.is_flaky = self.is_flaky or name in _RERUN
        self.path.append(name)

    def end(self, tag: str) -> None:
        name = self.path.pop()
        if name == "testsuite":
            self.suites.pop()
        elif name == "testcase" and self.case is not None:
            self.cases.append(self._closed(self.case))
            self.case = None

    def refuse_doctype(self, *_: object) -> Never:
        raise ReportError(self.place, "has a document type (<!DOCTYPE …>), which no test runner writes")

    def _closed(self, case: dict[str, str]) -> TestCase:
        suite, file = self.suites[-1] if self.suites else ("", "")
        return TestCase(
            name=case.get("name", "").strip(),
            classname=case.get("classname", "").strip(),
            suite=suite,
            file=(case.get("file") or file).replace("\\", "/").removeprefix("./"),
            line=_whole(case.get("line", "")),
            seconds=_seconds(case.get("time", "")),
            result=max(self.result, _of_status(case.get("status", "")), key=_RANK.__getitem__),
            is_flaky=self.is_flaky,
        )


def _of_status(status: str) -> CaseResult:
    """Read the ``status`` that some dialects (googletest) have instead of a child; what it does not say is no failure."""
    known = {
        "notrun": CaseResult.SKIPPED,
        "disabled": CaseResult.SKIPPED,
        "skipped": CaseResult.SKIPPED,
        "failed": CaseResult.FAILED,
    }
    return known.get(status.lower(), CaseResult.PASSED)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _seconds(text: str) -> float:
    try:
        seconds = float(text.replace(",", ""))  # surefire writes 1,234.5
    except ValueError:
        return 0.0
    return seconds if 0 <= seconds < float("inf") else 0.0
