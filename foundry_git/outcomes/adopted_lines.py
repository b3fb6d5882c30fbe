"""Adopted lines: which adoptions there are in this repository, and which lines each of them brought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct

from foundry_git.evidence.events import Adopted
from foundry_git.evidence.ledger import Ledger
from foundry_git.git.blame import ranges_of
from foundry_git.git.history import changed_by, commit_of
from foundry_git.git.hunks import LineRange
from foundry_git.git.objects import BlobReader
from foundry_git.git.patches import patches_of
from foundry_git.git.repository import Repository
from foundry_git.index.stack_index import StackIndex
from foundry_git.outcomes.copied_patterns import Shelves, changed_files
from foundry_git.outcomes.survival import Planted
from foundry_git.settings import ExtractionSettings
from foundry_git.source.reader import units_in

Lines = Mapping[str, tuple[LineRange, ...]]
"""Path → ranges."""


class KnownAdoption(Struct, frozen=True):
    """One digest adopted by one commit, however often it was said; ``at``: the earliest moment that was said.

    ``has_lines``: its code was copied; who imports or calls a pattern brings none of it.
    """

    digest: str
    commit: str
    at: datetime
    has_lines: bool = True


def known_adoptions(ledger: Ledger, more: Iterable[Adopted] = ()) -> list[KnownAdoption]:
    """The adoptions by commits that the journal tells of, and ``more``, oldest first."""
    found: dict[tuple[str, str], KnownAdoption] = {}
    for event in (*ledger.known(Adopted.kind), *more):
        if isinstance(event, Adopted) and event.commit:
            key = event.digest, event.commit
            other = found.get(key, KnownAdoption(*key, event.at, False))
            found[key] = KnownAdoption(*key, min(event.at, other.at), other.has_lines or event.how in (None, "copy"))
    return sorted(found.values(), key=lambda one: (one.at, one.commit, one.digest))


class Plantings:
    """Finds the lines of adoptions again, as they were found when they were seen; each commit is read once."""

    def __init__(self, patterns: StackIndex, objects: BlobReader, scope: ExtractionSettings) -> None:
        self._patterns = patterns
        self._objects = objects
        self._scope = scope
        self._of: dict[str, Mapping[str, Lines]] = {}

    def of(self, adoption: KnownAdoption) -> Planted:
        """The lines that an adoption brought; none where they are not found in its commit, or it only names the pattern."""
        if adoption.commit not in self._of:
            self._of[adoption.commit] = self._in(adoption.commit)
        return Planted(adoption.commit, adoption.at, self._of[adoption.commit].get(adoption.digest, {}))

    @cached_property
    def _shelves(self) -> Shelves:
        self._patterns.converge()
        return Shelves(self._patterns, self._objects)

    @cached_property
    def _small(self) -> Mapping[str, str]:
        """Shape → digest of the patterns that are too small for fingerprints."""
        shelves, rows = self._shelves, self._patterns.rows()
        return {row.shape: row.digest for row in rows if row.shape and shelves.is_small(row.digest, row.language)}

    def _in(self, id: str) -> Mapping[str, Lines]:
        """Digest → its lines in a commit; nothing where that is no commit of this repository: its adoption came from another."""
        repository = self._objects.repository
        if self._objects.find(f"{id}^{{commit}}") is None:
            return {}
        found: dict[str, dict[str, set[int]]] = {}
        for commit, versions in changed_files(changed_by(repository, [commit_of(repository, id)]), self._objects, self._scope):
            for one in self._shelves.copies(commit, versions):
                found[one.row.digest] = {path: _numbers(runs) for path, runs in one.copy.runs.items()}
            for version in versions:
                for unit in units_in(version.after.encode(), version.path):
                    if digest := self._small.get(unit.shape):
                        found.setdefault(digest, {})[version.path] = _numbers([(unit.start_line, unit.end_line)])
        added = brought_by(repository, id)
        return {digest: _within(lines, added) for digest, lines in found.items()}


def brought_by(repository: Repository, commit: str) -> dict[str, set[int]]:
    """Path → the lines that a commit added to it."""
    return {
        file.path: {hunk.new_start + at for hunk in file.hunks for at in range(len(hunk.added))}
        for patch in patches_of(repository, [commit])
        for file in patch.files
    }


def _within(lines: Mapping[str, set[int]], added: Mapping[str, set[int]]) -> Lines:
    ranges = {path: ranges_of(numbers & added.get(path, set())) for path, numbers in lines.items()}
    return {path: some for path, some in ranges.items() if some}


def _numbers(runs: Iterable[LineRange]) -> set[int]:
    return {line for first, last in runs for line in range(first, last + 1)}
