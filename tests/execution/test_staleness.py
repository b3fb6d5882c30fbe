"""No answer is older than the library: after every change the next answer is that of an engine that has seen nothing before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import Struct

from foundry_git import PatternLibrary
from foundry_git.errors import ConfigurationError, ManifestError, NotFoundError
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.execution.library_state import (
    LOOK_SECONDS,
    MOST_LOOKING,
    SLOT_SECONDS,
    WATCHED_SECONDS,
    Generation,
    LibraryState,
    due,
    slot_of,
)
from tests.commandline import CommandLine
from tests.execution.project import LIBRARY, PEEL, PRUNE, WORDS_ONLY, Project, pattern, told, trigger

PRUNER = pattern("orchard-pruner", "Prune the branches of an orchard.", tags=("orchards",))
OWN = {"library": "team"}
RECALL, LIST, STORED = "recall pruning an orchard", "list all patterns", "what did I store?"


@pytest.fixture
def project(tmp_path: Path, user_cache: Path) -> Project:
    return Project(tmp_path, user_cache, PRUNER | trigger("bolts", "bolts in stock") | {"app/fruit.py": PEEL})


@pytest.fixture
def engine(project: Project) -> Iterator[PatternExecutionEngine]:
    with project.engine() as made:
        made.start()
        yield made


class Change(Struct, frozen=True):
    """Something that happens to a project, and a question whose answer it changes."""

    question: str
    make: Callable[[Project], object]
    context: dict[str, str] | None = None


def write(files: dict[str, str]) -> Callable[[Project], object]:
    return lambda project: project.repo.write(files)


def remove(folder: str) -> Callable[[Project], object]:
    return lambda project: shutil.rmtree(project.repo.path / folder)


def rate(project: Project) -> None:
    with PatternLibrary(project.repo.path) as library:
        library.rate_pattern("python/orchard-pruner", 5, "monday")


def propose(project: Project) -> None:
    with PatternLibrary(project.repo.path) as library:
        library.extract_pattern(PEEL, {"description": "Peel bananas, a bunch at a time.", "name": "peel_bananas"})


def switch_branch(project: Project) -> None:
    project.repo.git("checkout", "--quiet", "-b", "other")
    project.repo.commit({"app/fruit.py": None})


CHANGES = {
    "a pattern was added": Change(LIST, write(pattern("orchard-waterer", "Water trees.", PEEL)), OWN),
    "a pattern was changed": Change(RECALL, write(pattern("orchard-pruner", "Prune an orchard, every branch of it."))),
    "the code of a pattern was changed": Change(
        "find similar code", write(pattern("orchard-pruner", "Prune the branches of an orchard.", PEEL)), {"code": PRUNE}
    ),
    "a version was added": Change(RECALL, write(pattern("orchard-pruner", "Prune an orchard.", PEEL, version=2))),
    "a pattern was deleted": Change(RECALL, remove("patterns/python/orchard-pruner")),
    "a pattern was deprecated": Change(
        RECALL, write({"patterns/python/orchard-pruner/deprecated.yaml": "schema: 1\nreason: old\n"})
    ),
    "a pattern was broken": Change(RECALL, write({"patterns/python/orchard-pruner/v1/pattern.yaml": "name: [\n"})),
    "a trigger was added": Change(RECALL, write(trigger("orchards", "pruning an orchard", "list"))),
    "a trigger was changed": Change("bolts in stock", write(trigger("bolts", "bolts in stock", "list", "infrastructure"))),
    "a trigger was deleted": Change("bolts in stock", remove("patterns/triggers")),
    "foundry.yaml was changed": Change(RECALL, write({"foundry.yaml": f"{LIBRARY}search: {{min_relevance: 1.0}}\n"})),
    "the library was renamed": Change(RECALL, write({"foundry.yaml": LIBRARY.replace("team", "crew")})),
    "evidence was recorded": Change("which patterns work best?", rate),
    "evidence on what is found was recorded": Change(RECALL, rate),
    "a commit was made": Change(
        "find similar to peel_bananas", lambda project: project.repo.commit({"app/fruit.py": PEEL.replace("peel_b", "b")})
    ),
    "the branch was switched": Change("find similar to peel_bananas", switch_branch),
    "a pattern was committed": Change(STORED, lambda project: project.repo.commit(pattern("pear", "Count pears."))),
    "a candidate was stored": Change(STORED, propose),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_next_answer_is_that_of_a_fresh_engine_after(
    project: Project, engine: PatternExecutionEngine, change: Change
) -> None:
    before = engine.execute_sync(change.question, context=change.context)
    assert engine.execute_sync(change.question, context=change.context).cache_hit

    change.make(project)
    engine.generation.move()
    after = engine.execute_sync(change.question, context=change.context)

    assert not after.cache_hit
    assert told(after) != told(before)
    assert told(after) == told(project.fresh(change.question, context=change.context))
    assert after.metadata["state"] == engine.state().told()


def test_a_candidate_that_was_accepted_is_a_pattern_in_the_next_answer(project: Project, engine: PatternExecutionEngine) -> None:
    propose(project)
    engine.generation.move()
    assert engine.execute_sync(LIST, context=OWN).result["items"] == ["python/orchard-pruner"]

    assert CommandLine(project.repo.path)("accept", "peel-bananas").returncode == 0
    engine.generation.move()

    assert engine.execute_sync(LIST, context=OWN).result["items"] == ["python/orchard-pruner", "python/peel-bananas"]


def test_a_candidate_that_was_rejected_is_in_no_answer_any_more(project: Project, engine: PatternExecutionEngine) -> None:
    propose(project)
    engine.generation.move()
    assert engine.execute_sync(STORED).result["waiting"] == 1

    assert CommandLine(project.repo.path)("reject", "peel-bananas").returncode == 0
    engine.generation.move()

    assert engine.execute_sync(STORED).result["waiting"] == 0


def test_what_was_asked_about_a_deleted_trigger_is_not_found(project: Project, engine: PatternExecutionEngine) -> None:
    joke = trigger("jokes", "tell me a joke", "list", "infrastructure")
    project.repo.write(joke)
    engine.generation.move()
    assert engine.execute_sync("tell me a joke").pattern_name == "jokes"

    project.repo.write(dict.fromkeys(joke))
    engine.generation.move()

    with pytest.raises(NotFoundError):
        engine.execute_sync("tell me a joke")


def test_a_change_of_one_thing_leaves_what_is_kept_of_the_state_before(project: Project, engine: PatternExecutionEngine) -> None:
    first = engine.execute_sync(RECALL)
    added = pattern("orchard-waterer", "Water an orchard.", PEEL)
    project.repo.write(added)
    engine.generation.move()
    assert not engine.execute_sync(RECALL).cache_hit

    shutil.rmtree(project.repo.path / "patterns/python/orchard-waterer")
    engine.generation.move()
    again = engine.execute_sync(RECALL)

    assert again.cache_hit, "the library is what it was, so its answer is too"
    assert told(again) == told(first)


def test_where_nothing_changed_a_look_costs_no_answer(engine: PatternExecutionEngine, project: Project) -> None:
    engine.execute_sync(RECALL)
    os.utime(project.repo.path / "foundry.yaml")
    os.utime(project.repo.path / "patterns/python/orchard-pruner/v1/pattern.yaml")
    engine.generation.move()

    assert engine.execute_sync(RECALL).cache_hit
    assert told(engine.execute_sync(LIST, context=OWN)) == told(project.fresh(LIST, context=OWN))


def test_the_users_own_configuration_counts_for_the_next_answer(project: Project, engine: PatternExecutionEngine) -> None:
    assert engine.execute_sync(RECALL).success

    project.configure(f"{WORDS_ONLY}answers: {{handlers: [nobody-has-this]}}\n")
    engine.generation.move()
    with pytest.raises(ConfigurationError, match="'nobody-has-this'"):
        engine.execute_sync(RECALL)

    project.configure(WORDS_ONLY)
    engine.generation.move()
    assert engine.execute_sync(RECALL).success


def test_a_library_that_was_broken_is_an_error_until_it_is_mended(project: Project, engine: PatternExecutionEngine) -> None:
    first = engine.execute_sync(RECALL)

    project.repo.write({"foundry.yaml": "library_id: [\n"})
    engine.generation.move()
    for _ in range(2):
        with pytest.raises(ManifestError):
            engine.execute_sync(RECALL)

    project.repo.write({"foundry.yaml": LIBRARY})
    engine.generation.move()
    assert told(engine.execute_sync(RECALL)) == told(first)


def test_a_library_that_appears_is_asked_about(tmp_path: Path, user_cache: Path) -> None:
    project = Project(tmp_path, user_cache)
    project.repo.write({"foundry.yaml": None})
    with project.engine() as engine:
        assert engine.execute_sync(LIST, context=OWN).result["count"] == 0

        project.repo.write({"foundry.yaml": LIBRARY} | PRUNER)
        engine.generation.move()

        assert engine.execute_sync(LIST, context=OWN).result["items"] == ["python/orchard-pruner"]


def test_many_changes_one_after_the_other_leave_nothing_behind(project: Project, engine: PatternExecutionEngine) -> None:
    for number in range(6):
        project.repo.write(pattern(f"pear-{number}", f"Count the pears of basket {number}.", PEEL))
        engine.generation.move()
        assert engine.execute_sync(LIST, context=OWN).result["count"] == number + 2

    assert told(engine.execute_sync(LIST)) == told(project.fresh(LIST))


# when files are looked at


def at(seconds: float) -> Callable[[], float]:
    return lambda: seconds


def test_files_are_looked_at_once_in_a_while() -> None:
    generation = Generation()

    assert not due(100.0, 0.001, generation, 0, at(100.0 + LOOK_SECONDS / 2))
    assert due(100.0, 0.001, generation, 0, at(100.0 + LOOK_SECONDS * 2))


def test_files_that_take_long_to_look_at_are_looked_at_more_seldom() -> None:
    generation = Generation()
    pause = 0.08 / MOST_LOOKING

    assert pause > LOOK_SECONDS
    assert not due(100.0, 0.08, generation, 0, at(100.0 + pause / 2))
    assert due(100.0, 0.08, generation, 0, at(100.0 + pause * 2))


def test_files_that_are_watched_are_looked_at_more_seldom() -> None:
    generation = Generation()
    generation.is_watched = True

    assert not due(100.0, 0.001, generation, 0, at(100.0 + LOOK_SECONDS * 2))
    assert due(100.0, 0.001, generation, 0, at(100.0 + WATCHED_SECONDS * 2))


def test_files_are_looked_at_as_soon_as_somebody_heard_of_a_change() -> None:
    generation = Generation()
    generation.is_watched = True

    generation.move()

    assert generation.number == 1
    assert due(100.0, 0.001, generation, 0, at(100.0))
    assert not due(100.0, 0.001, generation, 1, at(100.0))


# the state


def test_every_part_of_a_state_tells_it_from_others() -> None:
    one = LibraryState("tree", "head", "evidence", "candidates", "settings", datetime(2026, 3, 31, 12, tzinfo=UTC))
    later = datetime(2026, 3, 31, 12, 5, tzinfo=UTC)
    others = [
        LibraryState("other", "head", "evidence", "candidates", "settings", one.as_of),
        LibraryState("tree", "other", "evidence", "candidates", "settings", one.as_of),
        LibraryState("tree", "head", "other", "candidates", "settings", one.as_of),
        LibraryState("tree", "head", "evidence", "other", "settings", one.as_of),
        LibraryState("tree", "head", "evidence", "candidates", "other", one.as_of),
        LibraryState("tree", "head", "evidence", "candidates", "settings", later),
        LibraryState("treehead", "", "evidence", "candidates", "settings", one.as_of),
    ]

    assert len({state.key for state in (one, *others)}) == len(others) + 1
    assert one.key == LibraryState("tree", "head", "evidence", "candidates", "settings", one.as_of).key


def test_all_moments_of_a_slot_are_its_beginning() -> None:
    begin = datetime(2026, 3, 31, 12, 5, tzinfo=UTC)
    last = begin + timedelta(seconds=SLOT_SECONDS) - timedelta(microseconds=1)

    assert slot_of(begin) == slot_of(last) == begin
    assert slot_of(last + timedelta(microseconds=1)) == begin + timedelta(seconds=SLOT_SECONDS)


def test_a_trigger_is_part_of_the_state(project: Project, engine: PatternExecutionEngine) -> None:
    before = engine.state()
    project.repo.write(trigger("bolts", "bolts in stock", priority=50))
    engine.generation.move()

    assert engine.state().tree != before.tree
    assert engine.state().key != before.key


def test_two_engines_of_one_library_are_in_one_state(project: Project, engine: PatternExecutionEngine) -> None:
    with project.engine() as other:
        assert other.state() == engine.state()
        assert other.state().key == engine.state().key
