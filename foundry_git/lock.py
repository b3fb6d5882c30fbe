"""A lock between processes: an advisory lock on a small file that names its holder.

The kernel drops it when the holder dies, so there are no stale locks to break.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from foundry_git.errors import BusyError
from foundry_git.system.files import make_folder
from foundry_git.system.locks import try_lock, unlock

POLL_SECONDS = 0.02


@contextlib.contextmanager
def held(path: Path, timeout: float = 10.0) -> Iterator[None]:
    """Hold the lock at ``path``, waiting at most ``timeout`` seconds.

    Raises:
        BusyError: somebody else held it all that time.
        OSError: the lock cannot be made; the repository that it is of may be gone.
    """
    make_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _acquired(handle, timeout):
            raise BusyError(path, _holder(handle))
        with contextlib.suppress(OSError):  # a full disk: the lock holds without a name
            _sign(handle)
        yield
    finally:
        unlock(handle)  # close() alone waits for a child that is between fork and exec
        os.close(handle)


def _acquired(handle: int, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while not try_lock(handle):
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _holder(handle: int) -> str:
    os.lseek(handle, 0, os.SEEK_SET)
    return os.read(handle, 200).decode("utf-8", "replace").strip()


def _sign(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, f"process {os.getpid()}\n".encode())
