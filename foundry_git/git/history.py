"""What commits did: who made them, and which blobs they changed.

``diff-tree --stdin -z`` and one ``cat-file --batch`` read 500 commits in 0.08 s; the same through GitPython's objects takes 2 s.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone

from msgspec import Struct

from foundry_git.errors import GitError, UsageError
from foundry_git.git.objects import BlobReader, is_id
from foundry_git.git.repository import Repository
from foundry_git.git.tree_paths import is_tree_path

LOG = ("log", "-z", "--no-show-signature", "--no-color", "--encoding=UTF-8", "--date=raw")
"""Dates as they stand in the commits: one that no calendar has ends Git, and with it the list, where it is to put it into words."""
_FORMAT = "%H%x00%P%x00%ae%x00%ad%x00%cd%x00%s%x00%b"
_FIELDS = 7
MOST_MOVES = 10  # names that one file is followed through; two that swap their names would be followed for ever
_FIRST, _LAST = 86_400, 253_370_678_400  # the second day of 1970 and the last but one of 9998, days in every zone
_DAY = 24 * 60
_SECONDS, _ZONE = re.compile(r"-?[0-9]{1,30}"), re.compile(r"([+-])([0-9]{2})([0-9]{2})")
_GITLINK, _SYMLINK = "160000", "120000"


class Commit(Struct, frozen=True):
    """One commit: dates are ISO 8601 with zone; ``parents`` is empty for a first commit; ``body`` is the message below its subject."""

    id: str
    parents: tuple[str, ...]
    author_email: str
    author_date: str
    commit_date: str
    subject: str
    body: str = ""


class Change(Struct, frozen=True):
    """One file that a commit touched: blob before ("" when new; across a rename, that of the old name) and after ("" when deleted).

    ``old_path`` is the name before a rename, else the path itself.
    """

    commit: str
    path: str
    old_blob: str
    new_blob: str
    old_path: str


class CommitChanges(Struct, frozen=True):
    """Commits, oldest first, and the files that they changed, deleted ones too; nothing of merges."""

    commits: tuple[Commit, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def by_id(self) -> dict[str, Commit]:
        """The commits by their ids."""
        return {commit.id: commit for commit in self.commits}


NO_CHANGES = CommitChanges()


def moment(date: str) -> datetime:
    """The moment of a date that a :class:`Commit` has."""
    return datetime.fromisoformat(date)


def dated(raw: str) -> datetime:
    """Read a date as it stands in a commit, seconds since 1970 and a zone such as ``+0200``, whatever somebody wrote there.

    A zone that is none counts as UTC. A moment before 1970 or after 9998, or that is none, counts as the nearest between these.
    """
    seconds, _, zone = raw.strip().partition(" ")
    at = min(max(int(seconds), _FIRST), _LAST) if _SECONDS.fullmatch(seconds) else _FIRST
    read = _ZONE.fullmatch(zone) if _FIRST < at < _LAST else None
    minutes = int(f"{read[1]}1") * (int(read[2]) * 60 + int(read[3])) if read else 0
    return datetime.fromtimestamp(at, timezone(timedelta(minutes=minutes) if abs(minutes) < _DAY else timedelta()))


def commits_between(repository: Repository, old: str, new: str, limit: int | None = None) -> list[Commit]:
    """The commits in ``new`` but not in ``old`` (all of them when ``old`` is ""), oldest first; at most the newest ``limit``."""
    wanted = [new, *([f"^{old}"] if old else [])]
    bound = [f"--max-count={limit}"] if limit is not None else []
    printed = repository.run(*LOG, f"--format={_FORMAT}", "--topo-order", *bound, *wanted, "--")
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
    printed = repository.run(*LOG, f"--format={_FORMAT}", "--max-count=1", id, "--")
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


def in_history(objects: BlobReader, commits: Iterable[str]) -> set[str]:
    """Those of ``commits`` that HEAD comes from; what is no whole id of a commit is none of them."""
    there = {id for id, kind in objects.kinds(sorted(filter(is_id, commits))).items() if kind == "commit"}
    head = objects.find("HEAD^{commit}") if there else None
    if head is None:
        return set()
    others = objects.repository.read("rev-list", "--stdin", input="\n".join((*sorted(there), f"^{head.id}", "")).encode())
    return there.difference(others.decode().split())


def _diff_tree(repository: Repository, commits: Sequence[Commit], renames: str) -> bytes:
    asked = "".join(f"{commit.id}\n" for commit in commits).encode()
    return repository.read("diff-tree", "--stdin", "-r", "-z", "--root", "--diff-merges=first-parent", renames, input=asked)


def moved_to(repository: Repository, head: str, paths: Iterable[str]) -> dict[str, str]:
    """The names under which files that are gone at ``head`` stand there now, their renames followed; without those deleted.

    One walk through the history for all of them (0.7 s for 13,000 commits), and another for each further rename.
    """
    now = {path: path for path in paths if is_tree_path(path)}
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
    printed = repository.run(*LOG, "--format=%x01%H", "--name-only", "--diff-filter=D", "--no-renames", head, "--", *wanted)
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
    author_date, commit_date = (dated(raw).isoformat() for raw in (author_date, commit_date))
    return Commit(id.strip(), tuple(parents.split()), email, author_date, commit_date, subject.rstrip("\n"), body.strip())
