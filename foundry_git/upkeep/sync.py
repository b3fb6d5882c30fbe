"""Sync: the evidence of the library's repository is exchanged with its remotes, when asked and, after a yes, in the background."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from foundry_git.errors import NotARepositoryError, RemoteError, UsageError
from foundry_git.evidence.remotes import Partners
from foundry_git.progress import Bars, no_bar

if TYPE_CHECKING:
    from foundry_git.evidence.exchange import Exchanged, MayPush
    from foundry_git.git.remotes import Remote
    from foundry_git.git.repository import Repository
    from foundry_git.workspace import Workspace

BACKGROUND_SECONDS = 3600.0  # between two exchanges that nobody asked for
UNATTENDED_SECONDS = 20.0  # for each answer of a remote; the worker has 60 in all


Agrees = Callable[[str, int], bool]
"""Says whether so many events may be pushed to an address, and all later ones."""


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


def sync(workspace: Workspace, name: str, agrees: Agrees = lambda address, count: False, open_bar: Bars = no_bar) -> Exchanged:
    """Exchange evidence with a remote; raises like :func:`foundry_git.evidence.exchange.exchange`.

    Before the first push to an address ``agrees`` is asked, unless somebody agreed to syncing with it in the background. A yes is
    kept.
    """
    from foundry_git.evidence.exchange import WAIT_SECONDS
    from foundry_git.git.remotes import Remote, push_address, usual_remote

    known, repository = Partners(workspace.state), home_of(workspace)

    address = push_address(repository, name)

    def may_push(count: int) -> bool:
        if known.of(name).agreed == address or (known.in_background and usual_remote(repository) == name):
            return True
        if not agrees(address, count):
            return False
        known.note(name, replace(known.of(name), agreed=address))
        return True

    done = _exchanged(workspace, Remote(repository, name), WAIT_SECONDS, may_push, open_bar)
    return replace(done, refusal=f"nobody has agreed to the first push to {address}") if done.is_held else done


def _exchanged(workspace: Workspace, remote: Remote, wait: float, may_push: MayPush, open_bar: Bars = no_bar) -> Exchanged:
    from foundry_git.evidence.exchange import exchange  # as above: 4 ms

    partners, library = Partners(workspace.state), workspace.need_library().id
    return exchange(remote, workspace.ledger, partners, library, wait, may_push, open_bar)


def sync_in_background(workspace: Workspace) -> str:
    """Exchange evidence with the usual remote if a person said yes, it is due, and pushes are taken there; say what came of it.

    Raises like :func:`sync`, and like :func:`remote_named`.
    """
    from foundry_git.git.remotes import Remote  # as above

    known = Partners(workspace.state)
    if not known.in_background or workspace.home is None:
        return ""
    name = remote_named(workspace.home)
    partner = known.of(name)
    if partner.refused or not partner.is_due(time.time(), BACKGROUND_SECONDS):
        return ""
    known.note(name, replace(partner, tried=time.time()))  # also where it fails: not with every commit anew
    remote = Remote(home_of(workspace), name, unattended=True, seconds=UNATTENDED_SECONDS)
    done = _exchanged(workspace, remote, 0.0, lambda count: True)
    return f"synced with {name}: {done.came} events came, {done.went} went" + (f"; {done.refusal}" if done.refusal else "")


def home_of(workspace: Workspace) -> Repository:
    """The repository that evidence belongs to; raises NotARepositoryError where the library is in none."""
    if workspace.home is None:
        raise NotARepositoryError(workspace.own.root if workspace.own else workspace.folders.state)
    return workspace.home
