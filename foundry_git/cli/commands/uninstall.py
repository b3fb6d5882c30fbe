"""``foundry uninstall``."""

from __future__ import annotations

import argparse
from pathlib import Path

from foundry_git.cli import installation_texts, output
from foundry_git.cli.command_workspace import own_library
from foundry_git.errors import FoundryError
from foundry_git.git import hooks
from foundry_git.git.repository import Repository, set_user_setting
from foundry_git.git.state_folder import StateFolder
from foundry_git.upkeep import uninstallation
from foundry_git.workspace import UserFolders


def run(options: argparse.Namespace) -> int:
    """Take out what init put in."""
    if options.user:
        return _uninstall_user(options.dry_run, options.evidence)
    repository = Repository.here(Path.cwd())
    try:
        own = own_library(repository)
    except FoundryError:
        own = None  # a broken library is no reason to stay installed
    plan = uninstallation.plan_uninstall(repository, own, options.evidence)
    if plan.is_empty:
        output.say("nothing of foundry is installed here")
    installation_texts.print_plan(plan, options.dry_run, repository)
    if not options.dry_run:
        uninstallation.uninstall(repository, own, plan, options.evidence)
    return 0


def _uninstall_user(dry_run: bool, evidence: bool) -> int:
    plan = uninstallation.plan_user_uninstall()
    if evidence:
        _forget_pseudonym(StateFolder(UserFolders.usual().state).pseudonym, dry_run)
    if plan.is_empty:
        output.say("no user-wide hooks of foundry are installed")
    installation_texts.print_plan(plan, dry_run, None)
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
