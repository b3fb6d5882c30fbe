"""Waking: whether a work tree is behind, and starting a worker in the background; light, for commands that must answer at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from foundry_git import lock
from foundry_git.errors import BusyError
from foundry_git.git.repository import Repository
from foundry_git.worker.cursor import Cursors
from foundry_git.workspace import Workspace

GUARD = "FOUNDRY_WORKER"
"""Set for the worker and its children: what they do in Git wakes no worker."""


def is_started(workspace: Workspace) -> bool:
    """Tell whether this work tree has a cursor."""
    repository = workspace.repository
    return repository is not None and Cursors(repository.state).read(repository.worktree_name) is not None


def is_behind(workspace: Workspace) -> bool:
    """Tell whether this work tree's HEAD is not where its cursor stands; cheap enough to ask before every answer."""
    repository = workspace.repository
    if repository is None or workspace.own is None:
        return False
    cursor = Cursors(repository.state).read(repository.worktree_name)
    return cursor is not None and cursor != repository.head()


def wake(workspace: Workspace) -> None:
    """Start a worker in the background if this work tree is behind; for commands that must answer at once."""
    if is_behind(workspace):
        start(workspace)


def wake_for_units(workspace: Workspace) -> None:
    """Start a worker in the background if units of HEAD wait for their vectors and nobody is at it."""
    units, repository = workspace.units, workspace.repository
    if units is None or repository is None or not units.count_missing():
        return
    try:
        with lock.held(encode_lock(repository), 0.0):
            pass
    except (BusyError, OSError):
        return
    start(workspace)


def encode_lock(repository: Repository) -> Path:
    """The lock that whoever encodes in the background holds."""
    return repository.state / "encode.lock"


def start(workspace: Workspace) -> None:
    """Start a worker in the background."""
    if workspace.repository and workspace.repository.top and not os.environ.get(GUARD):
        subprocess.Popen(
            [sys.executable, "-P", "-m", "foundry_git", "worker"],
            cwd=workspace.repository.top,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
