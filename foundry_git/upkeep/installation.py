"""Installing and uninstalling: what would change, file by file, and doing it. Afterwards everything else is as it was."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from foundry_git import door, lock
from foundry_git.errors import FoundryError, LibraryError, UsageError
from foundry_git.git import hooks
from foundry_git.git.cloning import clone
from foundry_git.git.hooks import FileChange, HookPlan
from foundry_git.git.objects import move_ref, refs_below
from foundry_git.git.repository import Repository, user_setting
from foundry_git.git.state_folder import STATE_NAME, StateFolder
from foundry_git.library.library import FILE_NAME, FOLDER_NAME, Library, clone_of, is_url, new_library_id, open_named
from foundry_git.shipped import shipped

FOUNDRY_YAML = """\
# A library of reusable code patterns: https://pypi.org/project/foundry-git
# This file makes the folder a library; everything below `library_id` is optional, see docs/configuration.md there.
library_id: {id}

# extraction:
#   min_complexity: 3
#   min_lines: 5
#   paths: [src, services/*/src]
# search:
#   min_relevance: 0.6
# injection:
#   max_patterns: 3
"""
OUR_REFS = "refs/foundry"  # candidates, and the copies of remotes' evidence
_POINTER = "# This repository uses a library that lives elsewhere.\nlibrary: {target}\n"
_ENCODING_SECONDS = 60.0  # a worker encodes units for 30 s at a time; what it wrote later would be left behind
_GITIGNORE = "# Derived from the files beside it; may be deleted at any time.\n/index/\n"
_GITATTRIBUTES = "# Code is kept byte for byte: its digest is its identity.\n* -text\n"


@dataclass(frozen=True, slots=True)
class InstallationPlan:
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
    repository: Repository, own: Library | None, as_library: bool, target: str | None, trailers: bool = False
) -> InstallationPlan:
    """Plan a library for this repository (where it has none) and its hooks; ``trailers``: also those that name receipts.

    Raises:
        FoundryError: the repository is bare.
        UsageError: the two ways to place the library were both asked for, or it has one already and ``target`` names another.
    """
    if repository.top is None:
        raise FoundryError(f"{repository.git_dir}: a bare repository has no commits of its own; run `foundry init` in a clone")
    if as_library and target:
        raise UsageError("--as-library and --to exclude each other: the first makes a library here, the second uses another")
    if target and own:
        raise UsageError(f"{own.file}: there is a library already; remove it, or write `library: {target}` into it")
    changes: tuple[FileChange, ...] = () if own else _library_files(repository.top, as_library, target)
    plan = hooks.plan_install(repository, _template("wake"), sys.executable)
    if trailers or hooks.names_receipts(repository):
        more = hooks.plan_trailers(repository, _template("name-receipts"))
        plan = HookPlan(plan.changes + more.changes + _trailer_script(repository), plan.by_hand + more.by_hand)
    return InstallationPlan(changes + plan.changes, plan.by_hand)


def _trailer_script(repository: Repository) -> tuple[FileChange, ...]:
    path = StateFolder(repository.state).trailer_script
    text = _template("trailers")
    before = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
    return (FileChange(path, before, text),) if before != text else ()


def fetch_target(target: str) -> None:
    """Make sure the library that a pointer will name is there; a URL is cloned.

    Raises:
        NoLibraryError, LibraryError: it is not, or cannot be had.
    """
    if not is_url(target):
        open_named(Path(target).expanduser())
        return
    place = clone_of(target)
    if not place.exists():
        clone(target, place)
    if not (place / FILE_NAME).is_file():
        raise LibraryError(place, f"the clone of {target} holds no {FILE_NAME} at its top", "name a repository that is a library")


def plan_uninstall(repository: Repository, own: Library | None, evidence: bool) -> InstallationPlan:
    """Plan taking out hooks, candidates, local state, index, and the files of a library that was never committed or used.

    Of every work tree: the hooks were for all of them.
    """
    changes = hooks.plan_uninstall(repository).changes + _unused_files(repository)
    steps, kept = [], []
    steps += [f"delete {ref}" for ref in refs_below(repository, OUR_REFS)]
    journal = StateFolder(repository.state).journal
    if repository.state.is_dir():
        if journal.exists() and journal.stat().st_size and not evidence:
            kept.append(f"{journal} (evidence cannot be rebuilt; --evidence removes it too)")
        if {entry.name for entry in repository.state.iterdir()} - {journal.name} or not kept:
            steps.append(f"delete {repository.state}" + (" but for the journal" if kept else ""))
    steps += [f"delete {folder}" for folder in _states_of_linked(repository)]
    place = door.door_of(repository.top) if repository.top else None
    if door.is_answered(place):
        kept.append(f"{place} (a watcher answers there; it goes when you end `foundry watch`)")
    elif place and place.exists():
        steps.append(f"delete {place}")
    if own and not own.read_only and _derived(own):
        steps.append(f"delete what is derived in {own.root / 'index'}")
    removed = {change.path.resolve() for change in changes}
    if own and repository.top and own.file not in removed and own.root.is_relative_to(repository.top.resolve()):
        kept.append(f"{own.root} (your library; delete it by an ordinary commit)")
    return InstallationPlan(changes, steps=tuple(steps), kept=tuple(kept))


def uninstall(repository: Repository, own: Library | None, plan: InstallationPlan, evidence: bool) -> None:
    """Carry out :func:`plan_uninstall`, once no worker is at it.

    Raises:
        BusyError: a worker did not end.
    """
    hooks.carry_out(plan.changes)
    with _alone(StateFolder(repository.state)) if repository.state.is_dir() else nullcontext():
        _delete(repository, own, plan, evidence)
    if repository.top:
        door.forget(door.door_of(repository.top))


@contextmanager
def _alone(folder: StateFolder) -> Iterator[None]:
    with lock.held(folder.worker_lock), lock.held(folder.encode_lock, _ENCODING_SECONDS):
        yield


def _delete(repository: Repository, own: Library | None, plan: InstallationPlan, evidence: bool) -> None:
    for ref, object in refs_below(repository, OUR_REFS).items():
        move_ref(repository, ref, "", object)
    _delete_state(repository.state, evidence)
    for folder in _states_of_linked(repository):
        shutil.rmtree(folder, ignore_errors=True)
    for path in _derived(own) if own and not own.read_only else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if own and (own.root / "index").is_dir() and not any((own.root / "index").iterdir()):
        (own.root / "index").rmdir()
    for change in plan.changes:
        _delete_empty(change.path.parent, repository)


def _states_of_linked(repository: Repository) -> list[Path]:
    """What is kept for linked work trees alone: the units of their HEADs."""
    return sorted((repository.common_dir / "worktrees").glob(f"*/{STATE_NAME}"))


def _derived(library: Library) -> list[Path]:
    folder = library.root / "index"
    return [path for path in folder.iterdir() if path.name != ".gitignore"] if folder.is_dir() else []


def user_hooks_folder() -> Path:
    """Where ``init --user`` puts its hooks."""
    return platformdirs.user_data_path("foundry-git") / "hooks"


def plan_user_init() -> InstallationPlan:
    """Plan hooks for every repository of this user, by Git's global ``core.hooksPath``."""
    folder = user_hooks_folder()
    there = user_setting("core.hooksPath")
    if there and Path(there).expanduser() != folder:
        line = hooks.wake_line(sys.executable)
        why = f"your global core.hooksPath is {there}, a folder that is not ours to write to"
        return InstallationPlan(by_hand=tuple((name, line, why) for name in hooks.WAKING))
    plan = hooks.plan_user_install(folder, _template("user"), sys.executable)
    return InstallationPlan(plan.changes, steps=() if there else (f"git config --global core.hooksPath {folder}",))


def plan_user_uninstall() -> InstallationPlan:
    """Plan removing what :func:`plan_user_init` planned."""
    folder = user_hooks_folder()
    is_ours = Path(user_setting("core.hooksPath") or "/").expanduser() == folder
    steps = ("git config --global --unset core.hooksPath",) if is_ours else ()
    return InstallationPlan(hooks.plan_user_uninstall(folder).changes, steps=steps)


def delete_user_hooks_folder() -> None:
    """Remove the folder of ``init --user`` once it is empty."""
    folder = user_hooks_folder()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _template(name: str) -> str:
    file = shipped(f"hooks/{name}")
    if file is None:
        raise FoundryError(f"hooks/{name}: missing from this installation; run `pip install --force-reinstall foundry-git`")
    return file.read_text(encoding="utf-8")


def _library_files(top: Path, as_library: bool, target: str | None) -> tuple[FileChange, ...]:
    root = top if as_library else top / FOLDER_NAME
    if target:
        return _absent([(root / FILE_NAME, _POINTER.format(target=_written(target, root)))])
    ignore = (root / "index" / ".gitignore", "*\n!.gitignore\n") if as_library else (root / ".gitignore", _GITIGNORE)
    return _absent(
        [
            (root / FILE_NAME, FOUNDRY_YAML.format(id=new_library_id())),
            ignore,
            (root / "patterns" / ".gitattributes", _GITATTRIBUTES),
        ]
    )


def _absent(files: Sequence[tuple[Path, str]]) -> tuple[FileChange, ...]:
    return tuple(FileChange(path, None, text) for path, text in files if not path.exists())


def _written(target: str, root: Path) -> str:
    return target if is_url(target) else os.path.relpath(Path(target).expanduser().resolve(), root)


def _unused_files(repository: Repository) -> tuple[FileChange, ...]:
    """Files that ``init`` wrote, while nobody committed them and the library is empty."""
    if repository.top is None:
        return ()
    root = repository.top / FOLDER_NAME
    mine = [root / FILE_NAME, root / ".gitignore", root / "patterns" / ".gitattributes"]
    there = [path for path in mine if path.is_file()]
    others = [path for path in root.rglob("*") if path.is_file() and path not in mine and (root / "index") not in path.parents]
    text = {path: path.read_text(encoding="utf-8", errors="replace") for path in there}
    if (
        not there
        or others
        or not _is_as_written(text.get(root / FILE_NAME, ""))
        or repository.text("ls-files", "--", FOLDER_NAME)
    ):
        return ()
    return tuple(FileChange(path, content, None) for path, content in text.items())


def _is_as_written(content: str) -> bool:
    """Tell whether nobody edited a ``foundry.yaml`` since ``init`` wrote it."""
    plain = re.sub(r"(?m)^library_id: \S+$", "library_id: {id}", content)
    return (
        plain == FOUNDRY_YAML or re.fullmatch(re.escape(_POINTER).replace(re.escape("{target}"), r"[^\n]+"), content) is not None
    )


def _delete_state(state: Path, evidence: bool) -> None:
    journal = StateFolder(state).journal
    keep = journal.exists() and journal.stat().st_size and not evidence
    if not keep:
        shutil.rmtree(state, ignore_errors=True)
        return
    for entry in state.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        elif entry != journal:
            entry.unlink(missing_ok=True)


def _delete_empty(folder: Path, repository: Repository) -> None:
    """Remove a folder that is empty now, and the library's folder above it; never the repository's own hooks folder."""
    library = repository.top / FOLDER_NAME if repository.top else None
    while library and folder.is_relative_to(library) and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
