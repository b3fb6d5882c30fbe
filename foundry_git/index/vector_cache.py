"""Vectors by content, for all work trees and clones of one user: a text is encoded once per machine."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundry_git import lock
from foundry_git.errors import BusyError
from foundry_git.index.database import connected, writing

log = logging.getLogger("foundry_git.index")

_BATCH = 500


class VectorCache:
    """The cache file of one vector space; it is only ever a short-cut, so nothing that goes wrong with it is an error."""

    def __init__(self, folder: Path, fingerprint: str, dimension: int) -> None:
        self._path = folder / f"vectors-{fingerprint}.db"
        self._bytes = dimension * 4

    def get(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors that are there, each float32 (d,)."""
        found: dict[str, NDArray[np.float32]] = {}
        if not self._path.exists():
            return found
        try:
            with closing(connected(self._path)) as db:
                for start in range(0, len(keys), _BATCH):
                    some = keys[start : start + _BATCH]
                    marks = ", ".join("?" * len(some))
                    for key, blob in db.execute(f"SELECT key, vector FROM vector WHERE key IN ({marks})", some):
                        if len(blob) == self._bytes:
                            found[key] = np.frombuffer(blob, np.float32)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._give_up(error)
        return found

    def put(self, keys: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep vectors, float32 (len(keys), d)."""
        rows = [(key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with lock.held(self._path.with_suffix(".lock")), closing(connected(self._path)) as db, writing(db):
                db.execute("CREATE TABLE IF NOT EXISTS vector (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
                db.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)
        except (sqlite3.Error, OSError, BusyError) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        log.warning("%s: %s; vectors are encoded again", self._path, error)
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            self._path.unlink(missing_ok=True)
