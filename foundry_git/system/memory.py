"""Memory: what a process that stays gives back between two pieces of work."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Give back what the C library holds of memory that is free, in about a millisecond; nothing where it has no call for that.

    glibc keeps free pages between those that are used, and at the end twice the largest block that was ever freed (malloc_trim(3),
    mallopt(3) on M_TRIM_THRESHOLD): a process that stays would look larger with each kind of work that comes along.
    """
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:  # musl has none
        trim(0)
