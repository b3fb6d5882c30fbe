"""A frozen repository: the commit at which we pretend to stand, and the one a year later from which we look back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from foundry_git.git.history import Commit, commits_between
from foundry_git.git.repository import Repository

FROZEN_AT = 0.6
HORIZON = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Frozen:
    """``past``: commits up to ``now``, oldest first. ``future``: those after it up to ``later``, on whose tree we look back."""

    now: Commit
    later: Commit
    past: list[Commit]
    future: list[Commit]


def freeze(repository: Repository, head: str = "HEAD") -> Frozen:
    """Stand at 60 % of the commits of ``head``, on its main line, and look back from a year later."""
    commits = commits_between(repository, "", repository.resolve(head))
    number = {commit.id: at for at, commit in enumerate(commits)}
    main_line = [commits[number[id]] for id in reversed(repository.text("rev-list", "--first-parent", head).split())]
    now = max((c for c in main_line if number[c.id] <= FROZEN_AT * len(commits)), key=lambda c: number[c.id])
    end = _moment(now) + HORIZON
    later = [c for c in main_line if number[c.id] >= number[now.id] and _moment(c) <= end][-1]
    if _moment(commits[-1]) < end:
        raise SystemExit(f"{repository.git_dir}: its history ends less than a year after the commit to freeze at, {now.id[:10]}")
    return Frozen(now, later, commits_between(repository, "", now.id), commits_between(repository, now.id, later.id))


def _moment(commit: Commit) -> datetime:
    return datetime.fromisoformat(commit.commit_date)
