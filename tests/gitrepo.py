"""A real Git repository in a temporary folder, for tests."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, str | bytes | None]
"""Path inside the repository → content; None deletes."""


class GitRepo:
    """One repository with a work tree at ``path``, driven through the ``git`` command."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path, *options: str) -> GitRepo:
        """``git init`` a new repository."""
        path.mkdir(parents=True, exist_ok=True)
        made = cls(path)
        made.git("init", "--quiet", *options)
        return made

    def git(self, *args: str, input: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        """Run one Git command here and return what it printed, without the last newline."""
        done = subprocess.run(
            ["git", *args],
            cwd=self.path,
            env={**os.environ, **(env or {})},
            input=b"" if input is None else input,
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"git {args} ended with {done.returncode}: {os.fsdecode(done.stderr)}"
        return os.fsdecode(done.stdout).rstrip("\n")

    def write(self, files: Files) -> None:
        """Write files into the work tree without committing them."""
        for name, content in files.items():
            place = self.path / name
            if content is None:
                place.unlink()
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: Files, message: str = "work", author: str = "Dev <dev@example.com>") -> str:
        """Write files, commit the whole work tree, and return the commit's id."""
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--author={author}", "-m", message)
        return self.head()

    def begin(self, year: int) -> None:
        """Begin the history years ago with an empty commit, so that what lies between counts in this repository."""
        day = f"{year}-01-01T00:00:00Z"
        self.git("commit", "--quiet", "--allow-empty", "-m", "Begin", env={"GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day})

    def head(self) -> str:
        """The commit that HEAD names; read from a loose ref where there is one, for tests ask three thousand times."""
        own = self.path / ".git"
        with contextlib.suppress(OSError):
            named = (own / "HEAD").read_text(encoding="utf-8").strip()
            return (own / named.removeprefix("ref: ")).read_text(encoding="utf-8").strip() if named[:5] == "ref: " else named
        return self.git("rev-parse", "HEAD")


def untouched(repo: GitRepo) -> tuple[str, str, bytes, str]:
    """What of a repository is the user's: HEAD, status, the bytes of the index, the branches."""
    index = repo.path / repo.git("rev-parse", "--git-path", "index")
    content = index.read_bytes() if index.exists() else b""
    head = (repo.path / repo.git("rev-parse", "--git-dir") / "HEAD").read_text(encoding="utf-8")
    return head, repo.git("--no-optional-locks", "status", "--porcelain"), content, repo.git("for-each-ref", "refs/heads")
