"""Covered files: which file of the repository a report of coverage means by a name. Pure but for looking whether a file is there.

Reports name files from the folder in which the run was started, from one of several source folders, or from the root of a machine. A
name that may mean several files says nothing of any: coverage of another file's lines is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath

from msgspec import Struct

from foundry_git.outcomes.coverage import CoverageReport, FileCoverage, merged

_ABSOLUTE = re.compile(r"/|[A-Za-z]:/")
_UNKNOWN = ("", False)


class Checkout(Struct, frozen=True):
    """A work tree: its folder, the paths of its files, and the folder in which a report's own name is read."""

    root: Path
    paths: Collection[str]
    folder: Path


def covered_files(reports: Iterable[CoverageReport], checkout: Checkout) -> dict[str, FileCoverage]:
    """Put reports together: path in the repository → what any of them executed. Names that mean no one file are left out."""
    endings = _by_last_part(checkout.paths)
    sure: dict[str, list[FileCoverage]] = {}
    guessed: dict[str, list[FileCoverage]] = {}
    for report in reports:
        meant = _Meant(report, checkout, endings)
        for file in report.files:
            path, is_sure = meant.path(file.path)
            (sure if is_sure else guessed).setdefault(path, []).append(file)
    guessed = {path: files for path, files in guessed.items() if path and len({file.path for file in files}) == 1}
    return {path: merged(path, files) for path, files in (guessed | sure).items()}


def _by_last_part(paths: Iterable[str]) -> Mapping[str, list[str]]:
    endings: dict[str, list[str]] = {}
    for path in paths:
        endings.setdefault(path.rpartition("/")[2], []).append(path)
    return endings


class _Meant(Struct, frozen=True):
    """Looks up what one report means by its names."""

    report: CoverageReport
    checkout: Checkout
    endings: Mapping[str, list[str]]

    def path(self, name: str) -> tuple[str, bool]:
        """The path in the repository, and whether it is sure; "" where it is not known, or is none of the repository's."""
        plain = normpath(name.replace("\\", "/"))
        if _ABSOLUTE.match(plain):
            return self._absolute(plain)
        sources = [normpath(source.replace("\\", "/")) for source in self.report.sources if source]
        return self._below(sources, plain) if sources else self._relative(plain)

    def _absolute(self, name: str) -> tuple[str, bool]:
        if inside := self._inside(Path(name)):
            return (inside, True) if inside in self.checkout.paths else _UNKNOWN
        if _stands(Path(name).is_file):  # a library's, or the language's own
            return _UNKNOWN
        return max((path for path in self._ending_alike(name) if name.endswith(f"/{path}")), key=len, default=""), False

    def _below(self, sources: list[str], name: str) -> tuple[str, bool]:
        """Of several source folders the one that holds the file; where several do, it is not known which is meant."""
        places = list(dict.fromkeys(normpath(f"{source}/{name}") for source in sources))
        if len(places) > 1:
            there = [place for place in places if _stands(self._on_disk(place).is_file)]
            places = there or places
        meant = {self._absolute(place) if _ABSOLUTE.match(place) else self._relative(place) for place in places} - {_UNKNOWN}
        is_known = len(meant) == 1 and (len(places) == 1 or not self._is_here(sources))
        return min(meant) if is_known else _UNKNOWN

    def _is_here(self, sources: list[str]) -> bool:
        """Say whether the run was on this machine, so that a file which is not there was none of its."""
        return any(_stands(self._on_disk(source).is_dir) for source in sources)

    def _on_disk(self, name: str) -> Path:
        return self.checkout.folder / name

    def _relative(self, name: str) -> tuple[str, bool]:
        """From a folder around the report, or the one we are in; else the one file that ends so."""
        place = self._on_disk(self.report.place)
        inside = [self._inside(folder / name) for folder in (*place.parents, self.checkout.folder)]
        exact = {path for path in inside if path in self.checkout.paths}
        found = exact or {path for path in self._ending_alike(name) if path.endswith(f"/{name}")}
        return (min(found), bool(exact)) if len(found) == 1 else _UNKNOWN

    def _inside(self, place: Path) -> str:
        root, plain = f"{self.checkout.root.as_posix().rstrip('/')}/", normpath(place.as_posix())
        return plain[len(root) :] if plain.startswith(root) else ""

    def _ending_alike(self, name: str) -> list[str]:
        return self.endings.get(PurePosixPath(name).name, [])


def _stands(is_there: Callable[[], bool]) -> bool:
    """Ask the disk; a name that no file can have, such as one that is too long, is that of none."""
    try:
        return is_there()
    except OSError:
        return False
