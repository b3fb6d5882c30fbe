"""The mentions: which files of a tree hold which words and import what, kept so that a unit's users are found without reading it again.

One SQLite file, derived, so damage or an older schema means: put it aside and start empty. Words are kept as hashes: they are compared,
never shown, and a file's short texts may hold what should not be copied.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from foundry_git.derived.database import Database
from foundry_git.derived.files import Form, check_all, transaction
from foundry_git.library import index_folder
from foundry_git.source.callers import Lookup, last_part
from foundry_git.source.closure import ReadText, nothing_else
from foundry_git.source.linking.link import DEFAULT, WHOLE, Link
from foundry_git.source.linking.places import ModulePlaces

if TYPE_CHECKING:
    from foundry_git.source.file_words import FileWords
    from foundry_git.source.manifests import Project

SCHEMA = 3
_TABLES = """
CREATE TABLE file (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, blob TEXT NOT NULL);
CREATE TABLE word (
    name INTEGER NOT NULL, file INTEGER NOT NULL, before INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (name, file, before)
) WITHOUT ROWID;
CREATE TABLE link (
    file INTEGER NOT NULL, at INTEGER NOT NULL, local TEXT NOT NULL, module TEXT NOT NULL, original TEXT NOT NULL,
    binds INTEGER NOT NULL, exports INTEGER NOT NULL, gives TEXT, PRIMARY KEY (file, at)
) WITHOUT ROWID;
CREATE INDEX link_original ON link (original) WHERE original NOT IN ('', '*');
CREATE INDEX link_gives ON link (gives) WHERE gives IS NOT NULL;
CREATE TABLE defined (name INTEGER NOT NULL, file INTEGER NOT NULL, PRIMARY KEY (name, file)) WITHOUT ROWID;
CREATE INDEX word_file ON word (file);
CREATE INDEX defined_file ON defined (file);
CREATE TABLE sealed (file INTEGER PRIMARY KEY, seal INTEGER NOT NULL)
"""  # ``seal`` tells a file's rows from damaged ones
_OF_FILE = (("word", "file"), ("link", "file"), ("defined", "file"), ("sealed", "file"), ("file", "number"))
_ALONE = 0  # what stands for "no word before it"


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
            _insert(db, files)

        self._db.write(write)

    def lookup(self, project: Callable[[], Project | None] = lambda: None, read: ReadText = nothing_else) -> Lookup:
        """Who uses what, by what is known now; ``project`` tells what manifests say, ``read`` gives their texts."""
        return Lookup(_Known(self._db, project, read))


class _Known:
    """What is known of the files, for :class:`Lookup`."""

    def __init__(self, db: Database, project: Callable[[], Project | None], read: ReadText) -> None:
        self._db = db
        self._numbers: dict[str, int] = {}
        self._links: dict[str, Sequence[Link]] = {}
        self.places = ModulePlaces(self._has, project, read)

    def naming(self, name: str) -> Collection[str]:
        naming = (
            "SELECT file FROM word WHERE name = ? UNION SELECT file FROM link WHERE original = ? AND original NOT IN ('', '*')"
        )
        return self._paths(naming, (_hash(name), name))

    def importing(self, stems: Collection[str]) -> Collection[str]:
        marks = ", ".join("?" * len(stems))
        return self._paths(f"SELECT file FROM link WHERE gives IN ({marks})", (*stems,))

    def links(self, path: str) -> Sequence[Link]:
        if path not in self._links:
            rows = self._db.rows(
                "SELECT local, module, original, binds, exports FROM link WHERE file = ? ORDER BY at", (self._number(path),)
            )
            self._links[path] = [
                Link(local, module, original, bool(binds), bool(exports)) for local, module, original, binds, exports in rows
            ]
        return self._links[path]

    def counts(self, path: str, name: str, befores: Collection[str]) -> Mapping[str, int]:
        rows = self._db.rows("SELECT before, count FROM word WHERE name = ? AND file = ?", (_hash(name), self._number(path)))
        found: dict[int, int] = dict(rows)
        alone = found.pop(_ALONE, 0)
        behind = {before: found[_hash(before)] for before in befores if _hash(before) in found} if found else {}
        return {"": alone, **behind}

    def defines(self, path: str, name: str) -> bool:
        asked = (_hash(name), self._number(path))
        return self._db.one("SELECT 1 FROM defined WHERE name = ? AND file = ?", asked) is not None

    def _has(self, path: str) -> bool:
        return self._number(path) >= 0

    def _number(self, path: str) -> int:
        if path not in self._numbers:
            found = self._db.one("SELECT number FROM file WHERE path = ?", (path,))
            self._numbers[path] = int(found[0]) if found else -1
        return self._numbers[path]

    def _paths(self, files: str, values: tuple[object, ...]) -> list[str]:
        return [path for (path,) in self._db.rows(f"SELECT path FROM file WHERE number IN ({files})", values)]


class _Rows(NamedTuple):
    """What is kept of one file, without its number, in the order in which it is sealed."""

    words: list[tuple[int, int, int]]  # name, before, count
    defined: list[tuple[int]]
    links: list[tuple[int, str, str, str, int, int, str | None]]  # at, and the rest as in the table

    @classmethod
    def of(cls, file: FileWords) -> _Rows:
        counts: Counter[tuple[int, int]] = Counter()
        for word, count in file.words.items():
            before, _, name = word.rpartition(".")
            counts[_hash(name), _hash(before) if before else _ALONE] += count
        words = sorted((name, before, count) for (name, before), count in counts.items())
        defined = sorted({(_hash(name),) for name in file.defined})
        return cls(words, defined, [(at, *_row(link)) for at, link in enumerate(file.links)])

    @classmethod
    def kept(cls, db: sqlite3.Connection, number: int) -> _Rows:
        words = db.execute("SELECT name, before, count FROM word WHERE file = ? ORDER BY name, before", (number,))
        defined = db.execute("SELECT name FROM defined WHERE file = ? ORDER BY name", (number,))
        links = db.execute(
            "SELECT at, local, module, original, binds, exports, gives FROM link WHERE file = ? ORDER BY at", (number,)
        )
        return cls(words.fetchall(), defined.fetchall(), links.fetchall())

    def seal(self, path: str, blob: str) -> int:
        return zlib.crc32(repr((path, blob, *self)).encode("utf-8", "surrogatepass"))


def _insert(db: sqlite3.Connection, files: Sequence[tuple[str, FileWords]]) -> None:
    """Insert files; the rows of all at once and in the order of their tables: of 13,500 in 1.8 s, file by file in 2.1."""
    words, defined, links, seals = list[_Word](), list[tuple[int, int]](), list[tuple[object, ...]](), list[tuple[int, int]]()
    for blob, file in files:
        number = db.execute("INSERT INTO file (path, blob) VALUES (?, ?)", (file.path, blob)).lastrowid or 0
        rows = _Rows.of(file)
        words += ((name, number, before, count) for name, before, count in rows.words)
        defined += ((name, number) for (name,) in rows.defined)
        links += ((number, *row) for row in rows.links)
        seals.append((number, rows.seal(file.path, blob)))
    db.executemany("INSERT INTO word VALUES (?, ?, ?, ?)", sorted(words))
    db.executemany("INSERT INTO defined VALUES (?, ?)", sorted(defined))
    db.executemany("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?, ?)", links)
    db.executemany("REPLACE INTO sealed VALUES (?, ?)", seals)


_Word = tuple[int, int, int, int]


def _row(link: Link) -> tuple[str, str, str, int, int, str | None]:
    gives = last_part(link.module) if link.module and link.original in (DEFAULT, WHOLE) else None
    return link.local, link.module, link.original, int(link.binds), int(link.exports), gives


def _forget(db: sqlite3.Connection, path: str) -> None:
    found = db.execute("SELECT number FROM file WHERE path = ?", (path,)).fetchone()
    for table, column in _OF_FILE if found else ():
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", found)


def _verify(db: sqlite3.Connection, path: Path) -> None:
    """Forget every file whose rows are not those that were written: it is read again."""
    check_all(db, path)
    with transaction(db):
        sealed = dict(db.execute("SELECT file, seal FROM sealed"))
        for number, name, blob in db.execute("SELECT number, path, blob FROM file").fetchall():
            if sealed.get(number) != _Rows.kept(db, number).seal(name, blob):
                _forget(db, name)


_FORM = Form(SCHEMA, lambda: _TABLES.split(";\n"), _verify, index_folder.make, logging.getLogger("foundry_git.index"))


@lru_cache(maxsize=100_000)
def _hash(word: str) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True) or 1  # 0 is _ALONE
