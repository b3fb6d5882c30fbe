"""Segments: immutable pieces of evidence, canonical events line by line in a file that is named by its own SHA-256.

A file lies two folders deep, by the first digits of its name, so that a commit which adds one to ten thousand writes three short
lists anew and not a long one. Small segments are never put together to larger ones: the history keeps every version of every
file, so that could only cost.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

MAX_BYTES = 16 * 1024**2  # of a segment that is read; we write none above PIECE_BYTES
PIECE_BYTES = 1024**2  # zlib looks back 32 kB: larger pieces are not smaller together
_PATH = re.compile(r"(?:.*/)?([0-9a-f]{64})\.jsonl")
_TIME_LENGTH = len('{"at":"2026-11-20T14:36:13.000Z",')  # with which every line begins


def is_segment(path: str) -> bool:
    """Tell whether a path is named like a segment's; anything else is not ours to read."""
    return _PATH.fullmatch(path) is not None


def pack(lines: Iterable[bytes]) -> dict[str, bytes]:
    """Return path → content of the segments that hold these canonical events; the same events give the same segments."""
    contents = (b"".join(line + b"\n" for line in piece) for piece in _pieces(sorted(set(lines), key=_likeness)))
    return {_path(content): content for content in contents}


def unpack(path: str, content: bytes) -> list[bytes]:
    """Return the lines of a segment; whether a line is an event is left to whoever needs it.

    Raises:
        ValueError: the content is not what the path names; the sentence says so.
    """
    named = _PATH.fullmatch(path)
    if named is None or hashlib.sha256(content).hexdigest() != named[1]:
        raise ValueError("does not hold what its name says")
    return [line for line in content.split(b"\n") if line]


def _path(content: bytes) -> str:
    name = hashlib.sha256(content).hexdigest()
    return f"{name[0]}/{name[1]}/{name}.jsonl"


def _likeness(line: bytes) -> tuple[bytes, bytes]:
    """Like lines side by side, times aside: 100,000 events take 15 % less room than in the order of time."""
    return line[_TIME_LENGTH:], line


def _pieces(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    piece: list[bytes] = []
    size = 0
    for line in lines:
        if piece and size + len(line) >= PIECE_BYTES:
            yield piece
            piece, size = [], 0
        piece.append(line)
        size += len(line) + 1
    if piece:
        yield piece
