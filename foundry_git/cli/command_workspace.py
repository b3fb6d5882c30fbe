"""The workspace that a command works on: opened, caught up with the commits, and what a person has to know of how it is."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from foundry_git.cli import output
from foundry_git.errors import BusyError, FoundryError
from foundry_git.git.repository import Repository
from foundry_git.library.library import Library
from foundry_git.library.reading import Problem
from foundry_git.workspace import Workspace

if TYPE_CHECKING:
    from foundry_git.settings import EncoderSettings

NO_WEIGHTS = "foundry: searched by word only; for search by meaning: pip install 'foundry-git[model]'"
SWITCHED_OFF = "foundry: searched by word only, as your config.yaml says (encoder.enabled)"

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
        from foundry_git.worker.launch import wake as wake_worker

        wake_worker(workspace)


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
