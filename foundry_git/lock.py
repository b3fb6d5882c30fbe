"""A lock between processes: an advisory ``flock`` on a small file that names its holder.

The kernel drops it when the holder dies, so there are no stale locks to break.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from foundry_git.errors import BusyError

POLL_SECONDS = 0.02


@contextlib.contextmanager
def held(path: Path, timeout: float = 10.0) -> Iterator[None]:
    """Hold the lock at ``path``, waiting at most ``timeout`` seconds.

    Raises:
        BusyError: somebody else held it all that time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        if not _acquired(handle, timeout):
            raise BusyError(path, os.pread(handle, 200, 0).decode("utf-8", "replace").strip())
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}\n".encode(), 0)
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)  # close() alone waits for a child that is between fork and exec
        os.close(handle)


def _acquired(handle: int, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_SECONDS)
        else:
            return True
