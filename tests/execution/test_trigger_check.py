"""Checking triggers: what their own examples say of them, each put to all triggers as a question would be."""

from __future__ import annotations

import pytest

from foundry_git.library.triggers import HANDLERS, Trigger
from foundry_git.review.trigger_check import FEW, TOO_BROAD, trigger_problems


def trigger(
    name: str,
    *examples: str,
    regexes: tuple[str, ...] = (),
    counterexamples: tuple[str, ...] = (),
    priority: int = 0,
    handler: str = "recall",
) -> Trigger:
    """A trigger that is matched by its name where no other regex is given."""
    return Trigger(
        name,
        "memory",
        handler,
        regexes or (name,),
        priority=priority,
        examples=examples or (f"{name} it",),
        counterexamples=counterexamples,
    )


def problems(*triggers: Trigger) -> list[tuple[str, str]]:
    return list(trigger_problems(triggers, triggers))


def test_triggers_that_their_examples_reach_have_no_problem() -> None:
    assert problems(trigger("fetch", counterexamples=("load it",)), trigger("load", counterexamples=("fetch it",))) == []


def test_without_triggers_there_is_no_problem() -> None:
    assert problems() == []


def test_a_handler_that_nobody_knows_is_a_problem() -> None:
    ((name, sentence),) = problems(trigger("fetch", handler="conjure"), trigger("load"))

    assert name == "fetch"
    assert sentence.startswith("handler: 'conjure' is none of health, statistics, ")
    assert sentence.endswith(", and answers.handlers of your own config.yaml does not name it")


def test_a_handler_of_the_users_configuration_is_known() -> None:
    fetch = trigger("fetch", handler="conjure")

    assert list(trigger_problems([fetch], [fetch], ["conjure"])) == []
    assert len(list(trigger_problems([fetch], [fetch], ["other"]))) == 1


@pytest.mark.parametrize("handler", HANDLERS)
def test_every_handler_that_comes_along_is_known(handler: str) -> None:
    assert problems(trigger("fetch", handler=handler)) == []


def test_an_example_that_does_not_match_is_a_problem() -> None:
    assert problems(trigger("fetch", "fetch it", "obtain it")) == [("fetch", "examples: 'obtain it' does not match")]


def test_an_example_that_another_trigger_takes_first_is_a_problem() -> None:
    fetch = trigger("fetch", "fetch it", "load or fetch", "fetch or load")

    assert problems(fetch, trigger("load", priority=1)) == [
        ("fetch", "examples: 'load or fetch' go to load, which comes first; raise the priority, or tell the two apart")
    ]


def test_a_trigger_that_never_comes_first_is_a_problem() -> None:
    fetch = trigger("fetch", "fetch or load", "load or fetch")

    assert problems(fetch, trigger("load", priority=1)) == [
        ("fetch", "all its examples go to load, which comes first; raise the priority, or tell the two apart")
    ]


def test_each_trigger_that_comes_first_is_named() -> None:
    fetch = trigger("fetch", "fetch", "fetch or load", "fetch or get")

    found = problems(fetch, trigger("load", priority=1), trigger("get", priority=2))

    assert [sentence.split(",")[0] for _, sentence in found] == [
        "examples: 'fetch or load' go to load",
        "examples: 'fetch or get' go to get",
    ]


def test_an_example_that_a_later_trigger_matches_too_is_none() -> None:
    assert problems(trigger("fetch", "fetch or load", priority=1), trigger("load")) == []


def test_a_counterexample_that_matches_is_a_problem() -> None:
    fetch = trigger("fetch", counterexamples=("load it", "do not fetch it"))

    assert problems(fetch) == [("fetch", "counterexamples: 'do not fetch it' matches")]


def test_a_counterexample_that_matches_is_a_problem_even_where_another_comes_first() -> None:
    fetch = trigger("fetch", counterexamples=("load or fetch",))

    assert problems(fetch, trigger("load", priority=1)) == [("fetch", "counterexamples: 'load or fetch' matches")]


def test_a_regex_that_no_example_reaches_is_a_problem() -> None:
    fetch = trigger("fetch", "Fetch it", regexes=("fetch", r"obtain \w+", "it"))

    assert problems(fetch) == [("fetch", r"regexes: no example reaches 'obtain \\w+'; add one, or take it out")]


def test_a_trigger_that_takes_more_than_a_fifth_of_other_examples_is_a_problem() -> None:
    others = trigger("load", *(f"load {number}" for number in range(FEW)), priority=1)
    fifth, more = (trigger("fetch", "load 0", regexes=(f"load [0-{last}]",)) for last in (1, 2))

    assert TOO_BROAD * FEW == 2
    assert not [one for _, one in trigger_problems([fifth], [fifth, others]) if one.startswith("matches")]
    assert [one for _, one in trigger_problems([more], [more, others]) if one.startswith("matches")] == [
        "matches 3 of the 10 examples of other triggers; name words that only this one has"
    ]


def test_of_few_other_examples_nothing_is_said_of_breadth() -> None:
    others = trigger("load", *(f"load {number}" for number in range(FEW - 1)), priority=1)
    fetch = trigger("fetch", "fetch", regexes=("fetch|load",))

    assert list(trigger_problems([fetch], [fetch, others])) == []


def test_only_what_is_wrong_with_the_own_triggers_is_said() -> None:
    own, others = trigger("fetch"), trigger("load", "obtain it")

    assert list(trigger_problems([own], [own, others])) == []
    assert list(trigger_problems([others], [own, others])) == [
        ("load", "examples: 'obtain it' does not match"),
        ("load", "regexes: no example reaches 'load'; add one, or take it out"),
    ]
