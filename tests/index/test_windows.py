"""Windows: a long text is encoded in pieces behind its opening line, a short one as the encoder does it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from foundry_git.index.document import content_key
from foundry_git.index.windows import FIRST, LENGTH, MOST, WEIGHT, in_windows, windows_of

SHORT = "retry. Call again.\ndef retry(call):\n    return call()"
LONG = "settle. Settle what is owed.\n" + "".join(f"    step_{number} = take({number})\n" for number in range(170))
TEXT = st.one_of(
    st.text(max_size=200),
    st.lists(st.text(alphabet="ab \n", min_size=20, max_size=400), max_size=30).map("\n".join),
    st.integers(600, 9000).map(lambda length: "x" * length),
)


class Letters:
    """Encodes by counting letters, normalised; keeps what it was given, and reads 1,000 characters as if they were 256 tokens."""

    name, fingerprint, dimension = "letters", "letters", 8

    def __init__(self) -> None:
        self.given: list[str] = []

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        self.given += texts
        counts = np.array([[1.0 + sum(ord(one) % 8 == at for one in text[:1000]) for at in range(8)] for text in texts])
        if progress:
            for done in range(1, len(texts) + 1):
                progress(done)
        whole = counts.reshape(len(texts), 8).astype(np.float32)
        whole /= np.linalg.norm(whole, axis=1, keepdims=True)
        return whole


def test_a_short_text_is_one_window_with_the_encoders_own_vector() -> None:
    encoder = Letters()

    assert windows_of(SHORT) == [SHORT]
    assert in_windows(encoder.encode, [SHORT, "b"]).tobytes() == Letters().encode([SHORT, "b"]).tobytes()
    assert encoder.given == [SHORT, "b"]


def test_a_long_text_is_cut_into_pieces_behind_its_opening_line() -> None:
    whole, *pieces = windows_of(LONG)
    opening, _, body = LONG.partition("\n")

    assert whole == LONG, "the encoder itself cuts the first one"
    assert 1 <= len(pieces) <= MOST
    heads, tails = zip(*(piece.split("\n", 1) for piece in pieces), strict=True)
    assert set(heads) == {opening}
    assert body[FIRST:].startswith("".join(tails)), "each goes on where the one before ended"
    assert all(not tail or tail.startswith("\n") for tail in tails[1:]), "lines stay whole"


@given(TEXT)
def test_no_text_has_more_than_four_windows_and_none_is_long(text: str) -> None:
    whole, *pieces = windows_of(text)

    assert whole == text
    assert len(pieces) <= MOST
    opening = text.partition("\n")[0]
    assert all(piece.startswith(f"{opening}\n") and len(piece) <= len(opening) + 1 + LENGTH for piece in pieces)
    assert windows_of(text) == [whole, *pieces]


@given(st.lists(TEXT, max_size=5))
def test_vectors_are_of_length_one_and_do_not_depend_on_what_is_encoded_beside_them(texts: list[str]) -> None:
    vectors = in_windows(Letters().encode, texts)

    assert vectors.shape == (len(texts), 8)
    assert vectors.dtype == np.dtype(np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert np.allclose(in_windows(Letters().encode, [text])[0], vector, atol=1e-6)
    assert in_windows(Letters().encode, texts).tobytes() == vectors.tobytes()


def test_what_lies_behind_the_encoders_reach_counts_less_than_the_first_window() -> None:
    first, *pieces = Letters().encode(windows_of(LONG))
    whole = first + WEIGHT * np.sum(pieces, axis=0)

    assert len(pieces) > 1
    assert np.allclose(in_windows(Letters().encode, [LONG])[0], whole / np.linalg.norm(whole), atol=1e-6)


def test_a_change_far_down_changes_the_vector_of_a_long_text() -> None:
    edited = LONG.replace("step_45 = take(45)", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")

    plain = Letters().encode([LONG, edited])
    assert (plain[0] == plain[1]).all(), "the encoder alone does not see it"
    assert (in_windows(Letters().encode, [LONG])[0] != in_windows(Letters().encode, [edited])[0]).any()


def test_progress_counts_texts_not_windows() -> None:
    heard: list[int] = []

    in_windows(Letters().encode, [LONG, SHORT, LONG], heard.append)

    assert heard[-1] == 3
    assert heard == sorted(heard) and set(heard) <= {0, 1, 2, 3}


@pytest.mark.parametrize(("text", "is_plain"), [(SHORT, True), ("", True), (LONG, False)])
def test_only_the_key_of_a_long_text_says_how_it_was_cut(text: str, is_plain: bool) -> None:
    assert (content_key(text) == hashlib.sha256(text.encode()).hexdigest()) == is_plain
    assert content_key(text) == content_key(text)
    assert content_key(text) != content_key(f"{text}.")
