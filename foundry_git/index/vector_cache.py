"""Vectors by content, for all work trees and clones of one user: a text is encoded once per machine."""

from __future__ import annotations

import logging
import sqlite3
import zlib
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundry_git import lock
from foundry_git.derived import files
from foundry_git.derived.faults import FAULTS, is_damage, reason

log = logging.getLogger("foundry_git.index")

_BATCH = 500


class VectorCache:
    """The cache file of one vector space; it is only ever a short-cut, so nothing that goes wrong with it is an error.

    A row holds the vector and the CRC-32 of key and vector; one with another is none. Versions before 0.3 have a table of their own
    in the file, ``vector``, so that neither replaces what the other wrote.
    """

    def __init__(self, folder: Path, fingerprint: str, dimension: int) -> None:
        self._path = folder / f"vectors-{fingerprint}.db"
        self._bytes = dimension * 4
        self._refused = False

    def get(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors that are there, each float32 (d,)."""
        found: dict[str, NDArray[np.float32]] = {}
        if not self._path.exists():
            return found
        try:
            with closing(self._connected()) as db:
                for start in range(0, len(keys), _BATCH):
                    some = keys[start : start + _BATCH]
                    marks = ", ".join("?" * len(some))
                    for key, blob in db.execute(f"SELECT key, vector FROM sealed_vector WHERE key IN ({marks})", some):
                        if isinstance(blob, bytes) and _sealed(key, vector := blob[: self._bytes]) == blob:
                            found[key] = np.frombuffer(vector, np.float32)
        except FAULTS as error:
            self._give_up(error)
        return found

    def put(self, keys: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep vectors, float32 (len(keys), d)."""
        rows = [(key, _sealed(key, vector.tobytes())) for key, vector in zip(keys, vectors, strict=True)]
        if self._refused:
            return
        try:
            with lock.held(self._lock), closing(self._connected()) as db, files.transaction(db):
                db.executemany("INSERT OR REPLACE INTO sealed_vector VALUES (?, ?)", rows)
        except FAULTS as error:
            self._give_up(error)

    @property
    def _lock(self) -> Path:
        return self._path.with_suffix(".lock")

    def _connected(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=files.BUSY_SECONDS, isolation_level=None)
        try:
            db.execute("CREATE TABLE IF NOT EXISTS sealed_vector (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
        except BaseException:
            db.close()
            raise
        return db

    def _give_up(self, error: Exception) -> None:
        if is_damage(error):
            with suppress(*FAULTS), lock.held(self._lock):
                aside = files.set_aside(self._path).name
                log.warning("%s was damaged (%s): set aside as %s, vectors are encoded again", self._path, error, aside)
        elif not self._refused:
            log.warning("%s cannot be used, so vectors are not kept: %s", self._path, reason(error))
            self._refused = True


def _sealed(key: str, vector: bytes) -> bytes:
    return vector + zlib.crc32(vector, zlib.crc32(key.encode())).to_bytes(4, "big")
