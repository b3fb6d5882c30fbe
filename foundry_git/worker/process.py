"""The detached process that hooks and commands start: it catches up within bounds, writes to its log only, and never fires itself."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from types import FrameType, TracebackType
from typing import TypeAlias

from foundry_git.errors import BusyError, FoundryError
from foundry_git.escaping import code_lines, for_terminal
from foundry_git.system.processes import bound, step_back
from foundry_git.worker.catch_up import catch_up
from foundry_git.worker.launch import GUARD
from foundry_git.worker.presence import Presence
from foundry_git.worker.state import LOCK_SECONDS, WorkerState
from foundry_git.workspace import Workspace

_Caught: TypeAlias = "tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]"

log = logging.getLogger("foundry_git.worker")

TIME_LIMIT_SECONDS = 60
MEMORY_LIMIT_BYTES = 4 * 1024**3
LOG_BYTES = 256 * 1024


class _TimeIsUpError(Exception):
    """The worker took longer than it may."""


class _Lines(logging.Formatter):
    """Lines of a log that a person may look at on a terminal; what they quote may be anybody's."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as logging calls it
        """The record on one line."""
        return for_terminal(super().formatMessage(record))

    def formatException(self, ei: _Caught) -> str:  # noqa: N802 - as logging calls it
        """The traceback below it."""
        return code_lines(super().formatException(ei))


def run_detached(place: Path, start: bool = False) -> None:
    """What a hook starts: catch up within bounds of time and memory, writing to the log only. Never raises.

    ``start``: hooks for all of a user's repositories begin here at HEAD, where nobody ran ``init``.
    """
    os.environ[GUARD] = "1"
    step_back()
    workspace: Workspace | None = None
    presence: Presence | None = None
    try:
        workspace = Workspace.open(place)
        repository = workspace.repository
        if repository is None:
            return
        state = WorkerState(repository)
        presence = Presence(state.folder)
        if presence.other is not None:
            presence.ask()
            presence = None
            return
        presence.announce(os.getpid())
        bound(TIME_LIMIT_SECONDS, MEMORY_LIMIT_BYTES, _raise_time_is_up)
        _work(workspace, state, presence, start)
    except BusyError:
        log.debug("another worker is at it")
    except _TimeIsUpError:
        log.warning("stopped after %d s; the next command goes on", TIME_LIMIT_SECONDS)
    except (FoundryError, OSError) as error:
        log.warning("%s", error)
    finally:
        if presence:
            presence.withdraw()
        if workspace:
            workspace.close()


def _work(workspace: Workspace, state: WorkerState, presence: Presence, start: bool) -> None:
    """Do what there is to do, once nobody asks any more, and again where somebody asked meanwhile."""
    is_logging = False
    while True:
        presence.wait_for_quiet(state.repository.git_dir)
        presence.answer()
        if start and workspace.own:
            state.start_added()
        takes_in = workspace.own is not None and state.cursors.any()
        if not is_logging and (takes_in or workspace.has_units):
            _log_to(state.folder.worker_log)
            is_logging = True
        if takes_in:
            _run(workspace, state)
        _go_on(workspace, takes_in, presence)
        if presence.leave():
            return


def _run(workspace: Workspace, state: WorkerState) -> None:
    """Take in, encode and compare until nothing is pending: whoever found the lock held relies on its holder to look again."""
    while True:
        done = catch_up(workspace, wait=LOCK_SECONDS)
        if done.commits:
            log.info("took in %s", done)
        from foundry_git.worker.background_work import encode_and_compare  # 40 ms, once the candidates are there

        if not encode_and_compare(workspace) or not done.commits or not state.pending():
            return


def _go_on(workspace: Workspace, takes_in: bool, presence: Presence) -> None:
    """Exchange evidence and index what stands at HEAD, where somebody asked for either before."""
    from foundry_git.worker.background_work import index_head_units, sync_quietly  # as above

    if takes_in:
        sync_quietly(workspace)
    if workspace.has_units:
        index_head_units(workspace, stop=lambda: presence.is_wanted or presence.is_homeless)


def _raise_time_is_up(number: int, frame: FrameType | None) -> None:
    raise _TimeIsUpError


def _log_to(file: Path) -> None:
    from logging.handlers import RotatingFileHandler

    handler = RotatingFileHandler(file, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(_Lines("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger("foundry_git")
    root.addHandler(handler)
    root.setLevel(logging.INFO)
