"""Ranking, filters and what a query asks for: pure, so said with numbers alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from foundry_git.index.document import Document, DocumentRow
from foundry_git.search.answer import Hit
from foundry_git.search.folding import folded
from foundry_git.search.query import MAX_WORDS, Filters, Question, current_rows, words_of
from foundry_git.search.ranking import (
    EQUAL,
    EVIDENCE_WEIGHT,
    FIRST_WEIGHT,
    HYBRID,
    LEAST_CEILING,
    LEXICAL_ONLY,
    LEXICAL_WEIGHT,
    NEUTRAL,
    Scored,
    Signs,
    falling,
    fuse,
    merged,
    raised,
    relevant,
    with_evidence,
)
from foundry_git.search.signals import (
    FILE_BONUS,
    FOLDER_PENALTY,
    LANGUAGE_BONUS,
    MATES_BONUS,
    MENTION_BONUS,
    NAME_BONUS,
    PROSE_PENALTY,
    SIDE_PENALTY,
    TYPE_BONUS,
    TYPE_LIFT,
    bonuses,
    mates,
)

NUMBER = st.integers(1, 30)
LEXICAL = st.dictionaries(NUMBER, st.floats(1e-6, 40), max_size=12)
DENSE = st.dictionaries(NUMBER, st.floats(-1, 1), max_size=12)
SHARE = st.dictionaries(NUMBER, st.floats(0, 1), max_size=12)
BONUSES = st.dictionaries(NUMBER, st.dictionaries(st.sampled_from(["name", "file", "place"]), st.floats(-0.3, 0.4)), max_size=6)
PART = st.floats(0, 1)
COSINE = st.floats(-1, 1)
CEILING = 40.0
Bonuses = Mapping[int, Mapping[str, float]]


def order(scored: list[Scored]) -> list[int]:
    return [hit.number for hit in scored]


@given(lexical=LEXICAL, dense=DENSE, coverage=SHARE, more=BONUSES, neutral=st.frozensets(NUMBER))
def test_neutral_evidence_never_changes_anything(
    lexical: dict[int, float], dense: dict[int, float], coverage: dict[int, float], more: Bonuses, neutral: frozenset[int]
) -> None:
    without = fuse(lexical, dense, coverage, more, CEILING)

    assert with_evidence(without, dict.fromkeys(neutral, NEUTRAL)) == without
    assert with_evidence(without, {}) == without


@given(lexical=LEXICAL, dense=DENSE, coverage=SHARE, more=BONUSES, worth=SHARE)
def test_parts_add_up_and_higher_scores_come_first(
    lexical: dict[int, float], dense: dict[int, float], coverage: dict[int, float], more: Bonuses, worth: dict[int, float]
) -> None:
    scored = with_evidence(fuse(lexical, dense, coverage, more, CEILING), worth)

    assert set(order(scored)) == lexical.keys() | dense.keys()
    assert scored == sorted(scored, key=lambda hit: (-hit.score, hit.number))
    for hit in scored:
        assert hit.score == pytest.approx(sum(hit.parts.values()), abs=1e-12)
        assert 0.0 <= hit.relevance <= 1.0
        assert hit.parts.keys() <= {"meaning", "words", "evidence", *more.get(hit.number, {})}


@given(lexical=LEXICAL, dense=DENSE, coverage=SHARE, more=BONUSES, worth=SHARE)
def test_the_order_does_not_depend_on_the_order_of_what_comes_in(
    lexical: dict[int, float], dense: dict[int, float], coverage: dict[int, float], more: Bonuses, worth: dict[int, float]
) -> None:
    turned = [dict(reversed(list(found.items()))) for found in (lexical, dense, coverage)]
    fused = fuse(turned[0], turned[1], turned[2], dict(reversed(list(more.items()))), CEILING)
    again = with_evidence(fused, dict(reversed(list(worth.items()))))

    assert again == with_evidence(fuse(lexical, dense, coverage, more, CEILING), worth)


@given(lexical=LEXICAL, dense=DENSE, number=NUMBER, low=PART, high=PART)
def test_better_evidence_never_ranks_lower(
    lexical: dict[int, float], dense: dict[int, float], number: int, low: float, high: float
) -> None:
    assume(number in lexical or number in dense)
    low, high = sorted((low, high))

    worse = order(with_evidence(fuse(lexical, dense, {}, {}, CEILING), {number: low}))
    better = order(with_evidence(fuse(lexical, dense, {}, {}, CEILING), {number: high}))

    assert better.index(number) <= worse.index(number)


def test_evidence_moves_a_pattern_past_its_equal_in_both_directions() -> None:
    dense = {1: 0.50, 2: 0.52, 3: 0.54}

    assert order(fuse({}, dense, {})) == [3, 2, 1]
    assert order(with_evidence(fuse({}, dense, {}), {1: 1.0})) == [1, 3, 2]
    assert order(with_evidence(fuse({}, dense, {}), {3: 0.0})) == [2, 1, 3]


def test_certain_success_makes_up_for_a_lead_of_nearly_a_tenth_and_for_no_more() -> None:
    first, second = fuse({}, {1: 0.5, 2: 0.5}, {})

    for lead, winner in ((0.09, second.number), (0.11, first.number)):
        ahead = replace(first, score=second.score + lead)
        assert order(with_evidence([ahead, second], {second.number: 1.0}))[0] == winner


def test_evidence_cannot_lift_what_is_far_off() -> None:
    assert order(with_evidence(fuse({}, {1: 0.7, 2: 0.4}, {}), {1: 0.0, 2: 1.0})) == [1, 2]
    assert EVIDENCE_WEIGHT * (1.0 - NEUTRAL) <= 0.1


@given(worth=PART, name=st.booleans())
def test_evidence_is_no_part_of_relevance(worth: float, name: bool) -> None:
    more = {1: {"name": NAME_BONUS}} if name else {}
    fused = fuse({1: 2.0}, {1: 0.4}, {1: 0.5}, more)
    (with_it,), (without,) = with_evidence(fused, {1: worth}), fused

    assert with_it.relevance == without.relevance
    assert with_it.signs == without.signs


@given(scores=st.lists(st.integers(1, 30), min_size=2, unique=True))
def test_equals_come_in_the_order_of_their_numbers(scores: list[int]) -> None:
    assert order(fuse({}, dict.fromkeys(scores, 0.5), {})) == sorted(scores)


@given(standing=COSINE, words=PART, low=COSINE, high=COSINE, name=st.booleans())
def test_relevance_grows_with_meaning(standing: float, words: float, low: float, high: float, name: bool) -> None:
    less, more = (Signs(meaning, standing, words, name) for meaning in sorted((low, high)))

    assert HYBRID.probability(less) <= HYBRID.probability(more)
    assert LEXICAL_ONLY.probability(less) == LEXICAL_ONLY.probability(more), "without weights there is no cosine to go by"


@given(meaning=COSINE, words=PART, low=COSINE, high=COSINE, name=st.booleans())
def test_relevance_grows_with_how_far_a_hit_stands_out(meaning: float, words: float, low: float, high: float, name: bool) -> None:
    less, more = (Signs(meaning, standing, words, name) for standing in sorted((low, high)))

    assert HYBRID.probability(less) <= HYBRID.probability(more)


@given(meaning=COSINE, standing=COSINE, low=PART, high=PART)
def test_relevance_grows_with_the_words_held_and_the_name(meaning: float, standing: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    for curve in (HYBRID, LEXICAL_ONLY):
        unnamed = curve.probability(Signs(meaning, standing, low, False))
        assert unnamed <= curve.probability(Signs(meaning, standing, high, False))
        assert unnamed < curve.probability(Signs(meaning, standing, low, True))


def test_what_stands_out_is_likelier_an_answer_than_one_of_many_equals() -> None:
    alone = fuse({}, {1: 0.5} | dict.fromkeys(range(2, 60), 0.1), {})[0]
    one_of_many = fuse({}, dict.fromkeys(range(1, 60), 0.5), {})[0]

    assert (alone.number, one_of_many.number) == (1, 1)
    assert alone.signs.meaning == one_of_many.signs.meaning
    assert alone.signs.standing > one_of_many.signs.standing
    assert alone.relevance > one_of_many.relevance


def test_words_count_by_their_share_of_what_they_could_be_and_a_little_of_the_best_there_is() -> None:
    hits = {hit.number: hit for hit in fuse({1: 8.0, 2: 2.0}, {1: 0.1, 3: 0.2}, {}, ceiling=16.0)}

    assert hits[1].parts == {"meaning": 0.1, "words": pytest.approx(LEXICAL_WEIGHT / 2 + FIRST_WEIGHT)}
    assert hits[2].parts == {"meaning": 0.0, "words": pytest.approx(LEXICAL_WEIGHT / 8 + FIRST_WEIGHT / 4)}
    assert hits[3].parts == {"meaning": 0.2, "words": 0.0}


def test_words_that_tell_nothing_do_not_count_as_if_they_told_all() -> None:
    (hit,) = fuse({1: 0.1}, {1: 0.3}, {}, ceiling=0.1)

    assert hit.parts["words"] == pytest.approx(LEXICAL_WEIGHT * 0.1 / LEAST_CEILING + FIRST_WEIGHT)


def test_without_vectors_words_alone_decide() -> None:
    first, second = fuse({1: 2.0, 2: 8.0}, {}, {2: 1.0, 1: 0.1}, ceiling=8.0)

    assert (first.number, first.parts) == (2, {"words": 1.0})
    assert (second.number, second.score) == (1, 0.25)
    assert first.relevance == LEXICAL_ONLY.probability(Signs(0.0, 0.0, 1.0, False))


def test_a_pattern_called_what_was_typed_beats_one_with_more_words() -> None:
    named = {2: {"name": NAME_BONUS}}

    assert order(fuse({1: 12.0, 2: 1.0}, {1: 0.4, 2: 0.4}, {}, named, ceiling=16.0)) == [2, 1]


def test_only_a_whole_name_is_a_sign_of_relevance() -> None:
    mentioned, named = ({1: {"name": bonus}} for bonus in (MENTION_BONUS, NAME_BONUS + TYPE_BONUS))

    assert not fuse({}, {1: 0.4}, {}, mentioned)[0].signs.name
    assert fuse({}, {1: 0.4}, {}, named)[0].signs.name


def test_nothing_found_is_nothing_ranked() -> None:
    assert with_evidence(fuse({}, {}, {}, {1: {"name": NAME_BONUS}}), {1: 1.0}) == []


@given(dense=DENSE, least=PART)
def test_only_what_is_relevant_enough_is_shown_in_the_same_order(dense: dict[int, float], least: float) -> None:
    scored = fuse({}, dense, {})
    shown = relevant(scored, least)

    assert shown == [hit for hit in scored if not hit.relevance < least]


# raised and merged


@given(dense=DENSE, gains=SHARE)
def test_what_is_raised_says_so_and_the_parts_still_add_up(dense: dict[int, float], gains: dict[int, float]) -> None:
    before = fuse({}, dense, {})
    after = raised(before, "mates", gains)

    assert after == sorted(after, key=lambda hit: (-hit.score, hit.number))
    assert set(order(after)) == set(order(before))
    was = {hit.number: hit for hit in before}
    for hit in after:
        gain = gains.get(hit.number, 0.0)
        assert hit.score == pytest.approx(was[hit.number].score + gain)
        assert hit.score == pytest.approx(sum(hit.parts.values()))
        assert ("mates" in hit.parts) == bool(gain)
        assert hit.relevance == was[hit.number].relevance


@given(st.lists(st.floats(0, 1), max_size=12))
def test_no_hit_is_said_to_be_likelier_than_the_one_above_it(values: list[float]) -> None:
    said = falling(values)

    assert all(one >= other - 1e-12 for one, other in pairwise(said))
    assert math.fsum(said) == pytest.approx(math.fsum(values))
    if values == sorted(values, reverse=True):
        assert said == pytest.approx(values)


def test_only_neighbours_in_the_wrong_order_share_their_mean() -> None:
    assert falling([0.9, 0.6, 0.8, 0.5]) == pytest.approx([0.9, 0.7, 0.7, 0.5])
    assert falling([0.1, 0.2, 0.6]) == pytest.approx([0.3, 0.3, 0.3])


def test_who_gains_nothing_stays_the_same() -> None:
    scored = fuse({}, {1: 0.5, 2: 0.4}, {})

    assert raised(scored, "mates", {}) == raised(scored, "mates", {1: 0.0, 9: 1.0}) == scored


RANKING = st.lists(PART, max_size=10).map(lambda relevances: list(enumerate(relevances)))


@given(first=RANKING, second=RANKING)
def test_two_rankings_become_one_and_each_keeps_its_order(
    first: list[tuple[int, float]], second: list[tuple[int, float]]
) -> None:
    mine, other = [("first", *one) for one in first], [("second", *one) for one in second]

    whole = merged(mine, other, lambda one: one[2])

    assert [one for one in whole if one[0] == "first"] == mine
    assert [one for one in whole if one[0] == "second"] == other


@given(relevance=st.floats(EQUAL, 1), less=st.floats(0, EQUAL * 0.99))
def test_of_equals_the_first_ranking_comes_first(relevance: float, less: float) -> None:
    accepted, unreviewed = ("accepted", relevance - less), ("unreviewed", relevance)

    assert merged([accepted], [unreviewed], lambda one: one[1]) == [accepted, unreviewed]


def test_what_is_clearly_more_relevant_comes_first_from_either_ranking() -> None:
    first, second = [("a", 0.9), ("b", 0.6)], [("x", 0.99), ("y", 0.7), ("z", 0.61)]

    assert [name for name, _ in merged(first, second, lambda one: one[1])] == ["x", "a", "y", "b", "z"]


# questions


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("retryWithBackoff", "retry with backoff"),
        ("retry_with_backoff", "retry with backoff"),
        (" TokenBucket ", "token bucket"),
        ("net/http.Client", "net http client"),
        ("retry with backoff", ""),
        ("how do I retry", ""),
        ("", ""),
        ("   ", ""),
        ("3rd", ""),
        ('"quoted"', ""),
    ],
)
def test_only_a_single_identifier_asks_for_a_name(query: str, name: str) -> None:
    question = Question.of(query)

    assert question.name == name
    assert not name or not question.mentioned


@pytest.mark.parametrize(
    ("query", "mentioned"),
    [
        ("where does TypeAdapter read its fields", {"type adapter"}),
        ("what calls parse_header in the client", {"parse header"}),
        ("use fetchJson with a Router", {"fetch json", "router"}),
        ("Retry a call that fails", set()),
        ("TypeAdapter", set()),
        ("is it so", set()),
    ],
)
def test_prose_mentions_identifiers_and_what_opens_a_sentence_is_none(query: str, mentioned: set[str]) -> None:
    assert Question.of(query).mentioned == mentioned


@pytest.mark.parametrize(
    ("query", "bare", "languages"),
    [
        ("write a file atomically in Python", "write a file atomically", {"python"}),
        ("Golang graceful shutdown", "graceful shutdown", {"go"}),
        ("debounce, js or ts?", "debounce, or", {"javascript", "typescript"}),
        ("merge two maps using rust", "merge two maps", {"rust"}),
        ("go back to the node above", "go back to the node above", set()),
        ("python", "python", {"python"}),
        ("  parse   dates ", "parse dates", set()),
        ("", "", set()),
    ],
)
def test_words_that_name_a_language_are_known_and_left_out(query: str, bare: str, languages: set[str]) -> None:
    question = Question.of(query)

    assert (question.bare, set(question.languages)) == (bare, languages)
    assert question.text == " ".join(query.split())
    assert question.words == tuple(words_of(bare))


@given(st.text(max_size=300))
def test_any_question_can_be_taken_apart(query: str) -> None:
    question = Question.of(query)

    assert question.bare or not question.text
    assert len(question.words) <= MAX_WORDS


# signals


def test_a_name_that_was_typed_is_worth_most_and_a_type_more_than_a_function() -> None:
    question = Question.of("TokenBucket")

    assert bonuses(question, document("python/token-bucket"), 1) == {"name": NAME_BONUS}
    assert bonuses(question, document("python/token-bucket", kind="class"), 1) == {"name": NAME_BONUS + TYPE_BONUS}
    assert bonuses(question, document("python/leaky-bucket"), 1) == {}


def test_a_language_that_was_named_counts_where_there_are_several() -> None:
    question = Question.of("deep merge in Rust")

    assert bonuses(question, document("rust/a"), 2) == {"language": LANGUAGE_BONUS}
    assert bonuses(question, document("go/a"), 2) == {}
    assert bonuses(question, document("rust/a"), 1) == {}, "all are of that language"


def test_what_is_described_is_nearer_to_any_question_and_so_pays_for_it() -> None:
    question, bare = Question.of("panic recovery"), document("go/handler")

    assert bonuses(question, bare._replace(described=True), 1) == {"prose": -PROSE_PENALTY}
    assert bonuses(question, bare._replace(described=True, line=9), 1) == bonuses(question, bare._replace(line=9), 1) | {
        "prose": -PROSE_PENALTY
    }


def test_the_place_of_a_pattern_says_nothing() -> None:
    question = Question.of("panic recovery of the Handler")

    assert bonuses(question, document("go/handler", path="patterns/go/tests/recovery.go"), 1) == {}


def test_a_unit_gains_by_the_name_of_its_file_and_by_being_mentioned() -> None:
    question = Question.of("panic recovery of the Handler")

    found = bonuses(question, document("go/handler", path="recovery.go", line=9, kind="struct"), 1)

    assert found == {"name": MENTION_BONUS, "file": FILE_BONUS, "kind": TYPE_LIFT, "place": 0.0}
    assert NAME_BONUS > MENTION_BONUS, "a mention is no name, so it is no sign of relevance"


@pytest.mark.parametrize(
    ("path", "share"), [("calls.py", 1.0), ("retry_policy.py", 0.5), ("net/retry.test.py", 1.0), ("policy.py", 0.0)]
)
def test_a_file_counts_by_the_share_of_its_name_that_was_asked_for(path: str, share: float) -> None:
    found = bonuses(Question.of("retry a call"), document("python/call", path=path, line=1), 1)

    assert found.get("file", 0.0) == pytest.approx(FILE_BONUS * share)


@pytest.mark.parametrize(
    ("path", "folders", "is_aside"),
    [
        ("app.py", 0, False),
        ("shop/billing/time.py", 2, False),
        ("examples/app.py", 1, True),
        ("tests/test_app.py", 1, True),
        ("lib/legacy/app.py", 2, True),
        ("src/latest.py", 1, False),
    ],
)
def test_what_lies_deep_or_aside_is_put_back(path: str, folders: int, is_aside: bool) -> None:
    found = bonuses(Question.of("do it"), document("python/x", path=path, line=1), 1)

    assert found["place"] == pytest.approx(-FOLDER_PENALTY * folders - SIDE_PENALTY * is_aside)


@given(scores=st.dictionaries(NUMBER, st.floats(-1, 2), min_size=1, max_size=12), data=st.data())
def test_units_of_one_file_gain_the_same_and_none_more_than_the_bonus(scores: dict[int, float], data: st.DataObject) -> None:
    files = {number: data.draw(st.sampled_from(["a.py", "b.py", "c.py"])) for number in scores}

    gains = mates(scores, files)

    assert all(0.0 <= gain <= MATES_BONUS * (1 + 1e-9) for gain in gains.values())
    for file in set(files.values()):
        assert len({gains.get(number, 0.0) for number in files if files[number] == file}) == 1
    assert max(gains.values(), default=MATES_BONUS) == pytest.approx(MATES_BONUS)


def test_the_file_with_several_answers_gains_most() -> None:
    gains = mates({1: 0.9, 2: 0.8, 3: 0.95, 4: 0.1}, {1: "a.py", 2: "a.py", 3: "b.py", 4: "b.py"})

    assert gains[1] == gains[2] == pytest.approx(MATES_BONUS)
    assert gains[3] == gains[4] == pytest.approx(MATES_BONUS * 0.85 / 1.5)


def test_patterns_have_no_mates() -> None:
    assert mates({1: 0.9, 2: 0.8}, {}) == mates({}, {}) == mates({1: 0.5}, {1: "a.py"}) == {}


# folding

TOTAL = """\
def total(rows):
    whole = 0
    for row in rows:
        if row.paid and not row.void:
            whole += row.amount * row.count
    return whole
"""
EDITED = TOTAL.replace("return whole", "return round(whole, 2)")
RENAMED = TOTAL.replace("total", "sum_up").replace("rows", "entries").replace("whole", "amount_of_all")
OTHER = (
    "class Door:\n    def __init__(self, key):\n        self.key = key\n\n    def open(self):\n        return self.key.turn()\n"
)


def hit(id: str, code: str, shape: str = "", score: float = 0.5) -> Hit:
    row = document(id)._asdict()
    facts = {name: row[name] for name in row if name not in ("number", "content_key", "shape", "described")}
    return Hit(Document(**facts, description="", suggested_action="", code=code, shape=shape), score, 0.8, {"meaning": score})


def shown(hits: list[Hit]) -> list[tuple[str, list[str]]]:
    return [(one.document.id, [other.id for other in one.also]) for one in folded(hits)]


def test_what_is_nearly_the_same_is_folded_under_the_first() -> None:
    hits = [hit("python/total", TOTAL), hit("python/door", OTHER), hit("python/edited", EDITED), hit("python/renamed", RENAMED)]

    assert shown(hits) == [("python/total", ["python/edited", "python/renamed"]), ("python/door", [])]


def test_folding_keeps_the_order_and_every_hit() -> None:
    hits = [hit("python/door", OTHER), hit("python/renamed", RENAMED), hit("python/total", TOTAL)]

    assert shown(hits) == [("python/door", []), ("python/renamed", ["python/total"])]


def test_other_languages_are_never_folded() -> None:
    hits = [hit("javascript/total", TOTAL, "same"), hit("typescript/total", TOTAL, "same")]

    assert shown(hits) == [("javascript/total", []), ("typescript/total", [])]


def test_the_same_shape_is_folded_whatever_its_length() -> None:
    short = "def one():\n    return 1\n"

    assert shown([hit("python/a", short, "s1"), hit("python/b", short.replace("one", "two"), "s1")]) == [
        ("python/a", ["python/b"])
    ]


def test_guidance_without_code_is_never_folded() -> None:
    assert shown([hit("any/a", "", "s"), hit("any/b", "", "s")]) == [("any/a", []), ("any/b", [])]


# words and rows


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
    id: str,
    version: int = 1,
    library: str = "team",
    deprecated: bool = False,
    tags: tuple[str, ...] = (),
    line: int = 0,
    **more: str,
) -> DocumentRow:
    language, _, slug = id.partition("/")
    facts = {"kind": "function", "framework": "", "language": language, "path": ""} | more
    return DocumentRow(
        number=0,
        content_key="",
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
        deprecated=deprecated,
        path=facts["path"],
        line=line,
        shape="",
        described=False,
    )


def current(*rows: DocumentRow, filters: Filters | None = None) -> set[tuple[str, int, str]]:
    found = current_rows(rows, ["team", "starter"], filters or Filters())
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
