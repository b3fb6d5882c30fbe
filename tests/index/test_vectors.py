"""Vectors: the nearest rows, exactly and in two stages, and the generations on disk that hold them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from foundry_git.errors import DamagedFileError
from foundry_git.index import generations
from foundry_git.index.codes import distances, lowest, sign_codes
from foundry_git.index.generations import load, publish
from foundry_git.index.segment_files import SegmentManifest, verify_segment
from foundry_git.index.vectors import Floats, Places, Vectors

DIMENSION = 384


def keys(count: int, prefix: str = "") -> list[str]:
    return [hashlib.sha256(f"{prefix}{number}".encode()).hexdigest() for number in range(count)]


def unit(rows: NDArray[np.floating[Any]]) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def clustered(count: int, seed: int, dimension: int = DIMENSION) -> Floats:
    """Vectors that lie about topics and subtopics, as texts do: their neighbours are much nearer than chance."""
    random = np.random.default_rng(seed)
    topics = random.standard_normal((40, dimension))
    subtopics = topics[random.integers(0, 40, 400)] + random.standard_normal((400, dimension))
    return unit(subtopics[random.integers(0, 400, count)] + random.standard_normal((count, dimension)))


def rows_of(count: int, seed: int = 1, prefix: str = "") -> dict[str, Floats]:
    return dict(zip(keys(count, prefix), clustered(count, seed), strict=True))


def in_memory(rows: Mapping[str, Floats], exact: int = 100_000) -> Vectors:
    return publish(None, "f", DIMENSION, list(rows), None, rows, exact=exact)


def brute_force(vectors: Vectors, query: Floats, depth: int, among: Places) -> list[int]:
    scores = vectors.rows(among).astype(np.float64) @ query.astype(np.float64)
    return [int(among[place]) for place in np.argsort(-scores, kind="stable")[:depth]]


def assert_holds(vectors: Vectors | None, rows: Mapping[str, Floats]) -> None:
    assert vectors is not None
    assert np.array_equal(vectors.rows(vectors.positions(list(rows))), np.array(list(rows.values())))


@pytest.mark.parametrize("depth", [1, 10, 700])
def test_among_few_rows_the_nearest_are_those_of_brute_force(depth: int) -> None:
    vectors = in_memory(rows_of(600))
    everything = np.arange(600)

    for query in clustered(20, seed=2):
        assert vectors.nearest(query, depth, everything).tolist() == brute_force(vectors, query, depth, everything)


@pytest.mark.parametrize("step", [2, 5, 50])
def test_only_the_rows_asked_for_are_found(step: int) -> None:
    vectors = in_memory(rows_of(3000))
    among = np.arange(1, 3000, step)

    for query in clustered(10, seed=2):
        assert vectors.nearest(query, 10, among).tolist() == brute_force(vectors, query, 10, among)


@pytest.mark.parametrize("step", [1, 2])
def test_two_stages_find_nearly_all_of_the_nearest_and_nothing_else(step: int) -> None:
    vectors = in_memory(rows_of(20_000), exact=5_000)
    among = np.arange(0, 20_000, step)
    queries = unit(clustered(60, seed=1) + 0.5 * clustered(60, seed=3))

    nearest = [vectors.nearest(query, 10, among, exact=5_000).tolist() for query in queries]

    expected = among[np.argsort(-(vectors.rows(among) @ queries.T), axis=0)[:10]].T.tolist()
    found = [len(set(mine) & set(theirs)) / 10 for mine, theirs in zip(nearest, expected, strict=True)]
    assert vectors.segments[0].codes is not None
    assert set(np.concatenate(nearest).tolist()) <= set(among.tolist())
    assert sum(found) / len(found) >= 0.99


def test_the_first_stage_leaves_most_rows_out() -> None:
    vectors = in_memory(rows_of(20_000), exact=5_000)
    farthest = -vectors.segments[0].matrix[7]

    assert len(lowest(distances(sign_codes([vectors.segments[0].matrix], 20_000, DIMENSION), farthest), 4000)) < 6000


def test_codes_differ_in_the_dimensions_whose_signs_differ() -> None:
    matrix = clustered(50, seed=4, dimension=100)
    query = clustered(1, seed=5, dimension=100)[0]

    expected = ((matrix > 0) != (query > 0)).sum(axis=1)

    assert distances(sign_codes([matrix[:20], matrix[20:]], 50, 100), query).tolist() == expected.tolist()


@given(st.lists(st.integers(0, 384), min_size=1, max_size=60), st.integers(1, 60))
def test_the_lowest_distances_are_taken_with_all_that_equal_the_last(found: list[int], count: int) -> None:
    cut = sorted(found)[min(count, len(found)) - 1]

    taken = lowest(np.array(found, np.uint16), count).tolist()

    assert taken == [place for place, distance in enumerate(found) if distance <= cut]


def test_a_cosine_is_the_same_bits_wherever_the_row_stands_and_whatever_else_is_asked() -> None:
    rows = rows_of(500)
    query = clustered(1, seed=9)[0]
    all_of_them, one = in_memory(rows), keys(500)[123]

    alone = in_memory({one: rows[one]}).cosines(query, np.array([0]))[0]

    assert all_of_them.cosines(query, all_of_them.positions(list(rows)))[123] == alone
    assert all_of_them.cosines(query, all_of_them.positions([one]))[0] == alone


def test_keys_that_differ_in_their_last_bytes_only_are_told_apart() -> None:
    rows = {"ab" * 30 + end: row for end, row in zip(["0000", "0001", "0100", "ff00"], clustered(4, 1), strict=True)}

    vectors = in_memory(rows)

    assert_holds(vectors, rows)
    assert vectors.positions(["ab" * 30 + "0002", "00" * 32, "ff" * 32]).tolist() == [-1, -1, -1]


def test_without_rows_nothing_is_near(tmp_path: Path) -> None:
    publish(tmp_path, "f", DIMENSION, [], None, {})

    vectors = load(tmp_path)

    assert vectors is not None
    assert vectors.positions(keys(2)).tolist() == [-1, -1]
    assert vectors.nearest(clustered(1, 1)[0], 5, np.zeros(0, np.intp)).tolist() == []


def test_what_is_published_is_what_is_loaded(tmp_path: Path) -> None:
    rows = rows_of(9000)

    made = publish(tmp_path, "f", DIMENSION, list(rows), None, rows, exact=5000)

    assert_holds(made, rows)
    assert_holds(load(tmp_path), rows)
    read = load(tmp_path)
    assert read is not None and read.fingerprint == "f" and len(read) == 9000
    assert read.segments[0].codes is not None


def test_the_matrix_is_mapped_not_read(tmp_path: Path) -> None:
    rows = rows_of(10)
    publish(tmp_path, "f", DIMENSION, list(rows), None, rows)

    vectors = load(tmp_path)

    assert vectors is not None
    assert isinstance(vectors.segments[0].matrix.base, np.memmap)


def publish_in_turn(folder: Path, steps: Sequence[Mapping[str, Floats]], whole: int) -> Vectors:
    """Publish one set of rows after the other; only what is new to a step is given to it."""
    vectors: Vectors | None = None
    for rows in steps:
        have = load(folder)
        lacking = {key: row for key, row in rows.items() if have is None or have.positions([key])[0] < 0}
        vectors = publish(folder, "f", DIMENSION, list(rows), have, lacking, whole=whole)
        assert_holds(vectors, rows)
    assert vectors is not None
    return vectors


def test_a_small_change_of_a_large_generation_is_written_apart(tmp_path: Path) -> None:
    first = rows_of(1000)
    changed = dict(list(first.items())[1:]) | rows_of(1, 7, "new")

    publish_in_turn(tmp_path, [first, changed], whole=500)

    assert np.load(tmp_path / "g2/vectors.npy").shape == (1, DIMENSION)
    assert (tmp_path / "g1/vectors.npy").is_file()
    assert_holds(load(tmp_path), changed)


def test_many_changes_are_written_anew_and_leave_one_generation(tmp_path: Path) -> None:
    first = rows_of(1000)

    publish_in_turn(tmp_path, [first, first | rows_of(100, 7, "a"), first | rows_of(200, 8, "b")], whole=500)

    assert [found.name for found in tmp_path.glob("g*")] == ["g3"]


def test_a_large_generation_that_lost_much_is_written_anew(tmp_path: Path) -> None:
    first = rows_of(1000)
    rest = dict(list(first.items())[:600])

    vectors = publish_in_turn(tmp_path, [first, rest], whole=500)

    assert len(vectors) == 600


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sets(st.integers(0, 199), min_size=1), min_size=1, max_size=5), st.sampled_from([1, 60, 20_000]))
def test_any_way_to_a_set_of_rows_gives_the_same_nearest(
    tmp_path_factory: pytest.TempPathFactory, sets: list[set[int]], whole: int
) -> None:
    everything = list(rows_of(200).items())
    folder, query = tmp_path_factory.mktemp("index"), clustered(1, 2)[0]

    vectors = publish_in_turn(folder, [dict(everything[at] for at in sorted(chosen)) for chosen in sets], whole)

    wanted = [everything[at][0] for at in sorted(sets[-1])]
    scratch = in_memory({key: dict(everything)[key] for key in wanted})
    assert ranking(vectors, wanted, query) == ranking(scratch, wanted, query)


def ranking(vectors: Vectors, wanted: Sequence[str], query: Floats) -> list[tuple[str, float]]:
    places = vectors.positions(wanted)
    names = dict(zip(places.tolist(), wanted, strict=True))
    nearest = vectors.nearest(query, 10, np.sort(places))
    return [
        (names[place], score) for place, score in zip(nearest.tolist(), vectors.cosines(query, nearest).tolist(), strict=True)
    ]


def test_a_segment_without_codes_is_searched_beside_one_with_codes(tmp_path: Path) -> None:
    rows = rows_of(9000)
    have = publish(tmp_path, "f", DIMENSION, list(rows), None, rows, exact=5000, whole=100)
    more = rows_of(50, 8, "more")
    vectors = publish(tmp_path, "f", DIMENSION, [*rows, *more], have, more, exact=5000, whole=100)
    everything = np.arange(9050)

    nearest = [vectors.nearest(query, 1, everything, exact=5000)[0] for query in more.values()]

    assert nearest == vectors.positions(list(more)).tolist()


def two_segments(folder: Path) -> dict[str, Floats]:
    folder.mkdir(exist_ok=True)
    first, more = rows_of(300), rows_of(3, 8, "more")
    have = publish(folder, "f", DIMENSION, list(first), None, first, exact=100, whole=100)
    publish(folder, "f", DIMENSION, [*first, *more], have, more, exact=100, whole=100)
    return first | more


FILES = ["g1/vectors.npy", "g1/keys.npy", "g1/codes.npy", "g1/manifest.json", "g2/vectors.npy", "g2/keys.npy", "g2/manifest.json"]


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty", "grow", "gone", "foreign"])
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_is_refused(tmp_path: Path, file: str, damage: str) -> None:
    two_segments(tmp_path / "index")
    foreign = rows_of(300, 99, "other")
    (tmp_path / "foreign").mkdir()
    publish(tmp_path / "foreign", "f", DIMENSION, list(foreign), None, foreign, exact=100)
    path = tmp_path / "index" / file
    content = path.read_bytes()
    spoiled = {
        "flip": content[:-200] + bytes([content[-200] ^ 4]) + content[-199:] if len(content) > 200 else content[:-1] + b"?",
        "truncate": content[:-9],
        "empty": b"",
        "grow": content + b"1",
        "foreign": (tmp_path / "foreign/g1" / path.name).read_bytes(),
    }
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(spoiled[damage])

    with pytest.raises(DamagedFileError):
        load(tmp_path / "index")


@pytest.mark.parametrize("name", ["g9", "", "..", "g1/vectors.npy"])
def test_a_current_file_that_names_no_generation_is_refused(tmp_path: Path, name: str) -> None:
    two_segments(tmp_path)
    (tmp_path / "current").write_text(name)

    with pytest.raises(DamagedFileError):
        load(tmp_path)


@pytest.mark.parametrize("schema", [1, 3])
def test_a_generation_of_another_version_is_refused_with_a_sentence(tmp_path: Path, schema: int) -> None:
    rows = rows_of(3)
    publish(tmp_path, "f", DIMENSION, list(rows), None, rows)
    manifest = tmp_path / "g1/manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"schema": schema}))

    with pytest.raises(DamagedFileError, match=f"schema {schema}, this version writes 2"):
        load(tmp_path)


def load_until_remembered(folder: Path) -> None:
    """Load until the files' times are older than a tick of the clock, and their identity is remembered."""
    memory = folder / "g1/verified.json"
    for _ in range(5000):
        assert load(folder, large=1000) is not None
        if memory.exists() and "vectors.npy" in memory.read_text():
            return
    pytest.fail("never remembered")


def test_a_large_file_is_recognised_unread_until_it_is_written_to(tmp_path: Path) -> None:
    two_segments(tmp_path)
    path = tmp_path / "g1/vectors.npy"
    load_until_remembered(tmp_path)
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns

    path.write_bytes(content)
    os.utime(path, ns=times)

    with pytest.raises(DamagedFileError, match="checksum differs from its manifest"):
        load(tmp_path, large=1000)


def test_a_memory_of_other_files_proves_nothing(tmp_path: Path) -> None:
    two_segments(tmp_path / "index")
    load_until_remembered(tmp_path / "index")
    shutil.copytree(tmp_path / "index", tmp_path / "copy")
    path = tmp_path / "copy/g1/vectors.npy"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)

    with pytest.raises(DamagedFileError):
        load(tmp_path / "copy", large=1000)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"vectors.npy": 7}', '{"vectors.npy": []}', "\0\0", '{"a": ' * 5000])
def test_a_torn_memory_only_costs_time(tmp_path: Path, content: str) -> None:
    rows = two_segments(tmp_path)
    (tmp_path / "g1/verified.json").write_text(content)

    assert_holds(load(tmp_path, large=1000), rows)


def test_whoever_has_a_generation_open_keeps_it_while_newer_ones_replace_it(tmp_path: Path) -> None:
    rows = rows_of(300)
    publish(tmp_path, "f", DIMENSION, list(rows), None, rows)
    reader = load(tmp_path)

    other = rows_of(300, 5, "other")
    publish(tmp_path, "f", DIMENSION, list(other), None, other)

    assert not (tmp_path / "g1").exists()
    assert_holds(reader, rows)
    assert_holds(load(tmp_path), other)


def test_a_failed_publication_leaves_the_current_generation(tmp_path: Path) -> None:
    rows = rows_of(5)
    publish(tmp_path, "f", DIMENSION, list(rows), None, rows)

    with pytest.raises(KeyError):
        publish(tmp_path, "f", DIMENSION, [*rows, *keys(1, "unknown")], load(tmp_path), {})

    assert_holds(load(tmp_path), rows)
    more = rows | rows_of(1, 6, "more")
    assert_holds(publish(tmp_path, "f", DIMENSION, list(more), load(tmp_path), more), more)
    assert len(list(tmp_path.glob("g*"))) == 1


def test_a_reader_meets_no_half_generation_while_others_are_published(tmp_path: Path) -> None:
    first, second = rows_of(2), rows_of(2, 5, "other")
    publish(tmp_path, "f", DIMENSION, list(first), None, first)

    def replace_often() -> None:
        for number in range(60):
            rows = (first, second)[number % 2]
            publish(tmp_path, "f", DIMENSION, list(rows), None, rows)

    writer = Thread(target=replace_often)
    writer.start()
    seen = 0
    while writer.is_alive():
        vectors = load(tmp_path)
        assert vectors is not None
        assert_holds(vectors, first if vectors.positions(list(first))[0] >= 0 else second)
        seen += 1
    writer.join()
    assert seen > 0


def test_a_reader_waits_out_generations_that_are_replaced_under_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(2)
    publish(tmp_path, "f", DIMENSION, list(rows), None, rows)
    replaced = 0

    def verify_after_another_was_published(folder: Path, manifest: SegmentManifest, large: int) -> None:
        nonlocal replaced
        if replaced < 20:
            replaced += 1
            publish(tmp_path, "f", DIMENSION, list(rows), None, rows)
        verify_segment(folder, manifest, large)

    monkeypatch.setattr(generations, "verify_segment", verify_after_another_was_published)
    vectors = load(tmp_path)
    assert vectors is not None
    assert_holds(vectors, rows)
    assert replaced == 20


@pytest.mark.parametrize("name", ["../outside/g1", "/g1", "g1/../../outside/g1", "g", "g1 g1", ""])
def test_only_a_generation_beside_it_is_what_the_file_current_names(tmp_path: Path, name: str) -> None:
    for folder in (tmp_path / "index", tmp_path / "outside"):
        folder.mkdir()
        publish(folder, "f", DIMENSION, keys(3), None, rows_of(3))
    (tmp_path / "index/current").write_text(name, encoding="ascii")

    with pytest.raises(DamagedFileError, match="does not name a generation"):
        load(tmp_path / "index")


def test_a_generation_stands_on_no_folder_elsewhere(tmp_path: Path) -> None:
    for folder in (tmp_path / "index", tmp_path / "outside"):
        folder.mkdir()
        publish(folder, "f", DIMENSION, keys(3), None, rows_of(3))
    manifest = tmp_path / "index/g1/manifest.json"
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    outside = hashlib.sha256((tmp_path / "outside/g1/manifest.json").read_bytes()).hexdigest()
    manifest.write_text(json.dumps(facts | {"below": "../outside/g1", "below_sha256": outside}), encoding="utf-8")

    with pytest.raises(DamagedFileError, match="does not stand on a generation"):
        load(tmp_path / "index")
