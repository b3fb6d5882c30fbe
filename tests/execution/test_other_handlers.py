"""Handlers of others: entry points of installed packages that the user's own configuration names, and functions of Python."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from foundry_git.errors import ConfigurationError, EngineError
from foundry_git.execution.engine import PatternExecutionEngine
from tests.execution.project import WORDS_ONLY, Project, answered_by, trigger

ROTA = """\
from foundry_git.execution.reply import Reply


def on_call(question, context):
    return {"text": f"on call for {context.get('team', 'core')}"}


def by_hand(question):
    return Reply({"asked": question}, ["by hand"])


NO_FUNCTION = "rota"
"""
ENTRY_POINTS = """\
[foundry_git.answers]
rota = orchard_rota:on_call
by_hand = orchard_rota:by_hand
no_function = orchard_rota:NO_FUNCTION
broken = orchard_rota:not_there
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with entry points, as pip installs one."""
    folder = tmp_path / "site"
    facts = folder / "orchard_rota-1.0.dist-info"
    facts.mkdir(parents=True)
    (folder / "orchard_rota.py").write_text(ROTA)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: orchard-rota\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(folder)


@pytest.fixture
def engine(tmp_path: Path, user_cache: Path) -> Iterator[PatternExecutionEngine]:
    with Project(tmp_path / "own", user_cache).engine() as engine:
        yield engine


def named(tmp_path: Path, user_cache: Path, handlers: str) -> Project:
    """A project whose trigger names ``rota``, and whose user's configuration names ``handlers``."""
    files = trigger("rota", "^who digs", handler="rota", type="infrastructure")
    return Project(tmp_path / "own", user_cache, files, f"{WORDS_ONLY}answers: {{handlers: [{handlers}]}}\n")


@pytest.mark.usefixtures("installed")
def test_an_entry_point_answers_that_the_users_configuration_names(tmp_path: Path, user_cache: Path) -> None:
    found = named(tmp_path, user_cache, "rota, by_hand").fresh("who digs today", context={"team": "garden"})

    assert (found.success, found.text) == (True, "on call for garden")


@pytest.mark.usefixtures("installed")
def test_an_entry_point_that_only_a_file_of_the_library_names_is_not_loaded(tmp_path: Path, user_cache: Path) -> None:
    found = named(tmp_path, user_cache, "").fresh("who digs today")

    assert not found.success
    assert "answers.handlers" in str(found.error)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("handler", "said"), [("nobody", "no installed package"), ("no_function", "is no function"), ("broken", "cannot be loaded")]
)
def test_an_entry_point_that_cannot_answer_is_said_with_its_name(
    tmp_path: Path, user_cache: Path, handler: str, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said) as error:
        named(tmp_path, user_cache, handler).fresh("who digs today")

    assert handler in str(error.value)


def test_a_handler_that_asks_its_own_engine_is_told_that_it_would_wait_for_itself(engine: PatternExecutionEngine) -> None:
    engine.registry.register(answered_by(lambda question: engine.execute_sync("list languages").text, "dig deeper"))

    found = engine.execute_sync("dig deeper")

    assert not found.success
    assert "waits for it" in str(found.error)


def test_a_closed_engine_says_so(tmp_path: Path, user_cache: Path) -> None:
    engine = Project(tmp_path / "own", user_cache).engine()
    engine.start()
    engine.close()
    engine.close()

    for ask in (engine.start, engine.state, lambda: engine.execute_sync("list languages")):
        with pytest.raises(EngineError, match="closed"):
            ask()


def test_what_a_function_answers_by_its_context_is_not_kept_for_another(engine: PatternExecutionEngine) -> None:
    def team(question: str, context: Mapping[str, Any]) -> str:
        return str(context.get("workflow"))

    engine.registry.register(answered_by(team, "who digs"))

    answers = [engine.execute_sync("who digs", context={"workflow": name}) for name in ("spring", "autumn", "spring")]

    assert [one.text for one in answers] == ["spring", "autumn", "spring"]
    assert [one.cache_hit for one in answers] == [False, False, True]


def test_a_kept_answer_of_a_function_is_the_one_that_was_given_first(engine: PatternExecutionEngine) -> None:
    odd = {"place": Path("orchard"), "pair": (1, 2), "some": {3}, 4: "four", "none": math.nan}
    engine.registry.register(answered_by(lambda question: odd, "odd things"))

    first, again = engine.execute_sync("odd things"), engine.execute_sync("odd things")

    assert again.cache_hit
    assert again.result == first.result


def endless(question: str) -> list[Any]:
    """Give a list that holds itself."""
    found: list[Any] = []
    found.append(found)
    return found


def ended(question: str) -> None:
    raise SystemExit(question)


async def cancelled(question: str) -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize("function", [endless, ended, cancelled, lambda question: "\ud800", lambda question, *, key: key])
def test_whatever_a_function_does_the_engine_goes_on(engine: PatternExecutionEngine, function: Any) -> None:
    engine.registry.register(answered_by(function, "go wrong"))

    found = engine.execute_many_sync(["go wrong", "calculate 1 + 1"])

    assert [one.success for one in found["results"]] == [False, True]
