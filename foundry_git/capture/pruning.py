"""Pruning: candidates go when their code is gone, and when they have become patterns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from foundry_git.extraction.budget import week_of
from foundry_git.extraction.next_version import withdrawn
from foundry_git.git.history import Commit, one_commit
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.history.units_at import UnitsAt
from foundry_git.index.document import Document
from foundry_git.library.candidates import Candidate
from foundry_git.workspace import Workspace

HELD_FOR = timedelta(weeks=12)
"""How long a candidate that its week had no room for can be found with `foundry candidates --all`."""


def prune(workspace: Workspace, head: str) -> list[Candidate]:
    """Take out candidates of this work tree whose code is gone at ``head`` or a pattern there now, or that were held back long ago."""
    repository = workspace.need_repository()
    here = [c for c in workspace.candidates.read() if c.worktree == repository.worktree_name and c.blob]
    if not here:
        return []
    vanished, renewed = _vanished(repository, head, here)
    oldest = _week_before(one_commit(repository, head))
    documents = workspace.patterns.documents_by_shape()
    settled = [
        one for one in here if (one.held and one.week < oldest) or _is_committed(workspace, documents.get(one.shape), head)
    ]
    gone = list({one.id: one for one in (*vanished, *settled)}.values())
    ids = {one.id for one in gone}
    gone += withdrawn(workspace, [candidate for candidate in here if candidate.id not in ids])
    if gone or renewed:
        ids = {one.id for one in gone}
        workspace.candidates.update([one for one in renewed if one.id not in ids], gone)
    return gone


def _vanished(repository: Repository, head: str, here: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """The candidates whose code is gone; and those whose file has another name or another content now, with that."""
    with BlobReader(repository) as blobs:
        tree = UnitsAt(repository, head, blobs, sorted({candidate.origin.path for candidate in here}))
        other = [one for one in here if tree.there.get(one.origin.path) != one.blob]
        gone = [one for one in other if not tree.has(one.key)]
    lost = {one.id for one in gone}
    changed = [replace(one, blob=tree.there[one.origin.path]) for one in other if one.id not in lost]
    moved = _moved(repository, head, [one for one in gone if one.origin.path not in tree.there])
    ids = {one.id for one in moved}
    return [one for one in gone if one.id not in ids], [*moved, *changed]


def _week_before(commit: Commit) -> str:
    """The week ``HELD_FOR`` before a commit's."""
    return week_of((datetime.fromisoformat(commit.commit_date) - HELD_FOR).isoformat())


def _moved(repository: Repository, head: str, lost: Sequence[Candidate]) -> list[Candidate]:
    """Those of ``lost`` whose file stands unchanged under another name, with that name."""
    if not lost:
        return []
    path = {file.blob: file.path for file in files_of(repository, head)}
    return [_at(candidate, path[candidate.blob]) for candidate in lost if candidate.blob in path]


def _at(candidate: Candidate, path: str) -> Candidate:
    return replace(candidate, manifest=replace(candidate.manifest, origin=replace(candidate.origin, path=path)))


def _is_committed(workspace: Workspace, document: Document | None, head: str) -> bool:
    repository, own = workspace.need_repository(), workspace.own
    if document is None or own is None:
        return False
    top = repository.top.resolve() if repository.top else None
    if top is None or not Path(document.path).is_relative_to(top):
        return True
    return bool(files_of(repository, head, [Path(document.path).relative_to(top).as_posix()]))
