"""What installing and uninstalling change, in words."""

from __future__ import annotations

from pathlib import Path

from foundry_git.cli import output
from foundry_git.git.repository import Repository
from foundry_git.upkeep.installation import InstallationPlan

MANY_FILES = 10
"""More changes than this are told as one line: the user-wide hooks are 28 files of the same text."""


def print_plan(plan: InstallationPlan, dry_run: bool, repository: Repository | None) -> None:
    """Print each change, or what would be one, and what a person has to do."""
    top = repository.top if repository else None
    would = "would " if dry_run else ""
    if len(plan.changes) > MANY_FILES:
        folder = plan.changes[0].path.parent
        output.say(f"  {would}{plan.changes[0].verb} {len(plan.changes)} hooks in {folder}")
    for change in plan.changes if len(plan.changes) <= MANY_FILES else ():
        output.say(f"  {would}{output.styled(change.verb, 'green' if change.after else 'yellow')} {short(change.path, top)}")
    for step in plan.steps:
        output.say(f"  {would}{step}")
    for why in dict.fromkeys(why for _, _, why in plan.by_hand):
        names = [name for name, _, other in plan.by_hand if other == why]
        output.say(f"  {output.styled('by hand', 'yellow')}: {why}. Add this line to {', '.join(names)}:")
        output.say(f"    {next(line for _, line, other in plan.by_hand if other == why)}")
    for kept in plan.kept:
        output.say(f"  kept {kept}")


def short(path: Path, top: Path | None) -> str:
    """A path as one writes it at the top of the work tree."""
    return path.relative_to(top).as_posix() if top and path.is_relative_to(top) else str(path)
