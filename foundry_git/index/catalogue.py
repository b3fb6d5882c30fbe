"""The catalogue: every document that was read, its words for lexical search, and the problems of what could not be read.

One SQLite file inside ``index/``. It is derived, so damage or an older schema means: put it aside and start empty.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath

from msgspec import Struct
from msgspec.structs import astuple

from foundry_git.derived.database import Database
from foundry_git.derived.files import Form, check_all, transaction
from foundry_git.errors import DamagedFileError
from foundry_git.index import lexicon
from foundry_git.index.document import Document, DocumentRow
from foundry_git.index.footprint import Footprint
from foundry_git.index.identifiers import split_identifiers, with_pairs
from foundry_git.library import index_folder

SCHEMA = 6
PATH_PARTS = 3  # the last parts of a unit's path: its file, and the folders that say what it belongs to

_TABLES = f"""
CREATE TABLE document (
    number INTEGER PRIMARY KEY, look TEXT NOT NULL, content_key TEXT NOT NULL,
    library TEXT NOT NULL, place TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, digest TEXT NOT NULL,
    name TEXT NOT NULL, kind TEXT NOT NULL, language TEXT NOT NULL, framework TEXT NOT NULL, tags TEXT NOT NULL,
    deprecated INTEGER NOT NULL, path TEXT NOT NULL, line INTEGER NOT NULL, shape TEXT NOT NULL,
    described INTEGER NOT NULL, UNIQUE (library, place)
);
CREATE INDEX document_look ON document (library, look);
CREATE TABLE body (
    number INTEGER PRIMARY KEY, description TEXT NOT NULL, suggested_action TEXT NOT NULL, code TEXT NOT NULL,
    origin_repository TEXT NOT NULL, origin_roots TEXT NOT NULL, origin_commit TEXT NOT NULL,
    origin_path TEXT NOT NULL, origin_symbol TEXT NOT NULL, requires TEXT NOT NULL, conflicts TEXT NOT NULL
);
CREATE TABLE scanned (
    library TEXT NOT NULL, place TEXT NOT NULL, stamps TEXT NOT NULL, at INTEGER NOT NULL, digest TEXT NOT NULL,
    problem TEXT NOT NULL, problem_path TEXT NOT NULL,
    PRIMARY KEY (library, place)
) WITHOUT ROWID;
CREATE INDEX scanned_problem ON scanned (problem_path) WHERE problem <> '';
CREATE TABLE footprint (of TEXT NOT NULL, paths BLOB NOT NULL, stamps BLOB NOT NULL, note TEXT NOT NULL);
{lexicon.TABLE};
"""


class Scanned(Struct, frozen=True):
    """What the last look found: its stamps, when (nanoseconds), the digest of its documents, or its problem."""

    stamps: str
    at: int
    digest: str = ""
    problem: str = ""
    problem_path: str = ""


LookKey = tuple[str, str]
"""(library, place) of a look: of a version's folder, or of a source file."""

_FIELDS = Document.__struct_fields__
_LISTS = ("tags", "origin_roots", "requires", "conflicts")
_BODY = tuple(name for name in _FIELDS if name not in DocumentRow._fields)
_TAGS, _DEPRECATED = DocumentRow._fields.index("tags"), DocumentRow._fields.index("deprecated")
_ROW = ", ".join(DocumentRow._fields)


class Catalogue:
    """The catalogue at one path; ``Catalogue(None)`` lives in memory, for places that cannot be written to."""

    def __init__(self, path: Path | None, bounds: lexicon.Bounds = lexicon.BOUNDS) -> None:
        self.path = path
        self._db = Database(path, _FORM)
        self._lexicon = lexicon.Lexicon(self._db, self.changed, bounds)
        self._rows: tuple[int, list[DocumentRow]] | None = None
        self._footprint: tuple[int, Footprint | None] | None = None

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @property
    def in_file(self) -> bool:
        """As :attr:`Database.in_file`."""
        return self._db.in_file

    def check(self) -> None:
        """As :meth:`Database.check`."""
        self._db.check()

    def scanned(self, within: Collection[LookKey] | None = None) -> dict[LookKey, Scanned]:
        """What is known of every look, or of some and of those in them where they are folders, each (library, place)."""
        asked = "SELECT library, place, stamps, at, digest, problem, problem_path FROM scanned"
        # What begins with "it/" lies between "it/" and "it0", for 0 comes next behind the slash
        some = f"{asked} WHERE library = ? AND (place = ? OR place >= ? AND place < ?)"
        asks = [(asked, ())] if within is None else [(some, (library, at, f"{at}/", f"{at}0")) for library, at in within]
        rows = (row for ask in asks for row in self._db.rows(*ask))
        return {(library, place): Scanned(*rest) for library, place, *rest in rows}

    def stamps(self, key: LookKey) -> str | None:
        """The stamps of one look, as it was last; None where it is not known."""
        found = self._db.one("SELECT stamps FROM scanned WHERE library = ? AND place = ?", key)
        return found[0] if found else None

    def apply(
        self, looked: Mapping[LookKey, Scanned], documents: Mapping[LookKey, Sequence[Document]], gone: Iterable[LookKey]
    ) -> None:
        """Take in what was read, in place of all that these looks gave before, and forget what is gone, in one transaction."""
        forgotten = (*gone, *looked)

        def write(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM footprint")
            for key in forgotten:
                _forget(db, key)
            db.executemany(
                "INSERT INTO scanned VALUES (?, ?, ?, ?, ?, ?, ?)", [(*key, *astuple(found)) for key, found in looked.items()]
            )
            for key, found in documents.items():
                for document in found:
                    _insert(db, key, document)

        self._db.write(write)
        self._rows = self._footprint = None
        self._lexicon.forget()

    def touch(self, keys: Iterable[LookKey], at: int) -> None:
        """Note that these were read again and found unchanged."""
        values = [(at, *key) for key in keys]
        self._db.write(lambda db: db.executemany("UPDATE scanned SET at = ? WHERE library = ? AND place = ?", values))

    def problems(self) -> list[tuple[str, str]]:
        """(path, sentence) of all that could not be read."""
        return [(path, said) for path, said in self._db.rows(_PROBLEMS)]

    def changed(self) -> int:
        """A number that is another one as soon as another connection has written."""
        (number,) = self._db.one("PRAGMA data_version") or (0,)
        return int(number)

    def footprint(self) -> Footprint | None:
        """The footprint of the files that the catalogue is in step with, if that was kept since it last changed."""
        changed = self.changed()
        if self._footprint is None or self._footprint[0] != changed:
            found = self._db.one("SELECT of, paths, stamps, note FROM footprint")
            self._footprint = changed, _footprint(*found) if found else None
        return self._footprint[1]

    def keep_footprint(self, footprint: Footprint, changed: int) -> None:
        """Keep the footprint of the files that the catalogue was in step with when :meth:`changed` gave ``changed``."""
        values = footprint.of, os.fsencode("\0".join(footprint.paths)), footprint.stamps, footprint.note

        def write(db: sqlite3.Connection) -> None:
            if self.changed() == changed:
                db.execute("DELETE FROM footprint")
                db.execute("INSERT INTO footprint VALUES (?, ?, ?, ?)", values)

        self._db.write(write)
        self._footprint = None

    def rows(self) -> list[DocumentRow]:
        """Every document that was read, deprecated ones too, ordered by library and place; kept until the file changes."""
        changed = self.changed()
        if self._rows is None or self._rows[0] != changed:
            self._rows = changed, _as_rows(self._db.rows(f"SELECT {_ROW} FROM document ORDER BY library, place"))
        return self._rows[1]

    def documents(self, numbers: Collection[int]) -> dict[int, Document]:
        """The whole documents with these numbers, in their order; a number that is not there any more is left out."""
        found: dict[int, Document] = {}
        wanted = list(numbers)
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            for number, *values in self._db.rows(f"{_DOCUMENTS} WHERE number IN ({marks})", some):
                found[number] = _document(values)
        return {number: found[number] for number in wanted if number in found}

    def lexical(self, words: Sequence[str], limit: int, order: Mapping[int, int]) -> dict[int, float]:
        """As :meth:`Lexicon.best`."""
        return self._lexicon.best(words, limit, order)

    def ceiling(self, words: Sequence[str]) -> float:
        """As :meth:`Lexicon.ceiling`."""
        return self._lexicon.ceiling(words, len(self.rows()))

    def coverage(self, words: Sequence[str], numbers: Collection[int]) -> dict[int, float]:
        """As :meth:`Lexicon.coverage`."""
        return self._lexicon.coverage(words, numbers, len(self.rows()))

    def snapshot(self) -> AbstractContextManager[None]:
        """All that is asked within is answered from one state of the catalogue, whatever another process writes meanwhile."""
        return self._db.snapshot()


def digest_of(documents: Sequence[Document]) -> str:
    """What tells the documents of one look from those that it gave before."""
    return hashlib.sha256(repr(documents).encode("utf-8", "surrogatepass")).hexdigest()


_AT_ONCE = 500  # SQLite allows at least 999 parameters
_PROBLEMS = "SELECT problem_path, problem FROM scanned WHERE problem <> '' ORDER BY problem_path"
_DOCUMENTS = f"SELECT number, {', '.join(_FIELDS)} FROM document JOIN body USING (number)"


def _words(document: Document) -> dict[str, str]:
    """What is looked up by word, by column; the path of a unit tells what it belongs to, that of a pattern repeats its name."""
    parts = PurePosixPath(document.path).parts[-PATH_PARTS:] if document.line else ()
    name, slug = with_pairs(document.name), with_pairs(document.id.partition("/")[2])
    return {
        "name": f"{name} {split_identifiers(name)} {split_identifiers(slug)}",
        "prose": with_pairs(" ".join((document.description, document.suggested_action, *document.tags, document.framework))),
        "code": split_identifiers(with_pairs(document.code)),
        "path": split_identifiers(with_pairs(" ".join(parts))),
    }


def _as_rows(found: Iterable[tuple[object, ...]]) -> list[DocumentRow]:
    tags: dict[object, tuple[str, ...]] = {}
    rows = []
    for values in found:
        text = values[_TAGS]
        if text not in tags:
            tags[text] = tuple(json.loads(str(text)))
        between, described = values[_DEPRECATED + 1 : -1], bool(values[-1])
        rows.append(DocumentRow._make((*values[:_TAGS], tags[text], bool(values[_DEPRECATED]), *between, described)))
    return rows


def _footprint(of: str, paths: bytes, stamps: bytes, note: str) -> Footprint:
    return Footprint(of, tuple(os.fsdecode(paths).split("\0")), stamps, note)


def _document(values: Sequence[object]) -> Document:
    facts = dict(zip(_FIELDS, values, strict=True))
    facts |= {name: tuple(json.loads(str(facts[name]))) for name in _LISTS}
    facts["deprecated"] = bool(facts["deprecated"])
    return Document(**facts)  # type: ignore[arg-type]  # the columns are the fields


def _insert(db: sqlite3.Connection, key: LookKey, document: Document) -> None:
    facts = {name: getattr(document, name) for name in _FIELDS}
    facts |= {name: json.dumps(facts[name]) for name in _LISTS}
    row = {n: v for n, v in facts.items() if n not in _BODY}
    row |= {"look": key[1], "content_key": document.content_key(), "described": document.is_described}
    number = _put(db, "document", row)
    _put(db, "body", {"number": number, **{name: facts[name] for name in _BODY}})
    _put(db, "words", {"rowid": number, **_words(document)})


def _put(db: sqlite3.Connection, table: str, values: Mapping[str, object]) -> int | None:
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    return db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values())).lastrowid


def _forget(db: sqlite3.Connection, key: LookKey) -> None:
    numbers = "(SELECT number FROM document WHERE library = ? AND look = ?)"
    db.execute(f"DELETE FROM words WHERE rowid IN {numbers}", key)
    db.execute(f"DELETE FROM body WHERE number IN {numbers}", key)
    db.execute("DELETE FROM document WHERE library = ? AND look = ?", key)
    db.execute("DELETE FROM scanned WHERE library = ? AND place = ?", key)


def _verify(db: sqlite3.Connection, path: Path) -> None:
    """Hold every document against the digest of its look, and its words against it; what nothing can be held against is forgotten."""
    check_all(db, path)
    with transaction(db):
        db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        db.execute("DELETE FROM footprint")
        db.execute("DELETE FROM scanned WHERE problem <> '' AND digest = ''")
    found: dict[LookKey, list[Document]] = {}
    for look, content_key, described, *words_and_values in db.execute(_WHOLE):
        document = _document(words_and_values[_WORDS:])
        derived = (document.content_key(), document.is_described, list(_words(document).values()))
        if (content_key, described, words_and_values[:_WORDS]) != derived:
            raise DamagedFileError(path, "a document does not have the words that are noted of it")
        found.setdefault((document.library, look), []).append(document)
    counted = {db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("document", "body", "words")}
    if counted != {sum(map(len, found.values()))}:
        raise DamagedFileError(path, "some documents are not whole")
    noted = {(library, place): digest for library, place, digest in db.execute("SELECT library, place, digest FROM scanned")}
    if not found.keys() <= noted.keys() or not all(_fits(found.get(key, []), digest) for key, digest in noted.items()):
        raise DamagedFileError(path, "its documents are not those that were read")


def _fits(documents: list[Document], digest: str) -> bool:
    """Whether the digest is of these: whoever read them gave a list or a tuple."""
    return digest in (digest_of(documents), digest_of(tuple(documents)))


_WORDS = 4
_ALL_FIELDS = ", ".join(f"{'b' if name in _BODY else 'd'}.{name}" for name in _FIELDS)
_WHOLE = (
    f"SELECT look, content_key, described, words.name, words.prose, words.code, words.path, {_ALL_FIELDS}"
    " FROM document AS d JOIN body AS b USING (number) JOIN words ON words.rowid = number ORDER BY number"
)
_FORM = Form(SCHEMA, lambda: _TABLES.split(";\n"), _verify, index_folder.make, logging.getLogger("foundry_git.index"))
