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
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple, replace
from numpy.typing import NDArray

from foundry_git.errors import DamagedFileError
from foundry_git.index import generations
from foundry_git.index.catalogue import LookKey
from foundry_git.index.document import Document, content_key
from foundry_git.index.documents import document_of_pattern
from foundry_git.index.index import Failure, Index, Look
from foundry_git.index.stack_index import StackIndex
from foundry_git.library.library import Library, open_library
from foundry_git.library.reading import Problem, VersionFolder, read_version, scan
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.record import Manifest
from foundry_git.search.query import SearchQuery
from foundry_git.search.search import nothing_known, search
from foundry_git.settings import SearchSettings

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

    encode_documents = encode

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
        folders: dict[LookKey, VersionFolder] = {(library.name, found.place): found for found in scan(library)[0]}

        def read(key: LookKey) -> Sequence[Document] | Failure:
            found = read_version(key[0], folders[key])
            if isinstance(found, Problem):
                return Failure(str(found.path), found.sentence)
            return [document_of_pattern(found, folders[key].place)]

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


def look(key: LookKey, folder: VersionFolder) -> Look:
    newest = max((max(stamp[2], stamp[3]) for stamp in folder.stamps), default=0)
    return Look(*key, stamps=repr(folder.stamps), newest=newest)


def rows(index: Index) -> list[tuple[object, ...]]:
    """Everything the catalogue says, but for the numbers its rows happen to have."""
    found = index.catalogue.rows()
    documents = index.catalogue.documents([row.number for row in found])
    return [(*row[1:], *astuple(documents[row.number])) for row in found]


def document(index: Index, id: str) -> Document:
    (number,) = (row.number for row in index.catalogue.rows() if row.id == id)
    return index.catalogue.documents([number])[number]


def of_team(index: Index) -> StackIndex:
    return StackIndex(index, [Library("team", "", Path(), {})])


def rankings(index: Index) -> list[list[tuple[str, int, float, float]]]:
    answers = (search(of_team(index), SearchQuery(query), nothing_known, EVERYTHING) for query in QUERIES)
    return [[(h.document.id, h.document.version, round(h.score, 5), round(h.relevance, 5)) for h in a.hits] for a in answers]


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

    assert "hatch" in document(index, "python/a").code


def test_a_file_with_unchanged_stamps_is_read_again_while_they_are_racy(shelf: Shelf, tmp_path: Path) -> None:
    """Within one tick of the clock an edit may leave every stamp as it was."""
    index = shelf.index(tmp_path / "index", tmp_path / "cache", None)
    found = {("team", folder.place): folder for folder in scan(shelf.library)[0]}
    far = 2**62
    read: list[LookKey] = []

    def reading(key: LookKey) -> Sequence[Document] | Failure:
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

    changed = {document(index, id).embedded_text() for id in ("python/b", "python/d")}
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
    assert generations.load(tmp_path / "index") is not None


@settings(max_examples=120, deadline=None)
@given(at=st.integers(0, 10_000), value=st.integers(1, 255))
def test_no_flipped_byte_of_the_matrix_gives_other_numbers(at: int, value: int) -> None:
    matrix = HashEncoder().vectors(["a", "b"])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        keys = sorted(content_key(text) for text in "ab")
        generations.publish(folder, "f", matrix.shape[1], keys, None, dict(zip(keys, matrix, strict=True)))
        path = folder / "g1/vectors.npy"
        content = bytearray(path.read_bytes())
        content[at % len(content)] ^= value
        path.write_bytes(bytes(content))
        try:
            found = generations.load(folder)
        except DamagedFileError:
            return
        assert found is not None
        assert np.array_equal(found.rows(found.positions(keys)), matrix)


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


def test_vectors_that_cannot_be_written_are_kept_in_memory(
    shelf: Shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "index/current").mkdir(parents=True)  # nothing can be renamed over it
    encoder = HashEncoder()
    index = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)

    shelf.converge(index)
    index.encode_missing()

    assert_as_from_scratch(shelf, index, encoder)
    assert [record.getMessage().partition(": ")[2] for record in caplog.records if "memory" in record.getMessage()] == [
        "the vectors cannot be written, they are kept in memory: Is a directory"
    ]


def test_whoever_reads_the_old_generation_goes_on_while_a_new_one_is_saved(shelf: Shelf, tmp_path: Path) -> None:
    encoder = HashEncoder()
    reader = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)
    shelf.converge(reader)
    old = generations.load(tmp_path / "index")
    assert old is not None
    before = old.segments[0].matrix.copy()
    shelf.put("d", "hash stream")

    shelf.converge(shelf.index(tmp_path / "index", tmp_path / "cache", encoder))

    new = generations.load(tmp_path / "index")
    assert new is not None
    assert len(list((tmp_path / "index").glob("g*"))) == 1
    assert len(new) == 4
    assert np.array_equal(old.segments[0].matrix, before)
    assert len(search(of_team(reader), SearchQuery("retry"), nothing_known, EVERYTHING).hits) >= 3
    shelf.converge(reader)
    assert_as_from_scratch(shelf, reader, encoder)


def test_an_unfinished_generation_is_not_read(shelf: Shelf, tmp_path: Path) -> None:
    encoder = HashEncoder()
    index = shelf.index(tmp_path / "index", tmp_path / "cache", encoder)
    shelf.converge(index)
    (tmp_path / "index/g7").mkdir()
    (tmp_path / "index/g7/vectors.npy").write_bytes(b"half")

    found = generations.load(tmp_path / "index")
    assert found is not None and len(found) == 3
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
    found = generations.load(tmp_path / "index")
    assert found is not None and len(found) == 23


def _edit_and_converge(library: Path, index: Path, cache: Path, rounds: int) -> None:
    shelf = Shelf(library)
    building = shelf.index(index, cache, HashEncoder())
    for number in range(rounds):
        words = f"{WORDS[number % 8]} {WORDS[number * 3 % 8]}"
        shelf.put("abc"[number % 3], words)
        shelf.put(f"n{number % 5}", words)
        if number % 4 == 3:
            shutil.rmtree(library / f"patterns/python/n{number % 5}")
        shelf.converge(building)
    shelf.close()


def test_a_reader_beside_a_builder_never_sees_half_of_a_change(shelf: Shelf, tmp_path: Path) -> None:
    places = (shelf.root, tmp_path / "index", tmp_path / "cache")
    shelf.converge(shelf.index(*places[1:], HashEncoder()))
    builder = multiprocessing.get_context("spawn").Process(target=_edit_and_converge, args=(*places, 40))
    reader = shelf.index(*places[1:], HashEncoder())
    builder.start()
    seen = set()
    while builder.is_alive():
        for query in QUERIES:
            answer = search(of_team(reader), SearchQuery(query), nothing_known, EVERYTHING)
            found = [hit.document for hit in answer.hits]
            assert len({one.id for one in found}) == len(found) <= 8
            assert found  # of what was changed just now nothing may be encoded yet, of the rest it is
            for one in found:
                assert all(f"'{word}'" in one.code for word in one.description.removesuffix(".").split()[1:])
            seen.add(tuple(one.digest for one in found))
    builder.join(60)

    assert builder.exitcode == 0
    assert len(seen) > len(QUERIES)  # it saw changes
    shelf.converge(reader)
    assert_as_from_scratch(shelf, reader, HashEncoder())


def unit(path: str, symbol: str, words: str) -> Document:
    return Document(
        library="HEAD", place=f"{path}#{symbol}", id=f"python/{symbol}", version=1, digest="", name=symbol, kind="function",
        language="python", framework="", tags=(), description="", suggested_action="", code=words, path=path, line=1,
    )  # fmt: skip


class Source:
    """Source files of several units each, and how often they were read."""

    def __init__(self, files: dict[str, dict[str, str]]) -> None:
        self.files = files
        self.read: list[str] = []

    def __call__(self, key: LookKey) -> Sequence[Document]:
        self.read.append(key[1])
        return [unit(key[1], symbol, words) for symbol, words in self.files[key[1]].items()]

    def looks(self) -> list[Look]:
        return [Look("HEAD", path, stamps=repr(units), newest=0) for path, units in self.files.items()]


def places(index: Index) -> list[str]:
    return [row.place for row in index.catalogue.rows()]


def test_a_look_gives_any_number_of_documents_and_a_changed_one_replaces_all_of_them(tmp_path: Path) -> None:
    index = Index(tmp_path / "index", tmp_path / "cache", lambda: None)
    source = Source({"a.py": {"f": "retry", "g": "lock"}, "b.py": {"f": "hash"}, "c.py": {}})
    index.converge(source.looks(), source)
    assert places(index) == ["a.py#f", "a.py#g", "b.py#f"]

    source.files |= {"a.py": {"g": "lock stream", "h": "retry"}, "c.py": {"f": "retry"}}
    source.read.clear()
    report = index.converge(source.looks(), source)

    assert source.read == ["a.py", "c.py"] and report.changed == 2
    assert places(index) == ["a.py#g", "a.py#h", "b.py#f", "c.py#f"]
    del source.files["a.py"]
    assert index.converge(source.looks(), source).gone == 1
    assert places(index) == ["b.py#f", "c.py#f"]
    assert index.catalogue.documents([row.number for row in index.catalogue.rows()][1:]).popitem()[1] == unit(
        "c.py", "f", "retry"
    )
    index.close()


@pytest.mark.parametrize("said", ["description", "suggested_action"])
def test_a_row_tells_whether_its_document_is_described(tmp_path: Path, said: str) -> None:
    index = Index(tmp_path / "index", tmp_path / "cache", lambda: None)
    bare = unit("a.py", "f", "retry")
    described = replace(unit("a.py", "g", "retry"), **{said: "Try it again."})

    index.converge([Look("HEAD", "a.py", stamps="", newest=0)], lambda key: [bare, described])

    assert [row.described for row in index.catalogue.rows()] == [False, True]
    index.close()


def test_a_unit_that_moves_to_another_file_of_the_same_convergence_keeps_its_place(tmp_path: Path) -> None:
    index = Index(None, tmp_path / "cache", lambda: None)
    first, second = Look("HEAD", "a.py", "1", 0), Look("HEAD", "b.py", "1", 0)
    index.converge([first], lambda key: [unit("a.py", "f", "retry")])

    index.converge([second], lambda key: [unit("a.py", "f", "retry")])

    assert places(index) == ["a.py#f"]
    index.close()


def test_texts_are_encoded_piece_by_piece_and_found_by_then(tmp_path: Path) -> None:
    encoder = HashEncoder()
    index = Index(tmp_path / "index", tmp_path / "cache", lambda: encoder)
    source = Source({f"{n}.py": {"f": f"retry {n}", "g": f"lock {n}"} for n in range(5)} | {"same.py": {"f": "retry 0"}})
    index.converge(source.looks(), source)
    wanted = encoder.vectors(["f. \nretry 3"])[0]
    assert index.count_missing() == 10

    done, by_meaning = [], []
    while index.count_missing():
        done.append(index.encode_missing(at_most=4))
        by_meaning.append(len(index.cosines(wanted, index.catalogue.rows(), 100)))
        assert by_meaning[-1] >= 4
    other = Index(tmp_path / "index", tmp_path / "cache", lambda: encoder)

    assert done == [4, 4, 2] and by_meaning == sorted(by_meaning) and by_meaning[-1] == 11
    assert other.count_missing() == 0 == index.encode_missing(at_most=4)
    assert other.cosines(wanted, other.catalogue.rows(), 1).popitem()[1] == pytest.approx(1)
    for one in (index, other):
        one.close()


def test_what_has_no_vector_is_compared_at_once_as_far_as_time_goes_and_encoded_once(tmp_path: Path) -> None:
    encoder = HashEncoder()
    index = Index(tmp_path / "index", tmp_path / "cache", lambda: encoder)
    source = Source({"a.py": {f"f{n}": f"retry {n}" for n in range(10)}})
    index.converge(source.looks(), source)
    numbers = [row.number for row in index.catalogue.rows()]
    wanted = encoder.vectors([index.catalogue.documents(numbers)[numbers[3]].embedded_text()])[0]

    none = index.cosines_at_once(wanted, numbers, 0.0)
    whole = index.cosines_at_once(wanted, numbers, 60.0)
    again = index.cosines_at_once(wanted, numbers[:4], 0.0)

    assert none == {} and whole.keys() == set(numbers)
    assert max(whole.values()) == whole[numbers[3]] == pytest.approx(1)
    assert again == {number: pytest.approx(whole[number]) for number in numbers[:4]}
    assert len(encoder.encoded) == 10
    assert index.encode_missing() == 0 and index.count_missing() == 0
    index.close()


def test_the_first_of_what_has_no_vector_is_encoded_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = HashEncoder()
    index = Index(tmp_path / "index", tmp_path / "cache", lambda: encoder)
    source = Source({"a.py": {f"f{n}": f"retry {n}" for n in range(30)}})
    index.converge(source.looks(), source)
    last_first = [row.number for row in index.catalogue.rows()][::-1]
    moments = iter(range(100))
    monkeypatch.setattr("foundry_git.index.vector_store.time.monotonic", lambda: float(next(moments)))

    found = index.cosines_at_once(encoder.vectors(["a"])[0], last_first, 3.0)

    assert list(found) == last_first[: len(found)] and 0 < len(found) < 30
    index.close()


def test_what_the_cache_knows_is_no_piece_of_work(tmp_path: Path) -> None:
    encoder = HashEncoder()
    source = Source({"a.py": {name: f"retry {name}" for name in "abcdef"}})
    indexes = [Index(tmp_path / name, tmp_path / "cache", lambda: encoder) for name in ("one", "two")]
    for index in indexes:
        index.converge(source.looks(), source)
    assert indexes[0].encode_missing(at_most=4) == 4

    assert indexes[1].encode_missing(at_most=0) == 0
    assert indexes[1].count_missing() <= 6
    assert indexes[1].encode_missing(at_most=2) == 2
    assert indexes[1].count_missing() == 0 and len(encoder.encoded) == 6
    for index in indexes:
        index.close()


def test_a_reader_takes_up_what_another_process_encoded(tmp_path: Path) -> None:
    encoder = HashEncoder()
    source = Source({"a.py": {name: f"retry {name}" for name in "abcdef"}})
    builder, reader = (Index(tmp_path / "index", tmp_path / "cache", lambda: encoder) for _ in range(2))
    builder.converge(source.looks(), source)
    found = []
    for _ in range(3):
        found.append(len(reader.cosines(encoder.vectors(["a"])[0], reader.catalogue.rows(), 100)))
        builder.encode_missing(at_most=3)

    assert found == [0, 3, 6]
    for one in (builder, reader):
        one.close()


def test_a_snapshot_is_one_state_whatever_others_write_meanwhile(tmp_path: Path) -> None:
    source = Source({"a.py": {"f": "retry"}})
    reader, builder = (Index(tmp_path / "index", tmp_path / "cache", lambda: None) for _ in range(2))
    builder.converge(source.looks(), source)
    with reader.catalogue.snapshot():
        before = reader.catalogue.rows()
        order = {row.number: at for at, row in enumerate(before)}
        source.files = {"a.py": {"g": "lock"}}
        builder.converge(source.looks(), source)
        assert list(reader.catalogue.lexical(["retry"], 9, order)) == [row.number for row in before]
        assert [one.name for one in reader.catalogue.documents(order).values()] == ["f"]
        assert reader.catalogue.rows() is before

    assert [row.name for row in reader.catalogue.rows()] == ["g"]
    for one in (reader, builder):
        one.close()
