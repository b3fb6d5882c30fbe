"""The walk: one pass over commits, oldest first, that says what each did to units.

``diff-tree`` names the blobs, one ``cat-file --batch`` reads them. A blob is read and taken apart once: the version after one commit
is mostly the version before the next one to that file.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

from foundry_git.git.history import Change, Commit, changes_of
from foundry_git.git.objects import BlobReader
from foundry_git.git.repository import Repository
from foundry_git.history.messages import is_fix, reverted_by
from foundry_git.history.record import CommitRecord
from foundry_git.history.unit_matches import (
    Matched,
    UnitVersion,
    match_file,
    settle,
    versions_of,
)
from foundry_git.source.files import BINARY_WINDOW, LARGEST, is_source
from foundry_git.source.private_names import withheld
from foundry_git.source.reader import sections_in

BATCH = 200  # commits whose changes are listed at once; bounds memory, and is what an interruption loses at most
REMEMBERED = 1_000  # files kept taken apart; 95 of 100 reads are of one of the last few hundred


class Walk:
    """Reads the records of commits of one repository; use it in a ``with`` block."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._blobs = BlobReader(repository)
        self._read: OrderedDict[tuple[str, str], Mapping[str, UnitVersion]] = OrderedDict()

    def __enter__(self) -> Walk:
        return self

    def __exit__(self, *error: object) -> None:
        self._blobs.__exit__(None, None, None)

    def records(self, commits: Sequence[Commit]) -> Iterator[list[CommitRecord]]:
        """Yield the records of commits, oldest first, in batches; a merge is passed over: what it brings was somebody's commit."""
        for start in range(0, len(commits), BATCH):
            batch = commits[start : start + BATCH]
            yield self._batch(batch)

    def _batch(self, commits: Sequence[Commit]) -> list[CommitRecord]:
        plain = [commit for commit in commits if len(commit.parents) < 2]
        by_commit: dict[str, list[Change]] = {}
        for change in changes_of(self._repository, plain, deletions=True):
            if _is_read(change.path) or _is_read(change.old_path):
                by_commit.setdefault(change.commit, []).append(change)
        return [self._record(commit, by_commit.get(commit.id, ())) for commit in plain]

    def _record(self, commit: Commit, changes: Sequence[Change]) -> CommitRecord:
        matched = Matched()
        renames = []
        for change in changes:
            if change.old_blob and change.old_path != change.path and not (withheld(change.old_path) or withheld(change.path)):
                renames.append((change.old_path, change.path))
            if change.old_blob != change.new_blob:
                match_file(self._units(change.path, change.old_blob), self._units(change.path, change.new_blob), matched)
        return CommitRecord(
            commit.id, commit.commit_date, is_fix(commit.subject), reverted_by(commit.body), tuple(renames), settle(matched)
        )

    def _units(self, path: str, blob: str) -> Mapping[str, UnitVersion]:
        if not blob or not _is_read(path):
            return {}
        key = (path, blob)
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = self._taken_apart(path, blob)
            if len(self._read) > REMEMBERED:
                self._read.popitem(last=False)
        else:
            self._read.move_to_end(key)
        return found

    def _taken_apart(self, path: str, blob: str) -> Mapping[str, UnitVersion]:
        content = self._blobs.read(blob) or b""
        if len(content) > LARGEST or b"\0" in content[:BINARY_WINDOW]:
            return {}
        versions = versions_of(path, sections_in(content, path))
        return {symbol: version for symbol, version in versions.items() if not withheld(symbol)}


def _is_read(path: str) -> bool:
    """Say whether a file's units are recorded: a record repeats its path."""
    return is_source(path) and not withheld(path)
