"""The workspace that a command works on: opened, caught up with the commits, and what a person has to know of how it is."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from foundry_git.cli import output
from foundry_git.config import LIBRARY_VARIABLE
from foundry_git.errors import FETCH_ALL, TO_SEARCH_BY_MEANING, BusyError, FoundryError
from foundry_git.git.repository import Repository
from foundry_git.library.library import Library
from foundry_git.library.reading import Problem
from foundry_git.worker.state import WorkerState
from foundry_git.workspace import Workspace

if TYPE_CHECKING:
    from foundry_git.settings import EncoderSettings

NO_WEIGHTS = f"foundry: searched by word only; for search by meaning:  {TO_SEARCH_BY_MEANING}"
SWITCHED_OFF_HERE = "foundry: commits of this clone are not looked at yet; to switch that on:  foundry init"
CI_VARIABLE = "CI"
"""Set by every usual service for continuous integration."""

SWITCHED_OFF = "foundry: searched by word only, as your config.yaml says (encoder.enabled)"

Opening = Callable[..., AbstractContextManager[Workspace]]
"""Opens a workspace for a command, as :func:`opened` does."""


@contextlib.contextmanager
def opened(options: argparse.Namespace, catch_up: bool = False, wake: bool = False, warns: bool = True) -> Iterator[Workspace]:
    """Open the workspace of the current folder; ``catch_up`` takes in new commits first, ``wake`` lets that happen meanwhile.

    ``warns``: say where no commit is looked at; not for a command that looks at that itself.
    """
    workspace = Workspace.open(Path.cwd(), options.library)
    try:
        if warns and not is_switched_on(workspace, options.library):
            warn_of_switched_off()
        prepare(workspace, catch_up, wake)
        yield workspace
    finally:
        workspace.close()


def prepare(workspace: Workspace, catch_up: bool = False, wake: bool = False) -> None:
    """Take in new commits, or let that happen meanwhile."""
    if catch_up:
        _catch_up(workspace)
    elif wake:
        from foundry_git.worker.launch import wake as wake_worker

        wake_worker(workspace)


def warn_of_cut_history(repository: Repository | None) -> None:
    """Say on stderr that the history which was asked about is cut: what is older says nothing."""
    if repository and repository.is_shallow:
        output.remark(f"foundry: this clone is shallow, so only a part of the history is looked at; {FETCH_ALL}")


def is_switched_on(workspace: Workspace, named: str | None, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the commits of this clone are looked at; also where nobody would expect that.

    A clone brings the library and neither hooks nor cursor. A library that was named may be any, and where there is no repository
    there are no commits. Costs one look at a folder.
    """
    if workspace.repository is None or workspace.own is None or named or environment.get(LIBRARY_VARIABLE):
        return True
    if WorkerState(workspace.repository).cursors.any():
        return True
    from foundry_git.git.hooks import user_hooks_folder  # 1 ms that only a clone pays which nobody switched on

    return user_hooks_folder().is_dir()


def warn_of_switched_off(environment: Mapping[str, str] = os.environ) -> None:
    """Say on stderr that commits are not looked at here; not in a build of CI, which makes none that anybody keeps."""
    if not environment.get(CI_VARIABLE):
        output.remark(SWITCHED_OFF_HERE)


def own_library(repository: Repository) -> Library | None:
    """The library that the repository's own files name, whatever the environment says."""
    return Workspace.open(repository.top or repository.git_dir, environment={}).own


def warn_of(problems: list[Problem]) -> None:
    """Say on stderr that files could not be read; the others are served all the same."""
    if len(problems) == 1:
        output.remark(f"foundry: skipped {problems[0]}; see `foundry library check`")
    elif problems:
        output.remark(
            f"foundry: skipped {len(problems)} files that cannot be used, e.g. {problems[0]}; see `foundry library check`"
        )


def warn_of_words_alone(encoder: EncoderSettings) -> None:
    """Say on stderr why nothing was searched by meaning."""
    output.remark(NO_WEIGHTS if encoder.enabled else SWITCHED_OFF)


def _catch_up(workspace: Workspace) -> None:
    from foundry_git.worker.catch_up import catch_up

    try:
        catch_up(workspace)
    except BusyError:
        output.remark("foundry: a worker is still taking in your last commits; this answer may lack them")
    except FoundryError as error:
        output.remark(f"foundry: your last commits are not taken in yet: {error}")
