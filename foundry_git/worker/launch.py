"""Starting a worker in the background where one has something to do; light, for commands that must answer at once."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Thread

from foundry_git.errors import BusyError
from foundry_git.git.repository import Repository
from foundry_git.system.processes import DETACHED
from foundry_git.worker.presence import Presence
from foundry_git.worker.state import WorkerState
from foundry_git.workspace import Workspace

GUARD = "FOUNDRY_WORKER"
"""Set for the worker and its children: what they do in Git wakes no worker."""


def wake(workspace: Workspace) -> None:
    """Start a worker in the background if this work tree is behind; for commands that must answer at once."""
    repository = workspace.repository
    if repository is not None and workspace.own is not None and WorkerState(repository).is_behind:
        start(repository)


def wake_for_units(workspace: Workspace) -> None:
    """Start a worker in the background if units of HEAD wait for their vectors and nobody is at it."""
    units, repository = workspace.units, workspace.repository
    if units is None or repository is None or not units.count_missing():
        return
    try:
        with WorkerState(repository).encoding_alone():
            pass
    except (BusyError, OSError):
        return
    start(repository)


def start(repository: Repository) -> None:
    """Start a worker in the background; where one runs, it is only left word."""
    presence = Presence(WorkerState(repository).folder)
    if repository.top and not os.environ.get(GUARD) and presence.ask() and presence.other is None:
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "foundry_git", "worker"],
            cwd=repository.top,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            creationflags=DETACHED,
        )
        presence.announce(worker.pid)
        Thread(target=worker.wait, daemon=True).start()  # else a process that lives on keeps a zombie for each worker
