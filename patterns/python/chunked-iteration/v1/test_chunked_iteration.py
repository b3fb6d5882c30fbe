from __future__ import annotations

from itertools import count

import pytest
from chunked_iteration import chunked


def test_the_last_chunk_may_be_shorter() -> None:
    assert list(chunked("abcdefg", 3)) == [["a", "b", "c"], ["d", "e", "f"], ["g"]]


def test_an_exact_multiple_has_no_empty_chunk_at_the_end() -> None:
    assert list(chunked(range(4), 2)) == [[0, 1], [2, 3]]


def test_no_items_give_no_chunks() -> None:
    assert list(chunked([], 3)) == []


def test_falsy_items_are_kept() -> None:
    assert list(chunked([None, 0, "", False, []], 2)) == [[None, 0], ["", False], [[]]]


def test_takes_only_what_the_chunk_needs_from_an_endless_source() -> None:
    numbers = count()

    assert next(chunked(numbers, 3)) == [0, 1, 2]
    assert next(numbers) == 3


def test_chunks_do_not_share_their_list() -> None:
    first, second = chunked(range(4), 2)
    first.append(99)

    assert second == [2, 3]


@pytest.mark.parametrize("size", [0, -1])
def test_a_wrong_size_is_reported_before_the_first_step(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        chunked([1], size)
