"""The answers: what each of the handlers finds in a real library and repository, and what it says where there is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from foundry_git.evidence.events import Adopted, new_nonce
from foundry_git.execution.answers.known import ANSWERS
from foundry_git.execution.definitions import BUDGETS, REAL_TIME, WRITES, ExecutionResult, PatternDefinition, PatternType
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.library.triggers import HANDLERS
from foundry_git.workspace import UserFolders, Workspace
from tests.commandline import CommandLine
from tests.execution.project import NOW, PEEL, PRUNE, Project, pattern, told, trigger
from tests.gitrepo import untouched
from tests.samples import CHUNKS

PRUNER, WATERER, COUNTER = "python/orchard-pruner", "python/orchard-waterer", "go/orchard-counter"
COUNT = "func CountTrees(trees int) int {\n\treturn trees\n}\n"
WATER = PRUNE.replace("prune", "water").replace("min(", "max(")
OWN = {"library": "team"}
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
ASKED = {
    "health": "check health",
    "statistics": "show statistics",
    "calculate": "calculate 3 * (4 + 5)",
    "list": "which languages are there?",
    "commands": "how do I accept a candidate?",
    "recall": "recall pruning an orchard",
    "recall_by_tag": "patterns tagged orchards",
    "recall_by_framework": "patterns for django",
    "recall_by_importance": "which patterns work best?",
    "recall_by_time": "patterns added in the last 7 days",
    "stored": "what did I store?",
    "store": "remember that bolts need washers",
    "search": "branches of an orchard, pruned",
    "similar": "find similar to peel_bananas",
    "analyse": "analyze our orchard patterns",
    "compare": "compare orchard-pruner and orchard-waterer",
    "recommend": "recommend a pattern for pruning an orchard",
    "aggregate": "overview of the library by language",
}
"""A question for each handler."""


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory, user_cache: Path) -> Project:
    """Three patterns of three times, of which one did well, one did not, and one was never tried; and a unit in HEAD."""
    project = Project(tmp_path_factory.mktemp("orchard"), user_cache)
    project.commit_days_ago(
        400, pattern("orchard-counter", "Count the trees of an orchard.", COUNT, ("orchards",), language="go")
    )
    project.commit_days_ago(40, pattern("orchard-pruner", "Prune the branches of an orchard.", PRUNE, ("orchards", "pruning")))
    watering = pattern("orchard-waterer", "Water the trees when it is dry.", WATER, ("orchards", "watering"), "django")
    project.commit_days_ago(3, watering | {"app/fruit.py": PEEL}, "Eve <eve@example.com>")
    project.rate(PRUNER, 5, 5, 5, 5)
    project.rate(WATERER, 1, 2)
    return project


@pytest.fixture(scope="module")
def engine(orchard: Project) -> Iterator[PatternExecutionEngine]:
    with orchard.engine() as made:
        yield made


@pytest.fixture
def own(tmp_path: Path, user_cache: Path) -> Project:
    """A project that a test may change."""
    return Project(tmp_path, user_cache, {"app/fruit.py": PEEL})


def answer(engine: PatternExecutionEngine, question: str, mode: str = "balanced", **context: Any) -> ExecutionResult:
    result = engine.execute_sync(question, mode, context)
    assert result.success, result.error
    return result


def ids(told: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in told]


def memories(result: ExecutionResult) -> list[str]:
    return ids(result.result["memories"])


# every handler


def test_every_handler_that_a_trigger_may_name_answers() -> None:
    assert ANSWERS.keys() == HANDLERS.keys() == ASKED.keys()


@pytest.mark.parametrize("handler", sorted(ASKED.keys() - WRITES))
def test_a_question_reaches_its_handler_and_is_answered_within_its_budget(engine: PatternExecutionEngine, handler: str) -> None:
    result = answer(engine, ASKED[handler])

    assert result.metadata["answered_by"] == handler
    assert result.text
    assert result.result
    assert 0 < result.tokens_used <= BUDGETS[PatternType(result.metadata["pattern_type"])]


@pytest.mark.parametrize("mode", ["fast", "balanced", "comprehensive"])
@pytest.mark.parametrize("handler", sorted(ASKED.keys() - WRITES - {"search"}))
def test_every_handler_answers_in_every_mode(engine: PatternExecutionEngine, handler: str, mode: str) -> None:
    assert answer(engine, ASKED[handler], mode).metadata["answered_by"] == handler


@pytest.mark.parametrize("handler", sorted(ASKED.keys() - WRITES - REAL_TIME))
def test_an_answer_from_memory_is_the_one_that_was_found(engine: PatternExecutionEngine, handler: str) -> None:
    found, kept = engine.execute_sync(ASKED[handler], use_cache=False), answer(engine, ASKED[handler])
    again = answer(engine, ASKED[handler])

    assert again.cache_hit
    assert told(found) == told(kept) == told(again)


@pytest.mark.parametrize("handler", sorted(REAL_TIME))
def test_how_things_stand_now_is_never_kept(orchard: Project, handler: str) -> None:
    with orchard.engine() as engine:
        assert not any(answer(engine, ASKED[handler]).cache_hit for _ in range(3))
        assert engine.get_stats()["cache_stats"]["local_size"] == 0


# health


def checks(result: ExecutionResult) -> dict[str, str]:
    return {check["name"]: check["state"] for check in result.result["checks"]}


def test_health_says_how_each_part_stands(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "check health")

    assert result.result["status"] == "degraded", "this user searches by words only"
    assert checks(result) == {
        "library": "good",
        "search": "degraded",
        "triggers": "good",
        "evidence": "good",
        "cache": "good",
    }
    assert result.text.startswith("Degraded: ")


def test_health_counts_files_that_cannot_be_read(own: Project) -> None:
    own.repo.write({"patterns/python/broken/v1/pattern.yaml": "name: [\n"})

    with own.engine() as engine:
        result = answer(engine, "check health")

    assert checks(result)["library"] == "degraded"
    assert "1 files that cannot be read (foundry library check)" in result.text


def test_health_says_where_there_is_no_library_of_ones_own(own: Project) -> None:
    own.repo.write({"foundry.yaml": None})

    with own.engine() as engine:
        result = answer(engine, "check health")

    assert checks(result)["library"] == "degraded"
    assert "no library of your own (foundry init)" in result.text


# statistics


def test_statistics_count_what_there_is_and_what_was_asked(orchard: Project) -> None:
    with orchard.engine() as engine:
        answer(engine, "which languages are there?")
        result = answer(engine, "show statistics")

    assert result.result["libraries"]["team"] == 3
    assert result.result["patterns"] == sum(result.result["libraries"].values()) == sum(result.result["languages"].values())
    assert result.result["tags"]["orchards"] == 3
    assert result.result["waiting"] == 0
    assert result.result["service"]["total_executions"] == 1
    assert result.text.endswith("1 questions answered since the start, 0 % from a cache.")


# calculate


def test_calculate_computes_what_stands_in_the_question(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "calculate 3 * (4 + 5)")

    assert result.result == {"expression": "3 * (4 + 5)", "value": "27"}
    assert result.text == "3 * (4 + 5) = 27"


@pytest.mark.parametrize(("question", "error"), [("calculate 1 / 0", "'1 / 0' divides by zero"), ("2 ** 99999999", "too large")])
def test_what_cannot_be_computed_is_said(engine: PatternExecutionEngine, question: str, error: str) -> None:
    result = engine.execute_sync(question)

    assert (result.success, result.text) == (False, "")
    assert result.error is not None
    assert error in result.error


def test_where_no_calculation_stands_that_is_said(orchard: Project) -> None:
    with orchard.engine() as engine:
        engine.registry.register(
            PatternDefinition("sums", PatternType.INFRASTRUCTURE, "^add it up$", 0, 100, handler="calculate")
        )
        result = engine.execute_sync("add it up")

    assert result.error == "no calculation stands there; write one like 3 * (4 + 5), or 15 % of 240"


# list


@pytest.mark.parametrize(
    ("question", "what", "items"),
    [
        ("which languages are there?", "languages", ["python", "go"]),
        ("what tags do we have", "tags", ["orchards", "pruning", "watering"]),
        ("enumerate the frameworks", "frameworks", ["django"]),
        ("list all kinds", "kinds", ["function"]),
        ("which libraries are there?", "libraries", ["team"]),
        ("list all patterns", "patterns", [COUNTER, PRUNER, WATERER]),
        ("list all go patterns", "patterns", [COUNTER]),
    ],
)
def test_list_enumerates_what_is_asked_for(engine: PatternExecutionEngine, question: str, what: str, items: list[str]) -> None:
    result = answer(engine, question, **OWN)

    assert (result.result["what"], result.result["items"], result.result["count"]) == (what, items, len(items))


def test_list_enumerates_what_may_be_asked(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "list triggers", max_tokens=500)

    assert set(result.result["items"]) == {definition.name for definition in engine.registry.definitions()}
    assert "recall-by-tag" in result.text


def test_list_says_where_there_is_nothing(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "list all patterns", library="nowhere")

    assert (result.text, result.result["items"]) == ("No patterns yet.", [])


# commands


@pytest.mark.parametrize(
    ("question", "command"),
    [
        ("how do I accept a candidate?", "foundry accept"),
        ("which command rebuilds the index", "foundry rebuild"),
        ("how do I uninstall the hooks", "foundry uninstall"),
        ("how can we share evidence with our team using foundry", "foundry evidence sync"),
    ],
)
def test_commands_names_the_command(engine: PatternExecutionEngine, question: str, command: str) -> None:
    result = answer(engine, question)

    assert result.result["commands"][0]["command"] == command
    assert result.text.startswith(f"{command}: ")


def test_commands_says_where_all_of_them_are_told(orchard: Project) -> None:
    with orchard.engine() as engine:
        engine.registry.register(PatternDefinition("whales", PatternType.INFRASTRUCTURE, "^zyx$", 0, 100, handler="commands"))
        result = answer(engine, "zyx")

    assert (result.text, result.result) == ("foundry help --all lists every command.", {"commands": []})


# recall


def test_recall_looks_a_topic_up(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "recall pruning an orchard", **OWN)

    assert memories(result)[0] == PRUNER
    assert result.result["topic"] == "pruning an orchard"
    assert result.text.startswith(f"{PRUNER}: Prune the branches of an orchard. (adopted 4, passed 4")


def test_recall_finds_what_waits_for_review(own: Project) -> None:
    with own.engine() as engine:
        answer(engine, "remember that zeppelins need mooring masts")
        engine.generation.move()
        result = answer(engine, "recall zeppelins and mooring masts")

    (memory,) = result.result["memories"]
    assert (memory["reviewed"], memory["state"]) == (False, "candidate")
    assert result.text.endswith("(a candidate, which nobody has reviewed)")


def test_recall_searches_the_code_where_nothing_else_is_sure(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "recall peeling bananas")

    (memory,) = result.result["memories"]
    assert (memory["path"], memory["line"], memory["reviewed"]) == ("app/fruit.py", 1, False)
    assert result.metadata["answered_by"] == "search"
    assert result.text == "app/fruit.py:1: Peel bananas, a bunch at a time."


def test_recall_does_no_more_than_look_up_where_it_should_be_fast(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "recall peeling bananas", "fast")

    assert (result.text, memories(result)) == ("Nothing is kept about 'peeling bananas'.", [])


def test_recall_says_where_nothing_is_kept(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "recall zeppelin mooring masts")

    assert (result.text, memories(result)) == ("Nothing is kept about 'zeppelin mooring masts'.", [])


# by tag, by framework


def test_a_tag_finds_what_carries_it_the_best_first(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "patterns tagged orchards", **OWN)

    assert memories(result) == [PRUNER, COUNTER, WATERER]
    assert (result.result["tags"], result.result["count"]) == (["orchards"], 3)


def test_of_several_tags_all_are_wanted(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "patterns tagged orchards and watering")

    assert memories(result) == [WATERER]
    assert result.result["tags"] == ["orchards", "watering"]


def test_a_tag_that_nothing_has_is_answered_with_those_like_it(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "patterns tagged prunning")

    assert result.text.startswith("No pattern has the tag 'prunning'; there are pruning")
    assert (memories(result), result.result["count"]) == ([], 0)


def test_a_framework_finds_what_is_written_for_it(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "patterns for django")

    assert memories(result) == [WATERER]
    assert result.result["framework"] == "django"


def test_a_framework_that_nothing_uses_is_answered_with_those_there_are(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "patterns for flask", **OWN)

    assert (result.text, memories(result)) == ("No pattern has the framework 'flask'; there are django.", [])


# by importance


@pytest.mark.parametrize(
    ("question", "order", "found"),
    [
        ("which patterns work best?", "proven", [PRUNER, WATERER]),
        ("show the worst performing patterns", "failing", [WATERER]),
        ("patterns that were never used", "without evidence", [COUNTER]),
        ("most used patterns", "used", [PRUNER, WATERER]),
    ],
)
def test_importance_is_what_became_of_a_pattern(
    engine: PatternExecutionEngine, question: str, order: str, found: list[str]
) -> None:
    result = answer(engine, question, **OWN)

    assert (result.result["order"], memories(result)) == (order, found)


def test_where_nothing_proved_itself_that_is_said_with_counts(own: Project) -> None:
    with own.engine() as engine:
        result = answer(engine, "which patterns work best?", **OWN)

    assert (result.text, memories(result)) == ("Nothing is proven yet: 0 patterns, of which 0 were ever adopted.", [])


# by time


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("patterns added in the last 7 days", [WATERER]),
        ("patterns added in the last 60 days", [WATERER, PRUNER]),
        ("newest patterns", [WATERER]),
        ("oldest patterns", [COUNTER, PRUNER, WATERER]),
    ],
)
def test_a_period_finds_what_was_added_in_it(engine: PatternExecutionEngine, question: str, found: list[str]) -> None:
    result = answer(engine, question, **OWN)

    assert memories(result) == found
    assert (result.result["count"], [memory["at"][:4].isdigit() for memory in result.result["memories"]]) == (
        len(found),
        [True] * len(found),
    )


def test_a_period_finds_what_was_used_in_it(own: Project) -> None:
    own.commit_days_ago(90, pattern("orchard-pruner", "Prune the branches of an orchard."))
    workspace = own.workspace()
    workspace.patterns.converge()
    (digest,) = (row.digest for row in workspace.patterns.rows() if row.id == PRUNER)
    used = (NOW - timedelta(hours=hours) for hours in (20, 12))
    workspace.ledger.record(*(Adopted(at=at, digest=digest, source="person", nonce=new_nonce()) for at in used))
    workspace.close()

    with own.engine() as engine:
        result = answer(engine, "patterns used in the last 3 days")
        lately = answer(engine, "patterns used in the last 2 hours")

    (memory,) = result.result["memories"]
    assert (memory["id"], memory["at"]) == (PRUNER, (NOW - timedelta(hours=12)).isoformat(timespec="seconds")), "once, when last"
    assert memories(lately) == []


def test_a_period_without_anything_is_said(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "patterns added before 2001-01-01")

    assert (memories(result), result.result["period"]) == ([], "before 2001-01-01")
    assert result.text.endswith("before 2001-01-01.")


# stored


def test_stored_is_what_one_committed_and_what_one_rated(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "what did I store?", **OWN)

    assert memories(result) == [PRUNER, COUNTER], "the third was committed by somebody else"
    assert {(one["id"], one["rating"]) for one in result.result["rated"]} == {(PRUNER, 5), (WATERER, 1), (WATERER, 2)}
    assert "eve" not in result.text


def test_stored_is_what_waits_because_a_program_told_it(own: Project) -> None:
    with own.engine() as engine:
        answer(engine, "remember that bolts need washers")
        engine.generation.move()
        result = answer(engine, "what did I store?")

    assert (memories(result), result.result["waiting"]) == (["any/note-bolts-need-washers"], 1)


def test_whoever_stored_nothing_is_told_so(own: Project) -> None:
    with own.engine() as engine:
        result = answer(engine, "what did I store?")

    assert (result.text, memories(result)) == ("You have stored nothing here yet.", [])


# store


def candidates(project: Project) -> list[dict[str, object]]:
    workspace = project.workspace()
    try:
        return [
            {"id": one.id, "description": one.manifest.description, "tags": one.manifest.tags, "code": one.code}
            for one in workspace.candidates.read()
        ]
    finally:
        workspace.close()


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a work tree, without Git's own and the index of the library."""
    places = (path for path in folder.rglob("*") if path.is_file())
    names = ((path.relative_to(folder).as_posix(), path) for path in places)
    return {name: path.read_bytes() for name, path in names if not name.startswith((".git/", "index/"))}


def test_a_lesson_becomes_a_candidate(own: Project) -> None:
    context: dict[str, Any] = {"plan": {"first": "drain", "then": ["stop", 7]}, "tags": ["queues"], "session_id": "monday"}
    with own.engine() as engine:
        result = answer(engine, "store the lesson: drain the queue before shutdown", **context)

    assert result.pattern_name == "store"
    assert result.result == {
        "stored": "any/note-drain-the-queue-before-shutdown",
        "resolution": "created",
        "title": "drain the queue before shutdown",
    }
    assert "foundry accept any/note-drain-the-queue-before-shutdown" in result.text
    assert candidates(own) == [
        {"id": result.result["stored"], "description": "first: drain; then: stop; 7", "tags": ("queues",), "code": ""}
    ]


def test_code_becomes_a_candidate(own: Project) -> None:
    with own.engine() as engine:
        result = answer(engine, "save this function as a pattern", code=CHUNKS, description="Cut a list.", name="in_chunks")

    assert candidates(own) == [{"id": "python/in-chunks", "description": "Cut a list.", "tags": (), "code": CHUNKS}]
    assert result.result["resolution"] == "created"


def test_storing_writes_no_file_and_moves_no_branch(own: Project) -> None:
    with own.engine() as engine:
        engine.start()
        before = untouched(own.repo), files(own.repo.path), own.repo.git("for-each-ref", "--format=%(refname)")
        answer(engine, "remember that bolts need washers")
        answer(engine, "save this function as a pattern", code=CHUNKS, description="Cut a list.")

    refs = own.repo.git("for-each-ref", "--format=%(refname)").split()
    assert (untouched(own.repo), files(own.repo.path)) == before[:2]
    assert sorted(refs) == sorted([*before[2].split(), "refs/foundry/candidates"])


def test_storing_is_never_kept(own: Project) -> None:
    with own.engine() as engine:
        first, second = (answer(engine, "remember that bolts need washers") for _ in range(2))

    assert not (first.cache_hit or second.cache_hit)
    assert [first.result["resolution"], second.result["resolution"]] == ["created", "sighted"]
    assert len(candidates(own)) == 1


def test_code_that_is_known_is_not_stored_again(own: Project) -> None:
    own.repo.commit(pattern("cut-up", "Cut a list into pieces.", CHUNKS))
    with own.engine() as engine:
        known = answer(engine, "save this function as a pattern", code=CHUNKS.replace("chunks", "parts"))
        waiting = [
            answer(engine, "save this function as a pattern", code=code) for code in (PEEL, PEEL.replace("peeled", "done"))
        ]

    assert (known.result["stored"], known.result["resolution"]) == ("python/cut-up", "sighted")
    assert [result.result["resolution"] for result in waiting] == ["created", "sighted"]
    assert len(candidates(own)) == 1


def test_code_that_was_refused_is_not_stored(own: Project) -> None:
    with own.engine() as engine:
        stored = answer(engine, "save this function as a pattern", code=PEEL, name="peel")
        assert CommandLine(own.repo.path)("reject", stored.result["stored"]).returncode == 0
        engine.generation.move()
        result = engine.execute_sync("save this function as a pattern", context={"code": PEEL})

    assert result.error == "code: of this shape was refused before, and is not asked about again"
    assert candidates(own) == []


@pytest.mark.parametrize(
    ("question", "context"),
    [
        (f"remember that the token is {TOKEN}", {}),
        ("store the lesson: keep tokens apart", {"plan": {"token": TOKEN}}),
        ("store the lesson: keep tokens apart", {"suggested_action": f"use {TOKEN}"}),
        ("save this function as a pattern", {"code": CHUNKS.replace("size must be positive", TOKEN)}),
        ("save this function as a pattern", {"code": CHUNKS, "description": f"Cut with {TOKEN}."}),
    ],
)
def test_a_secret_is_refused_and_not_repeated(own: Project, question: str, context: dict[str, Any]) -> None:
    with own.engine() as engine:
        result = engine.execute_sync(question, context=context)

    assert (result.success, result.text, result.result) == (False, "", {})
    assert result.error is not None
    assert "looks like it holds a secret" in result.error
    assert TOKEN not in result.error
    assert candidates(own) == []


def test_private_data_in_code_is_refused(own: Project) -> None:
    leaky = CHUNKS.replace("size must be positive", "ask jane.roe@acme-corp.com")
    with own.engine() as engine:
        result = engine.execute_sync("save this function as a pattern", context={"code": leaky})

    assert not result.success
    assert candidates(own) == []


@pytest.mark.parametrize(
    ("context", "error"),
    [
        ({"code": "def f(:\n"}, "code: "),
        ({"code": "# nothing yet\n"}, "code: is empty"),
        ({"code": CHUNKS, "language": "cobol"}, "language 'cobol': is none of"),
        ({"code": CHUNKS, "kind": "poem"}, "kind 'poem': is none of"),
        ({"framework": "Not A Word"}, "framework 'Not A Word' is not a word"),
        ({"tags": "bolts"}, "tags 'bolts': is no list of words"),
    ],
)
def test_what_could_not_be_read_back_is_refused(own: Project, context: dict[str, Any], error: str) -> None:
    with own.engine() as engine:
        result = engine.execute_sync("save this function as a pattern", context=context)

    assert result.error is not None
    assert error in result.error
    assert candidates(own) == []


def test_outside_of_a_repository_nothing_can_be_stored(tmp_path: Path, user_cache: Path) -> None:
    (tmp_path / "nowhere").mkdir()
    folders = UserFolders(tmp_path / "config", user_cache / "of-engines", tmp_path / "state")

    with PatternExecutionEngine(lambda: Workspace.open(tmp_path / "nowhere", None, {}, folders)) as engine:
        result = engine.execute_sync("remember that bolts need washers", "fast")

    assert not result.success
    assert result.error is not None
    assert "repository" in result.error


# search and what is similar


def test_search_finds_patterns_and_code(engine: PatternExecutionEngine) -> None:
    patterns, code = (
        answer(engine, "branches of an orchard, pruned"),
        answer(engine, "function that peels bananas", "comprehensive"),
    )

    assert ids(patterns.result["hits"])[0] == PRUNER
    assert 0.0 < patterns.result["hits"][0]["relevance"] <= 0.99, "nothing is certain"
    (hit,) = code.result["hits"]
    assert (hit["name"], hit["path"], hit["line"], hit["reviewed"]) == ("peel_bananas", "app/fruit.py", 1, False)


def test_search_says_where_nothing_fits(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "zeppelins above mooring masts")

    assert result.pattern_name == "search"
    assert (result.text.startswith("Nothing fits"), result.result["hits"]) == (True, [])


def test_similar_finds_what_is_like_a_description(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "find similar to peeling bananas")

    (hit,) = result.result["similar"]
    assert (hit["path"], result.result["to"]) == ("app/fruit.py", "peeling bananas")


def test_similar_leaves_out_the_pattern_itself(own: Project) -> None:
    twin = pattern("orchard-cutter", "Prune the branches of an orchard with care.", CHUNKS)
    own.repo.commit(pattern("orchard-pruner", "Prune the branches of an orchard.") | twin)

    with own.engine() as engine:
        result = answer(engine, "find similar to orchard-pruner", **OWN)

    assert (ids(result.result["similar"]), result.result["to"]) == (["python/orchard-cutter"], PRUNER)


def test_similar_finds_a_renamed_copy_of_code(engine: PatternExecutionEngine) -> None:
    copy = PEEL.replace("banana", "mango").replace("peel", "skin").replace("hands", "knives")

    result = answer(engine, "find similar code", code=copy)

    (hit,) = result.result["similar"]
    assert (hit["name"], hit["path"], result.result["by"]) == ("peel_bananas", "app/fruit.py", "structure")
    assert 0.9 < hit["relevance"] < 1.0


def test_similar_says_where_nothing_is_like_it(engine: PatternExecutionEngine) -> None:
    other = 'def moor(masts: dict[str, int]) -> str:\n    while masts:\n        masts.popitem()\n    return "up"\n'

    assert answer(engine, "find similar code", code=other).text == "Nothing here is like that code."
    assert answer(engine, "find similar to zeppelin mooring masts").result["similar"] == []


def test_similar_refuses_code_of_no_language(engine: PatternExecutionEngine) -> None:
    result = engine.execute_sync("find similar code", context={"code": PEEL, "language": "cobol"})

    assert (result.success, result.text) == (False, "")
    assert result.error is not None
    assert "'cobol'" in result.error


# analyse, compare, recommend, aggregate


def test_analyse_says_how_the_patterns_on_a_subject_did(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "analyze how our watering patterns did", **OWN)

    assert ids(result.result["patterns"]) == [WATERER]
    assert (result.result["weak"], result.result["untried"], result.result["count"]) == ([WATERER], [], 1)
    assert result.result["totals"] == {"injected": 0, "adopted": 2, "passed": 0, "failed": 2, "ratings": 2}
    assert result.text.splitlines()[1] == f"weak: {WATERER}"


def test_analyse_names_what_was_never_tried(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "analyze our orchard patterns", language="go")

    assert (result.result["untried"], result.result["weak"]) == ([COUNTER], [])
    assert result.text.splitlines()[0] == "1 patterns on orchard: no evidence yet."


def test_analyse_without_a_subject_sums_everything_up(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "analyze the library", **OWN)

    assert result.metadata["answered_by"] == "analyse"
    assert (result.result["count"], result.result["groups"][0]["group"]) == (3, "orchards")


def test_analyse_says_where_there_is_nothing(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "analyze our zeppelin patterns")

    assert result.text == "Nothing is kept about 'zeppelin', so there is nothing to analyse."
    assert (result.result["patterns"], result.result["count"]) == ([], 0)


def test_compare_sets_two_patterns_against_each_other(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "compare orchard-pruner and orchard-waterer")

    first, second = result.result["compared"]
    assert (first["id"], first["passed"], first["failed"], first["asked"]) == (PRUNER, 4, 0, "orchard-pruner")
    assert (second["id"], second["passed"], second["failed"]) == (WATERER, 0, 2)
    assert all(0.0 <= low <= high <= 1.0 for low, high in (first["interval"], second["interval"]))
    assert result.text.splitlines()[-1] in (
        "The evidence does not tell which of them works better.",
        f"{PRUNER} did better: its interval lies above that of {WATERER}.",
    )


def test_compare_finds_what_is_described(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "compare pruning the branches of an orchard with orchard-waterer")

    assert ids(result.result["compared"]) == [PRUNER, WATERER]


def test_compare_says_what_it_does_not_know(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "compare orchard-pruner and zeppelin-mooring")

    assert (ids(result.result["compared"]), result.result["missing"]) == ([PRUNER], ["zeppelin-mooring"])
    assert result.text.splitlines()[-1] == "nothing here fits 'zeppelin-mooring'"


def test_compare_needs_two_things(orchard: Project) -> None:
    with orchard.engine() as engine:
        engine.registry.register(PatternDefinition("weigh", PatternType.HYBRID, "^weigh it$", 0, 100, handler="compare"))
        result = engine.execute_sync("weigh it")

    assert result.error is not None
    assert result.error.startswith("compare: name two patterns")


def test_recommend_advises_what_evidence_does_not_speak_against(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "recommend a pattern for pruning an orchard", **OWN)

    assert result.result["recommended"]["id"] == PRUNER
    assert result.result["task"] == "pruning an orchard"
    assert result.text.startswith(f"Use {PRUNER}: ")


def test_recommend_names_what_stands_here_already(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "recommend a pattern for peeling bananas")

    assert result.result["recommended"] is None
    assert [one["path"] for one in result.result["here"]] == ["app/fruit.py"]
    assert result.text == "here already, unreviewed: app/fruit.py:1: Peel bananas, a bunch at a time."


def test_recommend_says_where_nothing_fits(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "recommend a pattern for mooring a zeppelin")

    assert (result.result["recommended"], result.result["alternatives"], result.result["here"]) == (None, [], [])
    assert result.text.startswith("Nothing fits")


@pytest.mark.parametrize(
    ("question", "by", "groups"),
    [
        ("overview of the library by language", "language", {"python": 2, "go": 1}),
        ("summarise all patterns", "tag", {"orchards": 3, "pruning": 1, "watering": 1}),
        ("sum up what we know about orchards", "tag", {"orchards": 3, "pruning": 1, "watering": 1}),
    ],
)
def test_aggregate_sums_up_by_language_or_tag(
    engine: PatternExecutionEngine, question: str, by: str, groups: dict[str, int]
) -> None:
    result = answer(engine, question, **OWN)

    assert (result.result["by"], result.result["count"]) == (by, 3)
    assert {one["group"]: one["count"] for one in result.result["groups"]} == groups
    assert result.result["totals"]["adopted"] == 6
    assert result.text.splitlines()[0].startswith("3 patterns")


def test_aggregate_shows_what_did_best_for_a_group(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "overview of the library by language", **OWN)

    assert {one["group"]: one["example"] for one in result.result["groups"]} == {"python": PRUNER, "go": COUNTER}


def test_aggregate_says_where_there_is_nothing(engine: PatternExecutionEngine) -> None:
    result = answer(engine, "sum up what we know about zeppelins")

    assert (result.text, result.result["groups"]) == ("Nothing is kept about 'zeppelins'.", [])


# triggers of one's own


def test_a_trigger_of_the_library_has_its_handler_answer(own: Project) -> None:
    own.repo.write(
        trigger("bolts", r"\bbolts of (?P<tag>[a-z-]+)\b", "recall_by_tag") | pattern("bolt", "Turn a bolt.", tags=("iron",))
    )

    with own.engine() as engine:
        result = answer(engine, "the bolts of iron, please")

    assert (result.pattern_name, result.metadata["arguments"], memories(result)) == ("bolts", {"tag": "iron"}, ["python/bolt"])


def test_a_trigger_that_names_a_handler_of_nobody_is_told(own: Project) -> None:
    own.repo.write(trigger("bolts", "bolts of iron", "blacksmith"))

    with own.engine() as engine:
        result = engine.execute_sync("bolts of iron")

    assert not result.success
    assert result.error is not None
    assert "'blacksmith'" in result.error
