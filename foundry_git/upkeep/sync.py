"""Sync: the evidence of the library's repository is exchanged with its remotes, when asked and, after a yes, in the background."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from foundry_git.errors import NotARepositoryError, RemoteError, UsageError
from foundry_git.evidence.remotes import Partners

if TYPE_CHECKING:
    from foundry_git.evidence.exchange import Exchanged
    from foundry_git.git.repository import Repository
    from foundry_git.workspace import Workspace

BACKGROUND_SECONDS = 3600.0  # between two exchanges that nobody asked for
UNATTENDED_SECONDS = 20.0  # for each answer of a remote; the worker has 60 in all


def remote_named(repository: Repository, name: str = "") -> str:
    """The remote that a person means; without a name the usual one.

    Raises:
        UsageError: there is no such remote, or several and none is usual.
        RemoteError: there is none at all.
    """
    from foundry_git.git.remotes import remotes, usual_remote  # 2 ms that a worker pays only where it syncs

    known = remotes(repository)
    if not known:
        place = str(repository.top or repository.git_dir)
        raise RemoteError(place, "has no remote to sync with", "add one with `git remote add origin URL`")
    if name and name not in known:
        raise UsageError(f"{name}: no such remote; there are: {', '.join(known)}; add one with `git remote add NAME URL`")
    found = name or usual_remote(repository)
    if not found:
        raise UsageError(f"{repository.top or repository.git_dir}: several remotes; name one of {', '.join(known)}")
    return found


def sync(workspace: Workspace, name: str, unattended: bool = False) -> Exchanged:
    """Exchange evidence with a remote; raises like :func:`foundry_git.evidence.exchange.exchange`."""
    from foundry_git.evidence.exchange import WAIT_SECONDS, exchange  # as above: 4 ms
    from foundry_git.git.remotes import Remote

    library = workspace.need_library()
    repository = home_of(workspace)
    remote = Remote(repository, name, unattended=True, seconds=UNATTENDED_SECONDS) if unattended else Remote(repository, name)
    wait = 0.0 if unattended else WAIT_SECONDS
    return exchange(remote, workspace.ledger, Partners(workspace.state), library.id, wait)


def sync_in_background(workspace: Workspace) -> str:
    """Exchange evidence with the usual remote if a person said yes, it is due, and pushes are taken there; say what came of it.

    Raises like :func:`sync`, and like :func:`remote_named`.
    """
    known = Partners(workspace.state)
    if not known.in_background or workspace.home is None:
        return ""
    name = remote_named(workspace.home)
    partner = known.of(name)
    if partner.refused or not partner.is_due(time.time(), BACKGROUND_SECONDS):
        return ""
    known.note(name, replace(partner, tried=time.time()))  # also where it fails: not with every commit anew
    done = sync(workspace, name, unattended=True)
    return f"synced with {name}: {done.came} events came, {done.went} went" + (f"; {done.refusal}" if done.refusal else "")


def home_of(workspace: Workspace) -> Repository:
    """The repository that evidence belongs to; raises NotARepositoryError where the library is in none."""
    if workspace.home is None:
        raise NotARepositoryError(workspace.own.root if workspace.own else workspace.folders.state)
    return workspace.home
