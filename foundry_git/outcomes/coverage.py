"""Coverage: which lines a test run executed, from XML (Cobertura, Clover, SonarQube), the JSON of coverage.py, or lcov.

A report comes from a build that ran anybody's code, so it is data. Cobertura names a document type: it may, but nothing that one
declares is read. A line whose count is none, or below 0 (an overflow), is not known to have run or not: it says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Never
from xml.parsers import expat

from msgspec import Struct, field

from foundry_git.errors import CoverageError
from foundry_git.outcomes.xml_text import readable

MAX_DEPTH = 64  # Cobertura nests eight deep
MOST_LINE = 10_000_000  # of a file; what counts further is no report


class FileCoverage(Struct, frozen=True):
    """One file: the lines that could be executed, those that were, and by which tests where the report says that.

    ``tests``: line → names of tests, as coverage.py calls its contexts.
    """

    path: str
    measured: frozenset[int]
    covered: frozenset[int]
    tests: Mapping[int, frozenset[str]] = field(default_factory=dict)


class CoverageReport(Struct, frozen=True):
    """One report: where it comes from, and its files. ``sources``: folders from which its paths may be given."""

    place: str
    files: tuple[FileCoverage, ...]
    sources: tuple[str, ...] = ()


def read_coverage(text: str, place: str) -> CoverageReport:
    """Read a report, whichever it is; ``place`` names it in errors.

    Raises:
        CoverageError: it is none of them, nested too deeply, or declares entities.
    """
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start == "<":
        return _xml(text, place)
    if text.startswith("mode: "):
        raise CoverageError(place, "a profile of Go's own, which gocover-cobertura turns into Cobertura XML")
    return _json(text, place) if start == "{" else _lcov(text, place)


def united(reports: Iterable[CoverageReport]) -> dict[str, FileCoverage]:
    """Put reports together by the names that they give, name → what any of them executed; ``\\`` reads as ``/``."""
    found: dict[str, list[FileCoverage]] = {}
    for report in reports:
        for file in report.files:
            found.setdefault(_placed(file.path, report.sources), []).append(file)
    return {path: merged(path, files) for path, files in found.items()}


def merged(path: str, files: Sequence[FileCoverage]) -> FileCoverage:
    """What several reports say of one file."""
    tests: dict[int, frozenset[str]] = {}
    for file in files:
        for line, names in file.tests.items():
            tests[line] = tests.get(line, frozenset()) | names
    none: frozenset[int] = frozenset()
    return FileCoverage(path, none.union(*(one.measured for one in files)), none.union(*(one.covered for one in files)), tests)


def _placed(path: str, sources: tuple[str, ...]) -> str:
    name = path.replace("\\", "/").removeprefix("./")
    if name.startswith("/") or len(sources) != 1:
        return name
    return f"{sources[0].replace(chr(92), '/').rstrip('/')}/{name}"


def _xml(text: str, place: str) -> CoverageReport:
    reading = _Reading(place)
    parser = expat.ParserCreate("utf-8")  # whatever encoding the declaration names, this is the decoded text
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.EntityDeclHandler = reading.refuse_entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(readable(text).encode(), True)
    except expat.ExpatError as error:
        raise CoverageError(place, f"not XML, line {error.lineno}: {expat.ErrorString(error.code)}") from None
    files = (FileCoverage(path, frozenset(lines), _hit(lines)) for path, lines in reading.files.items())
    return CoverageReport(place, tuple(files), tuple(reading.sources))


def _hit(lines: Mapping[int, bool]) -> frozenset[int]:
    return frozenset(line for line, was_hit in lines.items() if was_hit)


_FILES = {"class": ("filename",), "file": ("path", "name")}  # Clover's name is that of a folder's file, or of PHPUnit the path
_LINES = frozenset({"line", "lineToCover"})


def _line(tag: str, attributes: Mapping[str, str]) -> tuple[str, str]:
    """The number of a line and how often it was hit."""
    if tag == "lineToCover":
        return attributes.get("lineNumber", ""), {"true": "1", "false": "0"}.get(attributes.get("covered", ""), "")
    if "num" in attributes:
        return attributes["num"], attributes.get("count") or _branch(
            attributes
        )  # Istanbul's falsecount is that of branches missed
    return attributes.get("number", ""), attributes.get("hits", "")


def _branch(attributes: Mapping[str, str]) -> str:
    """Of OpenClover, whose branches have no count but how often they were true and false."""
    return max((attributes.get(key, "") for key in ("truecount", "falsecount")), key=lambda count: _hits(count) or 0)


def _take(lines: dict[int, bool], number: str, hits: str) -> None:
    """Note whether a line was hit, where the report knows."""
    line, count = _whole(number), _hits(hits)
    if line and count is not None:
        lines[line] = lines.get(line, False) or count > 0


def _hits(text: str) -> float | None:
    """How often, also where large counts are written as 1e+06; None where that is not told."""
    try:
        count = float(text) if len(text) < 400 and "_" not in text else -1.0
    except ValueError:
        return None
    return count if count >= 0 else None


class _Reading(Struct):
    """Where the reader of XML stands; ``files``: path → line → whether it was hit in any class.

    Cobertura has ``<class filename><line number hits>``, Clover ``<file path><line num count>`` with ``truecount`` and
    ``falsecount`` of a branch (https://openclover.org/doc), SonarQube ``<file path><lineToCover lineNumber covered>``
    (https://docs.sonarsource.com/sonarqube/latest/analyzing-source-code/test-coverage/generic-test-data/).
    """

    place: str
    files: dict[str, dict[int, bool]] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    lines: dict[int, bool] | None = None
    depth: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.path and tag != "coverage":
            raise CoverageError(self.place, f"its root is <{tag[:40]}>, not <coverage>")
        if len(self.path) >= MAX_DEPTH:
            raise CoverageError(self.place, f"nested more than {MAX_DEPTH} deep")
        if tag in _FILES:
            name = next((attributes[key] for key in _FILES[tag] if attributes.get(key)), "")
            if name:
                self.lines, self.depth = self.files.setdefault(name, {}), len(self.path)
        elif tag == "source":
            self.sources.append("")
        elif tag in _LINES and self.lines is not None:
            number, hits = _line(tag, attributes)
            _take(self.lines, number, hits)
        self.path.append(tag)

    def end(self, tag: str) -> None:
        self.path.pop()
        self.lines = None if len(self.path) <= self.depth else self.lines

    def text(self, text: str) -> None:
        if self.path[-1:] == ["source"]:
            self.sources[-1] += text.strip()

    def refuse_entity(self, *_: object) -> Never:
        raise CoverageError(self.place, "declares entities (<!ENTITY …>), which no coverage tool does")


def _json(text: str, place: str) -> CoverageReport:
    try:
        found = json.loads(text)
        files = found["files"] if isinstance(found, dict) else None
    except (ValueError, KeyError, RecursionError):
        files = None
    if not isinstance(files, dict):
        raise CoverageError(place, "JSON, but not what `coverage json` writes: it has no object `files`")
    return CoverageReport(place, tuple(_file(path, facts, place) for path, facts in files.items()))


def _file(path: str, facts: object, place: str) -> FileCoverage:
    if not isinstance(facts, dict):
        raise CoverageError(place, "JSON, but a file in it is no object")
    covered, missing = (_numbers(facts.get(name)) for name in ("executed_lines", "missing_lines"))
    contexts = facts.get("contexts")
    tests = {
        number: frozenset(_test(name) for name in names if isinstance(name, str) and name)
        for line, names in (contexts.items() if isinstance(contexts, dict) else ())
        if (number := _whole(line)) and isinstance(names, list)
    }
    return FileCoverage(path, covered | missing, covered, tests)


def _test(context: str) -> str:
    """A context of pytest-cov without the phase of the test: ``tests/test_a.py::test_b|run``."""
    return context.rpartition("|")[0] or context


def _numbers(found: object) -> frozenset[int]:
    return frozenset(one for one in found if type(one) is int and 0 < one < MOST_LINE) if isinstance(found, list) else frozenset()


def _lcov(text: str, place: str) -> CoverageReport:
    files: dict[str, dict[int, bool]] = {}
    lines: dict[int, bool] | None = None
    for row in text.splitlines():
        word, _, rest = row.strip().partition(":")
        if word == "SF":
            lines = files.setdefault(rest, {})
        elif word == "DA" and lines is not None:
            text_of_line, hits = (*rest.split(","), "")[:2]
            _take(lines, text_of_line, hits)
    if not files:
        raise CoverageError(
            place, "neither Cobertura XML or another kind of XML that is read, nor the JSON of coverage.py, nor lcov"
        )
    return CoverageReport(place, tuple(FileCoverage(path, frozenset(found), _hit(found)) for path, found in files.items()))


def _whole(text: str) -> int:
    """A whole number within bounds, else 0."""
    return min(int(text[:12]), MOST_LINE) if isinstance(text, str) and text.isascii() and text.isdigit() else 0
