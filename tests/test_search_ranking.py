"""Ranking, filters and what a query asks for: pure, so said with numbers alone."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from foundry_git.index.catalogue import Row
from foundry_git.index.document import Document
from foundry_git.search.query import MAX_WORDS, Filters, current_rows, names_asked, words_of
from foundry_git.search.ranking import (
    EVIDENCE_WEIGHT,
    HYBRID,
    LEXICAL_ONLY,
    LEXICAL_WEIGHT,
    NAME_BONUS,
    NEUTRAL,
    Scored,
    fuse,
    relevant,
)

NUMBER = st.integers(1, 30)
LEXICAL = st.dictionaries(NUMBER, st.floats(1e-6, 40), max_size=12)
DENSE = st.dictionaries(NUMBER, st.floats(-1, 1), max_size=12)
SHARE = st.dictionaries(NUMBER, st.floats(0, 1), max_size=12)
NAMED = st.frozensets(NUMBER, max_size=3)
PART = st.floats(0, 1)


def order(scored: list[Scored]) -> list[int]:
    return [hit.number for hit in scored]


@given(lexical=LEXICAL, dense=DENSE, coverage=SHARE, named=NAMED, neutral=st.frozensets(NUMBER))
def test_neutral_evidence_never_changes_anything(
    lexical: dict[int, float], dense: dict[int, float], coverage: dict[int, float], named: frozenset[int], neutral: frozenset[int]
) -> None:
    without = fuse(lexical, dense, coverage, named)

    assert fuse(lexical, dense, coverage, named, dict.fromkeys(neutral, NEUTRAL)) == without
    assert fuse(lexical, dense, coverage, named, {}) == without


@given(lexical=LEXICAL, dense=DENSE, coverage=SHARE, named=NAMED, worth=SHARE)
def test_parts_add_up_and_higher_scores_come_first(
    lexical: dict[int, float], dense: dict[int, float], coverage: dict[int, float], named: frozenset[int], worth: dict[int, float]
) -> None:
    scored = fuse(lexical, dense, coverage, named, worth)

    assert set(order(scored)) == lexical.keys() | dense.keys()
    assert scored == sorted(scored, key=lambda hit: (-hit.score, hit.number))
    for hit in scored:
        assert hit.score == pytest.approx(sum(hit.parts.values()), abs=1e-12)
        assert 0.0 <= hit.relevance <= 1.0
        assert hit.parts.keys() <= {"meaning", "words", "name", "evidence"}


@given(lexical=LEXICAL, dense=DENSE, coverage=SHARE, worth=SHARE)
def test_the_order_does_not_depend_on_the_order_of_what_comes_in(
    lexical: dict[int, float], dense: dict[int, float], coverage: dict[int, float], worth: dict[int, float]
) -> None:
    def turned(found: dict[int, float]) -> dict[int, float]:
        return dict(reversed(list(found.items())))

    assert fuse(turned(lexical), turned(dense), turned(coverage), (), turned(worth)) == fuse(lexical, dense, coverage, (), worth)


@given(lexical=LEXICAL, dense=DENSE, number=NUMBER, low=PART, high=PART)
def test_better_evidence_never_ranks_lower(
    lexical: dict[int, float], dense: dict[int, float], number: int, low: float, high: float
) -> None:
    assume(number in lexical or number in dense)
    low, high = sorted((low, high))

    worse = order(fuse(lexical, dense, {}, (), {number: low}))
    better = order(fuse(lexical, dense, {}, (), {number: high}))

    assert better.index(number) <= worse.index(number)


def test_evidence_moves_a_pattern_past_its_equal_in_both_directions() -> None:
    dense = {1: 0.50, 2: 0.52, 3: 0.54}

    assert order(fuse({}, dense, {})) == [3, 2, 1]
    assert order(fuse({}, dense, {}, (), {1: 1.0})) == [1, 3, 2]
    assert order(fuse({}, dense, {}, (), {3: 0.0})) == [2, 1, 3]


def test_evidence_cannot_lift_what_is_far_off() -> None:
    assert order(fuse({}, {1: 0.7, 2: 0.4}, {}, (), {1: 0.0, 2: 1.0})) == [1, 2]
    assert EVIDENCE_WEIGHT * (1.0 - NEUTRAL) <= 0.1


@given(worth=PART)
def test_evidence_is_no_part_of_relevance(worth: float) -> None:
    (with_it,), (without,) = fuse({1: 2.0}, {1: 0.4}, {1: 0.5}, (), {1: worth}), fuse({1: 2.0}, {1: 0.4}, {1: 0.5})

    assert with_it.relevance == without.relevance


@given(scores=st.lists(st.integers(1, 30), min_size=2, unique=True))
def test_equals_come_in_the_order_of_their_numbers(scores: list[int]) -> None:
    assert order(fuse({}, dict.fromkeys(scores, 0.5), {})) == sorted(scores)


@given(words=PART, low=st.floats(-1, 1), high=st.floats(-1, 1), name=st.booleans())
def test_relevance_grows_with_meaning(words: float, low: float, high: float, name: bool) -> None:
    low, high = sorted((low, high))

    assert HYBRID.probability(low, words, name) <= HYBRID.probability(high, words, name)
    assert LEXICAL_ONLY.probability(low, words, name) == LEXICAL_ONLY.probability(high, words, name)


@given(meaning=st.floats(-1, 1), low=PART, high=PART, name=st.booleans())
def test_relevance_grows_with_the_words_held(meaning: float, low: float, high: float, name: bool) -> None:
    low, high = sorted((low, high))
    for curve in (HYBRID, LEXICAL_ONLY):
        assert curve.probability(meaning, low, name) <= curve.probability(meaning, high, name)
        assert curve.probability(meaning, low, False) < curve.probability(meaning, low, True)


def test_the_best_of_the_words_gets_its_whole_share_and_the_others_theirs() -> None:
    hits = {hit.number: hit for hit in fuse({1: 8.0, 2: 2.0}, {1: 0.1, 3: 0.2}, {})}

    assert hits[1].parts == {"meaning": 0.1, "words": LEXICAL_WEIGHT}
    assert hits[2].parts == {"meaning": 0.0, "words": pytest.approx(LEXICAL_WEIGHT / 4)}
    assert hits[3].parts == {"meaning": 0.2, "words": 0.0}


def test_without_vectors_words_alone_decide() -> None:
    first, second = fuse({1: 2.0, 2: 8.0}, {}, {2: 1.0, 1: 0.1})

    assert (first.number, first.score, first.parts) == (2, 1.0, {"words": 1.0})
    assert (second.number, second.score) == (1, 0.25)
    assert first.relevance == LEXICAL_ONLY.probability(0.0, 1.0, False)


def test_a_pattern_called_what_was_typed_beats_the_one_with_most_words() -> None:
    assert NAME_BONUS > LEXICAL_WEIGHT
    assert order(fuse({1: 9.0, 2: 1.0}, {1: 0.4, 2: 0.4}, {}, named={2})) == [2, 1]


def test_nothing_found_is_nothing_ranked() -> None:
    assert fuse({}, {}, {}, (), {1: 1.0}) == []


@given(dense=DENSE, least=PART)
def test_only_what_is_relevant_enough_is_shown_in_the_same_order(dense: dict[int, float], least: float) -> None:
    scored = fuse({}, dense, {})
    shown = relevant(scored, least)

    assert shown == [hit for hit in scored if not hit.relevance < least]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("retryWithBackoff", {"retry with backoff"}),
        ("retry_with_backoff", {"retry with backoff"}),
        (" TokenBucket ", {"token bucket"}),
        ("net/http.Client", {"net http client"}),
        ("retry with backoff", set()),
        ("how do I retry", set()),
        ("", set()),
        ("   ", set()),
        ("3rd", set()),
        ('"quoted"', set()),
    ],
)
def test_only_a_single_identifier_asks_for_a_name(query: str, names: set[str]) -> None:
    assert names_asked(query) == names


def test_words_are_split_lowered_and_each_once() -> None:
    assert words_of("parseHTTPResponse parse_http the response") == ["parse", "http", "response"]


def test_stop_words_stay_when_there_is_nothing_else() -> None:
    assert words_of("how to do this") == ["how", "to", "do", "this"]
    assert words_of("how to retry this") == ["retry"]


@given(st.text(max_size=3000))
def test_words_of_anything_are_few_and_safe_to_quote(query: str) -> None:
    words = words_of(query)

    assert len(words) <= MAX_WORDS
    assert len(words) == len(set(words))
    assert all(word and '"' not in word and not word.isspace() for word in words)


def document(
    id: str, version: int = 1, library: str = "team", deprecated: bool = False, tags: tuple[str, ...] = (), **more: str
) -> Document:
    language, _, slug = id.partition("/")
    facts = {"kind": "function", "framework": "", "language": language} | more
    return Document(
        library=library,
        place=f"{id}/v{version}",
        id=id,
        version=version,
        digest=f"{library}{id}{version}",
        name=slug,
        kind=facts["kind"],
        language=facts["language"],
        framework=facts["framework"],
        tags=tags,
        description="",
        suggested_action="",
        code="",
        path="",
        deprecated=deprecated,
    )


def current(*documents: Document, filters: Filters | None = None) -> set[tuple[str, int, str]]:
    rows = [Row(number, "", one) for number, one in enumerate(documents, 1)]
    found = [row.document for row in current_rows(rows, ["team", "starter"], filters or Filters())]
    return {(one.id, one.version, one.library) for one in found}


def test_versions_of_one_pattern_are_one_hit_the_newest() -> None:
    versions = [document("python/a", version) for version in (2, 10, 9)]

    assert current(*versions) == {("python/a", 10, "team")}


def test_what_is_deprecated_is_hidden_and_the_newest_that_is_not_stands_in() -> None:
    assert current(document("python/a"), document("python/a", 2, deprecated=True)) == {("python/a", 1, "team")}
    assert current(document("python/a", deprecated=True)) == set()


def test_the_first_library_wins_even_with_an_older_version() -> None:
    assert current(document("python/a", 9, "starter"), document("python/a", 1)) == {("python/a", 1, "team")}


def test_a_library_outside_the_stack_is_not_searched() -> None:
    assert current(document("python/a", library="elsewhere")) == set()


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(frozenset({"python"})), {"python/a", "any/g"}),
        (Filters(frozenset({"go", "python"})), {"python/a", "go/b", "any/g"}),
        (Filters(framework="fastapi"), {"python/a"}),
        (Filters(tag="http"), {"go/b"}),
        (Filters(kind="class"), {"go/b"}),
        (Filters(library="starter"), {"rust/c"}),
        (Filters(frozenset({"python"}), kind="class"), set()),
        (Filters(), {"python/a", "go/b", "any/g", "rust/c"}),
    ],
)
def test_filters_admit_only_what_has_all_of_them(filters: Filters, ids: set[str]) -> None:
    documents = (
        document("python/a", framework="fastapi"),
        document("go/b", tags=("http", "retry"), kind="class"),
        document("any/g", kind="guidance"),
        document("rust/c", library="starter"),
    )

    assert {id for id, _, _ in current(*documents, filters=filters)} == ids


def test_a_filter_chooses_among_versions() -> None:
    tagged, newer = document("python/a", 1, tags=("http",)), document("python/a", 2)

    assert current(tagged, newer, filters=Filters(tag="http")) == {("python/a", 1, "team")}


@given(lexical=LEXICAL, dense=DENSE)
def test_no_score_is_infinite_or_not_a_number(lexical: dict[int, float], dense: dict[int, float]) -> None:
    assert all(math.isfinite(hit.score) and math.isfinite(hit.relevance) for hit in fuse(lexical, dense, {}))
