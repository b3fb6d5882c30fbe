"""``foundry evidence decide``."""

from __future__ import annotations

import argparse

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.inbox.decisions import decide


def run(options: argparse.Namespace) -> int:
    """Record a person's decision."""
    with opened(options, catch_up=True) as workspace:
        pattern = decide(workspace, options.id, options.state, options.reason)
        said = "what the evidence says" if options.state == "pending" else options.state
        name = workspace.patterns.said(pattern.ref.id, pattern.ref.version)
        output.say(f"  {name}: {said} from now on, by your decision ({options.reason})")
    return 0
