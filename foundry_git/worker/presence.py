"""Whether a worker runs in a repository, told by a small file that the hooks' shell reads too, and how it is left word.

Whoever wakes a worker first says that one is wanted, and starts one only where none runs. The worker looks for that word before it
ends, and again after it has taken its name off the file, so that no word is lost between the two.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from msgspec import Struct

from foundry_git.git.hooks import WORKER_SECONDS
from foundry_git.git.state_folder import StateFolder
from foundry_git.system.processes import is_running

QUIET_SECONDS = 0.2  # without another word: a rebase wakes us at every commit, and only what it ends with is worth taking in
QUIET_IN_A_SEQUENCE = 2.0  # the same, where Git says that more commits are to come
MOST_WAITING = 10.0
_LOOK_SECONDS = 0.05
_BLUR = 1.0  # seconds that the time of a file may be ahead of the clock
_SEQUENCES = ("rebase-merge", "rebase-apply", "sequencer")


class Presence(Struct, frozen=True):
    """The files ``worker.pid`` and ``wanted`` of one repository; what cannot be written there is as if it had not been said."""

    folder: StateFolder

    def ask(self) -> bool:
        """Say that a worker is wanted; False where nothing can be written, so that no worker could work either."""
        try:
            self.folder.path.mkdir(exist_ok=True)
            self.folder.wanted.write_bytes(b"")
        except OSError:
            return False
        return True

    @property
    def is_wanted(self) -> bool:
        """Whether somebody asked since the last :meth:`answer`."""
        return self.folder.wanted.exists()

    def answer(self) -> None:
        """Take up what was asked for, before looking what it is."""
        with contextlib.suppress(OSError):
            self.folder.wanted.unlink()

    @property
    def other(self) -> int | None:
        """The process number of a worker that runs, and is not this process; None where none does."""
        pid, age = self._noted()
        return pid if pid not in (0, os.getpid()) and -_BLUR <= age < WORKER_SECONDS and is_running(pid) else None

    def announce(self, pid: int) -> None:
        """Note which process the worker is."""
        with contextlib.suppress(OSError):
            self.folder.worker_pid.write_text(f"{pid}\n", encoding="ascii")

    @property
    def is_homeless(self) -> bool:
        """Whether the repository was deleted; it must not come back in parts."""
        return not self.folder.path.is_dir()

    def withdraw(self) -> None:
        """Take this process's name off."""
        if self._noted()[0] == os.getpid():
            with contextlib.suppress(OSError):
                self.folder.worker_pid.unlink()

    def leave(self) -> bool:
        """Take this process's name off; False where somebody asked meanwhile, so that it must go on."""
        self.withdraw()
        if not self.is_wanted or self.other is not None:
            return True
        self.announce(os.getpid())
        return False

    def wait_for_quiet(self, git_dir: Path) -> None:
        """Wait until nobody has asked for a moment, at most ``MOST_WAITING`` seconds."""
        until = time.monotonic() + MOST_WAITING
        while time.monotonic() < until and self._asked_seconds_ago() < _quiet(git_dir):
            time.sleep(_LOOK_SECONDS)

    def _asked_seconds_ago(self) -> float:
        try:
            return time.time() - self.folder.wanted.stat().st_mtime
        except OSError:
            return MOST_WAITING

    def _noted(self) -> tuple[int, float]:
        """Process number and how many seconds ago it was noted; (0, 0.0) where nothing readable is."""
        try:
            pid = int(self.folder.worker_pid.read_bytes().split()[0])
            return max(0, pid), time.time() - self.folder.worker_pid.stat().st_mtime
        except (OSError, ValueError, IndexError):
            return 0, 0.0


def _quiet(git_dir: Path) -> float:
    return QUIET_IN_A_SEQUENCE if any((git_dir / name).exists() for name in _SEQUENCES) else QUIET_SECONDS
