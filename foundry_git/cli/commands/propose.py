"""``foundry propose``."""

from __future__ import annotations

import argparse

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.inbox.proposal import propose


def run(options: argparse.Namespace) -> int:
    """Put candidates on a topic branch."""
    with opened(options, catch_up=True) as workspace:
        workspace.patterns.converge()
        proposal = propose(workspace, options.id, options.branch)
        output.say(f"# {proposal.title}\n\n{proposal.body}")
        output.remark(
            f"\nbranch {proposal.branch} is ready; publish it with:  git -C {proposal.folder} push -u origin {proposal.branch}"
        )
    return 0
