"""Pruning: candidates go when their code is gone, and when they have become patterns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from foundry_git.extraction.budget import week_of
from foundry_git.extraction.next_version import withdrawn
from foundry_git.git.history import Commit, moved_to
from foundry_git.git.tree import CommitTree
from foundry_git.history.units_at import UnitsAt
from foundry_git.index.document import Document
from foundry_git.library.candidates import Candidate
from foundry_git.library.work_trees import stored_name
from foundry_git.workspace import Workspace

HELD_FOR = timedelta(weeks=12)
"""How long a candidate that its week had no room for can be found with `foundry candidates --all`."""


def prune(workspace: Workspace, tree: CommitTree) -> list[Candidate]:
    """Take out candidates of this work tree whose code is gone in its tree or a pattern there now, or that were held back long ago."""
    name, own = stored_name(tree.objects.repository.worktree_name), workspace.own
    here = [c for c in workspace.candidates.read() if c.worktree == name and c.blob]
    if not here:
        return []
    workspace.patterns.converge()
    units = UnitsAt(tree)
    vanished, renewed = _vanished(units, here)
    oldest = _week_before(tree.commit)
    documents = workspace.patterns.documents_by_shape()
    settled = [
        one
        for one in here
        if (one.held and one.week < oldest) or (own is not None and _is_committed(tree, documents.get(one.shape)))
    ]
    gone = list({one.id: one for one in (*vanished, *settled)}.values())
    ids = {one.id for one in gone}
    gone += withdrawn(units, workspace.patterns, own, [candidate for candidate in here if candidate.id not in ids])
    if gone or renewed:
        ids = {one.id for one in gone}
        workspace.candidates.update([one for one in renewed if one.id not in ids], gone)
    return gone


def _vanished(units: UnitsAt, here: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """The candidates whose code is gone; and those whose file has another name or another content now, with that."""
    there = {path: file.blob for path, file in units.tree.at({candidate.origin.path for candidate in here}).items()}
    other = [one for one in here if there.get(one.origin.path) != one.blob]
    gone = [one for one in other if not units.has(one.key)]
    lost = {one.id for one in gone}
    changed = [replace(one, blob=there[one.origin.path]) for one in other if one.id not in lost]
    moved = _moved(units, [one for one in gone if one.origin.path not in there])
    ids = {one.id for one in moved}
    return [one for one in gone if one.id not in ids], [*moved, *changed]


def _week_before(commit: Commit) -> str:
    """The week ``HELD_FOR`` before a commit's."""
    return week_of((datetime.fromisoformat(commit.commit_date) - HELD_FOR).isoformat())


def _moved(units: UnitsAt, lost: Sequence[Candidate]) -> list[Candidate]:
    """Those of ``lost`` whose file stands under another name, unchanged or with their unit still in it, with that name."""
    if not lost:
        return []
    tree = units.tree
    path = {file.blob: file.path for file in tree.files}
    edited = [one for one in lost if one.blob not in path]
    name = moved_to(tree.objects.repository, tree.id, {one.origin.path for one in edited}) if edited else {}
    kept = [one for one in edited if one.origin.path in name and units.has((name[one.origin.path], one.origin.symbol))]
    blob = {place: file.blob for place, file in tree.at({name[one.origin.path] for one in kept}).items()}
    found = [replace(_at(one, name[one.origin.path]), blob=blob[name[one.origin.path]]) for one in kept]
    return [*(_at(one, path[one.blob]) for one in lost if one.blob in path), *found]


def _at(candidate: Candidate, path: str) -> Candidate:
    return replace(candidate, manifest=replace(candidate.manifest, origin=replace(candidate.origin, path=path)))


def _is_committed(tree: CommitTree, document: Document | None) -> bool:
    """Say whether a pattern is accepted: its library lies elsewhere, or its code is in the tree."""
    if document is None:
        return False
    top = tree.objects.repository.top
    if top is None or not Path(document.path).is_relative_to(top.resolve()):
        return True
    return bool(tree.at([Path(document.path).relative_to(top.resolve()).as_posix()]))
