"""A lock on an open file: other processes are kept out until it is given up, or its holder dies."""

from __future__ import annotations

import contextlib
import os
import sys

if sys.platform == "win32":
    import msvcrt
    import time

    _POLL_SECONDS = 0.02
    _BYTE = 1 << 30  # behind any content: Windows lets nobody read a locked byte, and who waits wants to read the holder's name

    def try_lock(handle: int) -> bool:
        """Lock the file, and tell whether nobody else had."""
        os.lseek(handle, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def lock(handle: int) -> None:
        """Wait until nobody else has the lock, and take it."""
        while not try_lock(handle):
            time.sleep(_POLL_SECONDS)

    def unlock(handle: int) -> None:
        """Give the lock up; not to have it is no error."""
        os.lseek(handle, _BYTE, os.SEEK_SET)
        with contextlib.suppress(OSError):
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Lock the file, and tell whether nobody else had."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def lock(handle: int) -> None:
        """Wait until nobody else has the lock, and take it."""
        fcntl.flock(handle, fcntl.LOCK_EX)

    def unlock(handle: int) -> None:
        """Give the lock up; not to have it is no error."""
        fcntl.flock(handle, fcntl.LOCK_UN)
