"""Objects of ours that nothing needs any more: Git's next housekeeping deletes them, without waiting for two weeks first.

Git before 2.41 leaves young unreachable objects loose. Beyond ``gc.auto`` (6,700) of them its housekeeping gives up, and from then on
each commit prints "There are too many unreachable loose objects". Nothing is deleted here: objects only look old, so Git still keeps
whatever some ref, index or reflog needs, and whoever writes the same object anew makes it young again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator

from foundry_git.git.objects import BlobReader
from foundry_git.git.repository import Repository

LONG_AGO = 1_000_000_000  # seconds since 1970: before Git was, and so before any gc.pruneExpire


def superseded(objects: BlobReader, old: str, new: str) -> Iterator[str]:
    """The trees and blobs that the tree ``old`` holds at paths where ``new`` holds others or none; "" is the empty tree."""
    if old in ("", new):
        return
    there = (objects.folder(new) or {}) if new else {}
    yield old
    for name, entry in (objects.folder(old) or {}).items():
        now = there.get(name)
        if entry == now:
            continue
        if entry.is_folder:
            yield from superseded(objects, entry.id, now.id if now and now.is_folder else "")
        else:
            yield entry.id


def let_expire(repository: Repository, ids: Iterable[str]) -> None:
    """Make loose objects look old; packed ones, and those of somebody else, stay as they are."""
    for id in ids:
        with contextlib.suppress(OSError):
            os.utime(repository.common_dir / "objects" / id[:2] / id[2:], (LONG_AGO, LONG_AGO))
