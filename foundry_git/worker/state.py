"""The worker's state in one repository: how far it is in each work tree, what keeps two workers apart, and how the last one ended."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from msgspec import Struct

from foundry_git import lock
from foundry_git.git.repository import Repository, Worktree
from foundry_git.git.state_folder import StateFolder
from foundry_git.worker.cursor import Cursors

LOCK_SECONDS = 2.0  # longer than candidates are written for; whoever holds the lock longer looks again himself


class WorkerState(Struct, frozen=True):
    """What the worker reads and keeps of a repository; the locks raise BusyError after so many seconds of waiting."""

    repository: Repository

    @property
    def folder(self) -> StateFolder:
        """Where it is kept."""
        return StateFolder(self.repository.state)

    @property
    def cursors(self) -> Cursors:
        """The cursors of all work trees."""
        return Cursors(self.repository.state)

    @property
    def is_started(self) -> bool:
        """Whether this work tree has a cursor."""
        return self._cursor is not None

    @property
    def is_behind(self) -> bool:
        """Whether this work tree's HEAD is not where its cursor stands; cheap enough to ask before every answer."""
        cursor = self._cursor
        return cursor is not None and cursor != self.repository.head()

    def pending(self) -> list[Worktree]:
        """The work trees whose HEAD is not where their cursor stands; one that was added since ``init`` gets its cursor here."""
        cursors, trees = self.cursors, self.repository.worktrees()
        _start_added(cursors, trees)
        return [tree for tree in trees if cursors.read(tree.name) not in (tree.head, None)]

    def start_at_head(self) -> None:
        """Give each work tree that has no cursor one at its HEAD."""
        cursors = self.cursors
        for tree in self.repository.worktrees():
            if cursors.read(tree.name) is None:
                cursors.move(tree.name, tree.head)

    def start_added(self) -> None:
        """Give each work tree that was added since ``init`` its cursor."""
        _start_added(self.cursors, self.repository.worktrees())

    def alone(self, wait: float = 10.0) -> AbstractContextManager[None]:
        """Keep everybody else out who takes in commits or writes candidates: two at once could choose the same id."""
        return lock.held(self.folder.worker_lock, wait)

    def encoding_alone(self, wait: float = 0.0) -> AbstractContextManager[None]:
        """Be the only one who encodes units; in the background nobody waits for that."""
        return lock.held(self.folder.encode_lock, wait)

    def describing_alone(self, wait: float) -> AbstractContextManager[None]:
        """Be the only one who asks the user's describer."""
        return lock.held(self.folder.describe_lock, wait)

    def last_error(self) -> str:
        """The warning or error that the worker's log ends with, or ""."""
        try:
            lines = self.folder.worker_log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        said = [line for line in lines if " WARNING " in line or " ERROR " in line or " INFO " in line]
        return "" if not said or " INFO " in said[-1] else said[-1].split(" ", 3)[-1]

    @property
    def _cursor(self) -> str | None:
        return self.cursors.read(self.repository.worktree_name)


def _start_added(cursors: Cursors, trees: Sequence[Worktree]) -> None:
    """Give a work tree that has no cursor the commit it was added with, the oldest in its reflog."""
    for tree in trees:
        if tree.head and cursors.read(tree.name) is None:
            reflog = Repository.at(tree.folder).text("log", "--walk-reflogs", "--format=%H", "HEAD", "--").splitlines()
            cursors.move(tree.name, reflog[-1] if reflog and tree.name != "main" else tree.head)
