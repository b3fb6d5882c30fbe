"""Temporary files and folders that a killed process leaves behind, told from those that somebody still works on, and swept.

Whoever works on one holds a lock on it, which the kernel drops when he dies. So no process number is needed, which says nothing in
another container, and no age, for a clock may be wrong.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from foundry_git.system.locks import try_lock

PREFIX = ".foundry-"
LONG_SECONDS = 3600.0
"""What nobody has touched for so long is left behind where folders cannot be locked."""


def temporary_file(folder: Path) -> tuple[int, Path]:
    """Make an empty file in ``folder`` that is nobody else's, and return its handle, which keeps it from being swept."""
    while True:
        handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=".tmp", dir=folder)
        if _is_claimed(handle):
            return handle, Path(name)
        os.close(handle)


@contextlib.contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """Make a folder in ``parent`` that is nobody else's; it goes at the end, with what is left in it."""
    while True:
        made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        handle = _opened(made)
        if handle is None or _is_claimed(handle):
            break
        os.close(handle)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def sweep(folder: Path) -> None:
    """Delete what killed processes left in a folder; what cannot be deleted stays."""
    try:
        with os.scandir(folder) as entries:
            found = [Path(entry.path) for entry in entries if entry.name.startswith(PREFIX) and not entry.is_symlink()]
    except OSError:
        return
    for path in found:
        with contextlib.suppress(OSError):
            _sweep_one(path)


def is_leftover(name: str) -> bool:
    """Whether a file or folder of this name is temporary."""
    return name.startswith(PREFIX)


def _sweep_one(path: Path) -> None:
    handle = _opened(path)
    try:
        if not try_lock(handle) if handle is not None else time.time() - path.stat().st_mtime < LONG_SECONDS:
            return
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    finally:
        if handle is not None:
            os.close(handle)


if sys.platform == "win32":

    def _opened(path: Path) -> int | None:
        """Return None: Windows opens no folder, and deletes no file that is open."""
        return None

    def _is_claimed(handle: int) -> bool:
        """Return True: a lock would be a byte far behind the end, and nothing is swept within the hour."""
        return True

else:

    def _opened(path: Path) -> int | None:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)

    def _is_claimed(handle: int) -> bool:
        """Lock what was just made; False where a sweep was between the two and has deleted it."""
        try:
            return try_lock(handle) and os.fstat(handle).st_nlink > 0
        except OSError:  # a file system without locks, where nothing is swept either
            return True
