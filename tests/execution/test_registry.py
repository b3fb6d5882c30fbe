"""The registry: which definition a question matches, what is remembered of that, and how often it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.errors import ValidationError
from foundry_git.execution.definitions import PatternDefinition, PatternType
from foundry_git.execution.registry import MAX_MATCHES, Matched, PatternRegistry


def definition(name: str, regex: str = "", priority: int = 0, kind: PatternType = PatternType.MEMORY) -> PatternDefinition:
    """A definition that matches its name where no other regex is given."""
    return PatternDefinition(name, kind, regex or name, priority=priority)


def with_examples(name: str, *examples: str, priority: int = 0) -> PatternDefinition:
    return PatternDefinition(name, PatternType.MEMORY, f"{name}|other", priority=priority, metadata={"examples": examples})


def names(registry: PatternRegistry) -> list[str]:
    return [one.name for one in registry.definitions()]


def matching(registry: PatternRegistry, query: str) -> str:
    found = registry.find_matching_pattern(query)
    return found.name if found else ""


def test_an_empty_registry_matches_nothing() -> None:
    registry = PatternRegistry()

    assert registry.find_matching_pattern("fetch") is None
    assert registry.match("fetch") is None
    assert registry.matches("fetch") == []
    assert registry.definitions() == []
    assert registry.get("fetch") is None


def test_the_highest_priority_is_matched_and_of_equals_the_first_by_name() -> None:
    registry = PatternRegistry([definition("b", "fetch"), definition("a", "fetch"), definition("c", "fetch", priority=1)])

    assert names(registry) == [found.definition.name for found in registry.matches("fetch it")] == ["c", "a", "b"]
    assert matching(registry, "fetch it") == "c"


def test_only_definitions_of_a_type_are_matched_where_one_is_given() -> None:
    registry = PatternRegistry([definition("a", "fetch", 5), definition("b", "fetch", kind=PatternType.HYBRID)])

    found = registry.find_matching_pattern("fetch", PatternType.HYBRID)

    assert found == registry.get("b")
    assert matching(registry, "fetch") == "a"
    assert registry.find_matching_pattern("fetch", PatternType.INFRASTRUCTURE) is None


def test_a_match_tells_what_its_regex_took_out_of_the_question() -> None:
    fetch = definition("fetch", r"fetch (?P<topic>\w+)( for (?P<whom>\w+))?")
    registry = PatternRegistry([fetch])

    assert registry.match("please FETCH caching") == Matched(fetch, {"topic": "caching"})
    assert registry.matches("fetch caching for us") == [Matched(fetch, {"topic": "caching", "whom": "us"})]


def test_the_name_of_a_definition_always_matches_it() -> None:
    registry = PatternRegistry([definition("weekly report", "nothing like it"), definition("a", "weekly", priority=9)])

    assert registry.match("weekly report") == Matched(definition("weekly report", "nothing like it"), {})
    assert matching(registry, "the weekly report") == "a"


def test_a_name_does_not_match_among_definitions_of_another_type() -> None:
    registry = PatternRegistry([definition("health"), definition("check", "health", kind=PatternType.HYBRID)])

    found = registry.find_matching_pattern("health", PatternType.HYBRID)

    assert found == registry.get("check")


def test_what_is_registered_can_be_had_by_its_name_and_is_matched() -> None:
    registry = PatternRegistry()
    registry.register(definition("fetch"))

    assert registry.get("fetch") == definition("fetch")
    assert matching(registry, "fetch it") == "fetch"


def test_a_definition_of_the_same_name_is_replaced() -> None:
    registry = PatternRegistry()
    registry.register_batch([definition("fetch"), definition("fetch", "obtain")])

    assert names(registry) == ["fetch"]
    assert (matching(registry, "fetch it"), matching(registry, "obtain it")) == ("", "fetch")


def test_a_match_that_is_remembered_is_forgotten_with_the_next_definition() -> None:
    registry = PatternRegistry([definition("a", "fetch")])
    assert matching(registry, "fetch it") == "a"

    registry.register(definition("b", "fetch", priority=1))

    assert matching(registry, "fetch it") == "b"


def test_what_was_registered_comes_before_what_stands_in_files() -> None:
    registry = PatternRegistry([definition("fetch", "obtain")])
    registry.register(definition("fetch", "get"))

    registry.set_files([definition("fetch", "load"), definition("more")])

    assert registry.get("fetch") == definition("fetch", "get")
    assert names(registry) == ["fetch", "more"]


def test_what_no_longer_stands_in_files_is_gone() -> None:
    registry = PatternRegistry([definition("fetch"), definition("load")])
    registry.register(definition("own"))

    registry.set_files([definition("load")])

    assert names(registry) == ["load", "own"]


def test_only_a_change_makes_another_version() -> None:
    registry = PatternRegistry([definition("fetch")])
    versions = [registry.version]
    registry.set_files([definition("fetch")])
    versions.append(registry.version)
    registry.set_files([definition("fetch", "get")])
    versions.append(registry.version)
    registry.register(definition("own"))
    versions.append(registry.version)

    assert versions[0] == versions[1] < versions[2] < versions[3]


def test_several_are_registered_as_one_change() -> None:
    one, several = PatternRegistry(), PatternRegistry()
    one.register(definition("a"))
    several.register_batch([definition("a"), definition("b"), definition("c")])

    assert several.version == one.version


def test_what_is_no_definition_is_refused_and_nothing_is_registered() -> None:
    registry = PatternRegistry()

    with pytest.raises(
        ValidationError, match=r"^register: 5 is no PatternDefinition; make one with PatternDefinition.from_config"
    ):
        registry.register_batch([definition("a"), 5])  # type: ignore[list-item]

    assert registry.definitions() == []


# figures


def test_a_question_asked_again_is_remembered_for_each_type() -> None:
    registry = PatternRegistry([definition("fetch")])
    registry.match("fetch")
    registry.match("fetch", PatternType.MEMORY)
    registry.match("nothing")
    for _ in range(3):
        registry.match("nothing")

    assert registry.get_stats() == {
        "total_patterns": 1,
        "patterns_by_type": {"memory": 1},
        "cache_hits": 3,
        "cache_misses": 3,
        "cache_hit_rate": 50.0,
        "cache_size": 3,
    }


def test_figures_of_a_fresh_registry_are_nought() -> None:
    registry = PatternRegistry([definition("a"), definition("b"), definition("c", kind=PatternType.HYBRID)])

    assert registry.get_stats() == {
        "total_patterns": 3,
        "patterns_by_type": {"memory": 2, "hybrid": 1},
        "cache_hits": 0,
        "cache_misses": 0,
        "cache_hit_rate": 0.0,
        "cache_size": 0,
    }


def test_all_matches_of_a_question_are_not_remembered() -> None:
    registry = PatternRegistry([definition("fetch")])
    registry.matches("fetch")

    assert registry.get_stats()["cache_size"] == 0


def test_of_too_many_questions_the_least_recently_asked_is_forgotten() -> None:
    registry = PatternRegistry([definition("fetch")])
    for number in range(MAX_MATCHES):
        registry.match(f"question {number}")
    registry.match("question 0")
    registry.match("one more")
    hits = registry.get_stats()["cache_hits"]

    registry.match("question 0")
    registry.match("question 1")

    stats = registry.get_stats()
    assert (hits, stats["cache_hits"], stats["cache_size"]) == (1, 2, MAX_MATCHES)


def test_accuracy_is_the_share_of_examples_that_reach_their_own() -> None:
    assert PatternRegistry().accuracy() == 1.0
    assert PatternRegistry([definition("a")]).accuracy() == 1.0

    registry = PatternRegistry([with_examples("fetch", "fetch it", "the other"), with_examples("load", "load it", "nothing")])
    assert [registry.accuracy(), registry.accuracy()] == [0.75, 0.75]


def test_accuracy_is_taken_again_after_a_change() -> None:
    registry = PatternRegistry([with_examples("fetch", "fetch it", "the other")])
    before = registry.accuracy()

    registry.register(with_examples("all", "any other", priority=1))

    assert before == 1.0
    assert registry.accuracy() == pytest.approx(2 / 3)


@given(queries=st.lists(st.sampled_from(["fetch it", "load it", "load", "both: fetch and load", "nothing"]), max_size=20))
def test_what_is_remembered_is_what_would_be_matched_again(queries: list[str]) -> None:
    made = [definition("fetch"), definition("load", priority=1)]
    registry = PatternRegistry(made)

    for query in queries:
        assert registry.match(query) == PatternRegistry(made).match(query)
