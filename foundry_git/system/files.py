"""Opening, replacing and syncing files where operating systems differ."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

# Neither through a link nor waiting for whoever writes into a pipe; Windows has no such flags, but would change newlines.
_ITSELF = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
BINARY: int = getattr(os, "O_BINARY", 0)
"""A flag for ``os.open``: bytes are written as they are given."""

RENAMES_OPEN_FILES = sys.platform != "win32"

PATIENCE, POLL_SECONDS = 1.0, 0.02

_MADE_BY_OTHERS = (".git", ".foundry")  # how the names of a repository's folder, bare or not, and of a library's end


def open_itself(path: Path) -> int:
    """Open a file for reading and return its handle.

    Raises:
        OSError: it is a link, is not there, or cannot be read.
    """
    if sys.platform == "win32" and path.is_symlink():
        raise OSError(40, "is a symbolic link", str(path))
    return os.open(path, _ITSELF)


def make_folder(path: Path) -> None:
    """Make a folder and what is missing above it, but no repository and no library: one that was deleted meanwhile stays so.

    Raises:
        FileNotFoundError: the repository or the library is gone.
        OSError: the folder cannot be made.
    """
    for folder in (path, *path.parents):
        if folder.is_dir():
            break
        if folder.name.endswith(_MADE_BY_OTHERS):
            raise FileNotFoundError(2, "is gone", str(folder))
    path.mkdir(parents=True, exist_ok=True)


def expanded(path: str | Path) -> Path:
    """A path that was typed or written somewhere, with a home folder in the place of ``~``; with none where that is nobody's."""
    try:
        return Path(path).expanduser()
    except (RuntimeError, ValueError):  # no such user; a NUL, which no path can hold
        return Path(path)


if sys.platform == "win32":

    def replace(old: Path, new: Path) -> None:
        """Rename a file over another; whoever reads the other one just now is waited for, as Windows refuses it until then."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                old.replace(new)
            except PermissionError:
                if time.monotonic() >= until:
                    raise
                time.sleep(POLL_SECONDS)
            else:
                return

    def sync_folder(folder: Path) -> None:
        """Do nothing: Windows opens no folder, and NTFS keeps a journal of its names."""

else:

    def replace(old: Path, new: Path) -> None:
        """Rename a file over another."""
        old.replace(new)

    def sync_folder(folder: Path) -> None:
        """Make a rename inside ``folder`` survive a power cut."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
