"""``foundry init`` and ``foundry uninstall``."""

from __future__ import annotations

import argparse
from pathlib import Path

from foundry_git.cli import output
from foundry_git.errors import FoundryError, UsageError
from foundry_git.git import hooks
from foundry_git.git.repository import Repository, set_user_setting
from foundry_git.inbox import pseudonym
from foundry_git.library.library import Library
from foundry_git.upkeep import installation, uninstallation
from foundry_git.upkeep.installation import InstallationPlan
from foundry_git.workspace import UserFolders, Workspace

HOOKS = (*hooks.WAKING, *hooks.TRAILING)
MANY_FILES = 10
"""More changes than this are told as one line: the user-wide hooks are 28 files of the same text."""


def init(options: argparse.Namespace) -> int:
    """Make a library here and install the hooks."""
    if options.user and options.trailers:
        raise UsageError(
            "--user and --trailers exclude each other: run `foundry init --trailers` in each repository that wants it"
        )
    if options.user:
        return _init_user(options.dry_run)
    repository = Repository.here(Path.cwd())
    own = _own_library(repository)
    plan = installation.plan_init(repository, own, options.as_library, options.to, options.trailers)
    if options.to and not options.dry_run:
        installation.fetch_target(options.to)
    _print(plan, options.dry_run, repository)
    if options.dry_run:
        return 0
    hooks.carry_out(tuple(change for change in plan.changes if change.path.name in HOOKS))
    _write_plain(plan)
    _start_cursors(repository)
    _next_steps(repository, own, plan, options.to)
    return 0


def uninstall(options: argparse.Namespace) -> int:
    """Take out what init put in."""
    if options.user:
        return _uninstall_user(options.dry_run, options.evidence)
    repository = Repository.here(Path.cwd())
    try:
        own = _own_library(repository)
    except FoundryError:
        own = None  # a broken library is no reason to stay installed
    plan = uninstallation.plan_uninstall(repository, own, options.evidence)
    if plan.is_empty:
        output.say("nothing of foundry is installed here")
    _print(plan, options.dry_run, repository)
    if not options.dry_run:
        uninstallation.uninstall(repository, own, plan, options.evidence)
    return 0


def _init_user(dry_run: bool) -> int:
    plan = installation.plan_user_init()
    _print(plan, dry_run, None)
    if not dry_run:
        hooks.carry_out(plan.changes)
        if plan.steps:
            set_user_setting("core.hooksPath", str(installation.user_hooks_folder()))
        if plan.is_empty:
            output.say("already there")
        elif not plan.by_hand:
            output.say("Every repository of yours with a foundry.yaml now wakes the worker; their own hooks run as before.")
    return 0


def _uninstall_user(dry_run: bool, evidence: bool) -> int:
    plan = uninstallation.plan_user_uninstall()
    if evidence:
        _forget_pseudonym(UserFolders.usual().state / pseudonym.FILE_NAME, dry_run)
    if plan.is_empty:
        output.say("no user-wide hooks of foundry are installed")
    _print(plan, dry_run, None)
    if not dry_run:
        if plan.steps:
            set_user_setting("core.hooksPath", None)
        hooks.carry_out(plan.changes)
        uninstallation.delete_user_hooks_folder()
    return 0


def _forget_pseudonym(file: Path, dry_run: bool) -> None:
    """Nobody can tell any more which words were this user's; the next word is that of somebody new."""
    if file.exists():
        output.say(f"  delete {file}")
        if not dry_run:
            file.unlink()


def _own_library(repository: Repository) -> Library | None:
    return Workspace.open(repository.top or repository.git_dir, environment={}).own


def _write_plain(plan: InstallationPlan) -> None:
    from foundry_git import atomic

    for change in plan.changes:
        if change.path.name not in HOOKS and change.after is not None:
            change.path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write_text(change.path, change.after)


def _start_cursors(repository: Repository) -> None:
    from foundry_git.worker.cursor import Cursors

    cursors = Cursors(repository.state)
    for worktree in repository.worktrees():
        if cursors.read(worktree.name) is None:
            cursors.move(worktree.name, worktree.head)


def _print(plan: InstallationPlan, dry_run: bool, repository: Repository | None) -> None:
    top = repository.top if repository else None
    would = "would " if dry_run else ""
    if len(plan.changes) > MANY_FILES:
        folder = plan.changes[0].path.parent
        output.say(f"  {would}{plan.changes[0].verb} {len(plan.changes)} hooks in {folder}")
    for change in plan.changes if len(plan.changes) <= MANY_FILES else ():
        output.say(f"  {would}{output.styled(change.verb, 'green' if change.after else 'yellow')} {_short(change.path, top)}")
    for step in plan.steps:
        output.say(f"  {would}{step}")
    for why in dict.fromkeys(why for _, _, why in plan.by_hand):
        names = [name for name, _, other in plan.by_hand if other == why]
        output.say(f"  {output.styled('by hand', 'yellow')}: {why}. Add this line to {', '.join(names)}:")
        output.say(f"    {next(line for _, line, other in plan.by_hand if other == why)}")
    for kept in plan.kept:
        output.say(f"  kept {kept}")


def _next_steps(repository: Repository, own: Library | None, plan: InstallationPlan, target: str | None) -> None:
    made = [change.path for change in plan.changes if change.path.name not in HOOKS and change.path.parent != repository.state]
    if own is None and made and repository.top:
        place = _short(min(made, key=lambda path: len(path.parts)).parent, repository.top)
        what = "Point at our pattern library" if target else "Start a pattern library"
        output.say()
        output.say(
            f"Share it with your team:  git add {place if place != '.' else 'foundry.yaml patterns index'} && git commit -m '{what}'"
        )
    elif plan.is_empty:
        output.say("already installed")
    output.say("Then commit as always. `foundry candidates` shows what is worth keeping; `foundry search` finds it again.")


def _short(path: Path, top: Path | None) -> str:
    return path.relative_to(top).as_posix() if top and path.is_relative_to(top) else str(path)
