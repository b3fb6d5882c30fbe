"""The census: which shapes each repository of this machine holds, so that a unit which recurs elsewhere is known as such.

A small file a repository in the user's cache: where it is, and hashes. None of it ever leaves the machine, and a repository that is
gone counts no more. Clones and forks are one repository: by their roots, as each keeps them in its own Git folder.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from foundry_git import atomic
from foundry_git.git.repository import Repository
from foundry_git.git.roots import roots_in
from foundry_git.system.files import make_folder

_BYTES = 8  # 64 bits: a million shapes share one by chance once in 37 million times


class _Counted(Struct, frozen=True):
    """A repository of this machine, or several clones of one: its roots, and for each clone the numbers of its shapes."""

    roots: frozenset[str]
    clones: tuple[array[int], ...]


class Census:
    """The shapes of repositories other than one, counted; and that one's, written."""

    def __init__(self, cache: Path, repository: Repository) -> None:
        self._folder = cache / "shapes"
        self._place = os.fsencode(repository.common_dir)
        self._own = self._folder / hashlib.sha256(self._place).hexdigest()[:16]
        self._common_dir = repository.common_dir

    def repositories_with(self, shape: str) -> int:
        """In how many other repositories of this machine a shape was found."""
        return self._others[_number(shape)]

    def write(self, shapes: Iterable[str]) -> None:
        """Note the shapes of this repository, in place of those of before."""
        numbers = array("Q", sorted({_number(shape) for shape in shapes}))
        make_folder(self._folder)
        atomic.write_bytes(self._own, self._place + b"\0" + numbers.tobytes())

    @cached_property
    def _others(self) -> Counter[int]:
        own, others = roots_in(self._common_dir), list[_Counted]()
        for file in self._folder.iterdir() if self._folder.is_dir() else ():
            if file != self._own and len(file.name) == len(self._own.name) and (other := _read(file)):
                others = _joined(others, other)
        found: Counter[int] = Counter()
        for other in others:
            if own.isdisjoint(other.roots):
                found.update(other.clones[0] if len(other.clones) == 1 else set().union(*other.clones))
        return found


def _joined(found: Sequence[_Counted], other: _Counted) -> list[_Counted]:
    """What was found, and another repository; those that have a root in common become one."""
    same = [one for one in found if not one.roots.isdisjoint(other.roots)]
    if not same:
        return [*found, other]
    roots = other.roots.union(*(one.roots for one in same))
    return [*(one for one in found if one not in same), _Counted(roots, sum((one.clones for one in same), other.clones))]


def _read(file: Path) -> _Counted | None:
    place, _, content = file.read_bytes().partition(b"\0")
    common_dir = Path(os.fsdecode(place))
    if not common_dir.is_dir():
        return None
    return _Counted(roots_in(common_dir), (array("Q", content[: len(content) // _BYTES * _BYTES]),))


def _number(shape: str) -> int:
    return int.from_bytes(hashlib.blake2b(shape.encode(), digest_size=_BYTES).digest(), "little")
