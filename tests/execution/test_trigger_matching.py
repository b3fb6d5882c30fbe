"""Matching a question against many triggers: order, arguments, and nothing that Python's own regexes would not find."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.library.library import open_library
from foundry_git.library.triggers import Trigger, TriggerType, read_triggers
from foundry_git.search.trigger_matching import TriggerMatch, TriggerMatcher

SHIPPED = sorted(read_triggers(open_library(Path(__file__).parents[2]))[0], key=lambda one: (-one.priority, one.name))
MATCHER = TriggerMatcher(SHIPPED)
OF_PYTHON = [[re.compile(regex, re.IGNORECASE | re.ASCII) for regex in trigger.regexes] for trigger in SHIPPED]
SAMPLES = [sample for trigger in SHIPPED for sample in trigger.examples + trigger.counterexamples]
WORDS = sorted({word for sample in SAMPLES for word in sample.split()})
QUESTION = st.one_of(
    st.sampled_from(SAMPLES),
    st.lists(st.sampled_from(SAMPLES) | st.sampled_from(WORDS), max_size=5).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
).flatmap(lambda text: st.sampled_from([text, text.upper(), text.capitalize()]))

RECALL = r"(recall|find|get)\s+.*\s+(tagged|tag)\s+(\w+)"
ANALYSE = r"(analyze|examine|investigate)\s+.*\s+(pattern|system|performance)"


def trigger(name: str, *regexes: str, priority: int = 0, kind: TriggerType = "memory", library: str = "") -> Trigger:
    """A trigger that is matched by its name where no other regex is given."""
    return Trigger(name, kind, "recall", regexes or (name,), priority=priority, library=library)


def named(found: list[TriggerMatch]) -> list[str]:
    return [match.trigger.name for match in found]


def as_python_finds(question: str) -> list[TriggerMatch]:
    """The matches of the shipped triggers by one regex of ``re`` after the other."""
    found = []
    for one, regexes in zip(SHIPPED, OF_PYTHON, strict=True):
        match = next((match for regex in regexes if (match := regex.search(question))), None)
        if match:
            found.append(TriggerMatch(one, {name: text for name, text in match.groupdict().items() if text}, match.span()))
    return found


# order


def test_the_highest_priority_comes_first_and_of_equals_the_first_by_name() -> None:
    matcher = TriggerMatcher(
        [trigger("b", "it"), trigger("d", "it", priority=1), trigger("a", "it"), trigger("c", "it", priority=9)]
    )

    assert named(matcher.all("is it so")) == [one.name for one in matcher.triggers] == ["c", "d", "a", "b"]
    first = matcher.first("is it so")
    assert first
    assert first.trigger.name == "c"


@given(order=st.permutations(["a", "b", "c", "d", "e"]))
def test_the_order_does_not_depend_on_the_order_of_what_comes_in(order: list[str]) -> None:
    triggers = [trigger(name, "it", priority=ord(name) % 2) for name in order]

    assert named(TriggerMatcher(triggers).all("it")) == ["a", "c", "e", "b", "d"]


def test_the_first_is_that_of_a_type_where_one_is_given() -> None:
    matcher = TriggerMatcher([trigger("a", "it", priority=1), trigger("b", "it", kind="hybrid"), trigger("c", "it")])

    assert named(matcher.all("it", "memory")) == ["a", "c"]
    assert named(matcher.all("it", "hybrid")) == ["b"]
    assert matcher.all("it", "infrastructure") == []
    assert matcher.first("it", "infrastructure") is None
    found = matcher.first("it", "hybrid")
    assert found
    assert found.trigger.name == "b"


def test_a_trigger_is_found_once_by_the_first_of_its_regexes_that_matches() -> None:
    matcher = TriggerMatcher([trigger("a", "nothing", r"fetch (?P<topic>\w+)", r"(?P<whole>.*fetch.*)"), trigger("b", "fetch")])

    found = matcher.all("now fetch caching")

    assert [(match.trigger.name, match.arguments, match.span) for match in found] == [
        ("a", {"topic": "caching"}, (4, 17)),
        ("b", {}, (4, 9)),
    ]


# nothing


def test_without_triggers_nothing_matches() -> None:
    assert TriggerMatcher([]).all("anything") == TriggerMatcher([]).all("") == []
    assert TriggerMatcher([]).first("anything") is None


@pytest.mark.parametrize("question", ["", " ", "fetc", "f e t c h", "??"])
def test_a_question_without_the_words_of_any_trigger_matches_none(question: str) -> None:
    matcher = TriggerMatcher([trigger("fetch"), trigger("load")])

    assert matcher.all(question) == []
    assert matcher.first(question) is None


# arguments


def test_arguments_are_the_named_groups_that_took_part() -> None:
    matcher = TriggerMatcher([trigger("a", r"(?P<verb>fetch|load)( (?P<topic>\w+))?( for (?P<whom>\w*))?( now)?")])

    found = [matcher.first(text) for text in ("fetch", "load caching", "fetch caching for us now", "fetch caching for ")]

    assert [match and match.arguments for match in found] == [
        {"verb": "fetch"},
        {"verb": "load", "topic": "caching"},
        {"verb": "fetch", "topic": "caching", "whom": "us"},
        {"verb": "fetch", "topic": "caching"},
    ]


def test_a_group_without_a_name_is_no_argument() -> None:
    found = TriggerMatcher([trigger("a", r"(fetch) (\w+)")]).first("fetch caching")

    assert found
    assert found.arguments == {}


# case and letters


@pytest.mark.parametrize("question", ["fetch caching", "FETCH CACHING", "Fetch Caching", "please fEtCh cachinG now"])
def test_case_does_not_matter(question: str) -> None:
    assert named(TriggerMatcher([trigger("a", "Fetch cachinG")]).all(question)) == ["a"]


def test_an_argument_keeps_the_case_in_which_it_was_typed() -> None:
    found = TriggerMatcher([trigger("a", r"fetch (?P<topic>\w+)")]).first("FETCH HttpClient")

    assert found
    assert found.arguments == {"topic": "HttpClient"}


@pytest.mark.parametrize(
    ("regex", "question"),
    [
        ("größe", "die GRÖßE einer Datei"),
        ("ÄPFEL", "zwei äpfel"),
        ("жук", "майский ЖУК"),
        ("σας", "ΣΑΣ"),
        ("kelvin", "\N{KELVIN SIGN}elvin"),
        ("漢字", "これは漢字です"),
        ("🐍", "a 🐍 in the grass"),
    ],
)
def test_letters_of_every_script_are_found_whatever_their_case(regex: str, question: str) -> None:
    assert named(TriggerMatcher([trigger("a", regex), trigger("b", "fetch")]).all(question)) == ["a"]


def test_a_span_counts_characters() -> None:
    question = "über 漢字 🐍: fetch Größe!"
    found = TriggerMatcher([trigger("a", r"fetch (?P<topic>\pL+)")]).first(question)

    assert found
    assert question[slice(*found.span)] == "fetch Größe"
    assert found.arguments == {"topic": "Größe"}


def test_a_question_may_hold_a_nul() -> None:
    found = TriggerMatcher([trigger("a", "fetch")]).first("a\0fetch")

    assert found
    assert found.span == (2, 7)


# regexes without a required word


@pytest.mark.parametrize("regex", [r"\d+", r"[a-z]{3,}\?", r".{5,}", r"^\W+$", r"(a|\d)b?"])
def test_a_regex_without_any_required_word_is_matched_alone(regex: str) -> None:
    matcher = TriggerMatcher([trigger("a", regex)])

    for question in ("12", "why?", "a long question", "???", "ab", "b"):
        assert bool(matcher.all(question)) == bool(re.search(regex, question)), question


def test_a_regex_without_any_required_word_is_matched_beside_others() -> None:
    matcher = TriggerMatcher([trigger("words", "fetch"), trigger("digits", r"\d+"), trigger("either", r"load|\d\d")])

    assert named(matcher.all("fetch 12")) == ["digits", "either", "words"]
    assert named(matcher.all("12")) == ["digits", "either"]
    assert named(matcher.all("load 1")) == ["digits", "either"]
    assert named(matcher.all("fetch")) == ["words"]
    assert named(matcher.all("nothing")) == []


# agreement


@given(question=QUESTION)
def test_the_shipped_triggers_match_what_regexes_of_python_match(question: str) -> None:
    assert MATCHER.all(question) == as_python_finds(question)


@given(question=QUESTION)
def test_the_first_match_is_the_first_of_all(question: str) -> None:
    found = MATCHER.all(question)

    assert MATCHER.first(question) == (found[0] if found else None)
    for kind in {match.trigger.type for match in found}:
        assert MATCHER.all(question, kind) == [match for match in found if match.trigger.type == kind]


@given(question=QUESTION, some=st.sets(st.sampled_from([one.name for one in SHIPPED])))
def test_a_trigger_matches_whatever_others_there_are(question: str, some: set[str]) -> None:
    matcher = TriggerMatcher([one for one in SHIPPED if one.name in some])

    assert matcher.all(question) == [match for match in MATCHER.all(question) if match.trigger.name in some]


# texts that a backtracking engine would not come to an end with


@pytest.mark.parametrize(
    ("regex", "hostile", "end"),
    [
        (RECALL, "recall " * 1429, " tagged security"),
        (RECALL, "recall " + " " * 10_000, " tagged security"),
        (RECALL, "find it tagged" + " " * 10_000, "security"),
        (ANALYSE, "analyze " * 1250, " a pattern"),
        (ANALYSE, "examine " + " " * 10_000, " the system"),
        (ANALYSE, "investigate " * 834, " my performance"),
    ],
)
def test_ten_thousand_hostile_characters_are_answered(regex: str, hostile: str, end: str) -> None:
    matcher = TriggerMatcher([trigger("a", regex)])

    assert len(hostile) >= 10_000
    assert matcher.all(hostile) == []
    assert named(matcher.all(hostile + end)) == ["a"]
