"""``foundry reject``."""

from __future__ import annotations

import argparse

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.inbox.inbox import Inbox


def run(options: argparse.Namespace) -> int:
    """Refuse candidates."""
    with opened(options, catch_up=True) as workspace:
        for candidate in Inbox.of(workspace).reject(options.id, options.reason):
            named = f"{candidate.id} ({candidate.origin.place})"
            output.say(f"  {output.styled('rejected', 'yellow')} {named}; code of this shape is not asked again")
    return 0
