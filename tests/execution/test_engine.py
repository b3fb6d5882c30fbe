"""The engine: what it takes and gives, what it keeps, whom it lets wait for whom, and what it counts."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.errors import (
    FoundryError,
    ManifestError,
    NoLibraryError,
    NotFoundError,
    UsageError,
    ValidationError,
    WriteRefusedError,
)
from foundry_git.evidence.events import hashed
from foundry_git.execution.asking import MAX_QUESTION, PRIORITIES
from foundry_git.execution.definitions import (
    BUDGETS,
    ExecutionMode,
    ExecutionResult,
    PatternDefinition,
    PatternType,
)
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.execution.figures import SLOW_MS, Done, Figures
from foundry_git.execution.opening import create_pattern_execution_engine, open_engine
from foundry_git.execution.reply import Reply
from foundry_git.execution.token_counts import tokens_of
from foundry_git.git.state_folder import StateFolder
from tests.execution.project import PEEL, Project, answered_by, pattern, told, trigger
from tests.gitrepo import GitRepo

ABOUT = "recall pruning an orchard"
OFF_TOPIC = "tell me a joke"
NAMED = (
    "total_executions",
    "successful_executions",
    "failed_executions",
    "cache_hits",
    "cache_misses",
    "cache_hit_rate",
    "avg_execution_time_ms",
    "total_tokens_used",
    "success_rate",
    "registry_stats",
    "router_stats",
    "cache_stats",
)
"""What the documents look up in the figures."""


class Gate:
    """A handler that is at work until it is let go; ``asked`` is how often it was."""

    def __init__(self) -> None:
        self.asked = 0
        self._open = threading.Event()

    def __call__(self, question: str) -> str:
        self.asked += 1
        assert self._open.wait(60)
        return f"{question}, {self.asked}"

    async def let_go(self) -> None:
        """Let it go, once all that was scheduled before has begun."""
        self._open.set()


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory, user_cache: Path) -> Project:
    """A project that no test changes."""
    kept = pattern("orchard-pruner", "Prune the branches of an orchard.", tags=("orchards",))
    return Project(tmp_path_factory.mktemp("orchard"), user_cache, kept | {"app/fruit.py": PEEL})


@pytest.fixture
def engine(orchard: Project) -> Iterator[PatternExecutionEngine]:
    with orchard.engine() as made:
        yield made


def rates_of(stats: dict[str, Any]) -> list[float]:
    """Every rate in some figures, however deep."""
    inner = [rate for value in stats.values() if isinstance(value, dict) for rate in rates_of(value)]
    shares = list(stats["distribution"].values()) if "distribution" in stats else []
    return [*inner, *shares, *(value for key, value in stats.items() if key.endswith("rate") or key == "utilisation")]


# asking


def test_a_question_has_one_answer_whichever_way_it_is_asked(engine: PatternExecutionEngine) -> None:
    waited = engine.execute_sync(ABOUT, use_cache=False)
    awaited = asyncio.run(engine.execute(ABOUT, use_cache=False))

    assert told(waited) == told(awaited)
    assert waited.result["memories"][0]["id"] == "python/orchard-pruner"


def test_an_answer_has_the_fields_of_the_documents(engine: PatternExecutionEngine) -> None:
    result = engine.execute_sync(ABOUT)

    assert (result.pattern_name, result.success, result.cache_hit, result.error) == ("recall", True, False, None)
    assert result.execution_time_ms > 0.0
    assert 0 < result.tokens_used <= BUDGETS[PatternType.MEMORY]
    assert result.tokens_used == tokens_of(result.text)
    assert result.metadata["pattern_type"] == "memory"
    assert result.dict() == result.to_dict()
    assert result.dict().keys() >= {
        "pattern_name",
        "success",
        "result",
        "execution_time_ms",
        "tokens_used",
        "cache_hit",
        "error",
        "metadata",
    }


def test_an_answer_says_of_what_state_of_the_library_it_is(engine: PatternExecutionEngine, orchard: Project) -> None:
    result = engine.execute_sync(ABOUT)

    assert result.metadata["state"] == engine.state().told()
    assert result.metadata["state"]["head"] == orchard.repo.head()
    assert result.metadata["looked_ms_ago"] >= 0.0


def test_spaces_make_no_other_question(engine: PatternExecutionEngine) -> None:
    engine.execute_sync(ABOUT)

    assert engine.execute_sync("  recall\tpruning \n an   orchard ").cache_hit


@pytest.mark.parametrize("mode", [*ExecutionMode, "fast", "balanced", "comprehensive"])
def test_a_mode_may_be_told_by_its_name(engine: PatternExecutionEngine, mode: str) -> None:
    result = engine.execute_sync(ABOUT, mode)

    assert result.success
    assert result.metadata["mode"] == str(mode)


def test_a_text_is_cut_to_the_tokens_that_are_wanted(engine: PatternExecutionEngine) -> None:
    whole = engine.execute_sync("list all patterns", context={"max_tokens": 2000})
    cut = engine.execute_sync("list all patterns", context={"max_tokens": 20})

    assert cut.tokens_used <= 20 < whole.tokens_used
    assert cut.text.endswith("…")
    assert cut.result == whole.result


def test_the_context_narrows_an_answer(engine: PatternExecutionEngine) -> None:
    own = engine.execute_sync("list all patterns", context={"library": "team"})
    everything = engine.execute_sync("list all patterns")

    assert own.result["items"] == ["python/orchard-pruner"]
    assert own.result["count"] < everything.result["count"]


@given(question=st.text(min_size=1, max_size=60), mode=st.sampled_from(ExecutionMode))
def test_whatever_is_asked_there_is_an_answer_or_a_sentence(
    shared: PatternExecutionEngine, question: str, mode: ExecutionMode
) -> None:
    try:
        result = shared.execute_sync(question, mode, may_write=False)
    except (ValidationError, NotFoundError, WriteRefusedError) as error:
        assert str(error)
    else:
        assert result.success or result.error
        assert result.metadata["pattern_type"] in set(PatternType)


@pytest.fixture(scope="module")
def shared(orchard: Project) -> Iterator[PatternExecutionEngine]:
    with orchard.engine() as made:
        yield made


# what is kept


def test_a_second_question_is_answered_from_memory(engine: PatternExecutionEngine) -> None:
    first, second = engine.execute_sync(ABOUT), engine.execute_sync(ABOUT)

    assert (first.cache_hit, first.metadata["cache"]) == (False, "none")
    assert (second.cache_hit, second.metadata["cache"]) == (True, "local")
    assert told(first) == told(second)
    assert first.tokens_used == second.tokens_used


def test_without_the_cache_an_answer_is_neither_taken_nor_kept(engine: PatternExecutionEngine) -> None:
    assert not engine.execute_sync(ABOUT, use_cache=False).cache_hit
    assert not engine.execute_sync(ABOUT).cache_hit
    assert not engine.execute_sync(ABOUT, use_cache=False).cache_hit
    assert engine.execute_sync(ABOUT).cache_hit


@pytest.mark.parametrize(
    ("mode", "context"),
    [
        (ExecutionMode.FAST, None),
        (ExecutionMode.BALANCED, {"limit": 1}),
        (ExecutionMode.BALANCED, {"language": "go"}),
        (ExecutionMode.BALANCED, {"max_tokens": 10}),
    ],
)
def test_another_mode_or_filter_is_another_question(
    engine: PatternExecutionEngine, mode: ExecutionMode, context: dict[str, Any] | None
) -> None:
    engine.execute_sync(ABOUT)

    assert not engine.execute_sync(ABOUT, mode, context).cache_hit
    assert engine.execute_sync(ABOUT, mode, context).cache_hit


def test_who_asks_makes_no_other_question(engine: PatternExecutionEngine) -> None:
    engine.execute_sync(ABOUT, context={"agent_id": "one", "priority": "low"})

    assert engine.execute_sync(ABOUT, context={"agent_id": "other", "priority": "high"}).cache_hit


def test_an_answer_that_could_not_be_found_is_looked_for_again(engine: PatternExecutionEngine) -> None:
    for _ in range(2):
        result = engine.execute_sync("calculate 1 / 0")
        assert (result.success, result.cache_hit) == (False, False)


def test_nothing_is_kept_of_a_definition_that_says_so(engine: PatternExecutionEngine) -> None:
    engine.registry.register(answered_by(lambda question: "now", "what time is it", cache_ttl=0))

    engine.execute_sync("what time is it")
    assert not engine.execute_sync("what time is it").cache_hit


# equal questions at once


def test_equal_questions_at_once_are_answered_once(engine: PatternExecutionEngine) -> None:
    gate = Gate()
    engine.registry.register(answered_by(gate, "how deep is the well"))

    async def ask() -> list[ExecutionResult]:
        asking = [asyncio.ensure_future(engine.execute("how deep is the well")) for _ in range(8)]
        await asyncio.gather(*asking, gate.let_go())
        return [one.result() for one in asking]

    found = asyncio.run(ask())

    assert gate.asked == 1
    assert {result.text for result in found} == {"how deep is the well, 1"}
    assert sorted(result.metadata["cache"] for result in found) == ["none", *["shared"] * 7]
    stats = engine.get_stats()
    assert (stats["waiting"], stats["cache_hits"], stats["cache_misses"], stats["cache_hit_rate"]) == (0, 7, 1, 87.5)


def test_equal_questions_at_once_fail_together(engine: PatternExecutionEngine) -> None:
    gate = Gate()
    engine.registry.register(answered_by(gate, "how deep is the well"))

    async def ask() -> list[ExecutionResult | BaseException | None]:
        busy = engine.execute("how deep is the well")
        unanswered = (engine.execute(OFF_TOPIC) for _ in range(3))
        return await asyncio.gather(busy, *unanswered, gate.let_go(), return_exceptions=True)

    found = asyncio.run(ask())

    assert [type(one) for one in found[1:4]] == [NotFoundError] * 3


def test_questions_without_the_cache_wait_for_no_other_answer(engine: PatternExecutionEngine) -> None:
    gate = Gate()
    engine.registry.register(answered_by(gate, "how deep is the well"))

    async def ask() -> None:
        asking = (engine.execute("how deep is the well", use_cache=False) for _ in range(3))
        await asyncio.gather(*asking, gate.let_go())

    asyncio.run(ask())

    assert gate.asked == 3


def test_threads_may_share_an_engine(engine: PatternExecutionEngine) -> None:
    questions = [f"calculate {at} + {at % 7}" for at in range(40)] * 3

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(engine.execute_sync, questions))

    assert [result.result["value"] for result in found] == [str(at + at % 7) for at in range(40)] * 3
    assert engine.get_stats()["total_executions"] == len(questions)


def test_event_loops_may_share_an_engine(engine: PatternExecutionEngine) -> None:
    first, second = asyncio.run(engine.execute(ABOUT)), asyncio.run(engine.execute(ABOUT))

    assert told(first) == told(second)


# many at once


def test_many_questions_are_answered_in_their_order(engine: PatternExecutionEngine) -> None:
    found = engine.execute_many_sync([f"calculate {at} * 3" for at in range(5)])

    assert [result.result["value"] for result in found["results"]] == ["0", "3", "6", "9", "12"]
    assert found["successful"] == found["results"]
    assert (found["failed"], found["success_rate"]) == ([], 1.0)


def test_what_fails_of_many_stops_none_of_the_others(engine: PatternExecutionEngine) -> None:
    def broken(question: str) -> str:
        raise KeyError("well")

    engine.registry.register(answered_by(broken, "how deep is the well"))
    wrong: Any = 7
    queries = ["calculate 2 + 2", "", OFF_TOPIC, "how deep is the well", wrong, ABOUT]

    found = engine.execute_many_sync(queries)

    kinds = [type(one) for one in found["results"]]
    assert kinds == [ExecutionResult, ValidationError, NotFoundError, ExecutionResult, ValidationError, ExecutionResult]
    assert [result.pattern_name for result in found["successful"]] == ["calculate", "recall"]
    assert [query for query, _ in found["failed"]] == ["", OFF_TOPIC, "how deep is the well", 7]
    assert dict(found["failed"][:3])["how deep is the well"] == "the handler failed: KeyError: 'well'"
    assert all(sentence for _, sentence in found["failed"])
    assert found["success_rate"] == pytest.approx(2 / 6)


def test_many_may_be_awaited(engine: PatternExecutionEngine) -> None:
    queries = ["calculate 2 + 2", OFF_TOPIC]

    awaited = asyncio.run(engine.execute_many(queries, "fast", {"limit": 2}, use_cache=False))

    assert (awaited["success_rate"], [query for query, _ in awaited["failed"]]) == (0.5, [OFF_TOPIC])


def test_of_no_questions_none_succeeds(engine: PatternExecutionEngine) -> None:
    assert engine.execute_many_sync([]) == {"results": [], "successful": [], "failed": [], "success_rate": 0.0}


def test_many_equal_questions_are_answered_once(engine: PatternExecutionEngine) -> None:
    found = engine.execute_many_sync([ABOUT] * 4)

    assert [result.cache_hit for result in found["results"]] == [False, True, True, True]


# figures


def test_the_figures_have_what_the_documents_look_up(engine: PatternExecutionEngine) -> None:
    assert engine.get_stats().keys() >= set(NAMED)
    engine.execute_sync(ABOUT)
    stats = engine.get_stats()

    assert stats.keys() >= set(NAMED)
    assert stats["registry_stats"].keys() >= {
        "total_patterns",
        "patterns_by_type",
        "cache_hits",
        "cache_misses",
        "cache_hit_rate",
    }
    assert stats["router_stats"].keys() >= {"total_routes", "routes_by_type", "distribution"}
    assert json.loads(json.dumps(stats)) == stats


def test_questions_are_counted_by_what_came_of_them(engine: PatternExecutionEngine) -> None:
    for query in (ABOUT, ABOUT, "calculate 1 / 0", "check health"):
        engine.execute_sync(query)
    engine.execute_sync(ABOUT, use_cache=False)

    stats = engine.get_stats()

    assert (stats["total_executions"], stats["successful_executions"], stats["failed_executions"]) == (5, 4, 1)
    assert (stats["cache_hits"], stats["cache_misses"], stats["cache_bypassed"]) == (1, 1, 3)
    assert (stats["cache_hit_rate"], stats["success_rate"], stats["error_rate"]) == (50.0, 80.0, 20.0)
    assert stats["routes"] == {"recall": 3, "calculate": 1, "health": 1}
    assert stats["router_stats"]["routes_by_type"] == {"memory": 2, "infrastructure": 2}
    assert stats["avg_execution_time_ms"] > 0.0


def test_tokens_are_counted_and_not_estimated(engine: PatternExecutionEngine) -> None:
    spent = sum(engine.execute_sync(query).tokens_used for query in (ABOUT, "list all patterns", "calculate 2 + 2"))

    assert engine.get_stats()["total_tokens_used"] == spent
    assert (
        asyncio.run(engine.router.route("calculate 5 + 5")).estimated_cost == engine.execute_sync("calculate 2 + 2").tokens_used
    )


def test_a_question_asked_a_hundred_times_is_looked_for_once(engine: PatternExecutionEngine) -> None:
    for _ in range(100):
        engine.execute_sync(ABOUT)

    assert engine.get_stats()["cache_hit_rate"] == 99.0


def test_no_rate_is_ever_above_a_hundred(engine: PatternExecutionEngine) -> None:
    gate = Gate()
    engine.registry.register(answered_by(gate, "how deep is the well"))

    async def ask() -> None:
        await asyncio.gather(*(engine.execute("how deep is the well") for _ in range(5)), gate.let_go())

    steps = (
        lambda: asyncio.run(ask()),
        lambda: engine.execute_sync(ABOUT),
        lambda: engine.execute_sync(ABOUT),
        lambda: engine.execute_sync("calculate 1 / 0"),
        lambda: engine.execute_sync("check health", use_cache=False),
        lambda: engine.execute_many_sync([ABOUT, OFF_TOPIC, "calculate 1 + 1"]),
    )
    for step in steps:
        step()
        rates = rates_of(engine.get_stats())
        assert len(rates) >= 7
        assert all(0.0 <= rate <= 100.0 for rate in rates)


def test_a_question_that_took_too_long_is_told_in_milliseconds(engine: PatternExecutionEngine) -> None:
    slow = Done("dig a well", PatternType.HYBRID, "search", "balanced", "", True, SLOW_MS + 50.0, 10)

    engine.figures.add(slow)
    stats = engine.get_stats()

    assert stats["slow_queries"] == 1
    assert stats["slowest"] == [{"ms": 250.0, "route": "search", "question": "dig a well"}]


def test_the_thread_of_answers_cannot_be_busier_than_all_the_time() -> None:
    moments = iter([0.0, 1.0, 1.0])
    figures = Figures(lambda: next(moments))

    figures.worked(30.0)

    assert figures.utilisation == 100.0


# definitions that a program registers


def test_a_function_answers(engine: PatternExecutionEngine) -> None:
    engine.registry.register(answered_by(lambda question: {"text": "42 m", "metres": 42}, "how deep is the well"))

    result = engine.execute_sync("how deep is the well")

    assert (result.pattern_name, result.success, result.text) == ("how deep is the well", True, "42 m")
    assert result.result == {"text": "42 m", "metres": 42}
    assert result.metadata["answered_by"] == "how deep is the well"


def test_a_function_may_give_anything(engine: PatternExecutionEngine) -> None:
    engine.registry.register(answered_by(lambda question: 42, "how deep is the well"))
    engine.registry.register(answered_by(lambda question: Reply({"metres": 42}, ["42 m", "of water"]), "how deep is the lake"))

    number, reply = engine.execute_sync("how deep is the well"), engine.execute_sync("how deep is the lake")

    assert (number.result, number.text) == ({"value": 42}, "42")
    assert (reply.result, reply.text) == ({"metres": 42}, "42 m\nof water")


def test_a_function_is_told_the_question_and_where_it_asks_for_it_the_context(engine: PatternExecutionEngine) -> None:
    def deep(question: str, context: dict[str, Any]) -> list[Any]:
        return [question, context]

    engine.registry.register(answered_by(deep, "how deep is the well"))

    result = engine.execute_sync("how  deep is the well", context={"agent_id": "diver", "rope": [10, 20]})

    assert result.result == {"value": ["how deep is the well", {"agent_id": "diver", "rope": [10, 20]}]}


def test_a_function_may_be_async(engine: PatternExecutionEngine) -> None:
    async def deep(question: str) -> str:
        return " and ".join(await asyncio.gather(*(measured(metres) for metres in (40, 42))))

    async def measured(metres: int) -> str:
        return f"{metres} m"

    engine.registry.register(answered_by(deep, "how deep is the well"))

    assert engine.execute_sync("how deep is the well").text == "40 m and 42 m"
    assert asyncio.run(engine.execute("how deep is the well", use_cache=False)).text == "40 m and 42 m"


def test_a_function_that_fails_is_an_answer_without_success(engine: PatternExecutionEngine) -> None:
    async def later(question: str) -> str:
        raise OSError("dry")

    def broken(question: str) -> str:
        raise ZeroDivisionError("no rope")

    def knowing(question: str) -> str:
        raise UsageError("rope: is missing; bring one")

    engine.registry.register_batch([answered_by(function, function.__name__) for function in (later, broken, knowing)])

    failed = {name: engine.execute_sync(name) for name in ("later", "broken", "knowing")}

    assert {name: result.error for name, result in failed.items()} == {
        "later": "the handler failed: OSError: dry",
        "broken": "the handler failed: ZeroDivisionError: no rope",
        "knowing": "rope: is missing; bring one",
    }
    assert not any(result.success or result.result or result.text for result in failed.values())
    assert engine.execute_sync(ABOUT).success


def test_a_handler_that_nobody_has_is_named_in_the_error(engine: PatternExecutionEngine) -> None:
    engine.registry.register(PatternDefinition("dig", PatternType.MEMORY, "^dig a well$", priority=100, handler="digger"))

    result = engine.execute_sync("dig a well")

    assert not result.success
    assert result.error is not None
    assert "'digger'" in result.error


@pytest.mark.parametrize(("type", "handler"), [("infrastructure", "health"), ("memory", "recall"), ("hybrid", "search")])
def test_a_definition_without_a_handler_is_answered_as_its_type_is(
    engine: PatternExecutionEngine, type: str, handler: str
) -> None:
    told = {"name": "wells", "pattern_type": type, "trigger_pattern": r"orchard\s+branches", "priority": 100}
    engine.registry.register(PatternDefinition.from_config(told))

    result = engine.execute_sync("prune orchard branches")

    assert (result.pattern_name, result.metadata["answered_by"]) == ("wells", handler)
    assert result.metadata["pattern_type"] == type


def test_what_is_registered_counts_for_the_next_question(engine: PatternExecutionEngine) -> None:
    before = engine.execute_sync(ABOUT)
    engine.registry.register(PatternDefinition("trees", PatternType.HYBRID, "pruning an orchard", priority=100))
    after = engine.execute_sync(ABOUT)

    assert (before.pattern_name, after.pattern_name) == ("recall", "trees")
    assert not after.cache_hit


def test_of_one_name_the_definition_of_the_program_counts(engine: PatternExecutionEngine) -> None:
    assert engine.execute_sync("recall").pattern_name == "recall"
    engine.registry.register(answered_by(lambda question: "mine", "recall"))

    assert engine.execute_sync("recall").text == "mine"


def test_a_definition_that_writes_is_refused_to_whoever_may_not(engine: PatternExecutionEngine) -> None:
    engine.registry.register(answered_by(lambda question: "dug", "dig a well", metadata={"writes": True}))

    with pytest.raises(WriteRefusedError):
        engine.execute_sync("dig a well", may_write=False)
    assert engine.execute_sync("dig a well").text == "dug"
    assert not engine.execute_sync("dig a well").cache_hit


# what is refused


@pytest.mark.parametrize("query", ["", "  \n\t", "\0", None, 7, b"recall", "x" * (MAX_QUESTION + 1)])
def test_what_is_no_question_is_refused(engine: PatternExecutionEngine, query: Any) -> None:
    with pytest.raises(ValidationError, match=r"^query: "):
        engine.execute_sync(query)
    with pytest.raises(ValidationError, match=r"^query: "):
        asyncio.run(engine.execute(query))


@pytest.mark.parametrize("mode", ["", "slow", "FAST", None, 3])
def test_a_mode_that_is_none_is_refused(engine: PatternExecutionEngine, mode: Any) -> None:
    with pytest.raises(ValidationError, match="fast, balanced, comprehensive"):
        engine.execute_sync(ABOUT, mode)
    with pytest.raises(ValidationError, match="fast, balanced, comprehensive"):
        engine.execute_many_sync([ABOUT], mode)


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        (["agent_id"], "must be a mapping"),
        ({7: "x"}, "must be a mapping"),
        ({"priority": "urgent"}, "priority 'urgent' is none of " + ", ".join(PRIORITIES)),
        ({"timestamp": "yesterday"}, "timestamp is no moment"),
        ({"limit": 0}, "limit must be a whole number"),
        ({"language": ["go"]}, "language must be text"),
        ({"everything": "x" * 70_000}, "bytes; at most"),
        ({f"key{at}": at for at in range(33)}, "33 keys"),
    ],
)
def test_a_context_that_cannot_be_taken_is_refused(engine: PatternExecutionEngine, context: Any, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        engine.execute_sync(ABOUT, context=context)


def test_nothing_is_counted_of_what_is_refused(engine: PatternExecutionEngine) -> None:
    with pytest.raises(ValidationError):
        engine.execute_sync("")

    assert engine.get_stats()["total_executions"] == 0


def test_what_nothing_here_answers_is_not_found(engine: PatternExecutionEngine) -> None:
    with pytest.raises(NotFoundError, match="nothing here answers that") as caught:
        engine.execute_sync(OFF_TOPIC)

    assert repr(OFF_TOPIC) in str(caught.value)
    assert engine.get_stats()["router_stats"]["routes_by_type"] == {"none": 1}


def test_what_is_not_found_names_the_nearest_example(engine: PatternExecutionEngine) -> None:
    with pytest.raises(NotFoundError) as caught:
        engine.execute_sync("tell me a joke about database migrations and knowledge")

    assert caught.value.nearest == "knowledge about database migrations"
    assert repr(caught.value.nearest) in str(caught.value)


# opening and closing


def test_a_folder_may_be_named(orchard: Project) -> None:
    with open_engine(orchard.repo.path) as engine:
        assert engine.execute_sync("list all patterns", context={"library": "team"}).result["items"] == ["python/orchard-pruner"]


def test_the_library_is_found_from_the_current_folder_upwards(orchard: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(orchard.repo.path / "app")

    async def ask() -> ExecutionResult:
        async with await create_pattern_execution_engine() as engine:
            return await engine.execute("list all patterns", context={"library": "team"})

    assert asyncio.run(ask()).result["items"] == ["python/orchard-pruner"]


def test_a_folder_without_library_or_repository_has_the_starter_patterns(tmp_path: Path) -> None:
    (tmp_path / "nowhere").mkdir()

    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(tmp_path / "nowhere")
        with open_engine() as engine:
            result = engine.execute_sync("recall exponential backoff", "fast")

    assert result.result["memories"][0]["library"] == "starter"


def test_a_library_that_is_named_and_not_there_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(NoLibraryError):
        open_engine(tmp_path / "nowhere")
    with pytest.raises(NoLibraryError):
        asyncio.run(create_pattern_execution_engine(tmp_path / "nowhere"))


def test_a_library_that_is_broken_cannot_be_opened(repo: GitRepo) -> None:
    repo.write({"foundry.yaml": "library_id: [\n"})

    with pytest.raises(ManifestError):
        open_engine(repo.path)


def test_without_a_start_the_first_question_opens_everything(orchard: Project) -> None:
    with orchard.engine() as engine:
        assert engine.looked_at is None
        assert engine.execute_sync(ABOUT).success
        assert engine.looked_at is not None


def test_an_engine_is_closed_as_often_as_one_likes(orchard: Project) -> None:
    engine = orchard.engine()
    assert engine.execute_sync(ABOUT).success

    engine.close()
    engine.close()

    assert engine.get_stats()["total_executions"] == 1, "what it did is still told"


def test_files_that_cannot_be_read_stop_no_answer(tmp_path: Path, user_cache: Path) -> None:
    broken = {"patterns/python/broken/v1/pattern.yaml": "name: [\n"} | trigger("wrong", "(", "recall")
    project = Project(tmp_path, user_cache, pattern("orchard-pruner", "Prune the branches of an orchard.") | broken)

    with project.engine() as engine:
        assert engine.execute_sync(ABOUT).result["memories"][0]["id"] == "python/orchard-pruner"
        assert {problem.path.name for problem in engine.problems()} == {"pattern.yaml", "wrong.yaml"}


# the question log


def logged(project: Project) -> list[dict[str, Any]]:
    path = StateFolder(project.repo.path / ".git" / "foundry").questions
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def test_who_asked_is_logged_as_a_hash(tmp_path: Path, user_cache: Path) -> None:
    project = Project(tmp_path, user_cache)
    asker = {"agent_id": "artemis", "session_id": "blue-monday", "workflow": "optimization", "priority": "high"}
    with project.engine() as engine:
        engine.execute_sync(ABOUT, context=asker)

    (line,) = logged(project)
    ((*kind, count),) = line["kinds"]

    assert kind == [
        "memory", "recall", "balanced", "", True, hashed("artemis")[:16], hashed("blue-monday")[:16], "optimization", "high",
    ]  # fmt: skip
    assert count == 1
    assert "artemis" not in json.dumps(line)
    assert "blue-monday" not in json.dumps(line)


def test_a_question_is_logged_only_where_no_trigger_matched_it(tmp_path: Path, user_cache: Path) -> None:
    project = Project(tmp_path, user_cache)
    with project.engine() as engine:
        for query in (ABOUT, "bananas without peel", "bananas without peel"):
            engine.execute_sync(query)
        with pytest.raises(NotFoundError):
            engine.execute_sync(OFF_TOPIC)

    (line,) = logged(project)

    assert sorted(line["missed"]) == [["bananas without peel", "search", 2], [OFF_TOPIC, "none", 1]]
    assert sum(count for *_, count in line["kinds"]) == 4


def test_no_secret_is_logged(tmp_path: Path, user_cache: Path) -> None:
    project = Project(tmp_path, user_cache)
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    with project.engine() as engine:
        assert not engine.execute_sync(f"bananas {token} peel", "fast").metadata["matched"]

    assert len(logged(project)) == 1
    assert token not in json.dumps(logged(project))


def test_nothing_is_logged_where_nothing_was_asked(tmp_path: Path, user_cache: Path) -> None:
    project = Project(tmp_path, user_cache)
    with project.engine() as engine:
        engine.start()
        with pytest.raises(FoundryError):
            engine.execute_sync("")

    assert logged(project) == []
