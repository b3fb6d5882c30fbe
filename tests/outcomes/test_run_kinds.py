"""What runners write of each kind of test: every report is read to the words that its page gives, and none makes a red run green."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from foundry_git.errors import ReportError
from foundry_git.outcomes.junit import JUnitReport, TestCase, read_report
from foundry_git.outcomes.verdicts import run_of
from tests.outcomes.reported import REPORTS

_SECTION = re.compile(r"^%% (?P<kind>[\w-]+), exit status (?P<status>\d+)\n", re.MULTILINE)
_ROW = re.compile(r"^\| ([\w-]+) \| ([\w-]+) \| (\d+) \| (.+) \| (\w+) \| (\w+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """One run of a real runner: what it wrote, and how it ended."""

    runner: str
    kind: str
    status: int
    text: str

    @property
    def report(self) -> JUnitReport | None:
        try:
            return read_report(self.text, "r.xml")
        except ReportError:
            return None

    def result(self, ended_well: bool | None) -> str:
        """As the commands have it: a report that cannot be read leaves the exit status of a red run."""
        report = self.report
        if report is None:
            return "fail" if ended_well is False else "unknown"
        return run_of(ended_well, [report]).result or "unknown"


def runs() -> list[Ran]:
    found = []
    for file in sorted((REPORTS / "kinds").glob("*.txt")):
        _, *pieces = _SECTION.split(file.read_text(encoding="utf-8"))
        found += [Ran(file.stem, *one) for one in zip(pieces[::3], map(int, pieces[1::3]), pieces[2::3], strict=True)]
    return found


RUNS = runs()
RED = [run for run in RUNS if run.status]


def named(runs: list[Ran]) -> list[object]:
    return [pytest.param(run, id=f"{run.runner} {run.kind}") for run in runs]


def words(report: JUnitReport | None) -> str:
    if report is None:
        return "cannot be read"
    found: dict[str, list[str]] = {}
    for case in report.cases:
        found.setdefault(case.name, []).append(word(case))
    listed = "; ".join(f"{name}: {', '.join(each)}" for name, each in found.items())
    return (listed + (f"; and {report.unlisted} more failed" if report.unlisted else "")) or "none"


def word(case: TestCase) -> str:
    return "flaky" if case.is_flaky and case.result == "passed" else case.result.value


def test_every_report_is_read_to_the_words_of_its_page() -> None:
    page = (REPORTS / "README.md").read_text(encoding="utf-8")
    rows = {(runner, kind): rest for runner, kind, *rest in _ROW.findall(page)}

    found = {
        (run.runner, run.kind): [str(run.status), words(run.report), run.result(None), run.result(run.status == 0)]
        for run in RUNS
    }
    assert found == rows
    assert len(RUNS) > 150


@pytest.mark.parametrize("run", named(RED))
def test_a_red_run_is_never_a_pass_and_with_its_status_a_failure(run: Ran) -> None:
    assert run.result(None) in ("fail", "unknown")
    assert run.result(False) == "fail"


@pytest.mark.parametrize("run", named([run for run in RUNS if not run.status]))
def test_a_green_run_is_with_its_status_no_failure(run: Ran) -> None:
    ran = run.report is not None and any(case.result == "passed" for case in run.report.cases)

    assert run.result(True) == ("pass" if ran else "unknown")


def test_a_kind_is_the_same_word_from_whoever_tells_it() -> None:
    """Of the test that the kind is about; what differs says so."""
    kinds = {run.kind for run in RUNS}
    expected = {
        **dict.fromkeys(("fails", "load", "child-fails", "parent-fails", "setup-throws", "teardown-throws", "escape"), "fail"),
        **dict.fromkeys(("describe-throws", "unexpected", "panics", "aborts", "syntax"), "fail"),
        **dict.fromkeys(("passes", "skips", "todo", "todo-passing", "todo-failing", "flaky"), "pass"),
        "todos": "unknown",
    }
    by_status_alone = {run.runner for run in RUNS if run.report is None or run.report.is_open}

    said = {(run.runner, run.kind): run.result(None) for run in RUNS if run.kind in expected and run.kind in kinds}
    differing = {key: result for key, result in said.items() if result != expected[key[1]]}
    assert {runner for (runner, _), result in differing.items() if result == "unknown"} <= by_status_alone
    assert {key for key, result in differing.items() if result != "unknown"} == {
        ("gotestsum", "flaky")
    }  # it counts the first try as a failure


def test_the_reports_name_no_machine() -> None:
    for run in RUNS:
        assert not re.search(r"hostname=|/tmp/|/home/|/root/", run.text), (run.runner, run.kind)
