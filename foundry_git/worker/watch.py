"""The resident worker: takes in commits as they come and keeps the index in step, until it is stopped.

File events are only hints: ``.git/logs/HEAD`` and the library's folder are watched, and the state is derived from Git and the files
each time, also every few minutes without any event.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from foundry_git.derived.files import let_go_of_pages
from foundry_git.errors import BusyError
from foundry_git.system.memory import give_back, let_go_of_files
from foundry_git.worker.background_work import index_head_units, sync_quietly
from foundry_git.worker.catch_up import catch_up
from foundry_git.worker.taken_in import TakenIn
from foundry_git.workspace import Workspace

log = logging.getLogger("foundry_git.worker")

DEBOUNCE_SECONDS = 0.3  # one save is five or more events, one commit about forty
RECONCILE_SECONDS = 300.0
LOOK_SECONDS = 0.5
UNITS_SECONDS = 3.0  # of encoding units of HEAD between two looks at what happens


class _Bell(FileSystemEventHandler):
    """Rings when something that matters may have changed."""

    def __init__(self, rung: threading.Event) -> None:
        self._rung = rung

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Ring, unless the event is our own reading."""
        if event.event_type not in ("opened", "closed_no_write"):
            self._rung.set()


def watch(workspace: Workspace, tell: Callable[[TakenIn, int], None], stop: threading.Event) -> None:
    """Run until ``stop`` is set; ``tell`` hears what was taken in, and how many patterns were encoded."""
    repository, library = workspace.need_repository(), workspace.need_library()
    rung = threading.Event()
    observer = Observer()
    for folder, deep in ((repository.git_dir / "logs", False), (library.root, False), (library.patterns, True)):
        if Path(folder).is_dir():
            observer.schedule(_Bell(rung), str(folder), recursive=deep)
    observer.start()
    try:
        while not stop.is_set():
            _round(workspace, tell)
            sync_quietly(workspace)
            _index_head_units(workspace, rung, stop)
            _rest()
            _wait(rung, stop)
            stop.wait(DEBOUNCE_SECONDS)
            rung.clear()
    finally:
        observer.stop()
        observer.join()


def _rest() -> None:
    """Hold nothing that the next round reads again."""
    let_go_of_pages()
    let_go_of_files()
    give_back()


def _wait(rung: threading.Event, stop: threading.Event) -> None:
    """Wait for an event, the next reconciliation or the end; a signal is noticed within ``LOOK_SECONDS``."""
    for _ in range(round(RECONCILE_SECONDS / LOOK_SECONDS)):
        if rung.wait(LOOK_SECONDS) or stop.is_set():
            return


def _index_head_units(workspace: Workspace, rung: threading.Event, stop: threading.Event) -> None:
    """Encode units of HEAD until all are, or something happens."""
    try:
        while not (rung.is_set() or stop.is_set()) and index_head_units(workspace, UNITS_SECONDS):
            pass
    except BusyError as error:
        log.info("%s", error)


def _round(workspace: Workspace, tell: Callable[[TakenIn, int], None]) -> None:
    try:
        done = catch_up(workspace)
        workspace.patterns.converge()
        encoded = workspace.patterns.encode()
    except BusyError as error:
        log.info("%s", error)
        return
    if done.commits or encoded:
        tell(done, encoded)
