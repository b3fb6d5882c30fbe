"""A footprint: the files and folders that an index was built from, and what tells which of them changed since.

Looking at every one of them by name costs about 2 µs each; listing the folders again costs ten times as much.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Collection, Sequence

from msgspec import Struct

_FACTS = 4  # size, mtime, ctime, inode
_WIDTH = 8 * _FACTS  # bytes of one path
_BLOCK = 256  # paths compared at once, before each is looked at by itself
_NEVER = (-1,) * _FACTS  # of no file, now or later
_GONE = (0,) * _FACTS


class Footprint(Struct, frozen=True):
    """``paths`` and their ``stamps`` when they were looked at; ``of`` names what they belong to, ``note`` is the owner's own.

    A folder among the paths changes when something in it is added, removed, renamed or replaced; a file when it is written to.
    """

    of: str
    paths: tuple[str, ...]
    stamps: bytes
    note: str = ""

    @classmethod
    def take(cls, of: str, paths: Sequence[str], before: int, note: str = "") -> Footprint:
        """Look at ``paths`` now; what is gone, or was touched at ``before`` (nanoseconds) or later, counts as changed from now on."""
        facts = array("q", _stamps(paths))
        for at in range(0, len(facts), _FACTS):
            if facts[at + 1] >= before or facts[at + 2] >= before or facts[at : at + _FACTS].tolist() == [*_GONE]:
                facts[at : at + _FACTS] = array("q", _NEVER)
        return cls(of, tuple(paths), facts.tobytes(), note)

    def with_absent(self, places: Collection[int]) -> Footprint:
        """The same where those paths are known to be absent: they count as changed once they are there."""
        gone = array("q", _GONE).tobytes()
        pieces = [gone if at in places else _part(self.stamps, at, 1) for at in range(len(self.paths))]
        return Footprint(self.of, self.paths, b"".join(pieces), self.note)

    def changed(self) -> list[str]:
        """The paths that are not as they were."""
        now = _stamps(self.paths)
        if now == self.stamps:
            return []
        found = []
        for start in range(0, len(self.paths), _BLOCK):
            if _part(now, start, _BLOCK) != _part(self.stamps, start, _BLOCK):
                some = range(start, min(start + _BLOCK, len(self.paths)))
                found += [self.paths[at] for at in some if _part(now, at, 1) != _part(self.stamps, at, 1)]
        return found

    def renewed(self, folders: Collection[str], below: Collection[str], fresh: Footprint) -> Footprint:
        """The same with ``fresh``, whose note is the new one, in place of some ``folders`` themselves and of all that is ``below``."""
        prefixes = tuple(f"{folder}/" for folder in below)
        gone = [at for at, path in enumerate(self.paths) if path in folders or path in below or path.startswith(prefixes)]
        paths, stamps, start = list[str](), list[bytes](), 0
        for at in (*gone, len(self.paths)):
            paths += self.paths[start:at]
            stamps.append(_part(self.stamps, start, at - start))
            start = at + 1
        return Footprint(self.of, (*paths, *fresh.paths), b"".join((*stamps, fresh.stamps)), fresh.note)


def _part(stamps: bytes, start: int, count: int) -> bytes:
    return stamps[start * _WIDTH : (start + count) * _WIDTH]


def _stamps(paths: Sequence[str]) -> bytes:
    """Size, mtime and ctime in nanoseconds and inode of each; ``_GONE`` where it is not there, or has a fact beyond 64 bits."""
    found = array("q")
    add, look_at = found.extend, os.lstat
    for path in paths:
        try:
            facts = look_at(path)
            add((facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino))
        except (OSError, OverflowError):
            del found[len(found) // _FACTS * _FACTS :]  # what was added before the fact that is too large
            add(_GONE)
    return found.tobytes()
