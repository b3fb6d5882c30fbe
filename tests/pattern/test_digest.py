"""The digest: the same for the same files, another for any other."""

from __future__ import annotations

import hashlib

from hypothesis import assume, given
from hypothesis import strategies as st

from foundry_git.pattern.digest import digest_of

NAMES = st.text("ab:1é", min_size=1, max_size=4)
FILES = st.dictionaries(NAMES, st.binary(max_size=6) | st.sampled_from([b"1:a1:b", b"a", b"3:a:b"]), max_size=4)


@given(FILES, FILES)
def test_different_files_have_different_digests(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (digest_of(one) == digest_of(other)) == (one == other)


@given(FILES, st.randoms(use_true_random=False))
def test_the_order_of_the_files_does_not_matter(files: dict[str, bytes], dice: object) -> None:
    backwards = dict(reversed(list(files.items())))

    assert digest_of(backwards) == digest_of(files)


@given(st.binary(min_size=2, max_size=12), st.data())
def test_no_two_ways_to_cut_the_same_bytes_have_the_same_digest(whole: bytes, data: st.DataObject) -> None:
    one, other = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, len(whole)))
    assume(one != other)

    assert digest_of({"a": whole[:one], "b": whole[one:]}) != digest_of({"a": whole[:other], "b": whole[other:]})


@given(st.text("ab1:", min_size=2, max_size=8), st.data())
def test_no_byte_can_move_from_a_name_to_its_content(whole: str, data: st.DataObject) -> None:
    one, other = data.draw(st.integers(1, len(whole))), data.draw(st.integers(1, len(whole)))
    assume(one != other)

    assert digest_of({whole[:one]: whole[one:].encode()}) != digest_of({whole[:other]: whole[other:].encode()})


def test_one_file_is_not_the_frame_of_two() -> None:
    assert digest_of({"a": b"x1:b1:y"}) != digest_of({"a": b"x", "b": b"y"})
    assert digest_of({}) != digest_of({"a": b""})


def test_the_digest_is_what_the_first_version_wrote() -> None:
    framed = b"4:a.py3:x=1" + b"12:pattern.yaml9:schema: 1"

    assert digest_of({"pattern.yaml": b"schema: 1", "a.py": b"x=1"}) == hashlib.sha256(framed).hexdigest()
