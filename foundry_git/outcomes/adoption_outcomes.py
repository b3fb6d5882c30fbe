"""Adoption outcomes: what the history shows of adoptions: taken back, mended, or still there; nobody presses a button.

Everything here follows from commits, so every clone that looks derives the same events, and the journal keeps each once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from foundry_git.evidence.events import Event, Outcome, Survived
from foundry_git.evidence.kinds.uses import OutcomeSource, Result
from foundry_git.git.history import Commit, changes_of, commits_between, moment
from foundry_git.git.patches import Patch, patches_of
from foundry_git.git.repository import Repository
from foundry_git.outcomes.adopted_lines import KnownAdoption, Plantings, known_adoptions
from foundry_git.outcomes.fixes import dense, is_fixing, mended_by
from foundry_git.outcomes.reverts import LEAST_SHARE, Reverted, brought, gone, reverts_in
from foundry_git.outcomes.survival import MILESTONES, Planted, left, main_line, passed, paths_since
from foundry_git.workspace import Workspace

MOST_COMMITS = 5_000  # of the history since the oldest adoption; they are listed in 0.1 s
MOST_COUNTED = 200  # adoptions whose lines are counted in one go, 0.1 s each
SILENT_DAYS = 30  # after which lines that nobody touched say that they work
MOSTLY = 0.5  # of its lines that an adoption must have left to be called alive, or lose to be called taken back


def record_adoption_outcomes(workspace: Workspace, head: str, new: Sequence[Commit] | None = None) -> tuple[Event, ...]:
    """Write what the history up to ``head`` shows of adoptions, and return it, what was known before too.

    ``new``: only what these commits did, and the milestones that passed with them; all since the oldest adoption when left out.
    """
    adoptions = known_adoptions(workspace.ledger)
    if not adoptions or not head or (new is not None and not new):
        return ()
    known = workspace.ledger.known(Outcome.kind, Survived.kind)
    history = _History(workspace.need_repository(), head, adoptions, known, new)
    if not history.adoptions:
        return ()
    plantings = Plantings(workspace.patterns, workspace.objects, workspace.scope)
    found: list[Event] = [*_taken_back(history, plantings), *_mended(history, plantings)]
    found += _survived(history, plantings, (*known, *found))
    workspace.ledger.record(*found)
    return tuple(found)


class _History:
    """The commits since the oldest adoption that ``head`` holds, what the journal knows already, and the patches that matter."""

    def __init__(
        self,
        repository: Repository,
        head: str,
        adoptions: Sequence[KnownAdoption],
        known: Sequence[Event],
        new: Sequence[Commit] | None,
    ) -> None:
        self.repository, self.head = repository, head
        since = min(one.at for one in adoptions)
        commits = commits_between(repository, "", head, MOST_COMMITS)
        first = next((at for at, one in enumerate(commits) if moment(one.author_date) >= since), len(commits))
        self.commits = commits[first:]
        there = {commit.id for commit in self.commits}
        self.adoptions = [one for one in adoptions if one.commit in there]
        self.known = known
        self.new = self.commits if new is None else [commit for commit in new if commit.id in there]
        self.before = None if new is None else self._before(new[0])

    @cached_property
    def patches(self) -> Mapping[str, Patch]:
        """Of what was adopted, of what is new, and of what once took something back."""
        reverts = {event.run for event in self.known if isinstance(event, Outcome) and event.source == "revert"}
        wanted = {one.commit for one in self.adoptions} | {commit.id for commit in self.new} | reverts
        return {
            patch.commit: patch for patch in patches_of(self.repository, [one.id for one in self.commits if one.id in wanted])
        }

    @cached_property
    def reverts(self) -> list[Reverted]:
        """Who takes back whom, oldest first."""
        return reverts_in(self.commits, self.patches)

    def _before(self, first: Commit) -> datetime:
        """When the commit was made that ``first`` follows."""
        dates = [moment(one.commit_date) for one in self.commits if one.id in first.parents]
        return max(dates, default=moment(first.commit_date))

    def date(self, commit: str) -> datetime:
        """When a commit was made."""
        return self._dates[commit]

    @cached_property
    def _dates(self) -> dict[str, datetime]:
        return {commit.id: moment(commit.commit_date) for commit in self.commits}


def _taken_back(history: _History, plantings: Plantings) -> Iterator[Outcome]:
    """A failure for each adoption whose commit was taken back, a pass once that was itself taken back."""
    final = gone(history.reverts)
    by_commit: dict[str, list[KnownAdoption]] = {}
    for adoption in history.adoptions:
        by_commit.setdefault(adoption.commit, []).append(adoption)
    for one in history.reverts:
        for commit in brought(history.commits, one.commit) & by_commit.keys():
            for adoption in by_commit[commit]:
                if one.by in final:
                    back = final[one.by].by
                    yield _outcome(adoption, "pass", "revert", back, history.date(back))
                elif _takes(history, one, plantings, adoption):
                    yield _outcome(adoption, "fail", "revert", one.by, history.date(one.by))


def _takes(history: _History, one: Reverted, plantings: Plantings, adoption: KnownAdoption) -> bool:
    """Say whether a revert took the adopted lines: all of a commit, or in part and most of these lines."""
    if one.share >= 1.0 and one.commit == adoption.commit:
        return True
    patch, brought_here = history.patches.get(one.by), _texts(history, plantings.of(adoption))
    removed = {dense(line) for file in patch.files for hunk in file.hunks for line in hunk.removed} if patch else set()
    if not brought_here:
        return one.share >= LEAST_SHARE
    return sum(text in removed for text in brought_here) >= MOSTLY * len(brought_here)


def _texts(history: _History, planted: Planted) -> list[str]:
    """The adopted lines that their commit brought, without blank space."""
    patch = history.patches.get(planted.commit)
    return [
        dense(line)
        for file in (patch.files if patch else ())
        for hunk in file.hunks
        for at, line in enumerate(hunk.added)
        if planted.holds(file.path, hunk.new_start + at) and dense(line)
    ]


def _mended(history: _History, plantings: Plantings) -> Iterator[Outcome]:
    """A failure for each adoption of whose lines a fix changed one."""
    adopting = {one.commit for one in history.adoptions}
    among = {
        dense(line)
        for commit in adopting & history.patches.keys()
        for file in history.patches[commit].files
        for hunk in file.hunks
        for line in hunk.added
    }
    others = {one.by for one in history.reverts} | gone(history.reverts).keys()
    for fix in history.new:
        patch = history.patches.get(fix.id)
        if patch is None or fix.id in others or not is_fixing(fix, patch):
            continue
        mended = {
            (one.commit, one.path, one.line) for one in mended_by(history.repository, fix, patch, among, history.commits[0].id)
        }
        for adoption in history.adoptions:
            mine = [(path, line) for commit, path, line in mended if commit == adoption.commit != fix.id]
            if mine and any(plantings.of(adoption).holds(path, line) for path, line in mine):
                yield _outcome(adoption, "fail", "fix", fix.id, history.date(fix.id))


def _survived(history: _History, plantings: Plantings, known: Sequence[Event]) -> Iterator[Event]:
    """What is left of adoptions at each milestone that was passed and not counted yet, and a pass for a silent month."""
    counted = {(one.digest, one.commit, one.days) for one in known if isinstance(one, Survived)}
    judged = {(one.subject, one.commit) for one in known if isinstance(one, Outcome) and one.source in ("revert", "fix")}
    due: dict[KnownAdoption, set[int]] = {}
    for adoption in history.adoptions:
        days = {days for days in _due(history, adoption.at) if (adoption.digest, adoption.commit, days) not in counted}
        if days and adoption.has_lines:
            due[adoption] = days
    for adoption in list(due)[-MOST_COUNTED:]:
        for event in _counts(history, plantings.of(adoption), adoption, due[adoption]):
            yield event
            is_silent = event.days == SILENT_DAYS and event.left >= MOSTLY * event.lines
            if is_silent and (adoption.digest, adoption.commit) not in judged:
                yield _outcome(adoption, "pass", "silence", adoption.commit, event.at)


def _due(history: _History, at: datetime) -> Iterator[int]:
    """The milestones that passed; of a few commits only those that passed with them, so that each is tried once."""
    for days in MILESTONES:
        until = at + timedelta(days=days)
        if until <= history.date(history.head) and (history.before is None or until > history.before):
            yield days


def _counts(history: _History, planted: Planted, adoption: KnownAdoption, due: set[int]) -> Iterator[Survived]:
    if not planted.count:
        return
    line = main_line(history.repository, adoption.commit, history.head)
    milestones = [(days, commit) for days, commit in passed(adoption.at, line) if days in due]
    if not milestones:
        return
    since = commits_between(history.repository, adoption.commit, milestones[-1][1], MOST_COMMITS)
    paths = sorted(paths_since(planted, changes_of(history.repository, since, deletions=True)))
    for days, commit in milestones:
        yield Survived(
            at=adoption.at + timedelta(days=days),
            digest=adoption.digest,
            commit=adoption.commit,
            days=days,
            lines=planted.count,
            left=left(history.repository, planted, commit, paths),
        )


def _outcome(adoption: KnownAdoption, result: Result, source: OutcomeSource, run: str, at: datetime) -> Outcome:
    return Outcome(at=at, subject=adoption.digest, result=result, source=source, run=run, commit=adoption.commit)
