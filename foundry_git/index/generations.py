"""The vectors on disk: generations, of which the file ``current`` names the one to read.

A generation is a folder ``g<number>`` with the files of a segment. ``current`` is replaced last, so a reader sees the old generation
or the new one, and whoever has the old one open keeps it. In a large library a small change is not worth writing everything again:
the new generation then holds what came since, and stands on the one that holds the rest.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tokenize
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from time import monotonic

import numpy as np
from msgspec import Struct

from foundry_git import atomic
from foundry_git.errors import DamagedFileError
from foundry_git.index.codes import sign_codes
from foundry_git.index.seals import LARGE
from foundry_git.index.segment_files import manifest_sha256, open_segment, read_manifest, verify_segment, write_segment
from foundry_git.index.vectors import EXACT_ROWS, Floats, Segment, Vectors, packed_keys

CURRENT = "current"
WHOLE_ROWS = 20_000  # 30 MB: up to so many rows are all written at each change
ADDED_SHARE, ADDED_ROWS = 8, 50_000  # an eighth of the rows below, at most so many, may stand on top: they have no codes
DEAD_SHARE = 4  # when every fourth row below is no longer wanted, all are written anew
_NAME = re.compile("g[0-9]{1,18}")
_BLOCK = 4096  # rows written at once: 6 MB
_PATIENCE = 10.0  # seconds: so long may generation replace generation under a reader
# numpy parses the header as Python: 730 of 10,000 damaged files end in tokenize.TokenError
_UNREADABLE = (
    *(OSError, ValueError, EOFError, MemoryError, OverflowError, RecursionError),
    *(SyntaxError, tokenize.TokenError, KeyError, TypeError, AttributeError),
)


def load(folder: Path, large: int = LARGE) -> Vectors | None:
    """Open the current generation; None when there is none yet. Files of ``large`` bytes are read only when they changed.

    Raises:
        DamagedFileError: it does not hold what its manifest says, or another version wrote it.
    """
    deadline = monotonic() + _PATIENCE
    name = _current(folder)
    while name is not None:
        try:
            return _opened(folder, name, large)
        except DamagedFileError:
            before, name = name, _current(folder)  # it may have been deleted while it was read, for a newer one
            if name == before or monotonic() > deadline:
                raise
    return None


def publish(
    folder: Path | None,
    fingerprint: str,
    dimension: int,
    keys: Collection[str],
    have: Vectors | None,
    fresh: Mapping[str, Floats],
    exact: int = EXACT_ROWS,
    whole: int = WHOLE_ROWS,
) -> Vectors:
    """Write a generation with a row for each of ``keys``, switch to it, delete what it does not need, and return it.

    A row comes from ``have``, the current generation, or else from ``fresh``. Past ``exact`` rows it has codes; from ``whole`` rows
    on small changes are written apart. Without a folder all stays in memory. Call it under a lock.

    Raises:
        OSError: the folder cannot be written to; the current generation is then untouched.
    """
    below, wanted = _split(sorted(set(keys)), have, whole)
    rows = _Rows(wanted, have, fresh, dimension)
    coded = below is None and len(wanted) > exact
    if folder is None:
        return Vectors(fingerprint, (rows.in_memory(coded),))
    made = folder / f"g{max(_numbers(folder), default=0) + 1}"
    stands_on = folder / below.name if below else None
    write_segment(made, fingerprint, packed_keys(wanted), rows.blocks(), (len(wanted), dimension), coded, stands_on)
    atomic.write_text(folder / CURRENT, f"{made.name}\n")
    _delete_others(folder, {made.name, below.name if below else made.name})
    top = open_segment(made, read_manifest(made))
    return Vectors(fingerprint, (below, top) if below else (top,))


class _Rows(Struct, frozen=True):
    """Where the rows of ``keys`` come from, in blocks, so that a large matrix is never in memory a second time."""

    keys: list[str]
    have: Vectors | None
    fresh: Mapping[str, Floats]
    dimension: int

    def blocks(self) -> Iterator[Floats]:
        for start in range(0, len(self.keys), _BLOCK):
            some = self.keys[start : start + _BLOCK]
            there = self.have.positions(some) if self.have else np.full(len(some), -1, np.intp)
            block = np.empty((len(some), self.dimension), np.float32)
            if self.have:
                block[there >= 0] = self.have.rows(there[there >= 0])
            for at in np.flatnonzero(there < 0).tolist():
                block[at] = self.fresh[some[at]]
            yield block

    def in_memory(self, coded: bool) -> Segment:
        matrix = np.concatenate([np.zeros((0, self.dimension), np.float32), *self.blocks()])
        codes = sign_codes([matrix], *matrix.shape) if coded else None
        return Segment(packed_keys(self.keys), matrix, codes)


def _split(wanted: list[str], have: Vectors | None, whole: int) -> tuple[Segment | None, list[str]]:
    """The large segment that may stay as it is, if one may, and the keys that are to be written."""
    below = have.segments[0] if have else None
    if have is None or below is None or not below.name or len(below.keys) < max(whole, 1):
        return None, wanted
    missing = Vectors(have.fingerprint, (below,)).positions(wanted) < 0
    size, added = len(below.keys), int(missing.sum())
    dead = size - (len(wanted) - added)
    if added > min(size // ADDED_SHARE, ADDED_ROWS) or dead * DEAD_SHARE > size:
        return None, wanted
    return below, [wanted[place] for place in np.flatnonzero(missing).tolist()]


def _current(folder: Path) -> str | None:
    try:
        name = (folder / CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        name = ""
    if not _NAME.fullmatch(name):  # a damaged one could lead anywhere
        raise DamagedFileError(folder / CURRENT, "does not name a generation")
    return name


def _opened(folder: Path, name: str, large: int) -> Vectors:
    path = folder / name / "vectors.npy"
    try:
        top = read_manifest(folder / name)
        verify_segment(folder / name, top, large)
        segments = [open_segment(folder / name, top)]
        if top.below:
            if not _NAME.fullmatch(top.below):
                raise ValueError("does not stand on a generation")
            path = folder / top.below / "vectors.npy"
            segments.insert(0, _opened_below(folder / top.below, top.below_sha256, segments[0], large))
    except _UNREADABLE as error:
        raise DamagedFileError(path, str(error) or type(error).__name__) from None
    return Vectors(top.fingerprint, tuple(segments))


def _opened_below(folder: Path, sha256: str, top: Segment, large: int) -> Segment:
    if manifest_sha256(folder) != sha256:
        raise ValueError("is not what the generation above it stands on")
    manifest = read_manifest(folder)
    verify_segment(folder, manifest, large)
    below = open_segment(folder, manifest)
    if below.matrix.shape[1] != top.matrix.shape[1]:
        raise ValueError("dimension differs from the generation above it")
    return below


def _numbers(folder: Path) -> list[int]:
    return [int(found.name[1:]) for found in folder.glob("g*") if _NAME.fullmatch(found.name)]


def _delete_others(folder: Path, kept: Collection[str]) -> None:
    for name in {f"g{number}" for number in _numbers(folder)} - set(kept):
        with contextlib.suppress(OSError):
            shutil.rmtree(folder / name)
