"""An append-only text file of lines, written by several processes and read whatever happened to it.

What is appended has its check in :mod:`foundry_git.evidence.line_checks`, so that a line which changed since is told from one that did
not.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import accumulate
from pathlib import Path

from msgspec import Struct

from foundry_git import lock
from foundry_git.evidence import line_checks
from foundry_git.system.files import BINARY, sync_folder

TAIL_BYTES = (
    65_536  # one block is read in 0.05 ms; lines hold random nonces, so another file does not share its last block by chance
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CONFLICT_MARKS = (b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>")


class Mark(Struct, frozen=True):
    """Where a reader stopped: behind a newline, ``lines`` lines into the file; ``tail`` names the bytes before."""

    offset: int = 0
    lines: int = 0
    tail: str = ""


START = Mark()


class Line(Struct, frozen=True):
    """One line without its end; ``number`` counts from 1. ``is_damaged``: it is not the line that was written there."""

    number: int
    text: bytes
    is_damaged: bool = False

    @property
    def is_conflict_mark(self) -> bool:
        """Whether a merge of text left it."""
        return self.text.startswith(_CONFLICT_MARKS)


class Stretch(Struct, frozen=True):
    """The lines behind a mark, the mark behind them, and whether the file was another one, so that all of it was read.

    ``lost``: how many more were written there and are gone. ``more``: the reader was to stop here, and there is more.
    """

    lines: tuple[Line, ...]
    mark: Mark
    restarted: bool
    lost: int = 0
    more: bool = False


def append(path: Path, lines: Iterable[bytes], mode: int) -> None:
    """Add lines for good: they are on the disk when this returns.

    A last line without its newline, left by a process that died, is completed first, so that it spoils no other.

    Raises:
        BusyError: another process kept the lock beside the file.
        OSError: the disk refuses; the file is then as before.
    """
    texts = list(lines)
    if not texts:
        return
    with lock.held(path.with_suffix(".lock")):
        is_new = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | BINARY, mode)
        try:
            start = _add(handle, b"".join(text + b"\n" for text in texts))
        finally:
            os.close(handle)
        line_checks.note(path, start, texts)
        if is_new:
            sync_folder(path.parent)


def read(path: Path, mark: Mark = START, limit: int | None = None) -> Stretch:
    """Read the lines behind ``mark``, about ``limit`` bytes of them; a missing file has none.

    A last line without its newline is read too, but the new mark stays before it, for it may be half written.
    """
    found = _tail_and_rest(path, mark, limit)
    restarted = found is None
    if found is None:
        mark, found = START, _tail_and_rest(path, START, limit) or (b"", b"", False)
    tail, rest, more = found
    whole = rest.rfind(b"\n") + 1
    if more:
        rest = rest[:whole]
    pieces = rest.split(b"\n")
    texts = list(map(_cleaned, pieces))
    found_out = _verdicts(path, mark.offset, pieces, texts, mark.offset + whole if more else None)
    lines = tuple(_numbered(mark.lines, texts, found_out.damaged))
    return Stretch(lines, _moved(mark, tail, rest[:whole], len(pieces) - 1), restarted, found_out.lost, more)


def mark_behind(path: Path, mark: Mark, texts: Sequence[bytes]) -> Mark:
    """Return the mark behind ``texts`` if they, and nothing else, stand behind ``mark``; else ``mark``."""
    found = _tail_and_rest(path, mark, None)
    if found is None or found[1] != b"".join(text + b"\n" for text in texts):
        return mark
    return _moved(mark, found[0], found[1], len(texts))


def cut(content: bytes) -> tuple[Line, ...]:
    """The lines of a whole file that may come from anywhere, so that nothing checks them."""
    return tuple(_numbered(0, map(_cleaned, content.split(b"\n")), frozenset()))


def ends_at(path: Path, mark: Mark) -> bool:
    """Whether nothing stands behind ``mark``, and before it what stood there then."""
    found = _tail_and_rest(path, mark, 1)
    return found is not None and not found[1]


def _add(handle: int, content: bytes) -> int:
    """Return where the content begins."""
    size = start = os.fstat(handle).st_size
    if size and _last_byte(handle) != b"\n":
        content, start = b"\n" + content, size + 1
    try:
        written = 0
        while written < len(content):
            written += os.write(handle, content[written:])
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, size)
        raise
    return start


def _last_byte(handle: int) -> bytes:
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1)


def _tail_and_rest(path: Path, mark: Mark, limit: int | None) -> tuple[bytes, bytes, bool] | None:
    """Return the bytes just before the mark, those behind it, and whether there are more; ``None`` where the mark is another file's.

    With a ``limit`` so many bytes are read, and the rest of the line that they end in.
    """
    start = max(0, mark.offset - TAIL_BYTES)
    try:
        with path.open("rb") as file:
            file.seek(start)
            tail = file.read(mark.offset - start)
            rest = file.read() if limit is None else file.read(limit) + file.readline()
            more = limit is not None and file.read(1) != b""
    except (FileNotFoundError, NotADirectoryError):
        tail, rest, more = b"", b"", False
    return (tail, rest, more) if _named(tail) == mark.tail else None


def _moved(mark: Mark, tail: bytes, passed: bytes, lines: int) -> Mark:
    return Mark(mark.offset + len(passed), mark.lines + lines, _named((tail + passed)[-TAIL_BYTES:]))


def _named(tail: bytes) -> str:
    return hashlib.sha256(tail).hexdigest() if tail else ""


def _verdicts(path: Path, offset: int, pieces: Sequence[bytes], texts: Sequence[bytes], end: int | None) -> line_checks.Verdicts:
    checks = line_checks.load(path, offset, end)
    starts = list(accumulate((len(piece) + 1 for piece in pieces[:-1]), initial=offset)) if checks.at else []
    return checks.judge(starts, texts, is_start=not offset)


def _numbered(before: int, texts: Iterable[bytes], damaged: Set[int]) -> Iterator[Line]:
    """Blank lines say nothing."""
    for place, text in enumerate(texts):
        if text.strip():
            yield Line(before + place + 1, text, place in damaged)


def _cleaned(piece: bytes) -> bytes:
    """An editor on another system may have left byte order marks and carriage returns."""
    return piece.removeprefix(_BYTE_ORDER_MARK).removesuffix(b"\r")
