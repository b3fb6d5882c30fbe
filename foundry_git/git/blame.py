"""Blame: which commit a line comes from, and where it stood there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from foundry_git.errors import GitError
from foundry_git.git.hunks import LineRange
from foundry_git.git.patches import unquoted
from foundry_git.git.repository import Repository

_BLAME = ("blame", "--incremental", "--no-textconv", "--ignore-revs-file=", "-w", "-M", "-C")
"""Blank space aside, through moves within a file and from other files of the same commit; nobody's list of ignored commits counts."""

_NO_LIST = "could not open object name list"
_OWN_CONFIGURATION = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
"""Whose ``blame.ignoreRevsFile`` names a file that this repository has not gets no answer from Git, whatever we ask for."""

_BLOCK = re.compile(rb"([0-9a-f]{40,64}) (\d+) (\d+) (\d+)\Z")


class LineOrigin(Struct, frozen=True):
    """``count`` lines from ``line`` on come from ``commit``, where they stand in ``path`` from the line ``there`` on."""

    line: int
    count: int
    commit: str
    path: str
    there: int


def blame(repository: Repository, commit: str, path: str, ranges: Sequence[LineRange] = (), since: str = "") -> list[LineOrigin]:
    """Say where the lines of a file at ``commit`` come from; ``ranges``: only these.

    ``since``: a commit whose own ancestors are not looked into; a line older than it comes from one of its parents.

    Raises:
        GitError: the commit has no such file, or not so many lines.
    """
    wanted = [f"-L{first},{last}" for first, last in ranges]
    older = [f"^{parent}" for parent in _parents(repository, since)] if since else []
    asked = (*_BLAME, *wanted, *older, commit, "--", path)
    try:
        printed = repository.read(*asked)
    except GitError as error:
        if _NO_LIST not in error.stderr:
            raise
        printed = repository.read(*asked, environment=_OWN_CONFIGURATION | _trusted(repository))
    return sorted(_origins(printed), key=lambda origin: origin.line)


def ranges_of(lines: Iterable[int]) -> tuple[LineRange, ...]:
    """Numbers of lines as ranges of neighbours."""
    found: list[LineRange] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1] = found[-1][0], line
        else:
            found.append((line, line))
    return tuple(found)


def _trusted(repository: Repository) -> dict[str, str]:
    """The setting by which Git reads the repository though the user's own, which may have said so, no longer count."""
    place = str(repository.top or repository.git_dir)
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": place}


def _parents(repository: Repository, commit: str) -> list[str]:
    return repository.text("rev-list", "--parents", "--max-count=1", commit, "--").split()[1:]


def _origins(printed: bytes) -> Iterator[LineOrigin]:
    block: tuple[str, int, int, int] | None = None
    for line in printed.split(b"\n"):
        if found := _BLOCK.match(line):
            block = found[1].decode(), int(found[2]), int(found[3]), int(found[4])
        elif line.startswith(b"filename ") and block:
            commit, there, here, count = block
            yield LineOrigin(here, count, commit, unquoted(line.removeprefix(b"filename ")), there)
            block = None
