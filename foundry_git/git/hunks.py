"""Hunks: which lines of a file version are new, and which of the version before are gone."""

from __future__ import annotations

import re

from msgspec import Struct

from foundry_git.git.repository import Repository

_HUNK = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)

LineRange = tuple[int, int]
"""First and last line, from 1."""


class Hunks(Struct, frozen=True):
    """The lines that were taken out of the old version, and those that are new in the new one."""

    removed: tuple[LineRange, ...]
    added: tuple[LineRange, ...]


def hunks_between(repository: Repository, old_blob: str, new_blob: str) -> Hunks:
    """Compare two versions of a file by their blobs, as ``git diff`` does, whatever is configured."""
    options = (
        "-U0",
        "--text",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--diff-algorithm=histogram",
        "--no-indent-heuristic",
    )
    printed = repository.run("diff", *options, old_blob, new_blob, "--")
    found = [tuple(int(number or 1) for number in match) for match in _HUNK.findall(printed)]
    removed = tuple((first, first + count - 1) for first, count, _, _ in found if count)
    return Hunks(removed, tuple((first, first + count - 1) for _, _, first, count in found if count))
