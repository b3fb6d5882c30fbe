"""Limits: how much of one commit is looked at, so that an import or a reformatting costs no more than a large day's work."""

from __future__ import annotations

from collections import Counter

MAX_FILES_PER_COMMIT = 200  # source files; `foundry extract --all` takes every file
MAX_BYTES_PER_COMMIT = 2 * 1024 * 1024  # of lines that were not there before


class Allowance:
    """What is left of the limits of each commit."""

    def __init__(self) -> None:
        self._files: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()

    def take(self, commit: str, before: bytes | None, after: bytes | None) -> str:
        """Take one changed file out of its commit's allowance; say why it is not to be had, or ``""``."""
        self._files[commit] += 1
        if self._files[commit] > MAX_FILES_PER_COMMIT:
            return f"file {self._files[commit]} of {commit[:10]}, more than {MAX_FILES_PER_COMMIT}"
        size = _added(before or b"", after or b"")
        if self._bytes[commit] + size > MAX_BYTES_PER_COMMIT:
            return f"more than {MAX_BYTES_PER_COMMIT} bytes of changed text in {commit[:10]}"
        self._bytes[commit] += size
        return ""


def _added(before: bytes, after: bytes) -> int:
    """How many bytes the lines have that are in ``after`` only."""
    known = set(before.split(b"\n"))
    return sum(len(line) + 1 for line in after.split(b"\n") if line not in known)
