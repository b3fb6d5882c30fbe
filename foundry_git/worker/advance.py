"""Advancing: a work tree's commits are taken in, then its cursor moves on; what cannot be taken in costs only itself."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from foundry_git.capture.harvest import harvest_commits
from foundry_git.capture.prune import prune
from foundry_git.errors import BusyError, ConfigurationError, FoundryError, GitError, ManifestError
from foundry_git.git.history import Commit, commits_between
from foundry_git.git.repository import Worktree
from foundry_git.git.roots import roots_up_to
from foundry_git.git.tree import CommitTree
from foundry_git.worker.state import WorkerState
from foundry_git.worker.taken_in import TakenIn
from foundry_git.workspace import Workspace

log = logging.getLogger("foundry_git.worker")

MAX_COMMITS = 500  # a cursor further behind is an old clone: its history is mined only when asked


_NOT_THEIRS = (ConfigurationError, ManifestError, BusyError)
"""What is no fault of the commits: they are taken in once that is mended."""
_UNFORESEEN = (FoundryError, RecursionError, MemoryError, ValueError, LookupError, TypeError, AttributeError)


def advance(workspace: Workspace, worktree: Worktree) -> TakenIn:
    """Take in one work tree, then move its cursor; what breaks is skipped with a line in the log, or it would break every time."""
    here = _workspace_of(workspace, worktree)
    cursors = WorkerState(workspace.need_repository()).cursors
    old = cursors.read(worktree.name) or ""
    if here is None or not worktree.head:
        return TakenIn()
    try:
        progress = _take_in(here, old, worktree.head)
    except _NOT_THEIRS:
        raise
    except _UNFORESEEN as error:
        _raise_if_killed(error)
        _say("%s..%s skipped (%s); try `foundry extract --range`", old[:10], worktree.head[:10], error)
        progress = TakenIn()
    finally:
        if here is not workspace:
            here.close()
    cursors.move(worktree.name, worktree.head)
    return progress


def _take_in(workspace: Workspace, old: str, head: str) -> TakenIn:
    repository = workspace.need_repository()
    # a pruned cursor tells nothing: only the newest commit is taken then
    is_there = not old or workspace.objects.find(f"{old}^{{commit}}") is not None
    between = commits_between(repository, old if is_there else "", head, MAX_COMMITS if is_there else 1)
    own, tree = _own(workspace, between), CommitTree(workspace.objects, head, between[-1] if between else None)
    gone = prune(workspace, tree)  # first, or code under a new name is but a sighting of a candidate that is about to go
    found = _harvest(workspace, own, tree) if own else 0
    from foundry_git.outcomes.adoption_outcomes import record_adoption_outcomes  # 30 ms, once the candidates are there

    record_adoption_outcomes(workspace, head, between)
    if not is_there or len(between) == MAX_COMMITS or not all(commit.parents for commit in between):
        roots_up_to(repository, head)  # of a history that was merged in there may be others
    return TakenIn(len(between), found, len(gone))


def _harvest(workspace: Workspace, commits: Sequence[Commit], tree: CommitTree) -> int:
    """Take in what commits changed, and return how many candidates that gave; one that cannot be taken in costs only itself."""
    try:
        return len(harvest_commits(workspace, commits, tree, in_budget=True).intake.put)
    except _NOT_THEIRS:
        raise
    except _UNFORESEEN as error:
        _raise_if_killed(error)
        if len(commits) == 1:
            _say("%s skipped (%s); try `foundry extract --commit`", commits[0].id[:10], error)
            return 0
    return sum(_harvest(workspace, [commit], tree) for commit in commits)


def _raise_if_killed(error: Exception) -> None:
    """A Git that somebody killed says nothing of the commits: they are taken in the next time."""
    if isinstance(error, GitError) and error.code < 0:
        raise error


def _say(sentence: str, *facts: object) -> None:
    """Say it with its traceback in the worker's log, and without one to a person."""
    log.error(sentence, *facts, exc_info=bool(logging.getLogger().handlers))


def _own(workspace: Workspace, commits: list[Commit]) -> list[Commit]:
    if workspace.settings.extraction.authors == "all":
        return commits
    me = workspace.need_repository().identities()
    return [commit for commit in commits if commit.author_email.lower() in me]


def _workspace_of(workspace: Workspace, worktree: Worktree) -> Workspace | None:
    repository = workspace.need_repository()
    if worktree.name == repository.worktree_name:
        return workspace
    other = Workspace.open(worktree.folder, environment={}, folders=workspace.folders)
    return other if other.own and other.repository else None
