"""The cursor: the last commit of a work tree that was taken in; "" before the first commit, None before ``foundry init``."""

from __future__ import annotations

from pathlib import Path

from foundry_git import atomic
from foundry_git.git.state_folder import StateFolder
from foundry_git.library.work_trees import stored_name
from foundry_git.system.files import make_folder


class Cursors:
    """The cursors of one repository, a small file for each work tree."""

    def __init__(self, state: Path) -> None:
        self._folder = StateFolder(state).cursors

    def read(self, worktree: str) -> str | None:
        """Where a work tree's cursor stands."""
        try:
            return (self._folder / stored_name(worktree)).read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def move(self, worktree: str, commit: str) -> None:
        """Set a work tree's cursor."""
        make_folder(self._folder)
        atomic.write_text(self._folder / stored_name(worktree), f"{commit}\n")

    def any(self) -> bool:
        """Tell whether extraction was ever switched on here."""
        return self._folder.is_dir()
