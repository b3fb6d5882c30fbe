"""The commit that HEAD names, as Git's own files say it: a process takes 5 ms, and every command asks more than once."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

_BRANCH = re.compile(rb"ref: (refs/heads/[^\0-\x20\x7f]+)\n")
_ID = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64})\n")
_MOST_BYTES = 4_000_000
"""A file of packed refs that is longer is left to Git, which looks a name up without reading all."""


def commit_of_head(git_dir: Path, common_dir: Path) -> str:
    """The commit that HEAD names; "" where these files do not say so, as before the first commit: then Git has the answer.

    Reads what gitrepository-layout(5) describes: HEAD of this work tree, the branch it names in a file of its own, else among the
    packed refs, which Git writes before it takes that file away. Other ways to keep refs have no branch of that name here.
    """
    head = _content(git_dir / "HEAD")
    if at := _ID.fullmatch(head):
        return at[1].decode("ascii")
    branch = _BRANCH.fullmatch(head)
    if branch is None or b".." in branch[1]:
        return ""
    if at := _ID.fullmatch(_content(common_dir / os.fsdecode(branch[1]))):
        return at[1].decode("ascii")
    before, there, _ = _content(common_dir / "packed-refs").partition(b" %s\n" % branch[1])
    at = _ID.fullmatch(before.rpartition(b"\n")[2] + b"\n")
    return at[1].decode("ascii") if there and at else ""


def _content(file: Path) -> bytes:
    with contextlib.suppress(OSError, ValueError), file.open("rb") as opened:
        if os.fstat(opened.fileno()).st_size <= _MOST_BYTES:
            return opened.read()
    return b""
