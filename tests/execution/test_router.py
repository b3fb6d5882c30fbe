"""The router: where a question goes, how sure that is and why, and what may be asked to find that out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from foundry_git.errors import ValidationError
from foundry_git.execution.definitions import BUDGETS, ExecutionMode, PatternDefinition, PatternType, RoutingDecision
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.execution.registry import PatternRegistry
from foundry_git.execution.router import BY_TRIGGER, HybridDecisionRouter, type_of
from foundry_git.execution.routing_model import NONE, SEARCH, RoutingModel
from foundry_git.index.encoder.weights import find_weights
from foundry_git.library.library import starter_library
from foundry_git.library.triggers import read_triggers
from tests.execution.project import Project, pattern, trigger

Vector = NDArray[np.float32]

STRONG, WEAK, FAINT = 8.0, 1.5, 0.5
ROUTES = ("recall", "list", "health", SEARCH, NONE)
WORDS = {
    "orchard": ("recall", STRONG),
    "trees": ("recall", WEAK),
    "joke": (NONE, STRONG),
    "fun": (NONE, FAINT),
    "code": (SEARCH, WEAK),
}
"""What the words of the model speak for, and how loudly; all others say nothing."""
MEANT: Vector = np.array([1.0, 0.0], np.float32)
"""The direction in which questions are meant for ``list``."""
OTHERWISE: Vector = np.array([0.0, 1.0], np.float32)

needs_weights = pytest.mark.skipif(find_weights(None, Path("/nowhere")) is None, reason="the weights are not installed")


def never(text: str) -> Vector | None:
    raise AssertionError(f"a model was opened for {text!r}")


def without(text: str) -> Vector | None:
    return None


class Encoder:
    """Knows the vectors of some texts, and remembers what it was asked for."""

    def __init__(self, known: Mapping[str, Vector], otherwise: Vector = OTHERWISE) -> None:
        self.asked: list[str] = []
        self._known, self._otherwise = known, otherwise

    def __call__(self, text: str) -> Vector | None:
        self.asked.append(text)
        return self._known.get(text, self._otherwise)


def model() -> RoutingModel:
    """A model of a few words, which says the same by meaning but for what lies in the direction of :data:`MEANT`."""
    by_word = np.zeros((len(WORDS), 2, len(ROUTES)), np.float32)
    for at, (route, weight) in enumerate(WORDS.values()):
        by_word[at, :, ROUTES.index(route)] = weight
    of_vector = np.zeros((2, len(ROUTES)), np.float32)
    of_vector[0, ROUTES.index("list")] = 2 * STRONG
    return RoutingModel(
        ROUTES, {word: at for at, word in enumerate(WORDS)}, by_word, of_vector, np.zeros((2, len(ROUTES)), np.float32)
    )


def definitions() -> list[PatternDefinition]:
    return [
        PatternDefinition("recall", PatternType.MEMORY, "^recall it$", priority=30),
        PatternDefinition("list", PatternType.INFRASTRUCTURE, "^list them$", priority=40, cost_tokens=33),
        PatternDefinition("health", PatternType.INFRASTRUCTURE, "^(check|recall) it", priority=20),
    ]


def router(encode: Callable[[str], Vector | None] = never, *more: PatternDefinition) -> HybridDecisionRouter:
    return HybridDecisionRouter(PatternRegistry([*definitions(), *more]), encode, model=model())


def is_whole(decision: RoutingDecision, known: set[str]) -> bool:
    """Whether a decision has everything that the documents say it has."""
    return (
        isinstance(decision.pattern_type, PatternType)
        and 0.0 <= decision.confidence <= 1.0
        and bool(decision.reasoning)
        and type(decision.estimated_cost) is int
        and decision.estimated_cost >= 0
        and isinstance(decision.alternative_routes, list)
        and all(isinstance(one, PatternType) for one in decision.alternative_routes)
        and decision.route in known | {"", SEARCH}
    )


@pytest.fixture(scope="module")
def shipped() -> PatternRegistry:
    """The triggers that come along."""
    library = starter_library()
    assert library is not None
    found, problems = read_triggers(library)
    assert problems == []
    return PatternRegistry(PatternDefinition.of_trigger(one) for one in found)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, user_cache: Path) -> Iterator[PatternExecutionEngine]:
    kept = pattern("orchard-pruner", "Prune the branches of an orchard.")
    with Project(tmp_path_factory.mktemp("orchard"), user_cache, kept).engine() as made:
        made.start()
        yield made


# every decision


@pytest.mark.parametrize("mode", ExecutionMode)
def test_every_decision_on_a_shipped_example_is_whole(shipped: PatternRegistry, mode: ExecutionMode) -> None:
    known = {one.name for one in shipped.definitions()}
    deciding = HybridDecisionRouter(shipped, never)
    examples = [(one, example) for one in shipped.definitions() for example in one.metadata["examples"]]

    decided = [(one, deciding.decide(example, mode)) for one, example in examples]

    assert len(decided) > 100
    assert all(is_whole(decision, known) for _, decision in decided)
    assert all((decision.route, decision.is_matched) == (one.name, True) for one, decision in decided)
    assert all(decision.pattern_type not in decision.alternative_routes for _, decision in decided)
    assert all(len(set(decision.alternative_routes)) == 2 for _, decision in decided)


@given(question=st.text(min_size=1, max_size=80).filter(lambda text: bool(text.replace("\0", " ").split())))
def test_every_decision_on_anything_else_is_whole(shipped: PatternRegistry, question: str) -> None:
    known = {one.name for one in shipped.definitions()}
    deciding = HybridDecisionRouter(shipped, without)

    assert all(is_whole(deciding.decide(question, mode), known) for mode in ExecutionMode)


def test_a_decision_may_be_awaited() -> None:
    deciding = router(without)

    assert asyncio.run(deciding.route("an orchard", "fast", {"agent_id": "x"})) == deciding.decide("an orchard", "fast")
    assert set(deciding.decide("an orchard").to_dict()) >= {
        "pattern_type",
        "confidence",
        "reasoning",
        "estimated_cost",
        "alternative_routes",
    }


@pytest.mark.parametrize(("query", "mode", "context"), [("", "fast", None), ("orchard", "slow", None), ("orchard", "fast", 7)])
def test_what_cannot_be_taken_is_refused(query: str, mode: str, context: Any) -> None:
    deciding = router()

    with pytest.raises(ValidationError):
        deciding.decide(query, mode, context)
    with pytest.raises(ValidationError):
        asyncio.run(deciding.route(query, mode, context))
    assert deciding.get_stats()["total_routes"] == 0


def test_decisions_are_counted_by_type() -> None:
    deciding = router()
    for query in ("recall it", "list them", "check it", "an orchard", "a joke"):
        deciding.decide(query)

    assert deciding.get_stats() == {
        "total_routes": 5,
        "routes_by_type": {"memory": 2, "infrastructure": 2, "none": 1},
        "distribution": {"memory": 40.0, "infrastructure": 40.0, "none": 20.0},
    }


# by a trigger


@pytest.mark.parametrize("mode", ExecutionMode)
def test_a_trigger_that_matches_decides_and_no_model_is_asked(mode: ExecutionMode) -> None:
    decision = router().decide("list them", mode)

    assert (decision.route, decision.pattern_type, decision.is_matched) == ("list", PatternType.INFRASTRUCTURE, True)
    assert decision.confidence == BY_TRIGGER
    assert decision.reasoning == "it matches the trigger list (priority 40)"


def test_a_definition_that_is_called_by_its_name_is_certain() -> None:
    decision = router().decide("health")

    assert (decision.route, decision.confidence, decision.reasoning) == ("health", 1.0, "it is called 'health'")


def test_what_else_matches_is_the_first_alternative() -> None:
    decision = router().decide("recall it")

    assert decision.route == "recall"
    assert decision.alternative_routes == [PatternType.INFRASTRUCTURE, PatternType.HYBRID]


def test_what_a_regex_takes_out_of_a_question_comes_along() -> None:
    wells = PatternDefinition("wells", PatternType.HYBRID, r"^wells of (?P<place>\w+)$")

    assert router(never, wells).decide("wells of Rome").arguments == {"place": "Rome"}


def test_the_cost_is_what_is_told_then_what_was_counted() -> None:
    counted = {"list": 12}
    before = router()
    after = HybridDecisionRouter(before.registry, never, lambda route, otherwise: counted.get(route, otherwise), model())

    assert before.decide("list them").estimated_cost == 33
    assert before.decide("recall it").estimated_cost == after.decide("recall it").estimated_cost == BUDGETS[PatternType.MEMORY]
    assert after.decide("list them").estimated_cost == 12


# by the model


def test_words_that_are_sure_decide_without_a_model_of_the_language() -> None:
    decision = router().decide("an orchard", ExecutionMode.BALANCED)

    assert (decision.route, decision.pattern_type, decision.is_matched) == ("recall", PatternType.MEMORY, False)
    assert 0.9 < decision.confidence < 1.0
    assert decision.reasoning == "no trigger matches, and by its words recall is meant"


@pytest.mark.parametrize("question", ["an orchard", "trees", "a joke", "some fun", "code", "nothing of the kind"])
def test_in_fast_mode_nothing_is_ever_encoded(question: str) -> None:
    pager = PatternDefinition("pager", PatternType.MEMORY, "^pager$", metadata={"examples": ["who is on call"]})

    assert "by its meaning" not in router(never, pager).decide(question, ExecutionMode.FAST).reasoning


def test_where_words_are_not_sure_the_meaning_decides() -> None:
    encode = Encoder({"old trees": MEANT})
    deciding = router(encode)

    assert deciding.decide("old trees", ExecutionMode.FAST).route == "recall"
    decision = deciding.decide("old trees", ExecutionMode.BALANCED)

    assert (decision.route, decision.reasoning) == ("list", "no trigger matches, and by its meaning list is meant")
    assert encode.asked == ["old trees"]


def test_the_comprehensive_mode_asks_for_the_meaning_whatever_the_words_say() -> None:
    encode = Encoder({"an orchard": MEANT})
    deciding = router(encode)

    assert deciding.decide("an orchard", ExecutionMode.BALANCED).route == "recall"
    assert encode.asked == []
    assert deciding.decide("an orchard", ExecutionMode.COMPREHENSIVE).route == "list"
    assert encode.asked == ["an orchard"]


@pytest.mark.parametrize("mode", ExecutionMode)
def test_without_weights_words_decide(mode: ExecutionMode) -> None:
    decision = router(without).decide("old trees", mode)

    assert (decision.route, decision.reasoning) == ("recall", "no trigger matches, and by its words recall is meant")


def test_what_describes_code_is_searched_for() -> None:
    decision = router(without).decide("some code")

    assert (decision.route, decision.pattern_type) == (SEARCH, PatternType.HYBRID)
    assert decision.estimated_cost == BUDGETS[PatternType.HYBRID]
    assert decision.reasoning == "no trigger matches, and by its words it describes code"


def test_what_is_not_likely_anything_is_searched_for() -> None:
    decision = router(without).decide("zeppelins")

    assert decision.route == SEARCH
    assert decision.confidence == pytest.approx(1 / len(ROUTES))
    assert decision.reasoning == "no trigger matches, and no route is likely"


def test_what_nothing_here_answers_has_no_route() -> None:
    decision = router(without).decide("a joke")

    assert (decision.route, decision.estimated_cost, decision.is_matched) == ("", 0, False)
    assert decision.confidence > 0.9
    assert decision.reasoning.endswith("it is nothing that can be answered here")


def test_what_may_be_answered_after_all_is_searched_for() -> None:
    assert router(without).decide("some fun").route == SEARCH


def test_a_route_that_is_not_registered_is_not_taken() -> None:
    deciding = HybridDecisionRouter(PatternRegistry(definitions()[1:]), without, model=model())

    assert deciding.decide("an orchard").route != "recall"
    assert is_whole(deciding.decide("an orchard"), {"list", "health"})


# triggers that the model was not fitted on


ON_CALL = PatternDefinition(
    "pager", PatternType.MEMORY, "^pager$", metadata={"examples": ["who is on call", "who has the pager"]}
)


def test_a_trigger_of_ones_own_is_reached_by_the_meaning_of_its_examples() -> None:
    encode = Encoder(
        {"who is on call": OTHERWISE, "who has the pager": -OTHERWISE, "reach somebody": OTHERWISE, "far off": MEANT}
    )
    deciding = router(encode, ON_CALL)

    decision = deciding.decide("reach somebody")

    assert (decision.route, decision.pattern_type, decision.is_matched) == ("pager", PatternType.MEMORY, False)
    assert decision.reasoning == "no trigger matches, and by its meaning pager is meant"
    assert deciding.decide("far off").route == "list"
    assert encode.asked.count("who is on call") == 1, "examples are encoded once"


def test_a_trigger_that_is_registered_later_is_reached_too() -> None:
    deciding = router(Encoder({}))
    assert deciding.decide("reach somebody").route == SEARCH

    deciding.registry.register(ON_CALL)

    assert deciding.decide("reach somebody").route == "pager"


@needs_weights
def test_a_trigger_file_is_reached_by_meaning_without_its_regex_matching(tmp_path: Path, user_cache: Path) -> None:
    examples = [
        "who is on call this weekend",
        "which engineer carries the pager tonight",
        "who do I phone when production is down",
        "show the on-call rota for next week",
        "who has the late shift on Monday",
        "whom do I wake when the alarm rings",
    ]
    project = Project(tmp_path, user_cache, trigger("pager", "^pager duty$", "list", "infrastructure", examples=examples), "")

    with project.engine() as engine:
        result = engine.execute_sync("who carries the pager on the weekend", ExecutionMode.COMPREHENSIVE)
        unlike = engine.execute_sync("debounce the input of a text field", ExecutionMode.COMPREHENSIVE)

    assert (result.pattern_name, result.metadata["answered_by"]) == ("pager", "list")
    assert not result.metadata["matched"]
    assert "by its meaning pager is meant" in result.metadata["reasoning"]
    assert unlike.pattern_name != "pager"


# what a route changes


def test_a_route_changes_what_is_done(engine: PatternExecutionEngine) -> None:
    done = {}
    for type in PatternType:
        engine.registry.register(PatternDefinition("orchards", type, "prune an orchard", priority=100))
        result = engine.execute_sync("prune an orchard")
        assert result.metadata["pattern_type"] == type
        done[str(type)] = (result.metadata["answered_by"], set(result.result))

    assert done == {
        "infrastructure": ("health", {"status", "checks"}),
        "memory": ("recall", {"memories", "topic", "by"}),
        "hybrid": ("search", {"hits", "by", "query"}),
    }


def test_an_answer_says_how_it_was_routed(engine: PatternExecutionEngine) -> None:
    decision = engine.router.decide("recall the branches of an orchard")
    metadata = engine.execute_sync("recall the branches of an orchard").metadata

    assert metadata["reasoning"] == decision.reasoning
    assert metadata["confidence"] == decision.confidence
    assert metadata["arguments"] == decision.arguments == {"topic": "the branches of an orchard"}
    assert (metadata["pattern_type"], metadata["matched"]) == (decision.pattern_type, decision.is_matched)


def test_a_search_is_hybrid() -> None:
    registry = PatternRegistry(definitions())

    assert type_of(SEARCH, registry) is PatternType.HYBRID
    assert type_of("recall", registry) is PatternType.MEMORY
