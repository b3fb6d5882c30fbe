"""The shingles of documents, kept by content: cutting a thousand pieces of code takes half a second, reading them back 5 ms."""

from __future__ import annotations

import logging
import sqlite3
import zlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundry_git.derived.database import Database
from foundry_git.derived.files import Form, check_all
from foundry_git.errors import DamagedFileError
from foundry_git.library import index_folder
from foundry_git.source.shingles import Shingles

SCHEMA = 2
_TABLES = """
CREATE TABLE piece (key TEXT PRIMARY KEY, shingles BLOB NOT NULL, seal INTEGER NOT NULL) WITHOUT ROWID
"""


class ShingleTable:
    """The shingles at one path; ``ShingleTable(None)`` lives in memory. It is derived: damage or another schema means an empty one."""

    def __init__(self, path: Path | None) -> None:
        self._db = Database(path, _FORM)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def all(self) -> dict[str, NDArray[np.uint64]]:
        """Key → shingles, ascending, of every piece that is there."""
        return {key: np.frombuffer(blob, np.uint64) for key, blob in self._db.rows("SELECT key, shingles FROM piece")}

    def keys(self) -> set[str]:
        """The keys of every piece that is there."""
        return {key for (key,) in self._db.rows("SELECT key FROM piece")}

    def put(self, pieces: Mapping[str, NDArray[np.uint64]], gone: Collection[str] = ()) -> None:
        """Keep pieces by their keys, each ascending, and forget those that are gone."""
        rows = [_row(key, shingles.tobytes()) for key, shingles in pieces.items()]

        def write(db: sqlite3.Connection) -> None:
            db.executemany("DELETE FROM piece WHERE key = ?", [(key,) for key in gone])
            db.executemany("INSERT OR REPLACE INTO piece VALUES (?, ?, ?)", rows)

        self._db.write(write)


def as_array(shingles: Shingles) -> NDArray[np.uint64]:
    """Shingles as an array, ascending."""
    return np.array(sorted(shingles), np.uint64)


def _row(key: str, shingles: bytes) -> tuple[str, bytes, int]:
    return key, shingles, zlib.crc32(shingles, zlib.crc32(key.encode()))


def _verify(db: sqlite3.Connection, path: Path) -> None:
    check_all(db, path)
    if any(row != _row(*row[:2]) for row in db.execute("SELECT key, shingles, seal FROM piece")):
        raise DamagedFileError(path, "a row does not fit its seal")


_FORM = Form(SCHEMA, lambda: [_TABLES], _verify, index_folder.make, logging.getLogger("foundry_git.index"))


class ShingleMatrix:
    """The shingles of many pieces as one inverted list: how much each shares with another piece is counted for all of them at once."""

    def __init__(self, pieces: Sequence[NDArray[np.uint64]]) -> None:
        """``pieces``: (n_i,) each; their place in the sequence is their number."""
        self.sizes = np.array([len(piece) for piece in pieces], np.intp)
        values = np.concatenate(pieces) if pieces else np.zeros(0, np.uint64)
        order = np.argsort(values, kind="stable")
        self._values = values[order]
        self._holders = np.repeat(np.arange(len(pieces)), self.sizes)[order]

    def similarities(self, shingles: NDArray[np.uint64]) -> NDArray[np.float32]:
        """:func:`foundry_git.source.shingles.similarity` of a piece with each of these, (n,)."""
        starts, ends = np.searchsorted(self._values, shingles), np.searchsorted(self._values, shingles, side="right")
        holders = [self._holders[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True) if start < end]
        count = len(self.sizes)
        shared = np.bincount(np.concatenate(holders), minlength=count) if holders else np.zeros(count, np.intp)
        either = np.maximum(self.sizes + len(shingles) - shared, 1)
        found: NDArray[np.float32] = (shared / either).astype(np.float32)
        return found
