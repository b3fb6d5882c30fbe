"""Standing: what a stored text needs from outside of itself, said in one line."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from foundry_git.errors import SourceError
from foundry_git.source.reader import left_open, read_units


class Needs(Struct, frozen=True):
    """``packages``: those from elsewhere, by the name they are imported with; ``missing``: what it neither holds nor imports."""

    packages: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        """``httpx and yaml, from elsewhere``; ``SIZES of its project, which is not here``; empty for what needs nothing."""
        elsewhere = f"{_listed(self.packages)}, from elsewhere" if self.packages else ""
        missing = f"{'; '.join(self.missing)}: not here" if self.missing else ""
        return " · ".join(said for said in (elsewhere, missing) if said)


def needs_of(code: str, language: str, file: str, path: str = "") -> Needs:
    """Say what a stored text needs; nothing is said of a text that cannot be read.

    ``file`` is the name of its code file, ``path`` says where it came from: imports of that project lead nowhere elsewhere.
    """
    try:
        units = read_units(code, file)
    except SourceError:
        return Needs()
    missing = left_open(code, language, path)
    packages = {package for unit in units for package in unit.third_party}
    return Needs(tuple(sorted(packages)), missing)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else names[0]
