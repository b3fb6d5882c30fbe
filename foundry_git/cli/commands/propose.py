"""``foundry propose``."""

from __future__ import annotations

import argparse

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.git.remotes import remotes, usual_remote
from foundry_git.git.repository import Repository
from foundry_git.inbox.proposal import TopicBranch, propose


def run(options: argparse.Namespace) -> int:
    """Put candidates on a topic branch."""
    with opened(options, catch_up=True) as workspace:
        workspace.patterns.converge()
        proposal = propose(workspace, options.id, options.branch)
        output.say_lines(f"# {proposal.title}\n\n{proposal.body}")
        output.remark("")
        output.remark(f"branch {proposal.branch} is ready; {_publishing(proposal)}")
    return 0


def _publishing(proposal: TopicBranch) -> str:
    """How to publish a branch: to the usual remote, where there is one."""
    repository, git = Repository.at(proposal.folder), f"git -C {proposal.folder}"
    known, usual = remotes(repository), usual_remote(repository)
    pushed = f"{git} push -u {usual or 'REMOTE'} {proposal.branch}"
    if usual:
        return f"publish it with:  {pushed}"
    if known:
        return f"publish it to one of {', '.join(known)}:  {pushed}"
    return f"it has no remote to go to: add one with `{git} remote add origin URL`, then `{git} push -u origin {proposal.branch}`"
