"""Seals: the size and SHA-256 of a file as it was written, and whether it still is that file.

Reading 1.5 GB to hash it takes more than a second, so a large file is hashed when it is first met, and again whenever its identity
(size, mtime, ctime and inode) is another; the identity that was found good is remembered beside the file. Small files are hashed each
time; whoever writes a file seals and remembers it in one go. A write, a truncation, a replacement, a copy or a restored backup changes
the identity: nobody sets ctime but the kernel, and an identity younger than a tick of its clock is not remembered. What stays unseen in
a large file is a disk that rots without a write, or somebody who sets the machine's clock back to forge a ctime: whoever can do that
can also write a new seal.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from foundry_git import atomic

LARGE = 16 << 20  # bytes; hashing so many takes 10 ms
MEMORY = "verified.json"
TICK_NS = 20_000_000  # file times tick every 4–10 ms

Identity = list[int]
"""Size, mtime, ctime (nanoseconds) and inode."""


class Seal(Struct, frozen=True):
    """``size`` in bytes and ``sha256`` in hexadecimal of a whole file."""

    size: int
    sha256: str


class Written(Struct, frozen=True):
    """A file that was just written through to the disk, its seal, and its identity when that was done."""

    path: Path
    seal: Seal
    identity: Identity


def write_sealed(path: Path, pieces: Iterable[bytes]) -> Written:
    """Write the new file ``path`` from pieces that follow each other, through to the disk."""
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
        return Written(path, Seal(size, digest.hexdigest()), _facts(os.fstat(file.fileno())))


def remember(folder: Path, written: Iterable[Written], large: int = LARGE) -> None:
    """Remember large files of ``folder`` as good that nobody touched since they were written, a tick or more ago."""
    now = time.time_ns()
    entries = {
        file.path.name: [file.seal.sha256, *file.identity]
        for file in written
        if file.seal.size >= large and _is_settled(file.identity, now) and _identity(file.path) == file.identity
    }
    if entries:
        _remember(folder / MEMORY, entries)


def check(folder: Path, seals: Mapping[str, Seal], large: int = LARGE) -> None:
    """Make sure that each file named in ``seals`` holds what it held; from ``large`` bytes on it may be recognised unread.

    Raises:
        OSError: a file is not there, or cannot be read.
        ValueError: a file holds something else.
    """
    known = _recall(folder / MEMORY)
    kept = {name: _checked(folder / name, seal, known.get(name), large) for name, seal in seals.items()}
    memory = {name: entry for name, entry in kept.items() if entry is not None}
    if memory != known:
        _remember(folder / MEMORY, memory)


def _checked(path: Path, seal: Seal, known: list[object] | None, large: int) -> list[object] | None:
    """What to remember of the file, if anything; raises when it is not what was sealed."""
    at = time.time_ns()
    before = _identity(path)
    if before[0] != seal.size:
        raise ValueError("size differs from its manifest")
    entry: list[object] = [seal.sha256, *before]
    if seal.size >= large and entry == known:
        return entry
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != seal.sha256:
        raise ValueError("checksum differs from its manifest")
    settled = _is_settled(before, at) and _identity(path) == before
    return entry if seal.size >= large and settled else None


def _is_settled(identity: Identity, at: int) -> bool:
    """Tell whether a write from ``at`` (nanoseconds) on must give another identity."""
    return max(identity[1], identity[2]) < at - TICK_NS


def _identity(path: Path) -> Identity:
    return _facts(path.stat())


def _facts(stat: os.stat_result) -> Identity:
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def _recall(memory: Path) -> dict[str, list[object]]:
    """What was found good before; a memory that is torn or foreign counts for nothing."""
    try:
        content = json.loads(memory.read_bytes())
        return {str(name): list(entry) for name, entry in content.items()}
    except (OSError, ValueError, RecursionError, TypeError, AttributeError):
        return {}


def _remember(memory: Path, entries: Mapping[str, Sequence[object]]) -> None:
    with contextlib.suppress(OSError):  # a read-only folder costs time, not correctness
        atomic.write_text(memory, json.dumps(entries, indent=1, sort_keys=True) + "\n")
