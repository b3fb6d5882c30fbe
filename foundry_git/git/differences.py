"""Differences: the files in which the Git index, or a commit, differs from another commit."""

from __future__ import annotations

import os

from foundry_git.errors import FETCH_ALL, GitError, UsageError
from foundry_git.git.history import Change, changes_in
from foundry_git.git.repository import Repository

_RAW = ("--raw", "-r", "-z", "--full-index")


def staged(repository: Repository) -> list[Change]:
    """What is staged against HEAD, or against nothing before the first commit; renames followed, deletions listed."""
    head = repository.head() or repository.text("hash-object", "-t", "tree", "--stdin")
    return _changes(repository, "diff-index", "--cached", *_RAW, head, "--")


def since(repository: Repository, revision: str) -> list[Change]:
    """What HEAD differs in from the commit where it left a revision; renames followed, deletions listed.

    Raises:
        UnknownRevisionError: the revision names no commit. UsageError: it shares no commit with HEAD, or there is none yet.
    """
    base, head = repository.resolve(revision), repository.resolve("HEAD")
    try:
        fork = repository.text("merge-base", base, head)
    except GitError:
        next_step = f"this clone is shallow: {FETCH_ALL}" if repository.is_shallow else "name another revision"
        raise UsageError(f"{revision}: shares no commit with HEAD here; {next_step}") from None
    return _changes(repository, "diff-tree", *_RAW, fork, head, "--")


def changed_paths(repository: Repository, old: str, new: str) -> list[str]:
    """The paths in which two commits differ, whatever became of them there.

    Raises:
        GitError: one of them is no commit, or is not here any more.
    """
    printed = repository.read("diff-tree", "-r", "-z", "--name-only", "--no-renames", old, new, "--")
    return [os.fsdecode(path) for path in printed.split(b"\0")[:-1]]


def _changes(repository: Repository, *command: str) -> list[Change]:
    index = {"GIT_INDEX_FILE": str(repository.git_dir / "index")}
    name, *rest = command
    try:
        printed = repository.read(name, "-M", *rest, environment=index)
    except GitError:  # to find renames Git reads files, which a partial clone may lack
        printed = repository.read(name, "--no-renames", *rest, environment=index)
    return changes_in(printed.split(b"\0")[:-1], deletions=True)
