"""``foundry init``."""

from __future__ import annotations

import argparse
from contextlib import closing, suppress
from pathlib import Path

from foundry_git import atomic
from foundry_git.cli import installation_texts, output
from foundry_git.cli.command_workspace import own_library
from foundry_git.errors import FoundryError, LibraryError, UsageError
from foundry_git.git import hooks
from foundry_git.git.repository import Repository, set_user_setting
from foundry_git.library.library import Library
from foundry_git.upkeep import installation
from foundry_git.upkeep.installation import InstallationPlan
from foundry_git.worker.state import WorkerState
from foundry_git.workspace import Workspace

HOOKS = (*hooks.WAKING, *hooks.TRAILING)


def run(options: argparse.Namespace) -> int:
    """Make a library here and install the hooks."""
    if options.user and options.trailers:
        raise UsageError(
            "--user and --trailers exclude each other: run `foundry init --trailers` in each repository that wants it"
        )
    if options.user:
        return _init_user(options.dry_run)
    repository = Repository.here(Path.cwd())
    own = _own(repository, options)
    plan = installation.plan_init(repository, own, options.standalone, options.library, options.trailers)
    if options.library and not options.dry_run:
        installation.fetch_target(options.library)
    if repository.top and Path.cwd().resolve() != repository.top.resolve():
        output.say(f"At the top of this repository, {repository.top}:")
    installation_texts.print_plan(plan, options.dry_run, repository)
    if options.dry_run:
        return 0
    hooks.carry_out(tuple(change for change in plan.changes if change.path.name in HOOKS))
    _write_plain(plan)
    WorkerState(repository).start_at_head()
    _next_steps(repository, own, plan, options.library)
    return 0


def _own(repository: Repository, options: argparse.Namespace) -> Library | None:
    """The library that is there; one that a teammate's commit points at may have to be fetched before it can be opened."""
    try:
        return own_library(repository)
    except LibraryError:
        if not options.library or options.dry_run:
            raise
        installation.fetch_target(options.library)
        return own_library(repository)


def _init_user(dry_run: bool) -> int:
    plan = installation.plan_user_init()
    installation_texts.print_plan(plan, dry_run, None)
    if not dry_run:
        hooks.carry_out(plan.changes)
        if plan.steps:
            set_user_setting("core.hooksPath", str(hooks.user_hooks_folder()))
        if plan.is_empty:
            output.say("already there")
        elif not plan.by_hand:
            output.say("Every repository of yours with a foundry.yaml now wakes the worker; their own hooks run as before.")
    return 0


def _write_plain(plan: InstallationPlan) -> None:
    for change in plan.changes:
        if change.path.name not in HOOKS and change.after is not None:
            change.path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write_text(change.path, change.after)


def _next_steps(repository: Repository, own: Library | None, plan: InstallationPlan, target: str | None) -> None:
    made = [change.path for change in plan.changes if change.path.name not in HOOKS and change.path.parent != repository.state]
    if own is None and made and repository.top:
        place = installation_texts.short(min(made, key=lambda path: len(path.parts)).parent, repository.top)
        what = "Point at our pattern library" if target else "Start a pattern library"
        output.say()
        first = (
            f"git sparse-checkout add {place} && " if place != "." and repository.setting("core.sparseCheckout") == "true" else ""
        )
        added = place if place != "." else "foundry.yaml patterns index"
        output.say(f"Share it with your team:  {first}git add {added} && git commit -m '{what}'")
    elif plan.is_empty:
        output.say("already installed")
    with suppress(FoundryError), closing(Workspace.open(Path.cwd(), environment={})) as workspace:  # nothing hangs on a remark
        if remark := workspace.languages().remark:  # they are kept for the first search
            output.say(f"{remark}.")
    output.say("Then commit as always. `foundry candidates` shows what is worth keeping; `foundry search` finds it again.")
