"""Installation: what would change, file by file, for a repository or for all of a user's."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from foundry_git.errors import FoundryError, LibraryError, UsageError
from foundry_git.git import hooks
from foundry_git.git.cloning import clone
from foundry_git.git.hooks import FileChange, HookPlan
from foundry_git.git.identity import repository_name
from foundry_git.git.repository import Repository, user_setting
from foundry_git.git.state_folder import StateFolder
from foundry_git.library.library import (
    FILE_NAME,
    FOLDER_NAME,
    Library,
    clone_of,
    default_name,
    is_url,
    new_library_id,
    open_named,
)
from foundry_git.shipped import shipped
from foundry_git.system.files import expanded

FOUNDRY_YAML = """\
# A library of reusable code patterns, kept by foundry-git.
# This file makes the folder a library; everything below `name` is optional, see docs/configuration.md of foundry-git.
library_id: {id}
name: {name}

# extraction:
#   min_complexity: 3
#   min_lines: 5
#   paths: [src, services/*/src]
# search:
#   min_relevance: 0.6
# injection:
#   max_patterns: 3
"""
POINTER = "# This repository uses a library that lives elsewhere.\nlibrary: {target}\n"
_GITIGNORE = "# Derived from the files beside it; may be deleted at any time.\n/index/\n"
_GITATTRIBUTES = "# Code is kept byte for byte: its digest is its identity.\n* -text\n"


class InstallationPlan(Struct, frozen=True):
    """What would be done: files to write or remove, lines for a person to add, other steps in words, and what is left alone."""

    changes: tuple[FileChange, ...] = ()
    by_hand: tuple[tuple[str, str, str], ...] = ()
    steps: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self.changes and not self.by_hand and not self.steps


def plan_init(
    repository: Repository, own: Library | None, standalone: bool, target: str | None, trailers: bool = False
) -> InstallationPlan:
    """Plan a library for this repository (where it has none) and its hooks; ``trailers``: also those that name receipts.

    Raises:
        FoundryError: the repository is bare.
        UsageError: the two ways to place the library were both asked for, or it has one already and ``target`` names another.
    """
    if repository.top is None:
        raise FoundryError(f"{repository.git_dir}: a bare repository has no commits of its own; run `foundry init` in a clone")
    if standalone and target:
        raise UsageError("--standalone and --library exclude each other: the first makes a library here, the second uses another")
    if target and own and _means(target, own):
        target = None
    if target and own:
        raise UsageError(f"{own.file}: there is a library already; remove it, or write `library: {target}` into it")
    changes = _name(repository.top, own) if own else _library_files(repository, repository.top, standalone, target)
    plan = hooks.plan_install(repository, _template("wake"), _wake_script())
    if trailers or hooks.names_receipts(repository):
        more = hooks.plan_trailers(repository, _template("name-receipts"))
        plan = HookPlan(plan.changes + more.changes + _trailer_script(repository), plan.by_hand + more.by_hand)
    return InstallationPlan(changes + plan.changes, plan.by_hand)


def fetch_target(target: str) -> None:
    """Make sure the library that a pointer will name is there; a URL is cloned.

    Raises:
        NoLibraryError, LibraryError: it is not, or cannot be had.
    """
    if not is_url(target):
        open_named(expanded(target))
        return
    place = clone_of(target)
    if not place.exists():
        clone(target, place)
    if not (place / FILE_NAME).is_file():
        raise LibraryError(place, f"the clone of {target} holds no {FILE_NAME} at its top", "name a repository that is a library")


def plan_user_init() -> InstallationPlan:
    """Plan hooks for every repository of this user, by Git's global ``core.hooksPath``."""
    folder = hooks.user_hooks_folder()
    there = user_setting("core.hooksPath")
    if there and expanded(there) != folder:
        why = (
            f"your global core.hooksPath is {there}, a folder that is not ours to write to; it works where `foundry init` was run"
        )
        return InstallationPlan(by_hand=tuple((name, hooks.WAKE_LINE, why) for name in hooks.WAKING))
    plan = hooks.plan_user_install(folder, _template("user"), _wake_script())
    return InstallationPlan(plan.changes, steps=() if there else (f"git config --global core.hooksPath {folder}",))


def _trailer_script(repository: Repository) -> tuple[FileChange, ...]:
    return hooks.changed(StateFolder(repository.state).trailer_script, _template("trailers"))


def _wake_script() -> str:
    """The script with the running Python, written as Git's own shell takes it on every system."""
    return hooks.wake_script(_template("waker"), Path(sys.executable).as_posix(), hooks.WORKER_SECONDS)


def _template(name: str) -> str:
    file = shipped(f"hooks/{name}")
    if file is None:
        raise FoundryError(f"hooks/{name}: missing from this installation; run `pip install --force-reinstall foundry-git`")
    return file.read_text(encoding="utf-8")


def _name(top: Path, own: Library) -> tuple[FileChange, ...]:
    """The name that a library of this repository is called by, where its file does not say it: the next folder has another name."""
    if own.document.get("name") or own.read_only or not own.root.is_relative_to(top.resolve()):
        return ()
    before = own.file.read_bytes().decode()
    end = "\r\n" if "\r\n" in before else "\n"
    after = re.sub(r"(?m)^library_id:[^\r\n]*", lambda line: f"{line[0]}{end}name: {own.name}", before, count=1)
    return (FileChange(own.file, before, after),) if after != before else ()


def _library_files(repository: Repository, top: Path, standalone: bool, target: str | None) -> tuple[FileChange, ...]:
    root = top if standalone else top / FOLDER_NAME
    if target:
        return _absent([(root / FILE_NAME, POINTER.format(target=_written(target, root)))])
    ignore = (root / "index" / ".gitignore", "*\n!.gitignore\n") if standalone else (root / ".gitignore", _GITIGNORE)
    return _absent(
        [
            (root / FILE_NAME, FOUNDRY_YAML.format(id=new_library_id(), name=_new_name(repository))),
            ignore,
            (root / "patterns" / ".gitattributes", _GITATTRIBUTES),
        ]
    )


def _new_name(repository: Repository) -> str:
    """The last word of what the repository is called: of its remote, or of the folder of its main work tree."""
    return default_name(re.split(r"[/:\\]", repository_name(repository).rstrip("/"))[-1])


def _absent(files: Sequence[tuple[Path, str]]) -> tuple[FileChange, ...]:
    return tuple(FileChange(path, None, text) for path, text in files if not path.exists())


def _means(target: str, own: Library) -> bool:
    """Tell whether a person named the library that is there already."""
    try:
        return open_named(clone_of(target) if is_url(target) else expanded(target)).root == own.root
    except FoundryError:
        return False


def _written(target: str, root: Path) -> str:
    return target if is_url(target) else os.path.relpath(expanded(target).resolve(), root)
