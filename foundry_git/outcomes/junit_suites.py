"""Suites of a JUnit report: what they count, and which of their cases are further tries of one test.

A suite can fail without a case that shows it, as one that could not be loaded; its count of failures tells. Reporters that list each
try of a test say in no one way that they do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from foundry_git.outcomes.test_cases import CaseResult, TestCase

_RED = (CaseResult.FAILED, CaseResult.ERROR)
_JEST = "name errors failures skipped timestamp time tests"
"""In this order jest-junit names what a suite has; its other names are the user's choice (jest-junit 17, buildJsonResults.js)."""

_OPEN = {
    _JEST: "jest-junit leaves out a file that cannot be loaded, unless it is asked for those",
    "name timestamp tests failures errors skipped time": "vitest leaves out a rejection that nobody handles",
    "name package id errors failures tests skipped": "Rust's libtest leaves out a test that aborts",
}
"""How those name it whose reports leave a failure out that their exit status tells; without ``file`` and ``hostname``."""

Placed = tuple[int, TestCase]


class Suite(Struct):
    """One suite while it is read, or the whole report.

    ``tests`` and ``declared``: how many tests, failures and errors it counts (None: it does not). ``shown``: the failures and errors
    found in it, those of tests that were expected to fail among them; ``own``: of these the suites' own, which no case has.
    ``cases`` and ``inner``, its own and those of suites in it, have their places in the report.
    """

    name: str = ""
    file: str = ""
    tests: int | None = None
    declared: int | None = None
    is_jest: bool = False
    is_open: bool = False
    shown: int = 0
    own: int = 0
    cases: list[Placed] = field(default_factory=list)
    inner: list[Placed] = field(default_factory=list)

    @classmethod
    def of(cls, attributes: Mapping[str, str], file: str) -> Suite:
        """Read what a suite says of itself; ``file``: that of the suite around it."""
        told = [number for name in ("failures", "errors") if (number := whole(attributes.get(name, ""))) is not None]
        names = " ".join(name for name in attributes if name not in ("file", "hostname"))
        return cls(
            attributes.get("name", ""),
            attributes.get("file") or file,
            whole(attributes.get("tests", "")),
            sum(told) if told else None,
            names == _JEST,
            names in _OPEN,
        )

    def take(self, other: Suite) -> None:
        """Take in a suite that ended within this one: a failure that only the inner one counts is one here too."""
        missing = max(0, (other.declared or 0) - other.shown)
        self.shown += other.shown + missing
        self.own += other.own + missing
        self.is_open |= other.is_open
        self.inner += [*other.settled(), *other.inner]

    def settled(self) -> list[Placed]:
        """Its own cases: of one test that was tried several times the last, where it is plain that they are tries."""
        if self.is_jest:
            return _without_todos(self.cases, self.tests)
        tries: dict[tuple[str, str, str, int], list[Placed]] = {}
        for place, case in self.cases:
            tries.setdefault((case.classname, case.name, case.file, case.line), []).append((place, case))
        return [case for each in tries.values() for case in (self._tried(each) if len(each) > 1 else each)]

    def _tried(self, tries: Sequence[Placed]) -> Sequence[Placed]:
        *earlier, (place, last) = tries
        counts_last = self.declared is not None and self.declared < self.shown
        if any(case.result in _RED for _, case in earlier) and not counts_last:
            is_retried = last.result is CaseResult.PASSED
            return [*((at, replace(case, is_retried=is_retried)) for at, case in earlier), (place, last)]
        lists_more = self.name == "pytest" or (self.tests is not None and self.tests < len(self.cases))
        return [(place, replace(last, is_flaky=True))] if counts_last or lists_more else tries


def _without_todos(cases: Sequence[Placed], count: int | None) -> list[Placed]:
    """Take for skipped what jest-junit lists and does not count: a ``test.todo``, which took no time and has no mark."""
    if count is None or count >= len(cases):
        return list(cases)
    return [(place, _skipped(case) if not count or not case.seconds else case) for place, case in cases]


def _skipped(case: TestCase) -> TestCase:
    return replace(case, result=CaseResult.SKIPPED) if case.result is CaseResult.PASSED else case


def whole(text: str) -> int | None:
    """A count; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
