"""Twins: what tells that two pieces do the same job, and how much it counts."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.index.postings import SMOOTHING, Postings
from foundry_git.index.shingle_table import as_array
from foundry_git.search.twins import BAR, MOST, RAREST, Signs, rarity, twinship
from foundry_git.source.wordbags import bag_of, name_words, stem

BAGS = st.frozensets(st.integers(0, 12), max_size=8)


@given(st.lists(BAGS, max_size=6), BAGS)
def test_the_cosine_weighs_each_number_by_how_rare_it_is(pieces: list[frozenset[int]], asked: frozenset[int]) -> None:
    count = Counter(number for piece in pieces for number in piece)

    def weight(number: int) -> float:
        return math.log((len(pieces) + 1 + SMOOTHING) / (count[number] + 1))

    def length(piece: frozenset[int]) -> float:
        return math.sqrt(sum(weight(number) ** 2 for number in piece))

    found = Postings([as_array(piece) for piece in pieces]).cosines(as_array(asked))

    expected = [sum(weight(number) ** 2 for number in piece & asked) / (length(piece) * length(asked) or 1) for piece in pieces]
    assert found.tolist() == pytest.approx(expected, abs=1e-5)


def test_a_bag_holds_words_without_their_endings_and_how_often_each_occurs() -> None:
    assert bag_of("def parse_lines(text): return parsed") == bag_of("parsesLine texts parse_")
    assert bag_of("retry") < bag_of("retry retry") == bag_of("retries, RETRY_RETRYING"[:14]) < bag_of("retry " * 4)
    assert [len(bag_of("retry " * times)) for times in (1, 2, 3, 4, 7, 8)] == [1, 2, 2, 3, 3, 4]
    assert bag_of("if x: return None") == frozenset()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("parse parses parsed parsing", "pars"),
        ("line lines", "lin"),
        ("entry entries", "entry"),
        ("retry retries retried retrying", "retry"),
        ("class", "class"),
        ("is", "is"),
        ("red", "red"),
    ],
)
def test_an_ending_is_cut_where_a_word_is_left(words: str, expected: str) -> None:
    assert {stem(word) for word in words.split()} == {expected}


def test_names_are_alike_whatever_the_spelling_and_order_of_their_words() -> None:
    assert name_words("splitLines") == name_words("split_line") == name_words("lineSplit")
    assert name_words("splitLines") != name_words("joinLines")


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, RAREST), st.none() | st.floats(-1, 1))
def test_each_sign_makes_twins_likelier_and_none_makes_a_near_duplicate(
    structure: float, words: float, name: float, meaning: float | None
) -> None:
    score = twinship(Signs(structure, words, name, meaning))

    assert 0 <= score <= MOST
    assert score <= twinship(Signs(1.0, words, name, meaning)) <= MOST
    assert score <= twinship(Signs(structure, 1.0, name, meaning))
    assert score <= twinship(Signs(structure, words, RAREST, meaning))
    if meaning is not None:
        assert score <= twinship(Signs(structure, words, name, 1.0))


def test_what_shares_words_and_meaning_is_shown_and_what_shares_a_name_is_not() -> None:
    assert twinship(Signs(structure=0.15, words=0.35, meaning=0.75)) >= BAR, "written twice"
    assert twinship(Signs(structure=0.15, words=0.25, name=8.0, meaning=0.65)) >= BAR, "and called alike"
    assert twinship(Signs(structure=0.1, words=0.1, name=8.0, meaning=0.4)) < BAR, "a name is not enough"
    assert twinship(Signs(structure=0.2, words=0.4)) >= BAR > twinship(Signs(structure=0.1, words=0.2)), "nor are weights needed"


def test_a_name_of_rare_words_weighs_more_than_one_that_all_use() -> None:
    weights = [rarity(counts, 1000, SMOOTHING) for counts in ([900], [100], [1], [1, 1])]

    assert all(one < other for one, other in pairwise(weights))
    assert rarity([0, 0, 0], 100_000, SMOOTHING) == RAREST
    assert rarity([], 10, SMOOTHING) == 0
