"""The triggers that come with foundry-git: each reads, is reached by its examples, and names an answer that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry_git.execution.answers.known import ANSWERS
from foundry_git.execution.definitions import DEFAULT_HANDLERS, REAL_TIME, WRITES, PatternDefinition
from foundry_git.execution.registry import PatternRegistry
from foundry_git.library.library import open_library
from foundry_git.library.triggers import HANDLERS, Trigger, read_triggers, triggers_folder
from foundry_git.review.trigger_check import trigger_problems

LIBRARY = open_library(Path(__file__).parents[2])
TRIGGERS, PROBLEMS = read_triggers(LIBRARY)
NAMES = [one.name for one in TRIGGERS]


def test_every_file_reads() -> None:
    assert PROBLEMS == []
    assert sorted(path.stem for path in triggers_folder(LIBRARY).iterdir()) == sorted(NAMES)
    assert TRIGGERS != []


def test_nothing_is_wrong_with_any() -> None:
    assert list(trigger_problems(TRIGGERS, TRIGGERS)) == []


@pytest.mark.parametrize("trigger", TRIGGERS, ids=NAMES)
def test_what_answers_is_there(trigger: Trigger) -> None:
    assert trigger.handler in ANSWERS


def test_every_answer_is_a_handler_and_every_handler_an_answer() -> None:
    assert sorted(HANDLERS) == sorted(ANSWERS)


def test_every_answer_can_be_reached() -> None:
    assert {one.handler for one in TRIGGERS} | set(DEFAULT_HANDLERS.values()) == ANSWERS.keys()


@pytest.mark.parametrize("trigger", [one for one in TRIGGERS if one.handler in WRITES | REAL_TIME], ids=lambda one: one.name)
def test_what_writes_or_tells_how_things_stand_now_is_never_kept(trigger: Trigger) -> None:
    assert trigger.ttl == 0


@pytest.mark.parametrize("trigger", TRIGGERS, ids=NAMES)
def test_every_example_reaches_its_own_trigger(trigger: Trigger) -> None:
    registry = PatternRegistry(PatternDefinition.of_trigger(one) for one in TRIGGERS)

    for example in trigger.examples:
        found = registry.match(example)
        assert found, example
        assert found.definition.name == trigger.name, example


def test_all_examples_reach_their_own() -> None:
    assert PatternRegistry(PatternDefinition.of_trigger(one) for one in TRIGGERS).accuracy() == 1.0
