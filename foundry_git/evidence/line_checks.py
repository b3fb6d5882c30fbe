"""Checks: what tells a line of an append-only file from a damaged one, in a file of their own beside it.

A flipped bit can make another valid event of an event. So the place, length and CRC-32 of every line that is written are kept, in
records of fixed width with a CRC-32 of their own. They stand beside the lines and not within: these stay plain JSON Lines, which
earlier versions read and append to. A line without a record, such as theirs, counts unchecked; so the records may be lost, too.
"""

from __future__ import annotations

import contextlib
import logging
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct, field

log = logging.getLogger("foundry_git.evidence")

_RECORD = struct.Struct("<QIII")  # where the line starts, its length, its CRC-32, and the CRC-32 of these three
_BODY = struct.Struct("<QII")

_VERY_MANY = 100  # lines that were damaged one by one

Key = tuple[int, int]
"""Length and CRC-32 of a line."""


class Verdicts(Struct, frozen=True):
    """The places (from 0) of lines that are damaged, and how many others were written and are nowhere."""

    damaged: frozenset[int] = frozenset()
    lost: int = 0


class Checks(Struct, frozen=True):
    """The checks behind some place of the file ``lines``: start → key."""

    at: dict[int, Key] = field(default_factory=dict)

    def judge(self, starts: Sequence[int], texts: Sequence[bytes], is_start: bool) -> Verdicts:
        """Hold lines against their checks; ``starts``: where each began. A line that was moved is known by its key.

        If no line from the start of the file on is known, or none of very many, it is another file.
        """
        if not self.at:
            return Verdicts()
        keys = [key_of(text) for text in texts]
        known = frozenset(self.at.values())
        strangers = [place for place, key in enumerate(keys) if texts[place] and key not in known]
        if len(strangers) == sum(map(bool, texts)) > (1 if is_start else _VERY_MANY):
            return Verdicts()
        damaged = frozenset(place for place in strangers if starts[place] in self.at)
        return Verdicts(damaged, max(0, len(known - frozenset(keys)) - len(damaged)))


def key_of(text: bytes) -> Key:
    """Return what a check knows of a line."""
    return len(text), zlib.crc32(text)


def path_of(lines: Path) -> Path:
    """Return the file of the checks of a file of lines."""
    return lines.with_name(f"{lines.name}.sums")


def load(lines: Path, start: int = 0, end: int | None = None) -> Checks:
    """Return the checks of the lines that begin at ``start`` or behind, and before ``end``; damaged records are left out."""
    try:
        with path_of(lines).open("rb") as file:
            first = _first_behind(file, start)
            last = _count(file) if end is None else _first_behind(file, end)
            file.seek(first * _RECORD.size)
            content = file.read(max(0, last - first) * _RECORD.size)
    except OSError:
        return Checks()
    return Checks({begin: key for begin, key in _sound(content) if start <= begin and (end is None or begin < end)})


def note(lines: Path, start: int, texts: Iterable[bytes]) -> None:
    """Add the checks of lines that were written at ``start``; whoever calls this holds the lock of the file.

    They are no truth, so a disk that refuses them costs checks alone.
    """
    with contextlib.suppress(OSError):
        path = path_of(lines)
        path.touch()
        with path.open("r+b") as file:
            file.seek(_end(file, lines, start))
            file.truncate()
            file.write(b"".join(_made(start, texts)))


def _made(start: int, texts: Iterable[bytes]) -> Iterator[bytes]:
    for text in texts:
        body = _BODY.pack(start, *key_of(text))
        yield body + zlib.crc32(body).to_bytes(4, "little")
        start += len(text) + 1


def _end(file: BinaryIO, lines: Path, start: int) -> int:
    """Return where the next record goes: behind the last whole one, or at 0 where the lines are another file's or were cut."""
    count = _count(file)
    if not count:
        return 0
    last = _record(file, count - 1)
    if last[0] + last[1][0] < start and (_fits(lines, last) or _fits(lines, _record(file, 0))):
        return count * _RECORD.size
    kept = path_of(lines).with_suffix(".sums-before")
    file.seek(0)
    kept.write_bytes(file.read())
    log.warning("%s is not the file that was written here: its checks begin anew; the former ones are in %s", lines, kept.name)
    return 0


def _fits(lines: Path, record: tuple[int, Key]) -> bool:
    start, key = record
    with lines.open("rb") as file:
        file.seek(start)
        return key_of(file.read(key[0])) == key


def _first_behind(file: BinaryIO, start: int) -> int:
    """Return the number of the first record whose line begins at ``start`` or behind: they stand in the order of the lines."""
    low, high = 0, _count(file) if start else 0
    while low < high:
        middle = (low + high) // 2
        if _record(file, middle)[0] < start:
            low = middle + 1
        else:
            high = middle
    return low


def _count(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END) // _RECORD.size


def _record(file: BinaryIO, number: int) -> tuple[int, Key]:
    file.seek(number * _RECORD.size)
    begin, length, crc, _ = _RECORD.unpack(file.read(_RECORD.size))
    return begin, (length, crc)


def _sound(content: bytes) -> Iterator[tuple[int, Key]]:
    whole = memoryview(content)[: len(content) // _RECORD.size * _RECORD.size]
    for place, (begin, length, crc, own) in zip(range(0, len(whole), _RECORD.size), _RECORD.iter_unpack(whole), strict=True):
        if zlib.crc32(whole[place : place + _BODY.size]) == own:
            yield begin, (length, crc)
