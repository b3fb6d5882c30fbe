"""Uninstallation: what would be taken out, file by file, and doing it. Afterwards everything else is as it was."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from foundry_git import door, lock
from foundry_git.git import hooks
from foundry_git.git.hooks import FileChange
from foundry_git.git.objects import move_ref, refs_below
from foundry_git.git.repository import Repository, user_setting
from foundry_git.git.state_folder import STATE_NAME, StateFolder
from foundry_git.library.index_folder import IGNORE_ALL, INDEX
from foundry_git.library.library import FILE_NAME, FOLDER_NAME, Library
from foundry_git.system.files import expanded
from foundry_git.upkeep.installation import FOUNDRY_YAML, POINTER, InstallationPlan

PROPOSED = "refs/heads/foundry"  # the branches that `foundry propose` makes, unless they were given another name
OUR_REFS = "refs/foundry"  # candidates, and the copies of remotes' evidence
_ENCODING_SECONDS = 60.0  # a worker encodes units for 30 s at a time; what it wrote later would be left behind


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
    for file in hooks.lines_by_hand(repository):
        kept.append(f"{file} (it has our line, which does nothing any more; delete the line with `foundry_git worker` in it)")
    for ref in refs_below(repository, PROPOSED):
        branch = ref.removeprefix("refs/heads/")
        kept.append(f"branch {branch} (patterns that you proposed; `git branch -D {branch}` deletes it)")
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


def plan_user_uninstall() -> InstallationPlan:
    """Plan removing what :func:`plan_user_init` planned."""
    folder = hooks.user_hooks_folder()
    is_ours = expanded(user_setting("core.hooksPath") or "/") == folder
    steps = ("git config --global --unset core.hooksPath",) if is_ours else ()
    return InstallationPlan(hooks.plan_user_uninstall(folder).changes, steps=steps)


def delete_user_hooks_folder() -> None:
    """Remove the folder of ``init --user`` once it is empty."""
    folder = hooks.user_hooks_folder()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


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
    if own and (own.root / INDEX).is_dir() and not any((own.root / INDEX).iterdir()):
        (own.root / INDEX).rmdir()
    for change in plan.changes:
        _delete_empty(change.path.parent, repository)


def _states_of_linked(repository: Repository) -> list[Path]:
    """What is kept for linked work trees alone: the units of their HEADs."""
    return sorted((repository.common_dir / "worktrees").glob(f"*/{STATE_NAME}"))


def _derived(library: Library) -> list[Path]:
    folder = library.root / INDEX
    return [path for path in folder.iterdir() if path.name != ".gitignore" or _is_ours(path)] if folder.is_dir() else []


def _is_ours(ignore: Path) -> bool:
    return ignore.read_bytes() == IGNORE_ALL.encode()


def _unused_files(repository: Repository) -> tuple[FileChange, ...]:
    """Files that ``init`` wrote, while nobody committed them and the library is empty."""
    if repository.top is None:
        return ()
    root = repository.top / FOLDER_NAME
    mine = [root / FILE_NAME, root / ".gitignore", root / "patterns" / ".gitattributes"]
    there = [path for path in mine if path.is_file()]
    others = [path for path in root.rglob("*") if path.is_file() and path not in mine and (root / INDEX) not in path.parents]
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
    plain = re.sub(r"(?m)^library_id: \S+\nname: \S+$", "library_id: {id}\nname: {name}", content)
    return (
        plain == FOUNDRY_YAML or re.fullmatch(re.escape(POINTER).replace(re.escape("{target}"), r"[^\n]+"), content) is not None
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
