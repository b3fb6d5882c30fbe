"""JUnit XML: reports of real runners are read whole, hostile ones are refused with one sentence."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from foundry_git.errors import ReportError
from foundry_git.outcomes import junit, reports
from foundry_git.outcomes.junit import CaseResult
from tests.outcomes.reported import REPORTS


def read(name: str) -> junit.JUnitReport:
    (report,) = reports.read_reports([name], REPORTS)
    return report


def case(inside: str = "", attributes: str = 'name="a" classname="m"') -> junit.TestCase:
    (found,) = junit.read_report(f"<testsuite><testcase {attributes}>{inside}</testcase></testsuite>", "r.xml").cases
    return found


@pytest.mark.parametrize(
    ("name", "results"),
    [
        ("pytest.xml", {"passed": 12, "failed": 3, "error": 1, "skipped": 2}),
        ("pytest-xunit1.xml", {"passed": 12, "failed": 3, "error": 1, "skipped": 2}),
        ("vitest.xml", {"passed": 5, "failed": 1, "skipped": 1}),
        ("jest.xml", {"passed": 5, "failed": 1, "skipped": 1}),
        ("jest-file.xml", {"passed": 5, "failed": 1, "skipped": 1}),
        ("go-junit-report.xml", {"passed": 4, "failed": 1, "skipped": 1}),
        ("cargo-nextest.xml", {"passed": 5, "failed": 1}),
    ],
)
def test_every_case_of_a_real_report_has_its_result(name: str, results: dict[str, int]) -> None:
    assert Counter(one.result.value for one in read(name).cases) == results


def test_a_case_has_the_names_its_runner_gives_it() -> None:
    first = {name: read(f"{name}.xml").cases[0] for name in ("pytest", "pytest-xunit1", "vitest", "jest-file", "go-junit-report")}

    shown = {name: (one.classname, one.name, one.suite, one.file, one.line) for name, one in first.items()}
    assert shown == {
        "pytest": ("tests.test_chunks", "test_chunks_keep_the_order", "pytest", "", 0),
        "pytest-xunit1": ("tests.test_chunks", "test_chunks_keep_the_order", "pytest", "tests/test_chunks.py", 8),
        "vitest": ("src/chunks.test.ts", "inChunks > keeps the order", "src/chunks.test.ts", "", 0),
        "jest-file": ("inChunks", "keeps the order", "inChunks", "src/chunks.test.js", 0),
        "go-junit-report": ("example.com/shop/text", "TestInChunks", "example.com/shop/text", "", 0),
    }
    assert first["vitest"].seconds == pytest.approx(0.001594619)


def test_a_test_that_passed_only_when_it_was_run_again_is_flaky() -> None:
    cases = {one.name.rpartition(":")[2]: one for one in read("cargo-nextest.xml").cases}

    again = cases["passes_at_the_second_try"]
    assert (again.result, again.is_flaky) == (CaseResult.PASSED, True)
    assert not cases["keeps_the_order"].is_flaky
    assert cases["fails_on_purpose"].result is CaseResult.FAILED
    assert case("<rerunError/>").is_flaky


def test_the_worst_of_several_children_counts() -> None:
    assert case("<skipped/><failure/>").result is CaseResult.FAILED
    assert case("<error/><failure/>").result is CaseResult.ERROR
    assert case("<system-out>failure</system-out><properties/>").result is CaseResult.PASSED
    assert case("", 'name="a" status="notrun"').result is CaseResult.SKIPPED
    assert case("", 'name="a" status="fail"').result is CaseResult.FAILED


def report(text: str) -> junit.JUnitReport:
    return junit.read_report(text, "r.xml")


def words(text: str) -> list[str]:
    return [f"{'flaky ' if one.is_flaky else ''}{one.result}" for one in report(text).cases]


@pytest.mark.parametrize(
    ("text", "unlisted"),
    [
        ('<testsuite errors="1" tests="0"/>', 1),
        ('<testsuites errors="1"><testsuite errors="1" failures="0" tests="0"/></testsuites>', 1),
        ('<testsuites errors="1"><testsuite tests="1"><testcase name="a"/></testsuite></testsuites>', 1),
        ('<testsuite errors="1"><testcase name="a"/><error message="boom"/></testsuite>', 1),
        ('<testsuite><testcase name="a"/><failure/></testsuite>', 1),
        ('<testsuites><failure/><testsuite><testcase name="a"/></testsuite></testsuites>', 1),
        ('<testsuite failures="2"><testcase name="a"><failure/></testcase></testsuite>', 1),
        ('<testsuite failures="2"><testcase name="a"><failure/><failure/></testcase></testsuite>', 0),
        ('<testsuite failures="1"><testsuite failures="1"><testcase name="a"><failure/></testcase></testsuite></testsuite>', 0),
        ('<testsuite failures="0"><testsuite failures="1"><testcase name="a"><failure/></testcase></testsuite></testsuite>', 0),
        ('<testsuite failures="0" errors="many"><testcase name="a"/></testsuite>', 0),
        ('<testsuite><testcase name="a"/><system-err><error/></system-err></testsuite>', 0),
    ],
)
def test_a_failure_of_a_suite_that_no_case_shows_is_counted(text: str, unlisted: int) -> None:
    assert report(text).unlisted == unlisted


def test_of_further_tries_the_last_counts_where_the_suite_counts_each_test_once() -> None:
    tries = '<testcase name="a"/><testcase name="a"/><testcase name="b"/>'

    assert words(f'<testsuite tests="2">{tries}</testsuite>') == ["flaky passed", "passed"]
    assert words(f'<testsuite name="pytest" tests="9">{tries}</testsuite>') == ["flaky passed", "passed"]
    assert words(f'<testsuite tests="3">{tries}</testsuite>') == ["passed"] * 3
    failed = '<testcase name="a"><failure/></testcase>'
    assert words(f'<testsuite failures="0">{failed}<testcase name="a"/></testsuite>') == ["flaky passed"]
    assert words(f'<testsuite tests="1" failures="1"><testcase name="a"/>{failed}</testsuite>') == ["flaky failed"]


def test_two_tests_of_one_name_are_both_told_and_the_one_that_failed_stays_red() -> None:
    failed = '<testcase name="a"><failure/></testcase>'
    text = f'<testsuite tests="2" failures="1">{failed}<testcase name="a"/></testsuite>'

    assert words(text) == ["failed", "passed"]
    assert [one.is_retried for one in report(text).cases] == [True, False]
    assert words(f'<testsuite tests="2" failures="1"><testcase name="a"/>{failed}</testsuite>') == ["passed", "failed"]
    assert words(f"<testsuite>{failed}</testsuite>") == ["failed"]


def test_the_counts_of_nodes_runner_tell_of_a_parent_that_failed_itself() -> None:
    def told(comments: str, cases: str = '<testcase name="a"/>') -> tuple[int, bool]:
        found = report(f"<testsuites>{cases}{comments}</testsuites>")
        return found.unlisted, found.is_open

    assert told("<!-- suites 0 --><!-- fail 1 -->") == (1, False)
    assert told("<!-- fail 1 --><!-- cancelled 1 -->", '<testcase name="a"><failure/></testcase>') == (1, False)
    assert told("<!-- fail 7 --><!-- fail 0 -->") == (0, False)  # a test printed the first
    assert told("<!-- suites 2 --><!-- fail 0 -->") == (0, True)  # a hook of a suite may have failed
    assert told("", '<testcase name="a"/><testsuite name="s"><!-- fail 1 --></testsuite>') == (0, False)


def test_a_todo_that_fails_is_no_failure() -> None:
    assert case('<skipped type="todo"/><failure/>').result is CaseResult.SKIPPED
    assert case('<skipped type="todo"/>').result is CaseResult.SKIPPED


@pytest.mark.parametrize(
    "odd", ["\x1b[31m", "\0", "&#27;", "&#x1B;", "&#0;", "&#xD800;", "&#x110000;", "&#99999999999;", "\ud800", "\uffff", "\x08"]
)
def test_characters_that_xml_forbids_cost_only_themselves(odd: str) -> None:
    text = f'<testsuite>\n<testcase name="a{odd}&#10;&#x41;"><failure>{odd}<![CDATA[{odd}]]></failure></testcase></testsuite>'
    (found,) = report(text).cases

    assert (found.result, found.name) == (CaseResult.FAILED, f"a\N{REPLACEMENT CHARACTER}{'[31m' if '[' in odd else ''}\nA")


def test_bytes_of_another_encoding_cost_only_themselves(tmp_path: Path) -> None:
    (tmp_path / "r.xml").write_bytes(
        b"<testsuite><testcase name='caf\xe9'><failure>\xff\xed\xa0\x80</failure></testcase></testsuite>"
    )

    (found,) = reports.read_reports(["r.xml"], tmp_path)

    assert [(one.name, one.result) for one in found.cases] == [("caf\N{REPLACEMENT CHARACTER}", CaseResult.FAILED)]


def test_what_stands_deeper_in_a_case_is_no_result_of_it() -> None:
    assert case("<system-out><failure/></system-out>").result is CaseResult.PASSED


def test_both_roots_and_nested_suites_are_read_and_a_suite_hands_its_file_on() -> None:
    text = """<testsuites><testsuite name="a" file="spec\\a.js"><testcase name="1"/>
        <testsuite name="b"><testcase name="2"/></testsuite><testcase name="3" file="./c.js" line="x" time="1,234.5"/>
        </testsuite></testsuites>"""

    cases = junit.read_report(text, "r.xml").cases

    assert [(one.name, one.suite, one.file, one.line) for one in cases] == [
        ("1", "a", "spec/a.js", 0),
        ("2", "b", "spec/a.js", 0),
        ("3", "a", "c.js", 0),
    ]
    assert cases[2].seconds == 1234.5


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not XML, line 1"),
        ("not xml", "not XML, line 1"),
        ("<testsuite><testcase name='a'>", "not XML, line 1"),
        ("<testsuite>\n<testcase name='a/></testsuite>", "not XML, line 2"),
        ("<coverage/>", "its root is <coverage>"),
        ('<!DOCTYPE testsuite SYSTEM "http://example.com/x.dtd"><testsuite/>', "has a document type"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><testsuite name="&b;"/>', "has a document type"),
        ("<testsuite>" * 65 + "</testsuite>" * 65, "nested more than 64 deep"),
        ("<testsuite>&undefined;</testsuite>", "not XML"),
    ],
)
def test_a_hostile_report_is_refused_with_its_name_and_reason(text: str, reason: str) -> None:
    with pytest.raises(ReportError, match=r"^build/r\.xml: ") as found:
        junit.read_report(text, "build/r.xml")

    assert found.value.reason.startswith(reason)
    assert "\n" not in str(found.value)


def test_800_mutated_reports_raise_only_our_own_error() -> None:
    random = Random(7)
    texts = [file.read_text(encoding="utf-8") for file in sorted(REPORTS.glob("*.xml"))]
    read_whole = 0
    for _ in range(800):
        text = random.choice(texts)
        at, length = random.randrange(len(text)), random.choice([0, 1, 5, 200])
        piece = random.choice(["", "<", ">", "&", '"', "\0", "\ud800", "<testcase>", "</testsuite>", "<!DOCTYPE a>", "é" * 50])
        try:
            junit.read_report(text[:at] + piece + text[at + length :], "r.xml")
            read_whole += 1
        except ReportError:
            pass

    assert 0 < read_whole < 800


def test_an_entity_hidden_in_another_encoding_is_refused_too(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><testsuite name="&b;"/>'
    (tmp_path / "r.xml").write_bytes(text.encode("utf-16"))

    with pytest.raises(ReportError, match="has a document type"):
        reports.read_reports(["r.xml"], tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_a_report_is_read_in_the_encoding_it_names(tmp_path: Path, encoding: str) -> None:
    named = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{named}"?><testsuite><testcase name="caf\xe9"/></testsuite>'
    (tmp_path / "r.xml").write_bytes(text.encode(encoding))

    (report,) = reports.read_reports(["r.xml"], tmp_path)

    assert report.cases[0].name == "caf\xe9"


def test_a_report_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "r.xml").open("wb") as file:
        file.truncate(reports.MAX_BYTES + 1)

    with pytest.raises(ReportError, match="larger than 20,971,520 bytes"):
        reports.read_reports(["r.xml"], tmp_path)


def test_reports_are_named_by_file_glob_or_folder_each_once(tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml", "deep/c.xml", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("<testsuite/>", encoding="utf-8")

    def names(*asked: str) -> list[str]:
        return [Path(report.place).relative_to(tmp_path).as_posix() for report in reports.read_reports(asked, tmp_path)]

    assert names("b.xml", "*.xml") == ["b.xml", "a.xml"]
    assert names(".") == ["a.xml", "b.xml", "deep/c.xml"]
    assert names("**/c.xml") == ["deep/c.xml"]
    for nothing in ("gone.xml", "*.json"):
        with pytest.raises(ReportError, match=r"no report there|cannot be read"):
            names(nothing)


def test_the_reports_name_no_machine() -> None:
    for file in filter(Path.is_file, REPORTS.iterdir()):
        text = file.read_text(encoding="utf-8")
        assert "hostname=" not in text and "/tmp/" not in text and "/home/" not in text, file.name
