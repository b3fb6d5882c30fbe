"""The worker: takes what lies between the cursor and HEAD of each work tree, under one lock per repository.

Hooks only wake it, and a merge, ``git am`` or a deleted hook wakes nothing; so every command lets it catch up too. It reads blobs of
commits, never fires itself, and is never worth failing anything for.
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from foundry_git import lock
from foundry_git.capture.harvest import harvest_commits
from foundry_git.capture.prune import prune
from foundry_git.errors import BusyError, ConfigurationError, FoundryError, ManifestError
from foundry_git.extraction.candidate_descriptions import Described, find_descriptions, write_descriptions
from foundry_git.extraction.near_duplicates import Neighbourhood, find_near, mark_near
from foundry_git.git.history import Commit, commits_between
from foundry_git.git.repository import Repository, Worktree
from foundry_git.git.tree import CommitTree
from foundry_git.search.head_units import AT_ONCE, HeadUnits
from foundry_git.search.similarity import cut_ahead
from foundry_git.upkeep.sync import sync_in_background
from foundry_git.worker.cursor import Cursors
from foundry_git.worker.waking import GUARD, encode_lock
from foundry_git.workspace import Workspace

log = logging.getLogger("foundry_git.worker")

MAX_COMMITS = 500  # a cursor further behind is an old clone: its history is mined only when asked
LOCK_SECONDS = 2.0  # longer than candidates are written for; whoever holds the lock longer looks again himself
TIME_LIMIT_SECONDS = 60
UNITS_SECONDS = 30  # of encoding units of HEAD; what is begun then ends within the limit
MEMORY_LIMIT_BYTES = 4 * 1024**3
LOG_BYTES = 256 * 1024


class _TimeIsUpError(Exception):
    """The worker took longer than it may."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What one run took in: commits looked at, candidates that are new or renewed, candidates that are gone."""

    commits: int = 0
    candidates: int = 0
    gone: int = 0

    def __add__(self, other: TakenIn) -> TakenIn:
        return TakenIn(self.commits + other.commits, self.candidates + other.candidates, self.gone + other.gone)


def catch_up(workspace: Workspace, wait: float = 10.0) -> TakenIn:
    """Take in everything that is pending in this repository, now; another worker is waited for at most ``wait`` seconds.

    Raises:
        BusyError: the other worker took longer.
    """
    repository = workspace.repository
    if repository is None or workspace.own is None or not Cursors(repository.state).any():
        return TakenIn()
    done = TakenIn()
    while pending := _pending(repository):
        with lock.held(_lock(repository), wait):
            for worktree in _pending(repository):
                done += _advance(workspace, worktree)
        if pending == _pending(repository):
            break  # a work tree without a library of its own stays where it is
    return done


def compare(workspace: Workspace) -> bool:
    """Mark candidates that are near to something known; False, and nothing done, when that would take long.

    Raises:
        BusyError: another worker is at it.
    """
    marks = find_near(Neighbourhood.of(workspace))
    if marks:
        with lock.held(_lock(workspace.need_repository())):
            mark_near(workspace.candidates, marks)
    return marks is not None


def describe(workspace: Workspace, wait: float = LOCK_SECONDS) -> Described:
    """Let the user's describer, if there is one, put the best candidates into words; nobody asks it twice at once.

    Raises:
        BusyError: another worker took longer than ``wait`` seconds.
    """
    if not workspace.settings.describer.command:
        return Described()
    with lock.held(workspace.need_repository().state / "describe.lock", wait):
        described = find_descriptions(workspace)
        if described.found:
            with lock.held(_lock(workspace.need_repository()), wait):
                write_descriptions(workspace.candidates, described)
    return described


def know_units(workspace: Workspace, seconds: float = UNITS_SECONDS) -> int:
    """Bring the units of HEAD in step and give them vectors, as many as the time allows; return how many texts were encoded.

    Raises:
        BusyError: another process is encoding.
    """
    until, encoded = time.monotonic() + seconds, 0
    units = HeadUnits.of(workspace)
    if units is None:
        return 0
    with lock.held(encode_lock(units.repository), 0.0):
        units.converge()
        cut_ahead(units.index)
        while time.monotonic() < until and (some := units.index.encode_missing(at_most=AT_ONCE)):
            encoded += some
    return encoded


def sync_quietly(workspace: Workspace) -> None:
    """Exchange evidence where a person said yes; being offline is nothing that a person must mend."""
    try:
        said = sync_in_background(workspace)
    except (FoundryError, OSError) as error:
        said = f"not synced: {error}"
    if said:
        log.info("%s", said)


@contextlib.contextmanager
def alone(workspace: Workspace, wait: float = 30.0) -> Iterator[None]:
    """Keep workers of this repository out, for a command that extracts itself: two at once could choose the same id.

    Raises:
        BusyError: a worker took longer than ``wait`` seconds.
    """
    with lock.held(_lock(workspace.need_repository()), wait):
        yield


def run_detached(place: Path, start: bool = False) -> None:
    """What a hook starts: catch up within bounds of time and memory, writing to the log only. Never raises.

    ``start``: hooks for all of a user's repositories begin here at HEAD, where nobody ran ``init``.
    """
    os.environ[GUARD] = "1"
    with contextlib.suppress(OSError):
        os.setsid()
    os.nice(10)
    workspace: Workspace | None = None
    try:
        workspace = Workspace.open(place)
        repository = workspace.repository
        if repository is None:
            return
        if start and workspace.own:
            _start_new(repository.worktrees(), Cursors(repository.state))
        _bound()
        if workspace.own and Cursors(repository.state).any():
            _log_to(repository.state)
            _run(workspace)
            sync_quietly(workspace)
        if workspace.has_units:
            _log_to(repository.state)
            know_units(workspace)
    except BusyError:
        log.debug("another worker is at it")
    except _TimeIsUpError:
        log.warning("stopped after %d s; the next command goes on", TIME_LIMIT_SECONDS)
    except (FoundryError, OSError) as error:
        log.warning("%s", error)
    finally:
        if workspace:
            workspace.close()


def _run(workspace: Workspace) -> None:
    """Take in, encode and compare until nothing is pending: whoever found the lock held relies on its holder to look again."""
    repository = workspace.need_repository()
    while True:
        done = catch_up(workspace, wait=LOCK_SECONDS)
        if done.commits:
            log.info("took in %d commits: %d candidates, %d gone", done.commits, done.candidates, done.gone)
        if not _encoded(workspace) or not done.commits or not _pending(repository):
            return


def _encoded(workspace: Workspace) -> bool:
    """Encode and compare what is new; False where another worker is at it, which then does this one's work too."""
    try:
        with lock.held(encode_lock(workspace.need_repository()), 0.0):
            workspace.patterns.encode()
            _compare_all(workspace)
            _describe_quietly(workspace)
    except BusyError:
        return False
    return True


def _describe_quietly(workspace: Workspace) -> None:
    with contextlib.suppress(BusyError):  # a command is at it
        described = describe(workspace)
        for remark in described.remarks:
            log.warning("%s", remark)
        if described.found:
            _compare_all(workspace)


def _compare_all(workspace: Workspace) -> None:
    while marks := find_near(Neighbourhood.of(workspace), None):
        with lock.held(_lock(workspace.need_repository())):
            mark_near(workspace.candidates, marks)


def _lock(repository: Repository) -> Path:
    return repository.state / "worker.lock"


def log_file(repository: Repository) -> Path:
    """Where the worker writes what it did."""
    return repository.state / "worker.log"


def last_error(repository: Repository) -> str:
    """The warning or error that the worker's log ends with, or ""."""
    try:
        lines = log_file(repository).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    said = [line for line in lines if " WARNING " in line or " ERROR " in line or " INFO " in line]
    return "" if not said or " INFO " in said[-1] else said[-1].split(" ", 3)[-1]


def _pending(repository: Repository) -> list[Worktree]:
    cursors, trees = Cursors(repository.state), repository.worktrees()
    _start_new(trees, cursors)
    return [tree for tree in trees if cursors.read(tree.name) not in (tree.head, None)]


def _start_new(trees: Sequence[Worktree], cursors: Cursors) -> None:
    """Give a work tree that was added since ``init`` its cursor: the commit it was added with, the oldest in its reflog."""
    for tree in trees:
        if tree.head and cursors.read(tree.name) is None:
            reflog = Repository.at(tree.folder).text("log", "--walk-reflogs", "--format=%H", "HEAD", "--").splitlines()
            cursors.move(tree.name, reflog[-1] if reflog and tree.name != "main" else tree.head)


def _advance(workspace: Workspace, worktree: Worktree) -> TakenIn:
    """Take in one work tree, then move its cursor; what breaks is skipped with a line in the log, or it would break every time."""
    here = _workspace_of(workspace, worktree)
    cursors = Cursors(workspace.need_repository().state)
    old = cursors.read(worktree.name) or ""
    if here is None or not worktree.head:
        return TakenIn()
    try:
        progress = _take_in(here, old, worktree.head)
    except (ConfigurationError, ManifestError, BusyError):
        raise  # not the commits' fault: they are taken in once that is mended
    except (FoundryError, RecursionError, MemoryError, ValueError, LookupError, TypeError, AttributeError) as error:
        log.exception("%s..%s skipped (%s); try `foundry extract --range`", old[:10], worktree.head[:10], error)
        progress = TakenIn()
    finally:
        if here is not workspace:
            here.close()
    cursors.move(worktree.name, worktree.head)
    return progress


def _take_in(workspace: Workspace, old: str, head: str) -> TakenIn:
    repository = workspace.need_repository()
    # a pruned cursor tells nothing: only the newest commit is taken then
    is_there = not old or workspace.objects.find(f"{old}^{{commit}}") is not None
    between = commits_between(repository, old if is_there else "", head, MAX_COMMITS if is_there else 1)
    own, tree = _own(workspace, between), CommitTree(workspace.objects, head, between[-1] if between else None)
    harvest = harvest_commits(workspace, own, tree, in_budget=True) if own else None
    gone = prune(workspace, tree)
    from foundry_git.outcomes.adoption_outcomes import record_adoption_outcomes  # 30 ms, once the candidates are there

    record_adoption_outcomes(workspace, head, between)
    return TakenIn(len(between), len(harvest.intake.put) if harvest else 0, len(gone))


def _own(workspace: Workspace, commits: list[Commit]) -> list[Commit]:
    if workspace.settings.extraction.authors == "all":
        return commits
    me = workspace.need_repository().identity().lower()
    return [commit for commit in commits if commit.author_email.lower() == me]


def _workspace_of(workspace: Workspace, worktree: Worktree) -> Workspace | None:
    repository = workspace.need_repository()
    if worktree.name == repository.worktree_name:
        return workspace
    other = Workspace.open(worktree.folder, environment={}, folders=workspace.folders)
    return other if other.own and other.repository else None


def _bound() -> None:
    signal.signal(signal.SIGALRM, _raise_time_is_up)
    signal.alarm(TIME_LIMIT_SECONDS)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


def _raise_time_is_up(number: int, frame: FrameType | None) -> None:
    raise _TimeIsUpError


def _log_to(state: Path) -> None:
    from logging.handlers import RotatingFileHandler

    state.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(state / "worker.log", maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger("foundry_git")
    root.addHandler(handler)
    root.setLevel(logging.INFO)
