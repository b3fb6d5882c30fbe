"""Opening the workspace that a command works on, caught up or woken as the command needs it."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from foundry_git.cli import output
from foundry_git.errors import BusyError, FoundryError
from foundry_git.library.reading import Problem
from foundry_git.workspace import Workspace

Opening = Callable[..., AbstractContextManager[Workspace]]
"""Opens a workspace for a command, as :func:`opened` does."""


@contextlib.contextmanager
def opened(options: argparse.Namespace, catch_up: bool = False, wake: bool = False) -> Iterator[Workspace]:
    """Open the workspace of the current folder; ``catch_up`` takes in new commits first, ``wake`` lets that happen meanwhile."""
    workspace = Workspace.open(Path.cwd(), options.library)
    try:
        prepare(workspace, catch_up, wake)
        yield workspace
    finally:
        workspace.close()


def prepare(workspace: Workspace, catch_up: bool = False, wake: bool = False) -> None:
    """Take in new commits, or let that happen meanwhile."""
    if catch_up:
        _catch_up(workspace)
    elif wake:
        from foundry_git.worker.waking import wake as wake_worker

        wake_worker(workspace)


def warn_of(problems: list[Problem]) -> None:
    """Say on stderr that files could not be read; the others are served all the same."""
    if len(problems) == 1:
        output.remark(f"foundry: skipped {problems[0]}; see `foundry check`")
    elif problems:
        output.remark(f"foundry: skipped {len(problems)} files that cannot be used, e.g. {problems[0]}; see `foundry check`")


def _catch_up(workspace: Workspace) -> None:
    from foundry_git.worker.worker import catch_up

    try:
        catch_up(workspace)
    except BusyError:
        output.remark("foundry: a worker is still taking in your last commits; this answer may lack them")
    except FoundryError as error:
        output.remark(f"foundry: your last commits are not taken in yet: {error}")
