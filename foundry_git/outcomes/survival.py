"""Survival: how many of the lines that an adoption brought are still there some days later, in the main line of HEAD.

Days pass with commits, not with clocks: a milestone is passed when a commit of the main line is dated at or after it, so that every
clone says the same, and code that nobody works on says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from foundry_git.errors import GitError
from foundry_git.git.blame import blame
from foundry_git.git.history import LOG, Change, commit_of, dated, moment
from foundry_git.git.hunks import LineRange
from foundry_git.git.repository import Repository

MILESTONES = (7, 30, 90, 180, 365)
"""Days after an adoption: a week, a month, a quarter, half a year, a year."""


class Planted(Struct, frozen=True):
    """The lines that a commit brought with an adoption: path → ranges, as they stand in that commit."""

    commit: str
    at: datetime
    lines: Mapping[str, tuple[LineRange, ...]]

    @property
    def count(self) -> int:
        """How many lines."""
        return sum(last - first + 1 for ranges in self.lines.values() for first, last in ranges)

    def holds(self, path: str, line: int) -> bool:
        """Say whether a line of the commit is one of them."""
        return any(first <= line <= last for first, last in self.lines.get(path, ()))


class Dated(Struct, frozen=True):
    """A commit of the main line with the moment it was committed."""

    commit: str
    at: datetime


def main_line(repository: Repository, commit: str, head: str) -> list[Dated]:
    """The commits of the first-parent history of ``head`` that hold ``commit``, oldest first; none where ``head`` does not."""
    between = f"{commit}..{head}"
    holding = {commit, *repository.text("rev-list", "--ancestry-path", between, "--").splitlines()}
    if head not in holding:
        return []
    printed = repository.run(*LOG, "--first-parent", "--format=%H%x01%cd%x01%P", between, "--").decode("ascii", "replace")
    rows = [row.split("\x01") for row in reversed(printed.split("\0")) if row]
    line = [Dated(row[0], dated(row[1])) for row in rows if row[0] in holding]
    if not rows or rows[0][2].split(" ")[0] == commit:  # else it was merged from the side
        line.insert(0, Dated(commit, moment(commit_of(repository, commit).commit_date)))
    return line


def passed(at: datetime, line: Sequence[Dated]) -> Iterator[tuple[int, str]]:
    """Each milestone after ``at`` that was passed, with the last commit of the main line before it.

    Of what was merged only after a milestone, that milestone tells nothing.
    """
    for days in MILESTONES:
        until = at + timedelta(days=days)
        before = [one.commit for one in line if one.at <= until]
        if before and line[-1].at >= until:
            yield days, before[-1]


def paths_since(planted: Planted, changes: Sequence[Change]) -> frozenset[str]:
    """Where the lines may stand by now: their own paths and the names that ``changes`` (oldest first) gave them.

    A file that came to be in a commit that changed one of them may have taken its lines.
    """
    paths = set(planted.lines)
    by_commit: dict[str, list[Change]] = {}
    for change in changes:
        by_commit.setdefault(change.commit, []).append(change)
    for together in by_commit.values():
        if any(change.path in paths or change.old_path in paths for change in together):
            paths |= {change.path for change in together if change.old_path in paths or not change.old_blob}
    return frozenset(paths)


def left(repository: Repository, planted: Planted, commit: str, paths: Sequence[str]) -> int:
    """How many of the lines stand at ``commit`` in one of ``paths``, moved or not; a path that is gone has none."""
    there = repository.run("ls-tree", "--name-only", "-z", "--full-tree", commit, "--", *paths).split(b"\0") if paths else []
    names = [path for path in paths if path.encode("utf-8", "surrogateescape") in there]
    return min(planted.count, sum(_left_in(repository, planted, commit, path) for path in names))


def _left_in(repository: Repository, planted: Planted, commit: str, path: str) -> int:
    try:
        origins = blame(repository, commit, path, since=planted.commit)
    except GitError:  # of a shallow clone, or a folder by now
        return 0
    mine = [origin for origin in origins if origin.commit == planted.commit]
    return sum(planted.holds(origin.path, origin.there + at) for origin in mine for at in range(origin.count))
