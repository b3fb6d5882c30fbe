"""What commits did: who made them, and which blobs they changed.

``diff-tree --stdin -z`` and one ``cat-file --batch`` read 500 commits in 0.08 s; the same through GitPython's objects takes 2 s.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from foundry_git.errors import GitError, UsageError
from foundry_git.git.repository import Repository

_LOG = ("log", "-z", "--no-show-signature")
_FORMAT = "%H%x00%P%x00%ae%x00%aI%x00%cI%x00%s%x00%b"
_FIELDS = 7
MOST_MOVES = 10  # names that one file is followed through; two that swap their names would be followed for ever
_GITLINK, _SYMLINK = "160000", "120000"


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: dates are ISO 8601 with zone; ``parents`` is empty for a first commit; ``body`` is the message below its subject."""

    id: str
    parents: tuple[str, ...]
    author_email: str
    author_date: str
    commit_date: str
    subject: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One file that a commit touched: blob before ("" when new; across a rename, that of the old name) and after ("" when deleted).

    ``old_path`` is the name before a rename, else the path itself.
    """

    commit: str
    path: str
    old_blob: str
    new_blob: str
    old_path: str


@dataclass(frozen=True, slots=True)
class CommitChanges:
    """Commits, oldest first, and the files that they changed, deleted ones too; nothing of merges."""

    commits: tuple[Commit, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def by_id(self) -> dict[str, Commit]:
        """The commits by their ids."""
        return {commit.id: commit for commit in self.commits}


NO_CHANGES = CommitChanges()


def moment(date: str) -> datetime:
    """Read a date of a commit; one whose zone is none, such as ``+518:00``, counts as in UTC."""
    try:
        return datetime.fromisoformat(date)
    except ValueError:
        return datetime.fromisoformat(f"{date[:19]}+00:00")


def commits_between(repository: Repository, old: str, new: str, limit: int | None = None) -> list[Commit]:
    """The commits in ``new`` but not in ``old`` (all of them when ``old`` is ""), oldest first; at most the newest ``limit``."""
    wanted = [new, *([f"^{old}"] if old else [])]
    bound = [f"--max-count={limit}"] if limit is not None else []
    printed = repository.run(*_LOG, f"--format={_FORMAT}", "--topo-order", *bound, *wanted, "--")
    fields = printed.decode("utf-8", "replace").split("\0")
    rows = [fields[i : i + _FIELDS] for i in range(0, len(fields) - _FIELDS + 1, _FIELDS)]
    return [_commit(row) for row in reversed(rows)]


def one_commit(repository: Repository, revision: str) -> Commit:
    """Read the commit that a revision names.

    Raises:
        UnknownRevisionError: it names none.
    """
    return commit_of(repository, repository.resolve(revision))


def commit_of(repository: Repository, id: str) -> Commit:
    """Read the commit of an id."""
    printed = repository.run(*_LOG, f"--format={_FORMAT}", "--max-count=1", id, "--")
    return _commit(printed.decode("utf-8", "replace").split("\0")[:_FIELDS])


def changes_of(repository: Repository, commits: Sequence[Commit], deletions: bool = False) -> list[Change]:
    """The files that each commit added or changed against its first parent; renames followed, links left out.

    Deleted files are listed when ``deletions`` are asked for.
    """
    if not commits:
        return []
    try:
        return changes_in(_diff_tree(repository, commits, "-M").split(b"\0"), deletions)
    except GitError:
        # to find renames Git reads files; in a partial clone some are not there, and only their commits go without
        if len(commits) == 1:
            return changes_in(_diff_tree(repository, commits, "--no-renames").split(b"\0"), deletions)
    half = len(commits) // 2
    return [change for part in (commits[:half], commits[half:]) for change in changes_of(repository, part, deletions)]


def changed_by(repository: Repository, commits: Sequence[Commit]) -> CommitChanges:
    """What commits did to files; a merge is passed over, for what it brings was somebody's commit."""
    plain = [commit for commit in commits if len(commit.parents) < 2]
    return CommitChanges(tuple(commits), tuple(changes_of(repository, plain, deletions=True)))


def range_ends(text: str) -> tuple[str, str]:
    """The revisions of ``A..B``; of ``A..`` the second is HEAD.

    Raises:
        UsageError: it is no range.
    """
    old, dots, new = text.partition("..")
    if not dots or not old or new.startswith("."):
        raise UsageError(f"{text}: not a range; write A..B, e.g. HEAD~10..HEAD")
    return old, new or "HEAD"


def _diff_tree(repository: Repository, commits: Sequence[Commit], renames: str) -> bytes:
    asked = "".join(f"{commit.id}\n" for commit in commits).encode()
    return repository.run("diff-tree", "--stdin", "-r", "-z", "--root", "--diff-merges=first-parent", renames, input=asked)


def moved_to(repository: Repository, head: str, paths: Iterable[str]) -> dict[str, str]:
    """The names under which files that are gone at ``head`` stand there now, their renames followed; without those deleted.

    One walk through the history for all of them (0.7 s for 13,000 commits), and another for each further rename.
    """
    now = {path: path for path in paths}
    found: dict[str, str] = {}
    for _ in range(MOST_MOVES):
        deleted = _deletions(repository, head, sorted(set(now.values())))
        commits = [commit_of(repository, commit) for commit in sorted(set(deleted.values()))]
        renamed = {(change.commit, change.old_path): change.path for change in changes_of(repository, commits)}
        now = {path: name for path, old in now.items() if (name := renamed.get((deleted.get(old, ""), old), old)) != old}
        there = _there(repository, head, sorted(set(now.values())))
        found |= {path: name for path, name in now.items() if name in there}
        now = {path: name for path, name in now.items() if name not in there}
        if not now:
            break
    return found


def _deletions(repository: Repository, head: str, paths: Sequence[str]) -> dict[str, str]:
    """The newest commit that took each path away."""
    if not paths:
        return {}
    wanted = [f":(literal){path}" for path in paths]
    printed = repository.run(*_LOG, "--format=%x01%H", "--name-only", "--diff-filter=D", "--no-renames", head, "--", *wanted)
    commit, found = "", dict[str, str]()
    for token in os.fsdecode(printed).split("\0"):
        if token.startswith("\x01"):
            commit = token[1:]
        elif name := token.lstrip("\n"):
            found.setdefault(name, commit)
    return found


def _there(repository: Repository, head: str, paths: Sequence[str]) -> set[str]:
    if not paths:
        return set()
    return set(os.fsdecode(repository.run("ls-tree", "--name-only", "-z", "--full-tree", head, "--", *paths)).split("\0"))


def changes_in(tokens: Sequence[bytes], deletions: bool = False) -> list[Change]:
    """Read what Git prints with ``--raw -z``, cut at its zero bytes; the lines of commits may stand between."""
    wanted = "AMRCTD" if deletions else "AMRCT"
    found, commit, at = [], "", 0
    while at < len(tokens):
        token = tokens[at].decode("ascii", "replace")
        at += 1
        if not token.startswith(":"):
            commit = token.split(" ")[0] or commit
            continue
        _, mode, old_blob, new_blob, status = token[1:].split(" ")
        renamed = status[0] in "RC"
        old_path, path = os.fsdecode(tokens[at]), os.fsdecode(tokens[at + renamed])
        at += 1 + renamed
        if status[0] in wanted and mode not in (_GITLINK, _SYMLINK):
            found.append(Change(commit, path, old_blob.strip("0") and old_blob, new_blob.strip("0") and new_blob, old_path))
    return found


def _commit(row: Sequence[str]) -> Commit:
    id, parents, email, author_date, commit_date, subject, body = row
    return Commit(id.strip(), tuple(parents.split()), email, author_date, commit_date, subject.rstrip("\n"), body.strip())
