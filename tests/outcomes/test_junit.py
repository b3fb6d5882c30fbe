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
