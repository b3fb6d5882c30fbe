"""The mined history: that of a repository, brought up to date in its store and folded into the lives of units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from foundry_git.errors import FETCH_ALL, UsageError
from foundry_git.git.history import Commit, commits_between, one_commit
from foundry_git.git.repository import Repository
from foundry_git.history.lineage import Lineages
from foundry_git.history.store import HistoryStore
from foundry_git.progress import Progress


class MinedHistory(Struct, frozen=True):
    """A history: its lineages, and its commits by id."""

    lineages: Lineages
    commits: Mapping[str, Commit]

    def last_touched(self, path: str) -> dict[str, Commit]:
        """Symbol → the commit that last touched it, for the units of a file."""
        last = {lineage.place[1]: lineage.last for lineage in self.lineages.at(path)}
        return {symbol: self.commits[commit] for symbol, commit in last.items() if commit in self.commits}


def mine(repository: Repository, tip: Commit, progress: Progress, since: datetime | None = None) -> MinedHistory:
    """Walk what was not walked yet up to a commit (``since``: only commits after that), and fold it."""
    commits = commits_between(repository, "", tip.id)
    if since:
        commits = [commit for commit in commits if datetime.fromisoformat(commit.commit_date) >= since]
    store = HistoryStore(repository)
    store.extend(commits, progress)
    return _folded(store, commits)


def known_lineages(repository: Repository, tip: str) -> Lineages | None:
    """The lineages up to a commit where the history was mined before, and what came since; None where it never was."""
    store = HistoryStore(repository)
    if not store.exists:
        return None
    known, commits = store.known(), commits_between(repository, "", tip)
    first = next((at for at, commit in enumerate(commits) if commit.id in known), len(commits))
    store.extend(commits[first:])  # what is older was left out with --since, and is not walked behind somebody's back
    return _folded(store, commits[first:]).lineages


def last_before(repository: Repository, moment: datetime | None) -> Commit:
    """HEAD, or the last commit of its main line before a moment.

    Raises:
        UsageError: there is none so early, or none at all.
    """
    if moment is None:
        return one_commit(repository, "HEAD")
    head = repository.resolve("HEAD")
    found = repository.text("rev-list", "--first-parent", "--max-count=1", f"--before={moment.isoformat()}", head, "--")
    if not found:
        next_step = f"this clone is shallow: {FETCH_ALL}" if repository.is_shallow else "see `git log --reverse`"
        raise UsageError(f"--until {moment.date()}: the history begins later; {next_step}")
    return one_commit(repository, found)


def _folded(store: HistoryStore, commits: list[Commit]) -> MinedHistory:
    by_id = {commit.id: commit for commit in commits}
    return MinedHistory(Lineages(store.records(commits)), by_id)
