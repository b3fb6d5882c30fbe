"""``foundry evidence withdraw``."""

from __future__ import annotations

import argparse

from foundry_git.cli import event_texts, output
from foundry_git.cli.command_workspace import opened
from foundry_git.inbox.decisions import withdraw


def run(options: argparse.Namespace) -> int:
    """Take an event back."""
    with opened(options) as workspace:
        event, withdrawal = withdraw(workspace, options.event)
        output.say(f"  taken back: {event_texts.told(event)}")
        output.say("It counts no more, here and wherever this evidence is synced.")
        output.say(f"To restore it:  foundry evidence withdraw {withdrawal[: event_texts.SHORT]}")
    return 0
