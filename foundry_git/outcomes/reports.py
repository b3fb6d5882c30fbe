"""Report files: from what a person names (files, folders, globs) to reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from foundry_git.errors import CoverageError, ReportError
from foundry_git.outcomes.coverage import CoverageReport, read_coverage
from foundry_git.outcomes.junit import JUnitReport, read_report
from foundry_git.system.files import expanded

_Read = TypeVar("_Read", JUnitReport, CoverageReport)

MAX_BYTES = 20 * 1024 * 1024  # 50,000 cases with the output of those that failed
_GLOB = re.compile(r"[*?\[]")
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_DECLARED = re.compile(rb"^<\?xml[^>]{0,200}?encoding=[\"']([\w.-]{1,40})[\"']")
_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252", "cp1252"})


class Found(Struct, frozen=True):
    """What of the named reports could be read, and why the rest could not."""

    reports: Sequence[JUnitReport] = ()
    coverages: Sequence[CoverageReport] = ()
    problems: Sequence[ReportError] = ()


def read_found(junit: Sequence[str], coverage: Sequence[str], folder: Path) -> Found:
    """Read all that can be read of what is named, as :func:`read_reports` and :func:`read_coverages` do."""
    problems: list[ReportError] = []
    reports = [report for file in _named(junit, folder, ReportError, problems) for report in _tried(_report, file, problems)]
    coverages = [
        report for file in _named(coverage, folder, CoverageError, problems) for report in _tried(_coverage, file, problems)
    ]
    return Found(reports, coverages, problems)


def read_reports(names: Sequence[str], folder: Path) -> list[JUnitReport]:
    """Read every report that is named; a folder means all ``*.xml`` below it. Names are relative to ``folder``.

    Raises:
        ReportError: a name means nothing, or a file is no report, too large or cannot be read.
    """
    return [_report(file) for file in _named(names, folder, ReportError)]


def read_coverages(names: Sequence[str], folder: Path) -> list[CoverageReport]:
    """Read every report of coverage that is named, as :func:`read_reports` does.

    Raises:
        CoverageError: a name means nothing, or a file is no report, too large or cannot be read.
    """
    return [_coverage(file) for file in _named(names, folder, CoverageError)]


def _report(file: Path) -> JUnitReport:
    return read_report(_text(file, ReportError), str(file))


def _coverage(file: Path) -> CoverageReport:
    return read_coverage(_text(file, CoverageError), str(file))


def _tried(read: Callable[[Path], _Read], file: Path, problems: list[ReportError]) -> list[_Read]:
    try:
        return [read(file)]
    except ReportError as error:
        problems.append(error)
        return []


def _named(
    names: Sequence[str], folder: Path, wrong: type[CoverageError] | type[ReportError], problems: list[ReportError] | None = None
) -> list[Path]:
    """The files that are meant, each once; a name that means none is an error, or one more of the problems."""
    found: list[Path] = []
    for name in names:
        try:
            found += _files(name, folder, wrong)
        except ReportError as error:
            if problems is None:
                raise
            problems.append(error)
    return list(dict.fromkeys(found))


def _files(name: str, folder: Path, error: type[CoverageError] | type[ReportError]) -> Iterable[Path]:
    place = folder / expanded(name)
    if place.is_dir():
        found = sorted(place.rglob("*.xml"))
    elif _GLOB.search(name) and not place.exists():
        top = Path(place.anchor)
        found = sorted(file for file in top.glob(str(place.relative_to(top))) if file.is_file())
    else:
        found = [place]
    if not found:
        raise error(name, "no report there")
    return found


def _text(file: Path, wrong: type[CoverageError] | type[ReportError]) -> str:
    try:
        with file.open("rb") as handle:
            content = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise wrong(str(file), f"cannot be read ({error.strerror})") from None
    if len(content) > MAX_BYTES:
        raise wrong(str(file), f"larger than {MAX_BYTES:,} bytes")
    return content.decode(_encoding(content), "replace")  # what a test printed may be in any encoding, or in none


def _encoding(content: bytes) -> str:
    marked = next((encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), "")
    declared = _DECLARED.match(content)
    named = declared[1].decode("ascii").lower() if declared else ""
    return marked or (named if named in _ENCODINGS else "utf-8")
