"""Asking: questions and what is told beside them, checked at the door."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.errors import ValidationError
from foundry_git.execution.asking import (
    MAX_CONTEXT,
    MAX_KEYS,
    MAX_LIMIT,
    MAX_NAME,
    MAX_QUESTION,
    MAX_TOKENS,
    PRIORITIES,
    Asked,
    Context,
    Job,
    context_of,
    question_of,
)
from foundry_git.execution.definitions import ExecutionMode

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def asked(question: str, told: dict[str, Any] | None = None, **arguments: str) -> Asked:
    return Asked(question, ExecutionMode.BALANCED, context_of(told), arguments)


def in_a_circle() -> list[object]:
    circle: list[object] = []
    circle.append(circle)
    return circle


# the question


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("retry with backoff", "retry with backoff"),
        ("  retry\n\twith   backoff ", "retry with backoff"),
        ("retry\0with", "retry with"),
        ("Größe einer Datei?", "Größe einer Datei?"),
        ("half \ud800 a letter", "half ? a letter"),
    ],
)
def test_a_question_is_kept_as_typed_but_for_its_spaces(typed: str, question: str) -> None:
    assert question_of(typed) == question


@given(typed=st.text(min_size=1))
def test_a_question_that_was_taken_is_taken_again_as_it_is(typed: str) -> None:
    if typed.replace("\0", " ").split():
        assert question_of(question_of(typed)) == question_of(typed)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "query: is empty; say in your own words what you want to know"),
        (" \n\0 ", "query: is empty; say in your own words what you want to know"),
        (None, "query: is NoneType, not text"),
        (b"retry", "query: is bytes, not text"),
        ("x" * (MAX_QUESTION + 1), "query: 16,385 characters; at most 16,384 are taken"),
    ],
)
def test_what_is_no_question_is_refused(typed: object, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        question_of(typed)

    assert str(caught.value) == sentence


def test_the_longest_question_is_taken() -> None:
    assert len(question_of("x" * MAX_QUESTION)) == MAX_QUESTION


# the context


def test_nothing_told_is_an_empty_context() -> None:
    assert context_of(None) == context_of({}) == Context()


def test_what_has_a_meaning_is_taken_out_of_what_is_told() -> None:
    told = {
        "agent_id": "reviewer",
        "session_id": "s-1",
        "priority": "high",
        "workflow": "review",
        "timestamp": "2026-03-31T12:00:00+00:00",
        "max_tokens": 80,
        "language": "python",
        "anything": {"else": [1, 2]},
    }

    context = context_of(MappingProxyType(told))

    assert context == Context("reviewer", "s-1", "high", "review", NOON, 80, told)
    assert context.text("language") == "python"
    assert context.text("anything") == context.text("nothing") == ""


def test_as_much_as_allowed_may_be_told() -> None:
    assert len(context_of({f"key{n}": n for n in range(MAX_KEYS)}).told) == MAX_KEYS
    assert context_of({"a": "x" * (MAX_CONTEXT - len('{"a": ""}'))}).text("a")
    assert context_of({"workflow": "w" * MAX_NAME}).workflow == "w" * MAX_NAME


def test_an_agent_has_two_names_of_which_the_longer_counts() -> None:
    assert context_of({"agent": "short"}).agent == "short"
    assert context_of({"agent": "short", "agent_id": "long"}).agent == "long"
    assert context_of({"agent": "short", "agent_id": None}).agent == "short"


def test_a_name_may_be_a_number() -> None:
    assert context_of({"session_id": 17}).session == "17"


@pytest.mark.parametrize("priority", PRIORITIES)
def test_every_priority_is_taken(priority: str) -> None:
    assert context_of({"priority": priority}).priority == priority


@pytest.mark.parametrize("value", [NOON, "2026-03-31T12:00:00+00:00", "2026-03-31T14:00:00+02:00", "2026-03-31T12:00:00Z"])
def test_a_timestamp_is_a_moment_or_the_text_of_one(value: object) -> None:
    assert context_of({"timestamp": value}).timestamp == NOON


@pytest.mark.parametrize(("key", "most"), [("limit", MAX_LIMIT), ("max_tokens", MAX_TOKENS)])
def test_whole_numbers_go_from_one_to_their_most(key: str, most: int) -> None:
    for value in (1, most):
        assert context_of({key: value}).told[key] == value
    for wrong in (0, most + 1, -1, "5", 5.0, True, None):
        with pytest.raises(ValidationError, match=f"^context: {key} must be a whole number from 1 to {most}$"):
            context_of({key: wrong})


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("text", "context: must be a mapping with texts as keys"),
        ([("agent", "a")], "context: must be a mapping with texts as keys"),
        ({1: "a"}, "context: must be a mapping with texts as keys"),
        ({f"key{n}": n for n in range(MAX_KEYS + 1)}, "context: 33 keys; at most 32 are taken"),
        ({"a": "x" * MAX_CONTEXT}, "context: 65,545 bytes; at most 65,536 are taken"),
        ({"a": in_a_circle()}, "context: cannot be written as JSON; pass texts, numbers, lists and mappings"),
        ({"a": {(1, 2): 3}}, "context: cannot be written as JSON; pass texts, numbers, lists and mappings"),
        ({"agent_id": ["a"]}, "context: agent_id must be a name of at most 200 characters"),
        ({"agent": 1.5}, "context: agent must be a name of at most 200 characters"),
        ({"session_id": "x" * (MAX_NAME + 1)}, "context: session_id must be a name of at most 200 characters"),
        ({"workflow": {}}, "context: workflow must be a name of at most 200 characters"),
        ({"priority": "urgent"}, "context: priority 'urgent' is none of low, normal, high, critical"),
        ({"priority": ["high"]}, "context: priority \"['high']\" is none of low, normal, high, critical"),
        ({"timestamp": "noon"}, "context: timestamp is no moment; write one like 2026-03-31T12:00:00+00:00"),
        ({"timestamp": 1.5}, "context: timestamp is no moment; write one like 2026-03-31T12:00:00+00:00"),
        ({"language": 3}, "context: language must be text"),
        ({"framework": []}, "context: framework must be text"),
        ({"tag": None}, "context: tag must be text"),
        ({"kind": True}, "context: kind must be text"),
        ({"library": {}}, "context: library must be text"),
    ],
)
def test_what_cannot_be_told_is_refused(told: object, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        context_of(told)

    assert str(caught.value) == sentence


def test_nesting_without_an_end_is_refused() -> None:
    told: dict[str, object] = {}
    for _ in range(100_000):
        told = {"a": told}

    with pytest.raises(ValidationError, match="cannot be written as JSON"):
        context_of(told)


def test_only_what_narrows_an_answer_belongs_to_what_it_is_kept_under() -> None:
    narrowing = {"language": "go", "limit": 3, "max_tokens": 90, "code": "x = 1", "session_id": "s"}

    assert context_of({"agent_id": "a", "workflow": "w", "anything": 1} | narrowing).narrowing == narrowing


# what was asked


def test_five_answers_are_wanted_where_no_number_is_told() -> None:
    assert asked("retry").limit == 5
    assert asked("retry", {"limit": 9}).limit == 9
    for wrong in (True, "9", None):
        assert Asked("retry", ExecutionMode.FAST, Context(told={"limit": wrong})).limit == 5


def test_the_topic_is_the_first_argument_that_is_there() -> None:
    question = asked("compare flask and django", one="flask", other=" “django”! ", topic="web")

    assert question.topic("one", "other") == "flask"
    assert question.topic("missing", "other") == "django"
    assert question.topic("missing") == "web"
    assert question.topic() == "web"


@pytest.mark.parametrize(
    ("question", "arguments", "topic"),
    [
        ("what about caching?", {}, "what about caching"),
        ("what about caching?", {"topic": "  "}, "what about caching"),
        ('"quoted"', {}, "quoted"),
        ("???", {}, "???"),
        ("recall ?", {"topic": "?"}, "recall ?"),
    ],
)
def test_without_an_argument_the_question_is_the_topic(question: str, arguments: dict[str, str], topic: str) -> None:
    assert asked(question, None, **arguments).topic() == topic


@pytest.mark.parametrize(
    ("topic", "subject"),
    [
        ("caching patterns", "caching"),
        ("patterns on caching in our library", "caching"),
        ("what we know about retries", "retries"),
        ("the lessons about error handling", "error handling"),
        ("all of the Notes on HTTP", "HTTP"),
        ("lessons about http, grouped by tag", "http"),
        ("themes by language", ""),
        ("all our patterns", ""),
        ("things", ""),
        ("the cache", "cache"),
        ("atomic writes", "atomic writes"),
        ("retries of the library!", "retries"),
    ],
)
def test_the_subject_is_the_topic_without_the_words_for_what_is_kept(topic: str, subject: str) -> None:
    assert asked("a question", topic=topic).subject() == subject


# a job


def test_a_job_is_checked_as_its_parts_are() -> None:
    job = Job.of(" what  now ", "fast", {"agent": "a"}, use_cache=False, may_write=False)

    assert job == Job("what now", ExecutionMode.FAST, context_of({"agent": "a"}), False, False)
    assert Job.of("what now") == Job("what now", ExecutionMode.BALANCED, Context(), True, True)


@pytest.mark.parametrize(("query", "mode", "context"), [("", "fast", None), ("a", "slow", None), ("a", "fast", 5)])
def test_a_job_with_a_wrong_part_is_refused(query: object, mode: str, context: object) -> None:
    with pytest.raises(ValidationError):
        Job.of(query, mode, context)


def test_jobs_that_want_the_same_answer_have_the_same_name() -> None:
    told = {"language": "go", "limit": 3}
    name = Job.of("what now", "fast", told).name

    assert Job.of("what  now ", ExecutionMode.FAST, dict(reversed(told.items()))).name == name
    assert Job.of("what now", "fast", told | {"agent": "a", "timestamp": NOON, "priority": "low"}, use_cache=False).name == name


def test_jobs_that_want_another_answer_have_another_name() -> None:
    jobs = [
        Job.of("what now"),
        Job.of("what then"),
        Job.of("what now", "fast"),
        Job.of("what now", may_write=False),
        Job.of("what now", context={"language": "go"}),
        Job.of("what now", context={"language": "rust"}),
        Job.of("what now", context={"max_tokens": 50}),
        Job.of("what now", context={"code": "x = 1"}),
        Job.of("what now", context={"session_id": "s"}),
    ]

    assert len({job.name for job in jobs}) == len(jobs)
