"""One Git repository as seen from one of its work trees."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from foundry_git.errors import FoundryError, GitError, NotARepositoryError, RefusedError, UnknownRevisionError
from foundry_git.git import objects_only, processes
from foundry_git.git.environment import clean
from foundry_git.git.heads import commit_of_head
from foundry_git.git.state_folder import STATE_NAME

QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")
"""Nothing that a repository's configuration names is run by our own reads and ref updates."""

TIMEOUT_SECONDS = 120.0

_NO_REPOSITORY = "not a git repository"


class Worktree(Struct, frozen=True):
    """One work tree of a repository: its folder, its name among the others, and the commit it has checked out ("" if none)."""

    folder: Path
    name: str
    head: str


class Repository(Struct, frozen=True):
    """A repository: ``git_dir`` of this work tree, ``common_dir`` shared by all of them, ``top`` folder (None when bare)."""

    git_dir: Path
    common_dir: Path
    top: Path | None

    @classmethod
    def at(cls, folder: Path) -> Repository:
        """Open the repository that holds ``folder``, whatever the environment says.

        Raises:
            NotARepositoryError: none does. RefusedError: Git will not read it.
        """
        return _discover(folder, (), clean(os.environ))

    @classmethod
    def here(cls, folder: Path, environment: Mapping[str, str] = os.environ) -> Repository:
        """Open the repository a person means in ``folder``: GIT_DIR and GIT_WORK_TREE count, as for ``git`` itself."""
        options = []
        if environment.get("GIT_DIR"):
            options.append(f"--git-dir={environment['GIT_DIR']}")
        if options and environment.get("GIT_WORK_TREE"):
            options.append(f"--work-tree={environment['GIT_WORK_TREE']}")
        return _discover(folder, options, clean(os.environ))

    @property
    def state(self) -> Path:
        """The folder for local state, as ``StateFolder`` names what is in it; all work trees share it."""
        return self.common_dir / STATE_NAME

    @property
    def worktree_name(self) -> str:
        """``main``, or the name Git gave the linked work tree."""
        return "main" if self.git_dir == self.common_dir else self.git_dir.name

    @property
    def is_shallow(self) -> bool:
        """Whether the history was cut when it was fetched (``git clone --depth``): older commits are not here."""
        return self.shallow_file.is_file()

    @property
    def is_partial(self) -> bool:
        """Whether it was cloned without some of its objects (``git clone --filter``), which Git fetches where it needs them."""
        return objects_only.is_partial(self.common_dir)

    @property
    def shallow_file(self) -> Path:
        """Where Git lists the commits at which the history of a shallow clone is cut."""
        return self.common_dir / "shallow"

    def run(self, *arguments: str, input: bytes | None = None, environment: Mapping[str, str] | None = None) -> bytes:
        """Run one Git command and return what it printed.

        Raises:
            GitError: it ended with an error.
        """
        command = [*self.command(), *arguments]
        return _call(command, self.top or self.git_dir, clean(os.environ) | dict(environment or {}), input, arguments)

    def read(self, *arguments: str, input: bytes | None = None, environment: Mapping[str, str] | None = None) -> bytes:
        """Run one Git command that needs objects alone, all of them named by their ids; what a partial clone lacks is not fetched.

        Raises:
            GitError: it ended with an error, as where it cannot do without an object that is not here.
        """
        command, own = self.reading()
        return _call([*command, *arguments], self.top or self.git_dir, own | dict(environment or {}), input, arguments)

    def reading(self) -> tuple[list[str], dict[str, str]]:
        """The first words and the environment of a command as :meth:`read` runs it."""
        if not self.is_partial:
            return self.command(), clean(os.environ)
        return objects_only.command(self.common_dir, self.state, QUIET), clean(os.environ) | objects_only.environment(
            self.common_dir
        )

    def text(self, *arguments: str) -> str:
        """Run one Git command and return its output as text without the last newline."""
        return self.run(*arguments).decode("utf-8", "replace").rstrip("\n")

    def command(self) -> list[str]:
        """The first words of every command on this repository."""
        tree = [f"--work-tree={self.top}"] if self.top else []
        return ["git", f"--git-dir={self.git_dir}", *tree, *QUIET]

    def resolve(self, revision: str) -> str:
        """The commit that a revision names.

        Raises:
            UnknownRevisionError: it names none.
        """
        try:
            return self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except GitError:
            is_unborn = not self.head() and (revision.startswith(("HEAD", "@")) or not self.text("for-each-ref", "--count=1"))
            raise UnknownRevisionError(revision, self.top or self.git_dir, self.is_shallow, is_unborn) from None

    def head(self) -> str:
        """The commit checked out here, or "" before the first one."""
        known = commit_of_head(self.git_dir, self.common_dir)
        if known is not None:
            return known
        try:
            return self.text("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        except GitError:
            return ""

    def has_commit(self, commit: str) -> bool:
        """Tell whether the object database holds ``commit``."""
        try:
            self.run("cat-file", "-e", f"{commit}^{{commit}}")
        except GitError:
            return False
        return True

    def setting(self, key: str, *scope: str) -> str:
        """The value of a configuration key ("" when unset); ``scope`` e.g. ``--global``."""
        try:
            return (
                _call(
                    ["git", f"--git-dir={self.git_dir}", "config", *scope, "--get", key],
                    self.git_dir,
                    clean(os.environ),
                    None,
                    ("config", "--get", key),
                )
                .decode("utf-8", "replace")
                .rstrip("\n")
            )
        except GitError:
            return ""

    def identities(self) -> frozenset[str]:
        """The e-mail addresses, in lower case, that this user commits with here: as author, and as committer, where Git knows them.

        Which author the environment names says nothing: for a hook that is the author of the commit, whoever that is.
        """
        found = (
            self._identity("GIT_AUTHOR_IDENT", _without_author(os.environ)),
            self._identity("GIT_COMMITTER_IDENT", os.environ),
        )
        return frozenset(email.lower() for email in found if email)

    def _identity(self, variable: str, environment: Mapping[str, str]) -> str:
        command = [*self.command(), "var", variable]
        try:
            said = _call(command, self.top or self.git_dir, clean(environment), None, ("var", variable))
        except GitError:
            return ""
        return said.decode("utf-8", "replace").rpartition(" <")[2].partition(">")[0]

    def worktrees(self) -> list[Worktree]:
        """Every work tree with a checkout, this one included; bare entries and missing folders are left out."""
        if self.top and self.common_dir == self.top / ".git" and not (self.common_dir / "worktrees").exists():
            return [Worktree(self.top, "main", self.head())]
        found = []
        for block in self.run("worktree", "list", "--porcelain", "-z").decode("utf-8", "surrogateescape").split("\0\0"):
            fields = dict(line.partition(" ")[::2] for line in block.split("\0") if line)
            folder, head = Path(fields.get("worktree", "")), fields.get("HEAD", "")
            folder = self._main_folder() if folder == self.common_dir else folder
            if "worktree" in fields and "bare" not in fields and folder.is_dir():
                found.append(Worktree(folder, self._name_of(folder), head if head.strip("0") else ""))
        return found

    def _main_folder(self) -> Path:
        """The main work tree where Git lists the Git folder in its place: in submodules, and with a Git folder kept elsewhere."""
        if self.git_dir == self.common_dir:
            return self.top or self.git_dir
        return (self.common_dir / self.setting("core.worktree")).resolve()

    def _name_of(self, folder: Path) -> str:
        pointer = folder / ".git"
        if not pointer.is_file():
            return "main"
        git_dir = folder / os.fsdecode(pointer.read_bytes()).removeprefix("gitdir: ").rstrip("\n")
        return git_dir.name if git_dir.resolve().parent == (self.common_dir / "worktrees").resolve() else "main"


def _without_author(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("GIT_AUTHOR_")}


def _discover(folder: Path, options: Sequence[str], environment: Mapping[str, str]) -> Repository:
    command = ["git", *options, "rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", "--show-toplevel"]
    try:
        found = processes.finish(command, folder, environment, b"", TIMEOUT_SECONDS)
    except FileNotFoundError as error:
        raise _not_startable(error, folder) from None
    lines = os.fsdecode(found.stdout).split("\n")[:-1]  # splitlines() would cut at U+2028 too
    if len(lines) < 2:
        said = found.stderr.decode("utf-8", "replace")
        raise RefusedError(folder, said) if said and _NO_REPOSITORY not in said else NotARepositoryError(folder)
    return Repository(Path(lines[0]), Path(lines[1]), Path(lines[2]) if len(lines) > 2 else None)


def _call(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], input: bytes | None, arguments: Sequence[str]
) -> bytes:
    try:
        done = processes.finish(command, folder, environment, input or b"", TIMEOUT_SECONDS)
    except FileNotFoundError as error:
        raise _not_startable(error, folder) from None
    except ValueError as error:  # a NUL, or half a character: what was asked for has no such name
        raise GitError(arguments, -1, f"no argument of a program can be like that ({error})") from None
    except subprocess.TimeoutExpired:
        raise GitError(arguments, -1, f"no answer within {TIMEOUT_SECONDS:.0f} s") from None
    if done.returncode:
        raise GitError(arguments, done.returncode, done.stderr.decode("utf-8", "replace"))
    return done.stdout


def _not_startable(error: FileNotFoundError, folder: Path) -> FoundryError:
    if not folder.is_dir():
        return NotARepositoryError(folder)
    return FoundryError(f"git: not found on PATH ({error.filename}); install Git 2.36 or newer")


def user_setting(key: str) -> str:
    """The value of a key in this user's own Git configuration, or ""."""
    try:
        return _user_configuration("--get", key).decode("utf-8", "replace").rstrip("\n")
    except GitError:
        return ""


def set_user_setting(key: str, value: str | None) -> None:
    """Set a key in this user's own Git configuration; None takes it out, and the file with it once that is empty."""
    if value is not None:
        _user_configuration(key, value)
        return
    origin = _user_configuration("--show-origin", "-z", "--get", key).partition(b"\0")[0]
    _user_configuration("--unset", key)
    file = Path(os.fsdecode(origin.removeprefix(b"file:")))
    if not file.is_symlink() and file.stat().st_size == 0:
        file.unlink()


def _user_configuration(*arguments: str) -> bytes:
    return _call(["git", "config", "--global", *arguments], Path.home(), clean(os.environ), None, ("config", *arguments))
