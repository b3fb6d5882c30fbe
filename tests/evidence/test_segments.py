"""Segments: events in files that are named by their content."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_git.evidence import segments
from foundry_git.evidence.events import Unknown, canonical
from foundry_git.evidence.segments import MAX_BYTES, PIECE_BYTES, is_segment, pack, unpack
from tests.evidence.replicas import said

LINES = st.lists(st.integers(0, 10**6).map(lambda number: canonical(said(number)[0])), max_size=40)


def united(packed: dict[str, bytes]) -> dict[str, bytes]:
    return {hashlib.sha256(line).hexdigest(): line for path, content in packed.items() for line in unpack(path, content)}


@given(LINES)
@settings(deadline=None)
def test_what_is_packed_is_unpacked(lines: list[bytes]) -> None:
    assert united(pack(lines)) == {hashlib.sha256(line).hexdigest(): line for line in lines}


@given(LINES, st.randoms())
@settings(deadline=None)
def test_the_same_events_give_the_same_segments_in_whatever_order_and_number(lines: list[bytes], random: object) -> None:
    shuffled = [*lines, *lines]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types its Random as object

    assert pack(shuffled) == pack(lines)


@given(LINES, LINES)
@settings(deadline=None)
def test_union_is_union_of_the_events(some: list[bytes], others: list[bytes]) -> None:
    assert united(pack(some) | pack(others)) == united(pack([*some, *others]))


@given(LINES.filter(bool), st.data())
@settings(deadline=None)
def test_a_single_changed_byte_is_noticed(lines: list[bytes], data: st.DataObject) -> None:
    (path, content), *_ = pack(lines).items()
    at = data.draw(st.integers(0, len(content) - 1))
    changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    with pytest.raises(ValueError, match="does not hold what its name says"):
        unpack(path, changed)


def test_a_large_number_of_events_is_cut_into_pieces() -> None:
    raw = [
        b'{"kind":"later","schema":9,"numbers":[%s]}' % b",".join([b"%09d" % (10**8 + number)] * 1000) for number in range(300)
    ]
    lines = [canonical(Unknown(kind="later", raw=line)) for line in raw]

    packed = pack(lines)

    assert len(packed) == 3
    assert all(len(content) <= PIECE_BYTES < MAX_BYTES and content.endswith(b"\n") for content in packed.values())
    assert set(united(packed).values()) == set(lines)


def test_a_segment_lies_two_folders_deep_and_is_told_from_anything_else() -> None:
    (path,) = pack([b"{}"])
    name = hashlib.sha256(b"{}\n").hexdigest()

    assert path == f"{name[0]}/{name[1]}/{name}.jsonl"
    assert is_segment(path) and is_segment(f"{name}.jsonl") and is_segment(f"deeper/in/{name}.jsonl")
    assert not any(map(is_segment, ("library", f"{name}.json", f"{name[:-1]}.jsonl", f"x{name}.jsonl", f"{path}/x")))
    with pytest.raises(ValueError):
        unpack("library", b"{}\n")


def test_nothing_is_no_segment() -> None:
    assert pack([]) == {}


def test_like_events_stand_side_by_side() -> None:
    """What makes a segment small: the same digest again within the 32 kB that zlib looks back."""
    times = [b'{"at":"2026-11-%02dT14:36:13.000Z","b":"%s"}' % (day, letter) for day in (1, 2, 3) for letter in (b"x", b"y")]
    (content,) = pack(times).values()

    assert [line[segments._TIME_LENGTH :] for line in content.splitlines()] == [b'"b":"x"}'] * 3 + [b'"b":"y"}'] * 3
