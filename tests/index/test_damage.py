"""What the catalogue, the mentions, the shingles and the vector cache hold is not believed once anybody else has written to them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from foundry_git.index.catalogue import Catalogue, Scanned, digest_of
from foundry_git.index.document import HEAD, Document
from foundry_git.index.mentions import Mentions
from foundry_git.index.shingle_table import ShingleTable, as_array
from foundry_git.index.vector_cache import VectorCache
from foundry_git.source.file_words import FileWords

KEY = (HEAD, "a.py")
NO_TEXTS = {"version": 0, "tags": (), "origin_roots": (), "requires": (), "conflicts": (), "deprecated": False, "line": 3}
EXAMPLE = dict.fromkeys(Document.__struct_fields__, "") | {"library": HEAD} | NO_TEXTS


def document(name: str) -> Document:
    return Document(**EXAMPLE | {"name": name, "place": f"a.py:{name}", "id": f"a.py:{name}", "code": f"def {name}(): return 1"})  # type: ignore[arg-type]


def by_hand(path: Path, statement: str) -> None:
    db = sqlite3.connect(path)
    db.execute(statement)
    db.commit()
    db.close()


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    documents = [document("clamp"), document("tally")]
    filled = Catalogue(tmp_path / "catalogue.db")
    filled.apply({KEY: Scanned("stamps", 1, digest_of(documents))}, {KEY: documents}, [])
    filled.close()
    return tmp_path / "catalogue.db"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE body SET code = code || ' + 1'",
        "UPDATE document SET name = 'clump' WHERE name = 'clamp'",
        "UPDATE document SET line = 4",
        "UPDATE document SET described = 1 - described",
        "UPDATE document SET content_key = 'ab' WHERE name = 'clamp'",
        "UPDATE words_content SET c2 = 'return' WHERE id = 1",
        "UPDATE words_data SET block = zeroblob(length(block)) WHERE id = 10",
        "DELETE FROM body WHERE number = 1",
        "DELETE FROM scanned",
        "UPDATE document SET tags = 'no list'",
        "UPDATE document SET name = 7",
        "UPDATE body SET code = x'ff'",
    ],
)
def test_a_catalogue_that_somebody_changed_is_set_aside(catalogue: Path, statement: str) -> None:
    by_hand(catalogue, statement)

    opened = Catalogue(catalogue)

    assert opened.rows() == []
    opened.close()
    assert len(list(catalogue.parent.glob("catalogue.db.damaged-*"))) == 1


def test_a_catalogue_that_lost_its_seal_alone_is_kept(catalogue: Path) -> None:
    catalogue.with_name("catalogue.db.seal").unlink()

    opened = Catalogue(catalogue)

    assert [row.name for row in opened.rows()] == ["clamp", "tally"]
    opened.close()


def test_a_file_whose_words_were_changed_is_read_again_and_others_are_not(tmp_path: Path) -> None:
    mentions = Mentions(tmp_path / "mentions.db")
    mentions.take_in([(name, FileWords(f"{name}.py", Counter({"clamp": 2}), frozenset())) for name in "ab"])
    mentions.close()
    by_hand(tmp_path / "mentions.db", "UPDATE word SET count = 7 WHERE file = 1")

    mentions = Mentions(tmp_path / "mentions.db")

    assert mentions.blobs() == {"b.py": "b"}
    mentions.close()


def test_shingles_that_were_changed_are_cut_again(tmp_path: Path) -> None:
    table = ShingleTable(tmp_path / "shingles.db")
    table.put({"key": as_array(frozenset({1, 2, 3}))})
    table.close()
    by_hand(tmp_path / "shingles.db", "UPDATE piece SET shingles = zeroblob(24)")

    table = ShingleTable(tmp_path / "shingles.db")

    assert table.keys() == set()
    table.close()


def test_a_vector_that_was_changed_is_none(tmp_path: Path) -> None:
    cache, vectors = VectorCache(tmp_path, "f", 2), np.eye(2, dtype=np.float32)
    cache.put(["a", "b"], vectors)
    assert cache.get(["a", "b"])["b"].tolist() == [0.0, 1.0]
    by_hand(
        tmp_path / "vectors-f.db",
        "UPDATE sealed_vector SET vector = CAST(zeroblob(8) || substr(vector, 9) AS BLOB) WHERE key = 'a'",
    )

    assert cache.get(["a", "b"]).keys() == {"b"}


@pytest.mark.parametrize("other", ["7", "'text'", "x''", "'ÿ' || x'ff'"])
def test_what_is_no_vector_at_all_is_none(tmp_path: Path, other: str) -> None:
    cache = VectorCache(tmp_path, "f", 2)
    cache.put(["a"], np.eye(2, dtype=np.float32)[:1])
    by_hand(tmp_path / "vectors-f.db", f"UPDATE sealed_vector SET vector = {other}")

    assert cache.get(["a"]) == {}


def test_vectors_of_an_older_version_stay_beside_ours(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache, path, vector = VectorCache(tmp_path, "f", 2), tmp_path / "vectors-f.db", np.eye(2, dtype=np.float32)[:1]
    by_hand(path, "CREATE TABLE vector (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
    by_hand(path, "INSERT INTO vector VALUES ('a', zeroblob(8))")

    assert cache.get(["a"]) == {}
    cache.put(["a"], vector)

    assert cache.get(["a"])["a"].tolist() == vector[0].tolist()
    assert not caplog.records
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT key, vector FROM vector").fetchall() == [("a", bytes(8))]


def test_a_damaged_cache_is_set_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = VectorCache(tmp_path, "f", 2)
    cache.put(["a"], np.eye(2, dtype=np.float32)[:1])
    (tmp_path / "vectors-f.db").write_bytes(b"no database at all\n" * 500)

    assert cache.get(["a"]) == {}

    assert len(list(tmp_path.glob("vectors-f.db.damaged-*"))) == 1
    assert "set aside" in caplog.text
