"""Copied patterns: the fingerprints of the stack's patterns, and which of them stand in what commits added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field

from foundry_git.extraction.limits import Allowance
from foundry_git.git.history import Change, Commit, CommitChanges
from foundry_git.git.hunks import LineRange, hunks_between
from foundry_git.git.objects import BlobReader
from foundry_git.git.tree import CommitTree
from foundry_git.index.document import DocumentRow
from foundry_git.index.stack_index import StackIndex
from foundry_git.settings import ExtractionSettings
from foundry_git.source.files import LARGEST, why_skipped
from foundry_git.source.languages import family_of, language_of

if TYPE_CHECKING:
    from foundry_git.outcomes.copies import AddedPart, Copy, Hashes, Patterns
    from foundry_git.source.fingerprints import Grams

BACKDROP = 64  # files of a language that tell what is common in a repository: 20,000 lines, half a second of a commit with a copy
_SIGNS = " \t\r(){}[],;:"
_WHOLE = ((1, LARGEST),)


class ChangedFile(Struct, frozen=True):
    """One changed file of a commit: its change, and its text before and after ("" where there is none)."""

    change: Change
    before: str
    after: str

    @property
    def path(self) -> str:
        """Its path after the commit."""
        return self.change.path


class FoundCopy(Struct, frozen=True):
    """A copy of a pattern that a commit brought, and the text of the file that has most of it."""

    row: DocumentRow
    copy: Copy
    text: str


class Shelves(Struct):
    """The patterns of the stack by family of languages: the rows, and their fingerprints in the same order."""

    patterns: StackIndex
    objects: BlobReader
    _shelves: dict[str, tuple[list[DocumentRow], Patterns]] = field(default_factory=dict)
    _backdrops: dict[str, Hashes] = field(default_factory=dict)

    def copies(self, commit: Commit, versions: Sequence[ChangedFile]) -> list[FoundCopy]:
        """Find the patterns that a commit copied, of each family of languages."""
        families: dict[str, list[ChangedFile]] = {}
        for version in versions:
            families.setdefault(family_of(language_of(version.path) or ""), []).append(version)
        return [found for name, some in families.items() for found in self._copies(name, commit, some)]

    def is_small(self, digest: str, language: str) -> bool:
        """Say whether a pattern has too few fingerprints to be found by them."""
        from foundry_git.outcomes.copies import LEAST_WEIGHT

        rows, patterns = self._shelf(family_of(language))
        return all(len(piece) < LEAST_WEIGHT for row, piece in zip(rows, patterns.pieces, strict=True) if row.digest == digest)

    def _copies(self, name: str, commit: Commit, versions: Sequence[ChangedFile]) -> Iterator[FoundCopy]:
        from foundry_git.outcomes.copies import copies_in, may_hold

        rows, patterns = self._shelf(name)
        if not rows:
            return
        grams = [_grams(version.path, version.after, version.before) for version in versions]
        if not may_hold([some.hashes for some in grams], patterns):
            return
        parts, removed = self._hunks(versions, grams)
        texts = {version.path: version.after for version in versions}
        for copy in copies_in(parts, removed, patterns, partial(self._backdrop, name, commit, frozenset(texts))):
            yield FoundCopy(rows[copy.pattern], copy, texts[copy.path])

    def _hunks(self, versions: Sequence[ChangedFile], grams: Sequence[Grams]) -> tuple[list[AddedPart], list[Hashes]]:
        from foundry_git.outcomes.copies import AddedPart

        parts, removed = [], []
        for version, after in zip(versions, grams, strict=True):
            gone, new = self._ranges(version)
            before = _grams(version.change.old_path, version.before, version.after)
            mask = after.inside(new)
            parts.append(AddedPart(version.path, after.hashes[mask], mask.nonzero()[0], after.firsts[mask], after.lasts[mask]))
            removed.append(before.hashes[before.inside(gone)])
        return parts, removed

    def _ranges(self, version: ChangedFile) -> tuple[Sequence[LineRange], Sequence[LineRange]]:
        if not version.before or not version.after:  # also where a partial clone lacks the blob
            return _WHOLE, _WHOLE
        hunks = hunks_between(self.objects.repository, version.change.old_blob, version.change.new_blob)
        return hunks.removed, hunks.added

    def _backdrop(self, name: str, commit: Commit, changed: frozenset[str]) -> list[Hashes]:
        """The grams of some files of the repository before a commit: those with the lowest blob ids, the same in every clone."""
        import numpy as np

        there = CommitTree(self.objects, commit.parents[0] if commit.parents else "").files
        same = [one for one in there if family_of(language_of(one.path) or "") == name and one.path not in changed]
        chosen = sorted((one for one in same if one.size <= LARGEST), key=lambda file: (file.blob, file.path))[:BACKDROP]
        for one in chosen:
            if one.blob not in self._backdrops:
                text = _text(one.path, self.objects.read(one.blob))
                self._backdrops[one.blob] = np.unique(_grams(one.path, text, None).hashes)
        return [self._backdrops[one.blob] for one in chosen]

    def _shelf(self, name: str) -> tuple[list[DocumentRow], Patterns]:
        if name not in self._shelves:
            from foundry_git.index.cut_pieces import FINGERPRINTS
            from foundry_git.outcomes.copies import Patterns

            rows = _rows(self.patterns, name)
            pieces = self.patterns.cut(rows, FINGERPRINTS)
            rows = [row for row in rows if row.content_key in pieces]
            kin = {id: number for number, id in enumerate(dict.fromkeys(row.id for row in rows))}
            self._shelves[name] = rows, Patterns([pieces[row.content_key] for row in rows], [kin[row.id] for row in rows])
        return self._shelves[name]


def changed_files(
    done: CommitChanges, objects: BlobReader, scope: ExtractionSettings
) -> Iterator[tuple[Commit, list[ChangedFile]]]:
    """The files in scope that each commit changed, deleted ones too, within the limits of extraction."""
    changes: dict[str, list[Change]] = {}
    for change in done.changes:
        language = language_of(change.path)
        if language in scope.languages and scope.covers(change.path):
            changes.setdefault(change.commit, []).append(change)
    commits = done.by_id
    for id, some in changes.items():
        yield commits[id], _read(some, objects)


def _grams(path: str, text: str, other: str | None) -> Grams:
    """The grams of a file version, or of its top-level nodes that may differ from another version."""
    from foundry_git.source.fingerprints import grams_of

    return grams_of(text, language_of(path) or "", path, None if not other else _differing(text, other))


def _differing(text: str, other: str) -> list[int]:
    """The lines that may be of one text only; more than a real difference, in a tenth of its time.

    They lie between the lines that both begin and end with, and there are more of their like here than there.
    """
    rows, others = text.split("\n"), other.split("\n")
    first = next((at for at, (one, two) in enumerate(zip(rows, others, strict=False)) if one != two), min(len(rows), len(others)))
    left = min(len(rows), len(others)) - first
    ends = zip(reversed(rows), reversed(others), strict=False)
    last = len(rows) - next((at for at, (one, two) in enumerate(ends) if one != two or at == left), left)
    here, there = Counter(rows), Counter(others)
    return [at for at in range(first + 1, last + 1) if here[rows[at - 1]] > there[rows[at - 1]] and rows[at - 1].strip(_SIGNS)]


def _read(changes: Sequence[Change], blobs: BlobReader) -> list[ChangedFile]:
    allowance, versions = Allowance(), []
    for change in changes:
        before, after = (blobs.read(blob) if blob else None for blob in (change.old_blob, change.new_blob))
        if not allowance.take(change.commit, before, after):
            versions.append(ChangedFile(change, _text(change.old_path, before), _text(change.path, after)))
    return [version for version in versions if version.before or version.after]


def _text(path: str, content: bytes | None) -> str:
    """The text of a file version that somebody wrote, tests included; "" of any other."""
    if not content or why_skipped(path, content) not in (None, "test"):
        return ""
    return content.decode()


def _rows(patterns: StackIndex, name: str) -> list[DocumentRow]:
    """Every version that is not deprecated, of one family of languages, those of the first library first."""
    rank = {library.name: at for at, library in enumerate(patterns.stack)}
    rows = (row for row in patterns.rows() if row.shape and row.library in rank and not row.deprecated)
    return sorted(
        (row for row in rows if family_of(row.language) == name), key=lambda row: (rank[row.library], row.id, -row.version)
    )
