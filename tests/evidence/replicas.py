"""Replicas: repositories with a library and evidence of their own, and what they exchange it over."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from foundry_git.evidence.events import Event, Rejected, canonical, event_id
from foundry_git.evidence.exchange import Exchanged, exchange
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.remotes import Partners
from foundry_git.git.remotes import Remote
from foundry_git.git.repository import Repository
from tests.gitrepo import GitRepo

LIBRARY = "2d0e5c1a-7c3b-4e55-9d8a-64f1b0a9c7e3"
REF = "refs/foundry/evidence"
AT = datetime(2026, 11, 20, 14, 36, 13, tzinfo=UTC)


class Replica:
    """One clone: ``learn`` events, ``sync`` them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.repository = Repository.at(path)
        self.state = self.repository.state
        self.ledger = Ledger(self.state, path / "stats.db")

    @classmethod
    def of(cls, hub: Path | str, path: Path) -> Replica:
        """A new repository whose ``origin`` is ``hub``."""
        repo = GitRepo.create(path)
        repo.git("remote", "add", "origin", str(hub))
        return cls(path)

    def git(self, *args: str) -> str:
        return GitRepo(self.path).git(*args)

    def learn(self, *events: Event) -> None:
        self.ledger.journal.append_lines(map(canonical, events))

    def sync(self, remote: str = "origin", library: str = LIBRARY) -> Exchanged:
        return exchange(Remote(self.repository, remote, 60.0), self.ledger, Partners(self.state), library)

    def known(self) -> set[str]:
        """The names of all events here; none of the journal's lines is bad."""
        events, problems = Journal(self.state).read()
        assert problems == ()
        return set(events)

    def copied(self, path: Path) -> Replica:
        shutil.copytree(self.path, path, symlinks=True)
        return Replica(path)


def hub_at(path: Path) -> GitRepo:
    """A bare repository to push to."""
    return GitRepo.create(path, "--bare")


def said(*numbers: int) -> list[Event]:
    """Events that differ by their number."""
    return [Rejected(at=AT, nonce=f"{number:016x}", shape=f"py1:{number:032x}") for number in numbers]


def names(events: Iterable[Event]) -> set[str]:
    return set(map(event_id, events))


def refuse_pushes(hub: GitRepo) -> None:
    """A server that lets nobody push, as a protected repository does."""
    hook = hub.path / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'you may read, not write' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
