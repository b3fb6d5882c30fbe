"""A project that engines answer about: a real library in a real repository, with folders of the user's own, for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from foundry_git.execution.caches import CacheManager
from foundry_git.execution.definitions import ExecutionResult, PatternDefinition, PatternType
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.inbox.feedback import record_rating
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.record import Manifest
from foundry_git.workspace import UserFolders, Workspace
from tests.gitrepo import Files, GitRepo

NOW = datetime.now(UTC) + timedelta(hours=1)
"""When engines answer: later than whatever a test writes, and the same for all engines of a test, whenever it runs."""

LIBRARY = "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: team\n"
WORDS_ONLY = "encoder: {enabled: false}\n"
PRUNE = '''\
def prune_orchard(trees: list[int], longest: int) -> list[int]:
    """Prune every branch of an orchard to a length."""
    pruned = []
    for branch in trees:
        pruned.append(min(branch, longest))
    return pruned
'''
PEEL = '''\
def peel_bananas(bananas: list[str], hands: int) -> list[str]:
    """Peel bananas, a bunch at a time."""
    if hands < 1:
        raise ValueError("nobody peels")
    peeled = []
    for start in range(0, len(bananas), hands):
        peeled.extend(banana.strip() for banana in bananas[start : start + hands])
    return peeled
'''


class Project:
    """A repository with a library in a new folder, and its user's configuration and state; several may share a ``cache``."""

    def __init__(self, folder: Path, cache: Path, files: Files | None = None, configuration: str = WORDS_ONLY) -> None:
        self.repo = GitRepo.create(folder / "project")
        self.repo.git("config", "user.name", "Dev")  # a fixture of a whole module is there before the one that sets Git up
        self.repo.git("config", "user.email", "dev@example.com")
        self.repo.commit({"foundry.yaml": LIBRARY, **(files or {})})
        self.folders = UserFolders(folder / "config", cache / "of-engines", folder / "state")
        self.folders.configuration.mkdir(parents=True)
        if configuration:
            self.configure(configuration)

    def configure(self, configuration: str) -> None:
        """Write the user's own configuration."""
        (self.folders.configuration / "config.yaml").write_text(configuration, encoding="utf-8")

    def workspace(self) -> Workspace:
        """Open the workspace; who asks for it closes it."""
        return Workspace.open(self.repo.path, None, {}, self.folders)

    def engine(self, cache: CacheManager | None = None) -> PatternExecutionEngine:
        """Make an engine that answers at :data:`NOW`; who asks for it closes it."""
        return PatternExecutionEngine(self.workspace, cache, lambda: NOW)

    def fresh(self, question: str, mode: str = "balanced", context: Mapping[str, Any] | None = None) -> ExecutionResult:
        """What an engine says that has seen nothing before."""
        with self.engine() as engine:
            return engine.execute_sync(question, mode, context)

    def rate(self, reference: str, *ratings: int) -> None:
        """Rate a pattern, each time for a session of its own."""
        workspace = self.workspace()
        try:
            for at, rating in enumerate(ratings):
                record_rating(workspace, reference, rating, session=f"{reference}-{at}")
        finally:
            workspace.close()

    def commit_days_ago(self, days: int, files: Files, author: str = "Dev <dev@example.com>") -> None:
        """Commit files as if that had been so many days before :data:`NOW`."""
        at = (NOW - timedelta(days=days)).isoformat(timespec="seconds")
        self.repo.write(files)
        self.repo.git("add", "--all")
        dated = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        self.repo.git("commit", "--quiet", f"--author={author}", "-m", "work", env=dated)


def pattern(
    slug: str,
    description: str,
    code: str = PRUNE,
    tags: Sequence[str] = (),
    framework: str = "",
    language: str = "python",
    version: int = 1,
) -> dict[str, str]:
    """The files of one version of a pattern."""
    name = slug.replace("-", "_")
    manifest = Manifest(name, "function", description, language, "it.code", framework=framework, tags=tuple(tags))
    folder = f"patterns/{language}/{slug}/v{version}"
    return {f"{folder}/pattern.yaml": write_manifest(manifest), f"{folder}/it.code": code}


def trigger(name: str, regex: str, handler: str = "recall", type: str = "memory", **more: Any) -> dict[str, str]:
    """The file of a trigger."""
    told = {
        "schema": 1,
        "name": name,
        "type": type,
        "handler": handler,
        "priority": 90,
        "regexes": [regex],
        "examples": [f"{name} example {number}" for number in range(6)],
        "counterexamples": [f"counterexample {number}" for number in range(3)],
    }
    return {f"patterns/triggers/{name}.yaml": yaml.safe_dump(told | more)}


def answered_by(
    function: Callable[..., Any], name: str, type: PatternType = PatternType.MEMORY, **more: Any
) -> PatternDefinition:
    """A definition before all others that a function answers; its name is the question."""
    return PatternDefinition(name, type, f"^{name}$", priority=100, handler=function, **more)


def told(result: ExecutionResult) -> tuple[str, bool, dict[str, Any], str, str | None]:
    """What an answer says, however long it took and wherever it was kept."""
    return result.pattern_name, result.success, result.result, result.text, result.error
