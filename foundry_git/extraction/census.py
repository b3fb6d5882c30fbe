"""The census: which shapes each repository of this machine holds, so that a unit which recurs elsewhere is known as such.

A small file a repository in the user's cache: where it is, and hashes. None of it ever leaves the machine, and a repository that is
gone counts no more.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from foundry_git import atomic
from foundry_git.git.repository import Repository

_BYTES = 8  # 64 bits: a million shapes share one by chance once in 37 million times


class Census:
    """The shapes of repositories other than one, counted; and that one's, written."""

    def __init__(self, cache: Path, repository: Repository) -> None:
        self._folder = cache / "shapes"
        self._place = os.fsencode(repository.common_dir)
        self._own = self._folder / hashlib.sha256(self._place).hexdigest()[:16]

    def repositories_with(self, shape: str) -> int:
        """In how many other repositories of this machine a shape was found."""
        return self._others[_number(shape)]

    def write(self, shapes: Iterable[str]) -> None:
        """Note the shapes of this repository, in place of those of before."""
        numbers = array("Q", sorted({_number(shape) for shape in shapes}))
        self._folder.mkdir(parents=True, exist_ok=True)
        atomic.write_bytes(self._own, self._place + b"\0" + numbers.tobytes())

    @cached_property
    def _others(self) -> Counter[int]:
        found: Counter[int] = Counter()
        if self._folder.is_dir():
            for file in self._folder.iterdir():
                if file != self._own and len(file.name) == len(self._own.name):
                    found.update(_read(file))
        return found


def _read(file: Path) -> array[int]:
    place, _, content = file.read_bytes().partition(b"\0")
    if not Path(os.fsdecode(place)).is_dir():
        return array("Q")
    return array("Q", content[: len(content) // _BYTES * _BYTES])


def _number(shape: str) -> int:
    return int.from_bytes(hashlib.blake2b(shape.encode(), digest_size=_BYTES).digest(), "little")
