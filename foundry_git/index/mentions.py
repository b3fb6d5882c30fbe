"""The mentions: which files of a tree hold which words, kept so that a unit's users are counted without reading the tree again.

One SQLite file, derived, so damage or another schema means: put it aside and start empty. Words are kept as hashes: they are compared,
never shown, and a file's short texts may hold what should not be copied.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from foundry_git.index.database import open_database, writing
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
_ALONE = 0  # what stands for "no word before it"
_ELSEWHERE = "?"  # what stands for a word before it that nobody asked for


class Mentions:
    """The mentions at one path; ``Mentions(None)`` lives in memory, for places that cannot be written to."""

    def __init__(self, path: Path | None) -> None:
        self._db = open_database(path, _TABLES, SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def blobs(self) -> dict[str, str]:
        """Path → blob of every file that was read."""
        return dict(self._db.execute("SELECT path, blob FROM file"))

    def blob(self, path: str) -> str:
        """The blob of one file as it was read, or ""."""
        found = self._db.execute("SELECT blob FROM file WHERE path = ?", (path,)).fetchone()
        return str(found[0]) if found else ""

    def take_in(self, files: Sequence[tuple[str, FileWords]], gone: Iterable[str] = ()) -> None:
        """Take in files as (blob, words), in place of what was known of them, and forget those that are gone."""
        with writing(self._db):
            for path in (*gone, *(words.path for _, words in files)):
                self._forget(path)
            for blob, words in files:
                self._insert(blob, words)

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
        rows = self._db.execute(
            f"SELECT file, name, before, count FROM word WHERE name IN ({marks}) AND file IN (SELECT file FROM word WHERE name = ?)",
            (*known, wanted),
        )
        found: dict[int, Counter[str]] = {}
        for file, word, before, count in rows:
            text = known[word] if before == _ALONE else f"{known.get(before, _ELSEWHERE)}.{known[word]}"
            found.setdefault(file, Counter())[text] += count
        defining = {file for (file,) in self._db.execute("SELECT file FROM defined WHERE name = ?", (wanted,))}
        paths = {file: self._db.execute("SELECT path FROM file WHERE number = ?", (file,)).fetchone()[0] for file in found}
        return [FileWords(paths[file], words, frozenset({name} if file in defining else ())) for file, words in found.items()]

    def _insert(self, blob: str, file: FileWords) -> None:
        number = self._db.execute("INSERT INTO file (path, blob) VALUES (?, ?)", (file.path, blob)).lastrowid
        counts: Counter[tuple[int, int]] = Counter()
        for word, count in file.words.items():
            before, _, name = word.rpartition(".")
            counts[_hash(name), _hash(before) if before else _ALONE] += count
        self._db.executemany("INSERT INTO word VALUES (?, ?, ?, ?)", [(*key, number, count) for key, count in counts.items()])
        self._db.executemany("INSERT OR IGNORE INTO defined VALUES (?, ?)", [(_hash(name), number) for name in file.defined])

    def _forget(self, path: str) -> None:
        found = self._db.execute("SELECT number FROM file WHERE path = ?", (path,)).fetchone()
        for table, column in (("word", "file"), ("defined", "file"), ("file", "number")) if found else ():
            self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", found)


@lru_cache(maxsize=100_000)
def _hash(word: str) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True) or 1  # 0 is _ALONE
