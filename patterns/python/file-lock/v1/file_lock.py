from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def file_lock(
    path: str | os.PathLike[str],
    *,
    timeout: float | None = None,
    poll: float = 0.05,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[None]:
    """Hold an exclusive lock on a file while the block runs, against other processes and other threads.

    Waits for ever, or up to ``timeout`` seconds (0: try once). The lock belongs to the open file, so it ends with the
    process that holds it. The lock file stays behind on purpose: removing it would let two processes lock two files of
    one name. Not reentrant; POSIX only; do not place the file on a network file system.

    Raises ``TimeoutError`` if the lock was not free in time.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        started = clock()
        while not _try_lock(descriptor):
            if timeout is not None and clock() - started >= timeout:
                raise TimeoutError(f"{os.fspath(path)} is still locked after {timeout} s")
            sleep(poll)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing alone would not release it from a forked child
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
