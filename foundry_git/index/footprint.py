"""A footprint: the files and folders that an index was built from, and what tells that none of them changed since.

Looking at every one of them by name costs about 2 µs each; listing the folders again costs ten times as much.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence

from msgspec import Struct

_FACTS = 4  # size, mtime, ctime, inode


class Footprint(Struct, frozen=True):
    """``paths`` and their ``stamps`` when they were looked at; ``of`` names what they belong to, ``note`` is the owner's own.

    A folder among the paths changes when something in it is added, removed, renamed or replaced; a file when it is written to.
    """

    of: str
    paths: tuple[str, ...]
    stamps: bytes
    note: str = ""

    @classmethod
    def take(cls, of: str, paths: Sequence[str], before: int, note: str = "") -> Footprint | None:
        """Look at ``paths`` now; None when one of them is gone, or was touched at ``before`` (nanoseconds) or later."""
        stamps = _stamps(paths)
        facts = array("q", stamps)
        newest = max((*facts[1::_FACTS], *facts[2::_FACTS]), default=before)
        return cls(of, tuple(paths), stamps, note) if newest < before else None

    def is_current(self) -> bool:
        """Tell whether all of it is as it was."""
        return _stamps(self.paths) == self.stamps


def _stamps(paths: Sequence[str]) -> bytes:
    """Size, mtime and ctime in nanoseconds and inode of each; empty when one is not there, or has a fact beyond 64 bits."""
    found: list[int] = []
    add, look_at = found.extend, os.lstat
    try:
        for path in paths:
            facts = look_at(path)
            add((facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino))
        return array("q", found).tobytes()
    except (OSError, OverflowError):
        return b""
