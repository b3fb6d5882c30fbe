"""The commit that HEAD names, as Git's own files say it: a process takes 5 ms, and every command asks more than once."""

from __future__ import annotations

import os
import re
from pathlib import Path

_BRANCH = re.compile(rb"ref: (refs/heads/[^\0-\x20\x7f]+)\n")
_ID = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64})\n")
_MOST_BYTES = 4_000_000
"""A file of packed refs that is longer is left to Git, which looks a name up without reading all."""


def commit_of_head(git_dir: Path, common_dir: Path) -> str | None:
    """The commit that HEAD names, "" before the first one; None where these files do not say it: then Git has the answer.

    Reads what gitrepository-layout(5) describes: HEAD of this work tree, the branch it names in a file of its own, else among the
    packed refs, which Git writes before it takes that file away. Where refs are kept in tables there is a folder for these.
    """
    head = _content(git_dir / "HEAD") or b""
    if at := _ID.fullmatch(head):
        return at[1].decode("ascii")
    branch = _BRANCH.fullmatch(head)
    if branch is None or b".." in branch[1]:
        return None
    own, packed = _content(common_dir / os.fsdecode(branch[1])), _content(common_dir / "packed-refs")
    if own is None or packed is None or (own and not _ID.fullmatch(own)):
        return None
    if own:
        return own[:-1].decode("ascii")
    before, there, _ = packed.partition(b" %s\n" % branch[1])
    if not there:
        return None if (common_dir / "reftable").exists() else ""
    at = _ID.fullmatch(before.rpartition(b"\n")[2] + b"\n")
    return at[1].decode("ascii") if at else None


def _content(file: Path) -> bytes | None:
    """What a file holds, nothing where there is none; None where it cannot be read, is empty or too long."""
    try:
        with file.open("rb") as opened:
            return (opened.read() or None) if os.fstat(opened.fileno()).st_size <= _MOST_BYTES else None
    except FileNotFoundError:
        return b""
    except (OSError, ValueError):
        return None
