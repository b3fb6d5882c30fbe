"""What several askers, clones and processes share, and what they must not."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from foundry_git.evidence.events import Accepted
from foundry_git.execution.caches import CacheManager
from foundry_git.http.server import bound
from foundry_git.inbox import acceptance
from tests.execution.project import PRUNE, Project, answered_by, pattern

KEY = """
import sys
from pathlib import Path
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.workspace import UserFolders, Workspace
folders = UserFolders(*map(Path, sys.argv[2:5]))
with PatternExecutionEngine(lambda: Workspace.open(Path(sys.argv[1]), None, {}, folders)) as engine:
    engine.start()
    state = engine.state()
    print(state.settings, state.tree, engine.registry.fingerprint)
"""


def test_processes_with_other_hash_seeds_name_the_same_state_alike(tmp_path: Path, user_cache: Path) -> None:
    project = Project(tmp_path, user_cache, pattern("orchard-pruner", "Prune an orchard."))
    folders = [str(folder) for folder in (project.folders.configuration, project.folders.cache, project.folders.state)]

    said = [
        subprocess.run(
            [sys.executable, "-c", KEY, str(project.repo.path), *folders],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True, timeout=120,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip

    assert said[0] == said[1] != ""


def test_two_clones_share_no_answer(tmp_path: Path, user_cache: Path) -> None:
    files = pattern("orchard-pruner", "Prune an orchard.")
    settings = []
    for name in ("one", "other"):
        with Project(tmp_path / name, user_cache, files).engine() as engine:
            settings.append(engine.state().settings)

    assert settings[0] != settings[1]


def test_two_engines_with_functions_of_their_own_share_no_answer(tmp_path: Path, user_cache: Path) -> None:
    project = Project(tmp_path, user_cache)
    with project.engine() as one, project.engine() as other:
        one.registry.register(answered_by(lambda question: "mine", "whose"))
        other.registry.register(answered_by(lambda question: "yours", "whose"))

        assert one.registry.fingerprint != other.registry.fingerprint


def test_stores_at_the_same_time_are_not_taken_for_one(tmp_path: Path, user_cache: Path) -> None:
    project = Project(tmp_path, user_cache)
    with project.engine() as engine:
        engine.start()

        async def both() -> list[str]:
            plans = ({"plan": "prune in winter"}, {"plan": "water in summer"})
            found = await asyncio.gather(
                *(engine.execute(f"store pruning result {at}", context=plan) for at, plan in enumerate(plans))
            )
            return [str(one.result["stored"]) for one in found]

        assert len(set(asyncio.run(both()))) == 2


def test_equal_stores_with_other_plans_are_two(tmp_path: Path, user_cache: Path) -> None:
    project = Project(tmp_path, user_cache)
    with project.engine() as engine:
        engine.start()

        async def both() -> list[str]:
            found = await asyncio.gather(
                *(engine.execute("store pruning result", context={"plan": plan}) for plan in ("winter", "summer"))
            )
            return [str(one.result["resolution"]) for one in found]

        assert sorted(asyncio.run(both())) == ["created", "sighted"]


def test_one_asker_who_gives_up_spoils_nothing_for_another(tmp_path: Path, user_cache: Path) -> None:
    go = threading.Event()
    with Project(tmp_path, user_cache).engine() as engine:
        engine.registry.register(answered_by(lambda question: str(go.wait(60)), "wait a little"))
        engine.registry.register(answered_by(lambda question: "done", "what then"))

        async def asked() -> str:
            first = asyncio.create_task(engine.execute("wait a little"))
            second, third = (asyncio.create_task(engine.execute("what then")) for _ in range(2))
            await asyncio.sleep(0)
            second.cancel()
            go.set()
            await first
            return (await third).text

        assert asyncio.run(asked()) == "done"


def test_what_was_stored_is_there_for_the_next_question(tmp_path: Path, user_cache: Path) -> None:
    with Project(tmp_path, user_cache).engine() as engine:
        before = engine.execute_sync("what did I store?")
        engine.execute_sync("remember: prune the orchard before spring")
        after = engine.execute_sync("what did I store?")

    assert (before.result["waiting"], after.result["waiting"]) == (0, 1)


def test_what_was_accepted_waits_no_more(tmp_path: Path, user_cache: Path) -> None:
    project = Project(tmp_path, user_cache)
    with project.engine() as engine:
        kept = engine.execute_sync(
            "store this function as a pattern", context={"code": PRUNE, "description": "Prune an orchard."}
        )
        workspace = project.workspace()
        acceptance.accept(workspace, [str(kept.result["stored"])])
        assert any(isinstance(event, Accepted) for event in workspace.ledger.known("accepted"))
        workspace.close()
        engine.generation.move()

        found = engine.execute_sync("recall pruning an orchard")

    assert [one["reviewed"] for one in found.result["memories"]] == [True]


def test_a_configuration_that_was_touched_leaves_no_closed_library_behind(tmp_path: Path, user_cache: Path) -> None:
    project = Project(tmp_path, user_cache, pattern("orchard-pruner", "Prune an orchard."))
    with project.engine() as engine:
        first = engine.execute_sync("recall pruning an orchard")
        (project.repo.path / "foundry.yaml").touch()
        engine.generation.move()
        again = engine.execute_sync("find similar code", context={"code": PRUNE})

    assert first.success and again.success


def test_a_twin_of_what_is_named_is_found_though_search_folds_them(tmp_path: Path, user_cache: Path) -> None:
    twins = pattern("orchard-pruner", "Prune an orchard.") | pattern(
        "orchard-trimmer", "Prune an orchard.", PRUNE.replace("branch", "limb")
    )
    with Project(tmp_path, user_cache, twins).engine() as engine:
        found = engine.execute_sync("find similar to orchard-pruner")

    assert "python/orchard-trimmer" in [one["id"] for one in found.result["similar"]]


def test_a_cache_that_one_engine_closed_serves_the_other_without_it(tmp_path: Path, user_cache: Path) -> None:
    project, cache = Project(tmp_path, user_cache), CacheManager()
    other = project.engine(cache)
    with project.engine(cache) as one:
        one.execute_sync("list languages")
    with other:
        assert other.execute_sync("list languages").success


def test_the_listening_socket_names_its_protocol(tmp_path: Path, user_cache: Path) -> None:
    with Project(tmp_path, user_cache).engine() as engine:
        server = bound(engine, "a" * 43, port=0)
        with server._listener as listener:
            assert listener.proto == socket.IPPROTO_TCP
