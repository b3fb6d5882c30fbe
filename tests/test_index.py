"""The index: always what an index built from scratch would be, whatever happened to the files or to the index itself."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from foundry_git.errors import DamagedFileError
from foundry_git.index import vectors
from foundry_git.index.catalogue import Key
from foundry_git.index.document import Document
from foundry_git.index.index import Failure, Index, Look
from foundry_git.library.library import Library, open_library
from foundry_git.library.reading import Problem, VersionFolder, read_version, scan
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.record import Manifest
from foundry_git.search.search import search
from foundry_git.search.settings import SearchSettings
from foundry_git.workspace.finding import document_of

FOUNDRY_YAML = "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: team\n"
WORDS = ("retry", "chunk", "merge", "parse", "cache", "lock", "stream", "hash")
QUERIES = ("retry with a lock", "parse the stream", "cache merge", "chunk", "hash lock retry")
EVERYTHING = SearchSettings(default_limit=50, min_relevance=0.0)


class HashEncoder:
    """An encoder whose vector of a text is drawn from the text's hash, and which remembers what it was asked to encode."""

    name = "hash"
    fingerprint = "00000000deadbeef"
    dimension = 16

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        self.encoded += texts
        if progress:
            progress(len(texts))
        return self.vectors(texts)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        seeds = [int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8]) for text in texts]
        rows = [np.random.default_rng(seed).standard_normal(self.dimension) for seed in seeds]
        matrix = np.array(rows, np.float32).reshape(len(texts), self.dimension)
        normalised: NDArray[np.float32] = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
        return normalised


class OtherEncoder(HashEncoder):
    """Another vector space."""

    fingerprint = "11111111deadbeef"


class Shelf:
    """A library on disk that can be edited, and indexes over it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        if not (root / "foundry.yaml").exists():  # another process may be reading it
            (root / "foundry.yaml").write_text(FOUNDRY_YAML)
        self.opened: list[Index] = []

    @property
    def library(self) -> Library:
        return open_library(self.root)

    def put(self, slug: str, words: str, version: int = 1) -> None:
        """Write a version, over whatever it held."""
        folder = self.root / "patterns/python" / slug / f"v{version}"
        folder.mkdir(parents=True, exist_ok=True)
        manifest = Manifest(slug.replace("-", "_"), "function", f"Do {words}.", "python", "it.py")
        (folder / "pattern.yaml").write_text(write_manifest(manifest))
        (folder / "it.py").write_text(f"def it():\n    return {words.split()!r}\n")

    def code(self, slug: str) -> Path:
        return self.root / "patterns/python" / slug / "v1/it.py"

    def index(self, folder: Path | None, cache: Path, encoder: HashEncoder | None) -> Index:
        made = Index(folder, cache, lambda: encoder)
        self.opened.append(made)
        return made

    def converge(self, index: Index) -> None:
        library = self.library
        folders: dict[Key, VersionFolder] = {(library.name, found.place): found for found in scan(library)[0]}

        def read(key: Key) -> Document | Failure:
            found = read_version(key[0], folders[key])
            if isinstance(found, Problem):
                return Failure(str(found.path), found.sentence)
            return document_of(found, folders[key].place)

        index.converge([look(key, found) for key, found in folders.items()], read)
        index.encode_missing()

    def scratch(self, encoder: HashEncoder | None) -> Index:
        """An index in memory, just built."""
        made = self.index(None, self.root / "no-cache", encoder)
        self.converge(made)
        return made

    def close(self) -> None:
        for index in self.opened:
            index.close()


def look(key: Key, folder: VersionFolder) -> Look:
    newest = max((max(stamp[2], stamp[3]) for stamp in folder.stamps), default=0)
    return Look(*key, stamps=repr(folder.stamps), newest=newest)


def rows(index: Index) -> list[tuple[object, ...]]:
    """Everything the catalogue says, but for the numbers its rows happen to have."""
    return [(row.content_key, *astuple(row.document)) for row in index.catalogue.rows()]


def rankings(index: Index) -> list[list[tuple[str, int, float, float]]]:
    answers = (search(index, query, ["team"], {}, EVERYTHING) for query in QUERIES)
    ranked = [[(h.document.id, h.document.version, round(h.score, 5), round(h.relevance, 5)) for h in a.hits] for a in answers]
    return [sorted(hits, key=lambda hit: (-hit[2], hit[0])) for hits in ranked]  # equals are in the order of their numbers


def assert_as_from_scratch(shelf: Shelf, index: Index, encoder: HashEncoder | None) -> None:
    fresh = shelf.scratch(encoder)
    assert rows(index) == rows(fresh)
    assert rankings(index) == rankings(fresh)
    assert index.catalogue.problems() == fresh.catalogue.problems()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A library of three patterns."""
    made = Shelf(tmp_path / "library")
    for slug, words in (("a", "retry lock"), ("b", "parse stream"), ("c", "cache merge")):
        made.put(slug, words)
    yield made
    made.close()


SLUG = st.sampled_from("abcdef")
SOME = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
STEP = st.one_of(
    st.tuples(st.just("put"), SLUG, SOME),
    st.tuples(st.just("version"), SLUG, SOME),
    st.tuples(st.just("delete"), SLUG, st.just("")),
    st.tuples(st.just("deprecate"), SLUG, st.just("")),
    st.tuples(st.just("break"), SLUG, st.just("")),
    st.tuples(st.just("converge"), st.just(""), st.just("")),
)


def carry_out(shelf: Shelf, step: tuple[str, str, str]) -> None:
    what, slug, words = step
    pattern = shelf.root / "patterns/python" / slug
    if what == "put":
        shelf.put(slug, words)
    elif what == "version":
        shelf.put(slug, words, 2)
    elif what == "delete":
        shutil.rmtree(pattern, ignore_errors=True)
    elif pattern.is_dir() and what == "deprecate":
        (pattern / "deprecated.yaml").write_text("reason: old\n")
    elif pattern.is_dir() and what == "break" and (pattern / "v1").is_dir():
        (pattern / "v1/pattern.yaml").write_text("<<<<<<< HEAD\n")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=14), by_meaning=st.booleans())
def test_any_edits_leave_the_index_as_if_built_from_scratch(steps: list[tuple[str, str, str]], by_meaning: bool) -> None:
    with tempfile.TemporaryDirectory() as place:
        shelf = Shelf(Path(place) / "library")
        encoder = HashEncoder() if by_meaning else None
        index = shelf.index(Path(place) / "index", Path(place) / "cache", encoder)
        for step in steps:
            if step[0] == "converge":
                shelf.converge(index)
                assert_as_from_scratch(shelf, index, encoder)
            else:
                carry_out(shelf, step)
        shelf.converge(index)
        assert_as_from_scratch(shelf, index, encoder)
        shelf.close()


def test_an_edit_that_keeps_size_and_mtime_is_noticed(shelf: Shelf, tmp_path: Path) -> None:
    index = shelf.index(tmp_path / "index", tmp_path / "cache", HashEncoder())
    shelf.converge(index)
    code = shelf.code("a")
    before = code.stat()
    code.write_text(code.read_text().replace("retry", "hatch"))
    os.utime(code, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = code.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)

    shelf.converge(index)

    assert "hatch" in next(row.document.code for row in index.catalogue.rows() if row.document.id == "python/a")


def test_a_file_with_unchanged_stamps_is_read_again_while_they_are_racy(shelf: Shelf, tmp_path: Path) -> None:
    """Within one tick of the clock an edit may leave every stamp as it was."""
    index = shelf.index(tmp_path / "index", tmp_path / "cache", None)
    found = {("team", folder.place): folder for folder in scan(shelf.library)[0]}
    far = 2**62
    read: list[Key] = []

    def reading(key: Key) -> Document | Failure:
        read.append(key)
        return Failure(key[1], "cannot be read")

    racy = [Look(*key, stamps="same", newest=far) for key in found]
    settled = [Look(*key, stamps="same", newest=0) for key in found]
    for looks in (racy, racy, settled, settled):
        index.converge(looks, reading)

    assert len(read) == 2 * len(found)


def test_only_what_changed_is_encoded(shelf: Shelf, tmp_path: Path) -> None:
    encoder = HashEncoder()
    index = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)
    shelf.converge(index)
    assert len(encoder.encoded) == 3
    encoder.encoded.clear()

    shelf.converge(index)
    shelf.put("b", "hash stream")
    shelf.put("d", "hash stream lock")
    shutil.rmtree(shelf.root / "patterns/python/c")
    shelf.converge(index)

    changed = {row.document.embedded_text() for row in index.catalogue.rows() if row.document.id in ("python/b", "python/d")}
    assert sorted(encoder.encoded) == sorted(changed)


def test_equal_content_is_encoded_once(shelf: Shelf, tmp_path: Path) -> None:
    encoder = HashEncoder()
    index = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)
    shutil.copytree(shelf.root / "patterns/python/a/v1", shelf.root / "patterns/python/a/v2")
    shelf.converge(index)

    keys = [row.content_key for row in index.catalogue.rows()]
    assert len(keys) == 4
    assert len(encoder.encoded) == len(set(keys)) == 3


def test_another_encoder_gives_other_vectors(shelf: Shelf, tmp_path: Path) -> None:
    shelf.converge(shelf.index(tmp_path / "index", tmp_path / "cache", HashEncoder()))
    other = OtherEncoder()
    index = shelf.index(tmp_path / "index", tmp_path / "cache", other)

    shelf.converge(index)

    assert len(other.encoded) == 3
    assert_as_from_scratch(shelf, index, other)


def test_the_cache_is_shared_by_libraries(shelf: Shelf, tmp_path: Path) -> None:
    shelf.converge(shelf.index(tmp_path / "index", tmp_path / "cache", HashEncoder()))
    second = Shelf(tmp_path / "second")
    shutil.copytree(shelf.root / "patterns", second.root / "patterns")
    second.put("e", "hash")
    encoder = HashEncoder()

    second.converge(second.index(tmp_path / "index2", tmp_path / "cache", encoder))
    second.close()

    assert len(encoder.encoded) == 1


def flip(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0x40]) + content[at + 1 :]


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty", "garbage", "grow", "gone"])
@pytest.mark.parametrize("file", ["vectors.npy", "manifest.json", "current"])
def test_a_damaged_generation_is_built_anew(shelf: Shelf, tmp_path: Path, file: str, damage: str) -> None:
    encoder = HashEncoder()
    first = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)
    shelf.converge(first)
    first.close()
    (generation,) = (tmp_path / "index").glob("g*")
    path = tmp_path / "index/current" if file == "current" else generation / file
    content = path.read_bytes()
    spoiled = {
        "flip": flip(content, len(content) - 2),
        "truncate": content[: len(content) // 2],
        "empty": b"",
        "garbage": random.Random(7).randbytes(len(content)),
        "grow": content + b"\n1",
    }
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(spoiled[damage])

    index = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)
    shelf.converge(index)

    assert_as_from_scratch(shelf, index, encoder)
    assert vectors.load(tmp_path / "index") is not None


@settings(max_examples=120, deadline=None)
@given(at=st.integers(0, 10_000), value=st.integers(1, 255))
def test_no_flipped_byte_of_the_matrix_gives_other_numbers(at: int, value: int) -> None:
    matrix = HashEncoder().vectors(["a", "b"])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        vectors.save(folder, vectors.Vectors("f", {"a": 0, "b": 1}, matrix))
        path = folder / "g1/vectors.npy"
        content = bytearray(path.read_bytes())
        content[at % len(content)] ^= value
        path.write_bytes(bytes(content))
        try:
            found = vectors.load(folder)
        except DamagedFileError:
            return
        assert found is not None
        assert np.array_equal(found.matrix, matrix)


def _random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(3).randbytes(8192))


def _torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _holes(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xa5" * (len(content) - 100))


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()


def _somebody_elses(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE version (number INTEGER)")
        db.execute("PRAGMA user_version = 1")
    db.close()


@pytest.mark.parametrize("spoil", [_random_bytes, _torn, _holes, _newer, _somebody_elses])
def test_a_damaged_catalogue_is_built_anew(shelf: Shelf, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    encoder = HashEncoder()
    first = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)
    shelf.converge(first)
    first.close()
    spoil(tmp_path / "index/catalogue.db")

    index = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)
    shelf.converge(index)

    assert_as_from_scratch(shelf, index, encoder)


@pytest.mark.parametrize("content", [b"", b"not a database, only text of some length", b"\0" * 4096])
def test_a_damaged_cache_is_only_a_slower_start(shelf: Shelf, tmp_path: Path, content: bytes) -> None:
    shelf.converge(shelf.index(tmp_path / "index", tmp_path / "cache", HashEncoder()))
    (cache,) = (tmp_path / "cache").glob("*.db")
    cache.write_bytes(content)
    encoder = HashEncoder()

    index = shelf.index(tmp_path / "index2", tmp_path / "cache", encoder)
    shelf.converge(index)

    assert len(encoder.encoded) == 3
    assert_as_from_scratch(shelf, index, encoder)


def test_a_cache_that_cannot_be_written_is_no_error(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    encoder = HashEncoder()
    index = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)

    shelf.converge(index)

    assert_as_from_scratch(shelf, index, encoder)


def test_whoever_reads_the_old_generation_goes_on_while_a_new_one_is_saved(shelf: Shelf, tmp_path: Path) -> None:
    encoder = HashEncoder()
    reader = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)
    shelf.converge(reader)
    old = vectors.load(tmp_path / "index")
    assert old is not None
    before = old.matrix.copy()
    shelf.put("d", "hash stream")

    shelf.converge(shelf.index(tmp_path / "index", tmp_path / "cache", encoder))

    new = vectors.load(tmp_path / "index")
    assert new is not None
    assert len(list((tmp_path / "index").glob("g*"))) == 1
    assert len(new.row) == 4
    assert np.array_equal(old.matrix, before)
    assert len(search(reader, "retry", ["team"], {}, EVERYTHING).hits) >= 3
    shelf.converge(reader)
    assert_as_from_scratch(shelf, reader, encoder)


def test_an_unfinished_generation_is_not_read(shelf: Shelf, tmp_path: Path) -> None:
    encoder = HashEncoder()
    index = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)
    shelf.converge(index)
    (tmp_path / "index/g7").mkdir()
    (tmp_path / "index/g7/vectors.npy").write_bytes(b"half")

    found = vectors.load(tmp_path / "index")
    assert found is not None and len(found.row) == 3
    shelf.put("d", "hash")
    shelf.converge(index)

    assert (tmp_path / "index/current").read_text() == "g8\n"
    assert [path.name for path in (tmp_path / "index").glob("g*")] == ["g8"]


def _converge_in_a_process(library: Path, index: Path, cache: Path) -> None:
    shelf = Shelf(library)
    shelf.converge(shelf.index(index, cache, HashEncoder()))
    shelf.close()


def test_processes_that_converge_at_once_are_all_right(shelf: Shelf, tmp_path: Path) -> None:
    for number in range(20):
        shelf.put(f"n{number}", f"hash {number}")
    places = (shelf.root, tmp_path / "index", tmp_path / "cache")
    spawning = multiprocessing.get_context("spawn")
    others = [spawning.Process(target=_converge_in_a_process, args=places) for _ in range(3)]
    for other in others:
        other.start()
    encoder = HashEncoder()
    index = shelf.index(*places[1:], encoder)
    shelf.converge(index)
    for other in others:
        other.join(60)

    assert [other.exitcode for other in others] == [0, 0, 0]
    assert_as_from_scratch(shelf, index, encoder)
    found = vectors.load(tmp_path / "index")
    assert found is not None and len(found.row) == 23
