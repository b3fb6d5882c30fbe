"""Coverage: which lines a test run executed, from Cobertura XML, the JSON of coverage.py, or lcov.

A report comes from a build that ran anybody's code, so it is data. Cobertura names a document type: it may, but nothing that one
declares is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Never
from xml.parsers import expat

from foundry_git.errors import CoverageError

MAX_DEPTH = 64  # Cobertura nests eight deep
MOST_LINE = 10_000_000  # of a file; what counts further is no report


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """One file: the lines that could be executed, those that were, and by which tests where the report says that.

    ``tests``: line → names of tests, as coverage.py calls its contexts.
    """

    path: str
    measured: frozenset[int]
    covered: frozenset[int]
    tests: Mapping[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """One report: where it comes from, and its files. ``sources``: folders from which its paths may be given."""

    place: str
    files: tuple[FileCoverage, ...]
    sources: tuple[str, ...] = ()


def read_coverage(text: str, place: str) -> CoverageReport:
    """Read a report, whichever of the three it is; ``place`` names it in errors.

    Raises:
        CoverageError: it is none of them, nested too deeply, or declares entities.
    """
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start == "<":
        return _cobertura(text, place)
    return _json(text, place) if start == "{" else _lcov(text, place)


def united(reports: Iterable[CoverageReport]) -> dict[str, FileCoverage]:
    """Put reports together, path → what any of them executed; ``\\`` reads as ``/``."""
    found: dict[str, FileCoverage] = {}
    for report in reports:
        for file in report.files:
            path = _placed(file.path, report.sources)
            other = found.get(path, FileCoverage(path, frozenset(), frozenset()))
            tests = {
                line: file.tests.get(line, frozenset()) | other.tests.get(line, frozenset())
                for line in {*file.tests, *other.tests}
            }
            found[path] = FileCoverage(path, file.measured | other.measured, file.covered | other.covered, tests)
    return found


def file_of(path: str, files: Mapping[str, FileCoverage]) -> FileCoverage | None:
    """The coverage of a file of the repository: reports name it from wherever the run was started, or from the root of the machine.

    None where none fits, or several do equally.
    """
    if path in files:
        return files[path]
    fitting = [name for name in files if name.endswith(f"/{path}") or path.endswith(f"/{name}")]
    longest = max(map(len, fitting), default=0)
    best = [name for name in fitting if len(name) == longest]
    return files[best[0]] if len(best) == 1 else None


def _placed(path: str, sources: tuple[str, ...]) -> str:
    name = path.replace("\\", "/").removeprefix("./")
    if name.startswith("/") or len(sources) != 1:
        return name
    return f"{sources[0].replace(chr(92), '/').rstrip('/')}/{name}"


def _cobertura(text: str, place: str) -> CoverageReport:
    reading = _Reading(place)
    parser = expat.ParserCreate("utf-8")  # whatever encoding the declaration names, this is the decoded text
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.EntityDeclHandler = reading.refuse_entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        raise CoverageError(place, f"not XML, line {error.lineno}: {expat.ErrorString(error.code)}") from None
    files = (FileCoverage(path, frozenset(lines), _hit(lines)) for path, lines in reading.files.items())
    return CoverageReport(place, tuple(files), tuple(reading.sources))


def _hit(lines: Mapping[int, bool]) -> frozenset[int]:
    return frozenset(line for line, was_hit in lines.items() if was_hit)


@dataclass(slots=True)
class _Reading:
    """Where the reader of Cobertura stands; ``files``: path → line → whether it was hit in any class."""

    place: str
    files: dict[str, dict[int, bool]] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    lines: dict[int, bool] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.path and tag != "coverage":
            raise CoverageError(self.place, f"its root is <{tag[:40]}>, not <coverage>")
        if len(self.path) >= MAX_DEPTH:
            raise CoverageError(self.place, f"nested more than {MAX_DEPTH} deep")
        if tag == "class" and attributes.get("filename"):
            self.lines = self.files.setdefault(attributes["filename"], {})
        elif tag == "source":
            self.sources.append("")
        elif tag == "line" and self.lines is not None and (number := _whole(attributes.get("number", ""))):
            self.lines[number] = self.lines.get(number, False) or _whole(attributes.get("hits", "")) > 0
        self.path.append(tag)

    def end(self, tag: str) -> None:
        self.path.pop()
        self.lines = None if tag == "class" else self.lines

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
            if number := _whole(text_of_line):
                lines[number] = lines.get(number, False) or _whole(hits) > 0
    if not files:
        raise CoverageError(place, "neither Cobertura XML, nor the JSON of coverage.py, nor lcov")
    return CoverageReport(place, tuple(FileCoverage(path, frozenset(found), _hit(found)) for path, found in files.items()))


def _whole(text: str) -> int:
    """A whole number within bounds, else 0; counts of hits may be of any size."""
    return min(int(text[:12]), MOST_LINE) if isinstance(text, str) and text.isascii() and text.isdigit() else 0
