"""Catching up: taking in what lies between the cursor and HEAD of each work tree, under one lock per repository.

Hooks only wake the worker, and a merge, ``git am`` or a deleted hook wakes nothing; so every command lets it catch up too. It reads
blobs of commits, and is never worth failing anything for.
"""

from __future__ import annotations

from foundry_git.worker.state import WorkerState
from foundry_git.worker.taken_in import TakenIn
from foundry_git.workspace import Workspace


def catch_up(workspace: Workspace, wait: float = 10.0) -> TakenIn:
    """Take in everything that is pending in this repository, now; another worker is waited for at most ``wait`` seconds.

    Raises:
        BusyError: the other worker took longer.
    """
    repository = workspace.repository
    if repository is None or workspace.own is None:
        return TakenIn()
    state, done = WorkerState(repository), TakenIn()
    if not state.cursors.any():
        return done
    while pending := state.pending():
        from foundry_git.worker.advance import advance  # what reads commits takes 40 ms to load

        with state.alone(wait):
            for worktree in state.pending():
                done += advance(workspace, worktree)
        if pending == state.pending():
            break  # a work tree without a library of its own stays where it is
    return done
