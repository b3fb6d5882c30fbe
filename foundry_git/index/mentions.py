"""The mentions: which files of a tree hold which words, kept so that a unit's users are counted without reading the tree again.

One SQLite file, derived, so damage or an older schema means: put it aside and start empty. Words are kept as hashes: they are compared,
never shown, and a file's short texts may hold what should not be copied.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from foundry_git.derived.database import Database
from foundry_git.derived.files import Form, check_all, transaction
from foundry_git.library import index_folder
from foundry_git.source.references import Callers, FileWords, References, module_of, places_of

SCHEMA = 1
_TABLES = """
CREATE TABLE file (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, blob TEXT NOT NULL);
CREATE TABLE word (
    name INTEGER NOT NULL, before INTEGER NOT NULL, file INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (name, before, file)
) WITHOUT ROWID;
CREATE TABLE defined (name INTEGER NOT NULL, file INTEGER NOT NULL, PRIMARY KEY (name, file)) WITHOUT ROWID;
CREATE INDEX word_file ON word (file);
CREATE INDEX defined_file ON defined (file)
"""
_SEALS = "CREATE TABLE IF NOT EXISTS sealed (file INTEGER PRIMARY KEY, seal INTEGER NOT NULL)"
"""What tells a file's rows from damaged ones; files that a version without it wrote have none."""
_ALONE = 0  # what stands for "no word before it"
_ELSEWHERE = "?"  # what stands for a word before it that nobody asked for


class Mentions:
    """The mentions at one path; ``Mentions(None)`` lives in memory, for places that cannot be written to."""

    def __init__(self, path: Path | None) -> None:
        self._db = Database(path, _FORM)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def check(self) -> None:
        """As :meth:`Database.check`."""
        self._db.check()

    def blobs(self) -> dict[str, str]:
        """Path → blob of every file that was read."""
        return dict(self._db.rows("SELECT path, blob FROM file"))

    def blob(self, path: str) -> str:
        """The blob of one file as it was read, or ""."""
        found = self._db.one("SELECT blob FROM file WHERE path = ?", (path,))
        return str(found[0]) if found else ""

    def take_in(self, files: Sequence[tuple[str, FileWords]], gone: Iterable[str] = ()) -> None:
        """Take in files as (blob, words), in place of what was known of them, and forget those that are gone."""
        forgotten = (*gone, *(words.path for _, words in files))

        def write(db: sqlite3.Connection) -> None:
            for path in forgotten:
                _forget(db, path)
            for blob, words in files:
                _insert(db, blob, words)

        self._db.write(write)

    def callers(self, path: str, name: str, body: Mapping[str, int]) -> Callers:
        """Count who uses a name that is defined in a file; ``body``: how often the definition itself holds each word."""
        words = self._holding(name, places_of(path) | {module_of(path)} - {""})
        own = next((file.words.get(name, 0) for file in words if file.path == path), 0)
        return References.of(words).callers(path, name, max(0, own - body.get(name, 0)))

    def _holding(self, name: str, places: set[str]) -> list[FileWords]:
        """Of each file that holds a name: it, alone or behind one of ``places``, which of these it names, whether it defines it."""
        wanted = _hash(name)
        known = {_hash(word): word for word in {*places, name}}
        marks = ", ".join("?" * len(known))
        rows = self._db.rows(
            f"SELECT file, name, before, count FROM word WHERE name IN ({marks}) AND file IN (SELECT file FROM word WHERE name = ?)",
            (*known, wanted),
        )
        found: dict[int, Counter[str]] = {}
        for file, word, before, count in rows:
            text = known[word] if before == _ALONE else f"{known.get(before, _ELSEWHERE)}.{known[word]}"
            found.setdefault(file, Counter())[text] += count
        defining = {file for (file,) in self._db.rows("SELECT file FROM defined WHERE name = ?", (wanted,))}
        paths = {file: self._path(file) for file in found}
        return [FileWords(paths[file], words, frozenset({name} if file in defining else ())) for file, words in found.items()]

    def _path(self, number: int) -> str:
        found = self._db.one("SELECT path FROM file WHERE number = ?", (number,))
        return str(found[0]) if found else ""


def _insert(db: sqlite3.Connection, blob: str, file: FileWords) -> None:
    number = db.execute("INSERT INTO file (path, blob) VALUES (?, ?)", (file.path, blob)).lastrowid
    counts: Counter[tuple[int, int]] = Counter()
    for word, count in file.words.items():
        before, _, name = word.rpartition(".")
        counts[_hash(name), _hash(before) if before else _ALONE] += count
    db.executemany("INSERT INTO word VALUES (?, ?, ?, ?)", [(*key, number, count) for key, count in counts.items()])
    db.executemany("INSERT OR IGNORE INTO defined VALUES (?, ?)", [(_hash(name), number) for name in file.defined])
    db.execute("REPLACE INTO sealed VALUES (?, ?)", (number, _seal(db, number, file.path, blob)))


def _forget(db: sqlite3.Connection, path: str) -> None:
    found = db.execute("SELECT number FROM file WHERE path = ?", (path,)).fetchone()
    for table, column in (("word", "file"), ("defined", "file"), ("sealed", "file"), ("file", "number")) if found else ():
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", found)


def _seal(db: sqlite3.Connection, number: int | None, path: str, blob: str) -> int:
    words = db.execute("SELECT name, before, count FROM word WHERE file = ? ORDER BY name, before", (number,)).fetchall()
    defined = db.execute("SELECT name FROM defined WHERE file = ? ORDER BY name", (number,)).fetchall()
    return zlib.crc32(repr((path, blob, words, defined)).encode("utf-8", "surrogatepass"))


def _verify(db: sqlite3.Connection, path: Path) -> None:
    """Forget every file whose rows are not those that were written: it is read again."""
    check_all(db, path)
    with transaction(db):
        db.execute(_SEALS)
        sealed = dict(db.execute("SELECT file, seal FROM sealed"))
        for number, name, blob in db.execute("SELECT number, path, blob FROM file").fetchall():
            if sealed.get(number) != _seal(db, number, name, blob):
                _forget(db, name)


_FORM = Form(SCHEMA, lambda: [*_TABLES.split(";\n"), _SEALS], _verify, index_folder.make, logging.getLogger("foundry_git.index"))


@lru_cache(maxsize=100_000)
def _hash(word: str) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True) or 1  # 0 is _ALONE
