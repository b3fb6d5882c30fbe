"""The roots of a repository: the commits without parents that its history begins with, by which it is known wherever it lies.

A clone, a linked work tree and a renamed folder have the same ones, whatever they and their remotes are called. The history is walked
once, which takes seconds in a long one; from then on only what came since.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from foundry_git import atomic
from foundry_git.errors import GitError
from foundry_git.git.state_folder import STATE_NAME, StateFolder

if TYPE_CHECKING:
    from foundry_git.git.repository import Repository

_ONLY_REAL = "--no-replace-objects"  # what `git replace` puts in the place of a commit is no clone's but its own


class Roots(Struct, frozen=True):
    """The root ``commits``, and the earliest date on one of them.

    ``is_shallow``: the history was cut when it was fetched, and ``commits`` are those at which it is; nobody knows then when it
    ``began``. A repository without a commit has none. ``head``: the commit up to which the history was walked. ``earlier``: where a
    history was cut before, the newest first, for each fetch into a shallow clone may cut it elsewhere.
    """

    commits: frozenset[str] = frozenset()
    began: datetime | None = None
    is_shallow: bool = False
    head: str = ""
    earlier: tuple[str, ...] = ()

    @property
    def known(self) -> frozenset[str]:
        """All commits of which one tells that something is of this repository."""
        return self.commits.union(self.earlier)


NO_ROOTS = Roots()
MOST_EARLIER = 1_000  # three years of daily fetches, in 40 KB
_UNREADABLE = (OSError, ValueError, LookupError)  # not there, damaged, or of another version


def roots_of(repository: Repository) -> Roots:
    """The roots as they are kept, which costs two small files; the history is walked where they are not."""
    kept = _kept(repository)
    return kept if kept else _walked(repository, repository.head(), NO_ROOTS)


def roots_up_to(repository: Repository, head: str) -> Roots:
    """The roots, those included that came since they were kept with what ``head`` was merged from.

    One that was seen once stays: all branches and work trees are of one repository.
    """
    kept = _kept(repository)
    return kept if kept and kept.head == head else _walked(repository, head, kept or NO_ROOTS)


def roots_in(common_dir: Path) -> frozenset[str]:
    """The root commits that are kept of the repository of a Git folder; none where nobody asked about it yet."""
    try:
        kept = _read(StateFolder(common_dir / STATE_NAME).roots)
    except _UNREADABLE:
        return frozenset()
    return kept[0].commits


def _kept(repository: Repository) -> Roots | None:
    try:
        kept, cut = _read(StateFolder(repository.state).roots)
        return kept if cut == _cut(repository) else None
    except _UNREADABLE:
        return None


def _walked(repository: Repository, head: str, known: Roots) -> Roots:
    """Walk the history of ``head``, but for what is known of it, and keep what it begins with."""
    if not head:
        return known
    cut = _cut(repository)
    try:
        found = _first_commits(repository, [head, *([f"^{known.head}"] if known.head else [])])
    except GitError:
        if not known.head:
            return NO_ROOTS
        found, known = _first_commits(repository, [head]), NO_ROOTS  # the commit of before was pruned
    began = None if cut else min(filter(None, (known.began, *found.values())), default=None)
    commits = known.commits | found.keys()
    roots = Roots(commits, began, bool(cut), head, _earlier(repository, commits) if cut else ())
    with contextlib.suppress(OSError):
        repository.state.mkdir(exist_ok=True)
        atomic.write_text(StateFolder(repository.state).roots, _text(roots, cut))
    return roots


def _earlier(repository: Repository, commits: frozenset[str]) -> tuple[str, ...]:
    """Where the history began for whoever kept its roots before it was cut as it is now."""
    try:
        before, _ = _read(StateFolder(repository.state).roots)
    except _UNREADABLE:
        return ()
    return tuple(one for one in (*sorted(before.commits), *before.earlier) if one not in commits)[:MOST_EARLIER]


def _first_commits(repository: Repository, revisions: Sequence[str]) -> dict[str, datetime]:
    """The commits without parents in a range, each with the earlier of its dates."""
    from foundry_git.git.history import LOG, dated  # 3 ms that whoever reads what is kept does not pay

    asked = (_ONLY_REAL, *LOG, "--format=%H%x00%ad%x00%cd", "--max-parents=0", *revisions, "--")
    fields = [field for field in repository.read(*asked).decode("ascii", "replace").split("\0") if field.strip()]
    rows = zip(fields[::3], fields[1::3], fields[2::3], strict=True)
    return {id.strip(): min(dated(authored), dated(committed)) for id, authored, committed in rows}


def _cut(repository: Repository) -> str:
    """What tells where the history of a shallow clone is cut, for a fetch may move that; "" of a whole one."""
    try:
        return hashlib.sha256(repository.shallow_file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _text(roots: Roots, cut: str) -> str:
    began = roots.began.isoformat() if roots.began else ""
    facts = json.dumps({"head": roots.head, "roots": sorted(roots.commits), "began": began, "cut": cut, "earlier": roots.earlier})
    return f"{facts}\n{_seal(facts)}\n"


def _read(file: Path) -> tuple[Roots, str]:
    """What a file keeps: the roots, and where their history is cut.

    Raises:
        OSError, ValueError: there is no such file, or it is damaged.
    """
    facts, _, seal = file.read_text(encoding="utf-8").rstrip("\n").partition("\n")
    if seal != _seal(facts):
        raise ValueError(f"{file}: damaged")
    known = json.loads(facts)
    began = datetime.fromisoformat(known["began"]) if known["began"] else None
    earlier = tuple(known.get("earlier", ()))
    return Roots(frozenset(known["roots"]), began, bool(known["cut"]), known["head"], earlier), known["cut"]


def _seal(facts: str) -> str:
    return hashlib.sha256(facts.encode()).hexdigest()
