"""``foundry accept``."""

from __future__ import annotations

import argparse

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.inbox.acceptance import AcceptedPattern, accept
from foundry_git.library.library import Library


def run(options: argparse.Namespace) -> int:
    """Write candidates into the library."""
    with opened(options, catch_up=True) as workspace:
        workspace.patterns.converge()
        accepted = accept(workspace, options.id, options.name)
        for one in accepted:
            output.say(f"  {output.styled('wrote', 'green')} {output.from_here(one.folder)}")
        _print_commit_command(workspace.need_library(), accepted)
    return 0


def _print_commit_command(library: Library, accepted: list[AcceptedPattern]) -> None:
    many = len(accepted) > 1
    place = library.patterns if many else accepted[0].folder.parent
    version = accepted[0].ref.version
    one = f"pattern {accepted[0].ref.id}" + (f", version {version}" if version > 1 else "")
    what = f"{len(accepted)} patterns" if many else one
    output.say(
        f"Read {'them' if many else 'it'} once more, then:  git add {output.from_here(place)} && git commit -m 'Add {what}'"
    )
