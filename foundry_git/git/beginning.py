"""The beginning of a repository: the date of its first commit, read once from its history."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path

from foundry_git import atomic
from foundry_git.errors import GitError
from foundry_git.git.history import LOG, dated
from foundry_git.git.repository import Repository


def began(repository: Repository, cache: Path) -> datetime | None:
    """Return the earliest date on a commit without parents that HEAD comes from; None where that is not known.

    It is kept in the file ``cache``, for a long history takes a second. A shallow clone has no first commit, and a new repository has
    none yet.
    """
    with contextlib.suppress(OSError, ValueError):
        return datetime.fromisoformat(cache.read_text())
    if repository.is_shallow:
        return None
    try:
        printed = repository.run(*LOG, "--format=%ad%x00%cd", "--max-parents=0", "HEAD", "--")
    except GitError:
        return None
    dates = [dated(raw) for raw in printed.decode("ascii", "replace").split("\0") if raw.strip()]
    if not dates:
        return None
    first = min(dates)
    with contextlib.suppress(OSError):
        atomic.write_text(cache, first.isoformat())
    return first
