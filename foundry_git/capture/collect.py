"""Collecting: reports of test runs and of CI become outcomes of what was adopted in the commits that they tested."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from foundry_git import atomic
from foundry_git.capture.harvest import adopted_in
from foundry_git.errors import GitError, UnknownRevisionError, UsageError
from foundry_git.evidence.events import Event, Outcome, canonical
from foundry_git.evidence.kinds.uses import OutcomeSource
from foundry_git.git.history import Commit, commits_between, moment, one_commit, range_ends
from foundry_git.git.repository import Repository
from foundry_git.history.messages import receipts_in
from foundry_git.outcomes.adopted_lines import KnownAdoption, Plantings, known_adoptions
from foundry_git.outcomes.builds import CIBuild
from foundry_git.outcomes.verdicts import DOUBTED, SUITE_ONLY, TESTS_REPORTED, Run, RunVerdict, verdict
from foundry_git.workspace import Workspace

IsNew = Callable[[Outcome, Sequence[Outcome]], bool]
"""Asked of an outcome, with those known of the same use from the same source, oldest first: is it to be written?"""

MOST_COMMITS = 500  # that one run may judge; a larger range is a merge of histories, and no run is about all of it
TRY = timedelta(minutes=1)
"""How much later the word of a further try of one run counts as said, so that it replaces the one before."""
FAILURE = timedelta(seconds=1)
"""How much later a failure counts as said than a pass, so that of a run's many jobs one that fails is enough."""


class Collected(Struct, frozen=True):
    """What one run said: of which commits, adoptions and receipts, and the events; ``new``: those that were not known before."""

    commits: tuple[Commit, ...]
    adoptions: tuple[tuple[KnownAdoption, RunVerdict], ...]
    receipts: tuple[tuple[str, RunVerdict], ...]
    silent: tuple[KnownAdoption, ...]
    events: tuple[Event, ...]
    new: int


def commits_of(repository: Repository, build: CIBuild | None, revision: str = "", range_text: str = "") -> list[Commit]:
    """The commits that a run tested: those named, else those of the build, else HEAD.

    Raises:
        UsageError: a range that is none, or empty. UnknownRevisionError: a commit is not here, as in a shallow clone.
    """
    if range_text:
        old, new = range_ends(range_text)
        found = commits_between(repository, repository.resolve(old), repository.resolve(new), MOST_COMMITS)
        if not found:
            raise UsageError(f"{range_text}: holds no commits; see `git log --oneline {range_text}`")
        return found
    if revision or build is None:
        return [one_commit(repository, revision or "HEAD")]
    return _of_build(repository, build)


class Heard(Struct, frozen=True):
    """A run with what an outcome needs to say who said it: ``name``, 64 hex digits, ``source`` and moment."""

    run: Run
    name: str
    source: OutcomeSource
    at: datetime


def collect(workspace: Workspace, commits: Sequence[Commit], heard: Heard, is_new: IsNew | None = None) -> Collected:
    """Record what a run says of the adoptions in ``commits`` (oldest first) and of the receipts that their messages name.

    Adoptions are looked for in the commits, unless ``is_new`` chooses among those that are known: it is asked of each outcome, with
    those that are known of its subject. Without it, what is known of that run is not written again.

    Raises:
        BusyError: another process kept the journal's lock.
    """
    derived = adopted_in(workspace, commits) if is_new is None else []
    run = heard.run
    there = {commit.id for commit in commits}
    plantings = Plantings(workspace.patterns, workspace.objects, workspace.scope)
    judged, silent = [], []
    for adoption in (one for one in known_adoptions(workspace.ledger, derived) if one.commit in there):
        said = verdict(run, plantings.of(adoption).lines)
        if said is None:
            silent.append(adoption)
        else:
            judged.append((adoption, said))
    receipts = _receipts(commits, run)
    outcomes = [_outcome(heard, one.digest, one.commit, said) for one, said in judged]
    outcomes += [_outcome(heard, receipt, None, said) for receipt, said in receipts]
    known = [event for event in workspace.ledger.known(Outcome.kind) if isinstance(event, Outcome)]
    new = [event for event in outcomes if (is_new or _is_unsaid)(event, _of_same(event, known))]
    workspace.ledger.record(*derived, *new)
    return Collected(tuple(commits), tuple(judged), tuple(receipts), tuple(silent), (*derived, *outcomes), len(new))


def moment_of(commit: Commit, build: CIBuild) -> datetime:
    """When a build is said to have spoken: with its commit, later for each try; any machine that collects it says the same."""
    return moment(commit.commit_date) + TRY * (build.attempt - 1)


def run_name(*parts: str | bytes) -> str:
    """Name a run by what makes it one."""
    return hashlib.sha256(
        b"\0".join(one if isinstance(one, bytes) else one.encode("utf-8", "surrogateescape") for one in parts)
    ).hexdigest()


def save(path: Path, events: Iterable[Event]) -> None:
    """Write events as a file of lines, each once, for ``foundry evidence sync --import``."""
    lines = sorted({canonical(event) for event in events})
    atomic.write_bytes(path, b"".join(line + b"\n" for line in lines))


def _of_build(repository: Repository, build: CIBuild) -> list[Commit]:
    if not build.head:
        return [one_commit(repository, "HEAD")]
    if not repository.has_commit(build.head):
        raise UnknownRevisionError(f"{build.head} (what the build was for)", repository.git_dir, repository.is_shallow)
    base = build.base if build.base and repository.has_commit(build.base) else _fork(repository, build)
    if not base:
        return [one_commit(repository, build.head)]
    return commits_between(repository, base, build.head, MOST_COMMITS) or [one_commit(repository, build.head)]


def _fork(repository: Repository, build: CIBuild) -> str:
    """Where a new branch left the default one; "" where that is not known, or it is that one."""
    if not build.base_ref:
        return ""
    try:
        found = repository.text("merge-base", f"refs/remotes/origin/{build.base_ref}", build.head)
    except GitError:
        return ""
    return "" if found == build.head else found


def _receipts(commits: Sequence[Commit], run: Run) -> list[tuple[str, RunVerdict]]:
    result = run.result
    if result is None:
        return []
    grounding = TESTS_REPORTED if run.cases else SUITE_ONLY
    said = RunVerdict(result, grounding // DOUBTED if run.is_doubted else grounding)
    named = dict.fromkeys(receipt for commit in commits for receipt in receipts_in(f"{commit.subject}\n{commit.body}"))
    return [(receipt, said) for receipt in named]


def _outcome(heard: Heard, subject: str, commit: str | None, said: RunVerdict) -> Outcome:
    return Outcome(
        at=heard.at + FAILURE if said.result == "fail" else heard.at,
        subject=subject,
        result=said.result,
        source=heard.source,
        run=heard.name,
        commit=commit,
        grounding=said.grounding,
    )


def _of_same(event: Outcome, known: Sequence[Outcome]) -> list[Outcome]:
    """What is known of the same use from the same source."""
    return [one for one in known if (one.subject, one.commit, one.source) == (event.subject, event.commit, event.source)]


def _is_unsaid(event: Outcome, known: Sequence[Outcome]) -> bool:
    """Say whether no outcome of the same run says the same."""
    return all((one.run, one.result, one.grounding) != (event.run, event.result, event.grounding) for one in known)
