"""Planting: which adoptions there are in this repository, and which lines each of them brought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from foundry_git.evidence.events import Adopted
from foundry_git.git.blame import Range, ranges_of
from foundry_git.git.history import Commit, changes_of
from foundry_git.git.objects import BlobReader
from foundry_git.git.patches import patches_of
from foundry_git.git.repository import Repository
from foundry_git.outcomes.survival import Planted
from foundry_git.source.languages import language_of
from foundry_git.source.units import units_in
from foundry_git.workspace.finding import converge
from foundry_git.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Adoption:
    """One digest adopted by one commit, however often it was said; ``at``: the earliest moment that was said.

    ``has_lines``: its code was copied; who imports or calls a pattern brings none of it.
    """

    digest: str
    commit: str
    at: datetime
    has_lines: bool = True


def known_adoptions(workspace: Workspace, more: Iterable[Adopted] = ()) -> list[Adoption]:
    """The adoptions by commits that the journal tells of, and ``more``, oldest first."""
    found: dict[tuple[str, str], Adoption] = {}
    for event in (*workspace.ledger.known(Adopted.kind), *more):
        if isinstance(event, Adopted) and event.commit:
            key = event.digest, event.commit
            other = found.get(key, Adoption(*key, event.at, False))
            found[key] = Adoption(*key, min(event.at, other.at), other.has_lines or event.how in (None, "copy"))
    return sorted(found.values(), key=lambda one: (one.at, one.commit, one.digest))


class Plantings:
    """Finds the lines of adoptions; each commit is read once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._repository: Repository = workspace.need_repository()
        self._of: dict[Adoption, Planted] = {}

    def of(self, adoption: Adoption) -> Planted:
        """The lines that an adoption brought; none where they are not found in its commit."""
        if adoption not in self._of:
            lines = adopted_lines(self._repository, adoption.commit, self._shapes.get(adoption.digest, frozenset()))
            self._of[adoption] = Planted(adoption.commit, adoption.at, lines)
        return self._of[adoption]

    @cached_property
    def _shapes(self) -> Mapping[str, frozenset[str]]:
        """Digest → its shape, of every version in the stack."""
        converge(self._workspace)
        return {row.digest: frozenset((row.shape,)) for row in self._workspace.index.catalogue.rows() if row.shape}


def adopted_lines(repository: Repository, commit: str, shapes: frozenset[str]) -> dict[str, tuple[Range, ...]]:
    """Where units of some shapes stand in the files that a commit changed, as far as it brought them: path → ranges of lines."""
    if not shapes or not repository.has_commit(commit):  # the adoption came from another repository
        return {}
    found: dict[str, tuple[Range, ...]] = {}
    added = brought_by(repository, commit)
    with BlobReader(repository) as blobs:
        for change in changes_of(repository, [_bare(commit)]):
            units = units_in(blobs.read(change.new_blob) or b"", change.path) if language_of(change.path) else []
            lines = {at for unit in units if unit.shape in shapes for at in range(unit.start_line, unit.end_line + 1)}
            if ranges := ranges_of(lines & added.get(change.path, set())):
                found[change.path] = ranges
    return found


def brought_by(repository: Repository, commit: str) -> dict[str, set[int]]:
    """Path → the lines that a commit added to it."""
    return {
        file.path: {hunk.new_start + at for hunk in file.hunks for at in range(len(hunk.added))}
        for patch in patches_of(repository, [commit])
        for file in patch.files
    }


def _bare(commit: str) -> Commit:
    return Commit(commit, (), "", "", "", "")
