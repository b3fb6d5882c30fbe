"""Definitions: triggers at run time, made from a mapping, a file or by hand, and what is said of wrong ones."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from foundry_git.errors import ValidationError
from foundry_git.execution.definitions import (
    BUDGETS,
    DEFAULT_HANDLERS,
    ExecutionMode,
    ExecutionResult,
    PatternDefinition,
    PatternType,
    RoutingDecision,
    mode_named,
    type_named,
)
from foundry_git.library.triggers import DEFAULT_TTL, HANDLERS, MAX_PRIORITY, MAX_REGEX, MAX_TTL, Trigger

CONFIG: dict[str, Any] = {"name": "Fetch", "pattern_type": "memory", "trigger_pattern": r"fetch (?P<topic>\w+)"}
FETCH = Trigger(
    "fetch", "memory", "recall", ("fetch", "get it"), "Fetch it.", "recall", 7, 60, ("fetch a", "get it now"), ("no",), "team"
)


def answer(question: str) -> str:
    return question.upper()


def problem_of(**changed: object) -> str:
    with pytest.raises(ValidationError) as caught:
        PatternDefinition.from_config(CONFIG | changed)
    return str(caught.value)


# from a mapping


def test_three_keys_make_a_definition() -> None:
    made = PatternDefinition.from_config(CONFIG)

    assert made == PatternDefinition("Fetch", PatternType.MEMORY, (r"fetch (?P<topic>\w+)",))
    assert (made.cost_tokens, made.priority, made.cache_ttl, made.metadata, made.handler) == (0, 0, DEFAULT_TTL, {}, "")


def test_every_key_is_taken() -> None:
    more = {"cost_tokens": 40, "priority": 3, "cache_ttl": 0, "metadata": {"category": "a"}, "handler": "search"}

    made = PatternDefinition.from_config(CONFIG | more)

    assert made == PatternDefinition(
        "Fetch", PatternType.MEMORY, (r"fetch (?P<topic>\w+)",), 40, 3, 0, {"category": "a"}, "search"
    )


@pytest.mark.parametrize(
    ("given", "regexes"),
    [
        ("fetch", ("fetch",)),
        (["fetch", "get"], ("fetch", "get")),
        (("fetch", "get"), ("fetch", "get")),
        (re.compile("fetch"), ("fetch",)),
    ],
)
def test_a_trigger_pattern_is_one_regex_or_several(given: object, regexes: tuple[str, ...]) -> None:
    made = PatternDefinition.from_config(CONFIG | {"trigger_pattern": given})

    assert made.regexes == regexes


def test_a_compiled_regex_may_be_given_by_hand() -> None:
    assert PatternDefinition("fetch", PatternType.MEMORY, re.compile("fetch")).regexes == ("fetch",)


def test_no_metadata_is_empty_metadata() -> None:
    assert PatternDefinition.from_config(CONFIG | {"metadata": None}).metadata == {}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "pattern '': name is missing"),
        ({"pattern_type": None}, "pattern 'Fetch': pattern_type is missing"),
        ({"trigger_pattern": []}, "pattern 'Fetch': trigger_pattern is missing"),
        ({"trigger": 1, "colour": 2}, "pattern 'Fetch': colour is no key; trigger is no key"),
        ({"name": "", "colour": 2}, "pattern '': name is missing; colour is no key"),
        ({"pattern_type": "magic"}, "pattern_type 'magic': is none of infrastructure, memory, hybrid"),
        ({"name": "--"}, "pattern '--': name holds no letter or digit"),
        ({"name": 5}, "pattern 5: name holds no letter or digit"),
        ({"priority": -1}, f"pattern 'Fetch': priority -1 is not a whole number from 0 to {MAX_PRIORITY}"),
        ({"priority": MAX_PRIORITY + 1}, "pattern 'Fetch': priority 101 is not a whole number from 0 to 100"),
        ({"priority": True}, "pattern 'Fetch': priority True is not a whole number from 0 to 100"),
        ({"cache_ttl": MAX_TTL + 1}, "pattern 'Fetch': cache_ttl 86401 is not a whole number from 0 to 86400"),
        ({"cache_ttl": None}, "pattern 'Fetch': cache_ttl None is not a whole number from 0 to 86400"),
        ({"cost_tokens": 1.5}, "pattern 'Fetch': cost_tokens 1.5 is not a whole number from 0 to 1000000"),
        ({"trigger_pattern": 5}, "pattern 'Fetch': it has no trigger_pattern"),
        ({"trigger_pattern": ["a", 5]}, "pattern 'Fetch': a trigger_pattern is a text of at most 500 characters"),
        ({"trigger_pattern": "a" * (MAX_REGEX + 1)}, "pattern 'Fetch': a trigger_pattern is a text of at most 500 characters"),
        ({"trigger_pattern": "a*"}, "pattern 'Fetch': trigger_pattern 'a*' matches any question"),
        (
            {"trigger_pattern": "("},
            "pattern 'Fetch': trigger_pattern '(': missing ): (; RE2 has no look-around and no back-references",
        ),
    ],
)
def test_a_mapping_that_is_no_definition_is_refused(changed: dict[str, object], sentence: str) -> None:
    assert problem_of(**changed) == sentence


def test_everything_wrong_is_said_at_once() -> None:
    said = problem_of(name="-", priority=-1, trigger_pattern=["a*", "("])

    assert [part.split()[0] for part in said.removeprefix("pattern '-': ").split("; ")[:4]] == [
        "name",
        "priority",
        "trigger_pattern",
        "trigger_pattern",
    ]


def test_a_regex_that_holds_half_a_letter_is_refused() -> None:
    assert "surrogates not allowed" in problem_of(trigger_pattern="\ud800")


# from a file


def test_a_trigger_becomes_a_definition_and_a_trigger_again() -> None:
    made = PatternDefinition.of_trigger(FETCH)

    assert (made.name, made.pattern_type, made.regexes) == ("fetch", PatternType.MEMORY, FETCH.regexes)
    assert (made.priority, made.cache_ttl, made.handler) == (7, 60, "recall")
    assert made.metadata == {
        "category": "recall",
        "description": "Fetch it.",
        "library": "team",
        "examples": ("fetch a", "get it now"),
    }
    assert made.as_trigger() == Trigger("fetch", "memory", "", FETCH.regexes, priority=7, ttl=60)


# what answers


def test_a_definition_without_a_handler_is_answered_as_is_usual_of_its_type() -> None:
    assert {kind: PatternDefinition("a", kind, "a b").answers for kind in PatternType} == DEFAULT_HANDLERS
    assert set(DEFAULT_HANDLERS.values()) <= HANDLERS.keys()


def test_a_definition_is_answered_by_its_handler() -> None:
    assert PatternDefinition("a", PatternType.MEMORY, "a b", handler="compare").answers == "compare"
    assert PatternDefinition("a", PatternType.MEMORY, "a b", handler=answer).answers is answer


def test_only_a_handler_that_stores_writes() -> None:
    assert PatternDefinition("a", PatternType.MEMORY, "a b", handler="store").writes
    assert not PatternDefinition("a", PatternType.MEMORY, "a b", handler="recall").writes
    assert not PatternDefinition("a", PatternType.MEMORY, "a b").writes


def test_a_function_writes_where_its_metadata_says_so() -> None:
    assert PatternDefinition("a", PatternType.MEMORY, "a b", metadata={"writes": True}, handler=answer).writes
    assert not PatternDefinition("a", PatternType.MEMORY, "a b", handler=answer).writes


# names


@pytest.mark.parametrize("kind", list(PatternType))
def test_a_type_is_named_by_its_text_or_itself(kind: PatternType) -> None:
    assert type_named(kind.value) is type_named(kind) is kind


def test_an_answer_of_each_type_takes_no_more_than_the_documents_say() -> None:
    assert BUDGETS == {PatternType.INFRASTRUCTURE: 50, PatternType.MEMORY: 100, PatternType.HYBRID: 200}


@pytest.mark.parametrize("mode", list(ExecutionMode))
def test_a_mode_is_named_by_its_text_or_itself(mode: ExecutionMode) -> None:
    assert mode_named(mode.value) is mode_named(mode) is mode


def test_hybrid_is_another_name_of_the_comprehensive_mode() -> None:
    assert ExecutionMode["HYBRID"] is ExecutionMode["COMPREHENSIVE"]


@pytest.mark.parametrize("name", ["slow", "", None, 5])
def test_a_mode_that_is_none_is_refused(name: object) -> None:
    with pytest.raises(ValidationError, match=f"^execution_mode {name!r}: is none of fast, balanced, comprehensive$"):
        mode_named(name)


@pytest.mark.parametrize("name", ["magic", "", None, 5])
def test_a_type_that_is_none_is_refused(name: object) -> None:
    with pytest.raises(ValidationError, match=f"^pattern_type {name!r}: is none of infrastructure, memory, hybrid$"):
        type_named(name)


# as plain values


def test_a_decision_can_be_written_as_json() -> None:
    decision = RoutingDecision(PatternType.MEMORY, 0.9, "it matches", 40, [PatternType.HYBRID], "recall", True, {"topic": "a"})

    assert json.loads(json.dumps(decision.to_dict())) == {
        "pattern_type": "memory",
        "confidence": 0.9,
        "reasoning": "it matches",
        "estimated_cost": 40,
        "alternative_routes": ["hybrid"],
        "route": "recall",
        "is_matched": True,
        "arguments": {"topic": "a"},
    }


def test_a_result_can_be_written_as_json() -> None:
    result = ExecutionResult("recall", True, {"count": 2}, 1.5, 12, False, text="Two.")

    assert result.dict() == result.to_dict()
    assert json.loads(json.dumps(result.dict())) == {
        "pattern_name": "recall",
        "success": True,
        "result": {"count": 2},
        "execution_time_ms": 1.5,
        "tokens_used": 12,
        "cache_hit": False,
        "error": None,
        "metadata": {},
        "text": "Two.",
    }


def test_results_do_not_share_their_metadata() -> None:
    one, other = (ExecutionResult("a", True, {}, 0.0, 0, False) for _ in range(2))

    assert one.metadata is not other.metadata
