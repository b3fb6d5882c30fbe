"""A server over a real library in a real repository, on a free port of this machine, for tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.http.server import Server, bound
from foundry_git.workspace import UserFolders, Workspace
from tests.gitrepo import GitRepo

TOKEN = "a" * 43
LIBRARY = "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: team\n"
WORDS_ONLY = "encoder: {enabled: false}\n"
RETRY = """\
def retry(call, times):
    for _ in range(times):
        try:
            return call()
        except OSError:
            pass
"""


class Served(Struct, frozen=True):
    """A server that runs, with what it serves."""

    url: str
    server: Server
    engine: PatternExecutionEngine
    repo: GitRepo
    folders: UserFolders


@contextmanager
def served(folder: Path, configuration: str = WORDS_ONLY, host: str = "127.0.0.1") -> Iterator[Served]:
    """Serve a library that lies in a new repository below ``folder``."""
    repo = GitRepo.create(folder / "project")
    repo.git("config", "user.name", "Dev")  # a fixture of a whole module is there before the one that sets Git up
    repo.git("config", "user.email", "dev@example.com")
    repo.commit({".foundry/foundry.yaml": LIBRARY, "net.py": RETRY})
    folders = UserFolders(folder / "config", folder / "cache", folder / "state")
    folders.configuration.mkdir(parents=True)
    (folders.configuration / "config.yaml").write_text(configuration)
    with PatternExecutionEngine(lambda: Workspace.open(repo.path, None, {}, folders)) as engine:
        engine.start()
        ready = threading.Event()
        server = bound(engine, TOKEN, host, 0, lambda _: ready.set())
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            assert ready.wait(30)
            yield Served(f"http://127.0.0.1:{server.address.port}", server, engine, repo, folders)
        finally:
            server.should_exit = True
            thread.join(30)
