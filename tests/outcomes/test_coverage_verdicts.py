"""Coverage files and what a run says of adopted lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from foundry_git.errors import CoverageError
from foundry_git.outcomes.coverage import CoverageReport, FileCoverage, read_coverage, united
from foundry_git.outcomes.covered_files import Checkout, covered_files
from foundry_git.outcomes.junit import CaseResult, TestCase
from foundry_git.outcomes.reports import read_coverages
from foundry_git.outcomes.verdicts import (
    LINES_COVERED,
    PARTLY_COVERED,
    SUITE_ONLY,
    TESTS_REPORTED,
    Run,
    RunVerdict,
    Told,
    verdict,
)

COBERTURA = """\
<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage version="7" line-rate="0.5">
  <sources><source>/build/shop</source></sources>
  <packages><package name="."><classes>
    <class name="a.py" filename="src\\a.py"><methods/><lines>
      <line number="1" hits="1"/><line number="2" hits="0"/><line number="3" hits="99999999999999999999"/>
    </lines></class>
    <class name="a.py$1" filename="src\\a.py"><lines><line number="2" hits="2"/><line number="x" hits="1"/></lines></class>
  </classes></package></packages>
</coverage>
"""
LCOV = "TN:\nSF:src/a.js\nDA:1,1\nDA:2,0\nDA:3,2,abc\nDA:x\nend_of_record\n"


def test_cobertura_says_which_lines_were_hit_in_any_class() -> None:
    report = read_coverage(COBERTURA, "c.xml")

    assert report.sources == ("/build/shop",)
    assert report.files == (FileCoverage("src\\a.py", frozenset({1, 2, 3}), frozenset({1, 2, 3})),)
    assert united([report]).keys() == {"/build/shop/src/a.py"}


def test_the_json_of_coverage_py_says_which_tests_reached_a_line() -> None:
    facts = {
        "executed_lines": [1, 3, True, -1, 10**400],
        "missing_lines": [2],
        "contexts": {"3": ["tests/test_a.py::test_b|run", ""], "9" * 5000: [], "x": ["y"]},
    }

    (file,) = read_coverage(json.dumps({"meta": {}, "files": {"src/a.py": facts}}), "c.json").files

    assert (set(file.measured), set(file.covered)) == ({1, 2, 3}, {1, 3})
    assert file.tests[3] == {"tests/test_a.py::test_b"}


def test_lcov_is_read_too() -> None:
    (file,) = read_coverage(LCOV, "lcov.info").files

    assert (file.path, set(file.measured), set(file.covered)) == ("src/a.js", {1, 2, 3}, {1, 3})


CLOVER = """\
<coverage generated="1" clover="3.2.0"><project name="All files"><metrics/><package name="src">
  <file name="a.js" path="/build/src/a.js"><class name="A"><metrics/></class>
    <line num="1" count="1" type="stmt"/><line num="2" count="0" type="stmt"/>
    <line num="3" count="0" type="cond" truecount="0" falsecount="1"/>
    <line num="4" type="cond" truecount="0" falsecount="2"/><line num="5" type="cond" truecount="0" falsecount="0"/>
  </file>
  <file name="/build/b.php"><line num="7" type="method" count="2"/></file>
</package></project></coverage>
"""
SONAR = """\
<coverage version="1">
  <file path="src/a.js"><lineToCover lineNumber="6" covered="false"/>
    <lineToCover lineNumber="7" covered="true" branchesToCover="8" coveredBranches="2"/></file>
  <file path="src/b.js"><lineToCover lineNumber="1" covered="maybe"/></file>
</coverage>
"""


def lines_of(text: str) -> dict[str, tuple[set[int], set[int]]]:
    return {file.path: (set(file.measured), set(file.covered)) for file in read_coverage(text, "c.xml").files}


def test_clover_and_sonarqube_are_read_under_the_root_that_cobertura_has() -> None:
    assert lines_of(CLOVER) == {"/build/src/a.js": ({1, 2, 3, 4, 5}, {1, 4}), "/build/b.php": ({7}, {7})}
    assert lines_of(SONAR) == {"src/a.js": ({6, 7}, {7}), "src/b.js": (set(), set())}


def test_a_line_is_hit_by_any_count_above_0_and_says_nothing_without_one() -> None:
    counts = {1: "1e+06", 2: "0", 3: "-2", 4: "", 5: "0.5", 6: "12,bYtYpQ", 7: "nan", 8: "x", 9: "0e0", 10: "9" * 30}
    lcov = "".join(f"DA:{line},{count}\n" for line, count in counts.items())

    assert lines_of(f"SF:a.c\n{lcov}DA:11\nend_of_record\n") == {"a.c": ({1, 2, 5, 6, 9, 10}, {1, 5, 6, 10})}


def test_a_line_of_which_some_branches_ran_is_covered_and_odd_characters_cost_only_themselves() -> None:
    line = '<line number="2" hits="1" branch="true" condition-coverage="50% (1/2)" missing-branches="3"/>'
    text = f'<coverage><class name="\x1b&#27;" filename="a.py"><lines>{line}<line number="3" hits=""/></lines></class></coverage>'

    assert lines_of(text) == {"a.py": ({2}, {2})}


def test_two_reports_of_one_file_say_what_either_executed() -> None:
    checkout = Checkout(Path("/work/shop"), frozenset({"src/a.js"}), Path("/work/shop"))
    reports = [read_coverage(text, "/elsewhere/c") for text in (CLOVER.replace("/build", "/work/shop"), SONAR)]

    (found,) = covered_files(reports, checkout).values()
    assert (found.path, set(found.measured), set(found.covered)) == ("src/a.js", {1, 2, 3, 4, 5, 6, 7}, {1, 4, 7})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "neither Cobertura XML"),
        ("hello", "neither Cobertura XML"),
        ("{", "no object `files`"),
        ('{"files": []}', "no object `files`"),
        ('{"files": {"a.py": 1}}', "a file in it is no object"),
        ("mode: set\nexample.com/shop/a.go:3.2,4.1 1 1\n", "gocover-cobertura"),
        ("[" * 100_000, "neither Cobertura XML"),
        ('{"files":' * 100_000, "no object `files`"),
        ("<testsuites/>", "its root is <testsuites>"),
        ("<coverage>", "not XML, line 1"),
        ("<coverage>" * 100, "nested more than 64 deep"),
        ('<!DOCTYPE c [<!ENTITY a "b">]><coverage>&a;</coverage>', "declares entities"),
        ('<!DOCTYPE c [<!ENTITY % a SYSTEM "file:///etc/passwd">%a;]><coverage/>', "declares entities"),
    ],
)
def test_what_is_no_report_is_refused_with_a_sentence(text: str, reason: str) -> None:
    with pytest.raises(CoverageError, match=reason) as refusal:
        read_coverage(text, "some.file")
    assert str(refusal.value).startswith("some.file: ")
    assert "coverage xml" in str(refusal.value)


def test_a_document_type_is_never_fetched(tmp_path: Path) -> None:
    dtd = tmp_path / "c.dtd"
    dtd.write_text("<!ELEMENT broken", encoding="utf-8")
    (tmp_path / "c.xml").write_text(f'<!DOCTYPE coverage SYSTEM "{dtd}"><coverage/>', encoding="utf-8")

    assert [report.files for report in read_coverages(["c.xml"], tmp_path)] == [()]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CoverageError, match=r"none\.xml: cannot be read"):
        read_coverages(["none.xml"], tmp_path)


def of_file(path: str, names: list[str], others: tuple[str, ...] = (), root: str = "/work/shop", **report: Any) -> str | None:
    """Which of the names is taken for ``path``, in a repository that holds it and ``others``."""
    place = {"place": "/elsewhere/c.xml", **report}
    files = tuple(FileCoverage(name, frozenset({number}), frozenset()) for number, name in enumerate(names, 1))
    checkout = Checkout(Path(root), frozenset((path, *others)), Path(root))
    found = covered_files([CoverageReport(files=files, **place)], checkout).get(path)
    return " ".join(names[number - 1] for number in sorted(found.measured)) if found else None


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["src/a.py"], "src/a.py"),
        (["./src\\a.py"], "./src\\a.py"),
        (["/build/shop/src/a.py"], "/build/shop/src/a.py"),
        (["C:\\build\\src\\a.py"], "C:\\build\\src\\a.py"),
        (["/work/shop/src/a.py"], "/work/shop/src/a.py"),
        (["a.py"], "a.py"),
        (["b.py", "xa.py", "/work/shop/lib/src/a.py"], None),
    ],
)
def test_a_file_is_found_wherever_the_run_was_started(names: list[str], expected: str | None) -> None:
    assert of_file("src/a.py", names) == expected


@pytest.mark.parametrize(
    ("path", "name", "others", "expected"),
    [
        ("src/a.py", "a.py", ("lib/a.py",), None),  # of either
        ("src/a.py", "a.py", ("a.py",), None),  # the one at the root is meant
        ("a.py", "a.py", ("src/a.py",), "a.py"),
        ("a.py", "/build/src/a.py", ("src/a.py",), None),
        ("a.py", "/work/shop/src/a.py", (), None),  # a file that is not tracked
    ],
)
def test_a_file_of_the_same_name_is_not_taken_for_another(
    path: str, name: str, others: tuple[str, ...], expected: str | None
) -> None:
    assert of_file(path, [name], others) == expected


def test_a_file_of_a_library_is_not_taken_for_one_of_the_repository(tmp_path: Path) -> None:
    installed = tmp_path / "site-packages/shop/a.py"
    installed.parent.mkdir(parents=True)
    installed.write_text("", encoding="utf-8")

    assert of_file("shop/a.py", [str(installed)]) is None
    assert of_file("shop/a.py", [str(installed), "/work/shop/shop/a.py"]) == "/work/shop/shop/a.py"
    assert of_file("a.py", ["/build/a.py", "/usr/lib/python3/a.py"]) is None  # another machine's: of either
    assert of_file("a.py", ["/build/a.py", "a.py"]) == "a.py"


def test_a_name_is_read_from_the_folders_around_its_report() -> None:
    others = ("packages/b/src/index.ts",)
    place = "/work/shop/packages/a/coverage/lcov.info"

    assert of_file("packages/a/src/index.ts", ["src/index.ts"], others, place=place) == "src/index.ts"
    assert of_file("packages/b/src/index.ts", ["src/index.ts"], ("packages/a/src/index.ts",), place=place) is None
    assert of_file("src/index.ts", ["src/index.ts"], ("packages/a/src/index.ts",), place=place) is None  # of either


def test_of_several_source_folders_the_one_that_holds_the_file_is_meant(tmp_path: Path) -> None:
    for path in ("api/a.py", "web/a.py", "api/b.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("", encoding="utf-8")
    root, sources = str(tmp_path), (f"{tmp_path}/api", f"{tmp_path}/web")

    assert of_file("api/b.py", ["b.py"], root=root, sources=sources) == "b.py"
    assert of_file("web/a.py", ["a.py"], ("api/a.py",), root, sources=sources) is None
    assert of_file("web/a.py", ["a.py"], (), root, sources=sources) is None  # api/a.py is there, though not tracked
    assert of_file("web/c.py", ["c.py"], (), root, sources=sources) is None  # nobody knows what is gone
    assert of_file("web/a.py", ["a.py"], (), root, sources=("web",)) == "a.py"


def test_several_source_folders_of_another_machine_are_told_apart_by_the_repository() -> None:
    sources = ("/build/shop/api", "/build/shop/web")

    assert of_file("web/a.py", ["a.py"], sources=sources) == "a.py"
    assert of_file("web/a.py", ["a.py"], ("api/a.py",), sources=sources) is None


# verdicts

LINES = {"src/a.py": ((10, 14),)}


def case(name: str, result: CaseResult = CaseResult.PASSED, classname: str = "tests.test_a") -> TestCase:
    return TestCase(name, classname, "", "", 0, 0.0, result)


def covering(*covered: int, tests: dict[int, frozenset[str]] | None = None) -> dict[str, FileCoverage]:
    measured = frozenset(range(1, 20))
    return united([CoverageReport("c", (FileCoverage("src/a.py", measured, frozenset(covered), tests or {}),))])


PASSED, FAILED = case("test_b"), case("test_c[1]", CaseResult.FAILED)
RETRIED = replace(FAILED, is_retried=True)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (Run(True), RunVerdict("pass", SUITE_ONLY)),
        (Run(False), RunVerdict("fail", SUITE_ONLY)),
        (Run(None), None),
        (Run(None, [case("t", CaseResult.SKIPPED)]), None),
        (Run(None, [PASSED]), RunVerdict("pass", TESTS_REPORTED)),
        (Run(True, [PASSED, FAILED]), RunVerdict("fail", TESTS_REPORTED)),
        (Run(False, [PASSED]), RunVerdict("fail", TESTS_REPORTED)),
        (Run(True, [PASSED], is_doubted=True), RunVerdict("pass", TESTS_REPORTED // 2)),
        (Run(True, [PASSED], covering(11, 12, 13)), RunVerdict("pass", LINES_COVERED)),
        (Run(True, [PASSED], covering(11)), RunVerdict("pass", PARTLY_COVERED)),
        (Run(True, [PASSED], covering(10)), None),  # the first line is run when the function is defined
        (Run(False, [FAILED], covering(1, 2)), None),
        (Run(False, [FAILED], covering(11, 12, 13)), RunVerdict("fail", LINES_COVERED)),
    ],
)
def test_a_run_judges_what_it_executed(run: Run, expected: RunVerdict | None) -> None:
    assert verdict(run, LINES) == expected


@pytest.mark.parametrize(
    ("reached_by", "expected"), [("tests/test_a.py::test_b", "pass"), ("tests/test_a.py::test_c[2]", "fail")]
)
def test_a_failure_of_tests_that_never_reached_the_lines_is_not_theirs(reached_by: str, expected: str) -> None:
    files = covering(11, 12, 13, tests={12: frozenset({reached_by}), 2: frozenset({"tests/test_a.py::test_c[1]"})})

    said = verdict(Run(False, [PASSED, FAILED], files), LINES)

    assert said is not None and said.result == expected


def test_a_failure_that_no_context_names_may_be_of_the_tests_that_reached_the_lines() -> None:
    files = covering(11, 12, 13, tests={12: frozenset({"tests/test_a.py::test_b"})})
    unloaded = case("tests.test_z", CaseResult.ERROR, "")

    for run in (
        Run(False, [PASSED, unloaded], files),
        Run(False, [PASSED, FAILED], files),
        Run(None, [PASSED], files, told=Told(1)),
    ):
        assert verdict(run, LINES) == RunVerdict("fail", LINES_COVERED)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (Run(None, [PASSED], told=Told(unlisted=1)), "fail"),
        (Run(True, [PASSED], told=Told(unlisted=1)), "fail"),
        (Run(None, [PASSED], told=Told(is_open=True)), None),
        (Run(True, [PASSED], told=Told(is_open=True)), "pass"),
        (Run(True, [case("t", CaseResult.SKIPPED)]), None),
        (Run(True, told=Told()), None),
        (Run(None, [RETRIED, PASSED]), "fail"),
        (Run(True, [RETRIED, PASSED]), "pass"),
        (Run(False, [RETRIED, PASSED]), "fail"),
    ],
)
def test_a_run_passed_only_where_its_report_or_its_status_can_tell(run: Run, expected: str | None) -> None:
    assert run.result == expected


def test_coverage_of_other_files_says_nothing() -> None:
    other = united([CoverageReport("c", (FileCoverage("b.py", frozenset({1}), frozenset()),))])

    assert verdict(Run(True, [PASSED], other), LINES) == RunVerdict("pass", TESTS_REPORTED)
