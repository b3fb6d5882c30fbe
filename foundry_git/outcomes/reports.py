"""Report files: from what a person names (files, folders, globs) to reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from foundry_git.errors import CoverageError, ReportError
from foundry_git.outcomes.coverage import CoverageReport, read_coverage
from foundry_git.outcomes.junit import JUnitReport, read_report

MAX_BYTES = 20 * 1024 * 1024  # 50,000 cases with the output of those that failed
_GLOB = re.compile(r"[*?\[]")
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_DECLARED = re.compile(rb"^<\?xml[^>]{0,200}?encoding=[\"']([\w.-]{1,40})[\"']")
_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252", "cp1252"})


def read_reports(names: Sequence[str], folder: Path) -> list[JUnitReport]:
    """Read every report that is named; a folder means all ``*.xml`` below it. Names are relative to ``folder``.

    Raises:
        ReportError: a name means nothing, or a file is no report, too large or cannot be read.
    """
    files = dict.fromkeys(file for name in names for file in _files(name, folder, ReportError))
    return [read_report(_text(file, ReportError), str(file)) for file in files]


def read_coverages(names: Sequence[str], folder: Path) -> list[CoverageReport]:
    """Read every report of coverage that is named, as :func:`read_reports` does.

    Raises:
        CoverageError: a name means nothing, or a file is no report, too large or cannot be read.
    """
    files = dict.fromkeys(file for name in names for file in _files(name, folder, CoverageError))
    return [read_coverage(_text(file, CoverageError), str(file)) for file in files]


def _files(name: str, folder: Path, error: type[CoverageError] | type[ReportError]) -> Iterable[Path]:
    place = folder / Path(name).expanduser()
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
    encoding = _encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise wrong(str(file), f"not {encoding} at byte {error.start}") from None


def _encoding(content: bytes) -> str:
    marked = next((encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), "")
    declared = _DECLARED.match(content)
    named = declared[1].decode("ascii").lower() if declared else ""
    return marked or (named if named in _ENCODINGS else "utf-8")
