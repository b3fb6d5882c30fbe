"""Memory: what a process that stays gives back between two pieces of work."""

from __future__ import annotations

import ctypes
import mmap
import sys
import weakref
from pathlib import Path

_mapped: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()
_scattered: weakref.WeakKeyDictionary[mmap.mmap, tuple[int, int]] = weakref.WeakKeyDictionary()


def give_back() -> None:
    """Give back what the C library holds of memory that is free, in about a millisecond; nothing where it has no call for that.

    glibc keeps free pages between those that are used, and at the end twice the largest block that was ever freed (malloc_trim(3),
    mallopt(3) on M_TRIM_THRESHOLD): a process that stays would look larger with each kind of work that comes along.
    """
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:  # musl has none
        trim(0)


def mapped(path: Path) -> mmap.mmap:
    """Map a file to read from it; :func:`let_go_of_files` lets go of its pages.

    Raises:
        OSError: it cannot be read. ValueError: it is empty.
    """
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    _mapped.add(content)
    return content


def read_here_and_there(content: mmap.mmap, start: int, length: int) -> None:
    """Note that of so many bytes of a mapped file only some are read each time, others the next; :func:`let_go_of_scattered`."""
    first = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE
    whole = max(0, min(start + length, len(content)) - first) // mmap.PAGESIZE * mmap.PAGESIZE
    if whole:
        _scattered[content] = first, whole


def let_go_of_scattered() -> None:
    """Hold no page of what is read here and there any more: each new word would bring 64 KB of word vectors, for good."""
    if hasattr(mmap, "MADV_DONTNEED"):
        for content, (start, length) in _scattered.items():
            content.madvise(mmap.MADV_DONTNEED, start, length)


def let_go_of_files() -> None:
    """Hold no page of a mapped file any more: who reads next takes it from the system's cache, 40 MB in some milliseconds."""
    if hasattr(mmap, "MADV_DONTNEED"):
        for content in _mapped:
            content.madvise(mmap.MADV_DONTNEED)
