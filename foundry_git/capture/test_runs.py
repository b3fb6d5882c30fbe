"""Test runs: a command that somebody ran here says something of what was adopted since the last run that was green.

Only commits are judged. A run with uncommitted changes, or of chosen tests, is a weaker word, and no green that later runs start from.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from foundry_git import atomic
from foundry_git.capture.collect import (
    MOST_COMMITS,
    Collected,
    Heard,
    collect,
    run_name,
)
from foundry_git.errors import GitError
from foundry_git.evidence.events import Outcome, new_nonce
from foundry_git.git.history import Commit, commits_between
from foundry_git.git.repository import Repository
from foundry_git.git.state_folder import StateFolder
from foundry_git.library.work_trees import stored_name
from foundry_git.outcomes.commands import Ended
from foundry_git.outcomes.coverage import CoverageReport, FileCoverage
from foundry_git.outcomes.covered_files import Checkout, covered_files
from foundry_git.outcomes.reports import Found
from foundry_git.outcomes.verdicts import run_of
from foundry_git.system.files import make_folder
from foundry_git.workspace import Workspace

FIRST_COMMITS = 50  # that the first run of all may speak of: how far back the tests were green nobody knows


def record_run(workspace: Workspace, ended: Ended, found: Found, folder: Path) -> Collected | None:
    """Record how a command ended and what it wrote; None where that says nothing: outside of a library, before the first commit, or
    interrupted before a test failed.

    Raises:
        ReportError: a report cannot be read, and the command did not end badly. BusyError: another process kept the journal's lock.
    """
    repository = workspace.repository
    head = repository.head() if repository and workspace.own else ""
    if repository is None or not head:
        return None
    if found.problems and ended.well is not False:
        raise found.problems[0]
    coverage = covered(repository, found.coverages, folder)
    run = run_of(ended.well, found.reports, coverage, ended.is_selection or is_dirty(repository))
    if ended.well is None and run.result != "fail":
        return None
    now = datetime.now(UTC)
    heard = Heard(run, run_name(head, now.isoformat(), new_nonce()), "tests", now)
    collected = collect(workspace, _since_green(repository, head), heard, _says_more)
    if run.result == "pass" and not run.is_doubted:
        make_folder(_green_file(repository).parent)
        atomic.write_text(_green_file(repository), f"{head}\n")
    return collected


def covered(repository: Repository, reports: Sequence[CoverageReport], folder: Path) -> Mapping[str, FileCoverage] | None:
    """What reports that are named from ``folder`` say of the files here, path → coverage; None where there are none.

    Files that are not committed are known too: a name that may mean one of them says nothing of another.
    """
    if not reports:
        return None
    here = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = repository.run(*(here if repository.top else ("ls-tree", "-r", "--name-only", "-z", "--full-tree", "HEAD")))
    root = repository.top or folder
    return covered_files(reports, Checkout(root.resolve(), frozenset(os.fsdecode(listed).split("\0")[:-1]), folder.resolve()))


def is_dirty(repository: Repository) -> bool:
    """Say whether tracked files differ from HEAD; one that was only touched, or copied with its index, does not.

    Git has to read such files, and would run the filters that the configuration names; without them what they change counts as changed.
    """
    try:
        repository.run(*_without_filters(repository), "diff", "--quiet", "--no-ext-diff", "--no-textconv", "HEAD", "--")
    except GitError as error:
        if error.code != 1:
            raise
        return True
    return False


def _without_filters(repository: Repository) -> list[str]:
    try:
        names = repository.text("config", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process)$").splitlines()
    except GitError:
        return []
    filters = dict.fromkeys(name.rpartition(".")[0] for name in names)
    off = [f"{name}.{setting}" for name in filters for setting in ("clean=", "process=", "required=false")]
    return [word for setting in off for word in ("-c", setting)]


def _says_more(event: Outcome, known: Sequence[Outcome]) -> bool:
    """Say whether a run tells anything: the two hundredth red run of a day does not."""
    return not known or known[-1].result != event.result or (known[-1].grounding or 0) < (event.grounding or 0)


def _since_green(repository: Repository, head: str) -> list[Commit]:
    try:
        green = _green_file(repository).read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        green = ""
    if not green or not repository.has_commit(green):
        return commits_between(repository, "", head, FIRST_COMMITS)
    return commits_between(repository, green, head, MOST_COMMITS)


def _green_file(repository: Repository) -> Path:
    return StateFolder(repository.state).green_runs / stored_name(repository.worktree_name)
