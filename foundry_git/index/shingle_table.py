"""The shingles of documents, kept by content: cutting a thousand pieces of code takes half a second, reading them back 5 ms."""

from __future__ import annotations

import logging
import sqlite3
import zlib
from collections.abc import Collection, Mapping
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
