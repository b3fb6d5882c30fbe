"""``foundry outcome``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.errors import UsageError
from foundry_git.evidence.scoring import UNTESTED, Score, sentence
from foundry_git.inbox.feedback import Recorded, record_outcome, record_rating


def run(options: argparse.Namespace) -> int:
    """Record an outcome or a rating."""
    if not (options.passed or options.failed or options.rating):
        raise UsageError(
            f"{options.subject}: say what came of it with --pass, --fail or --rating N; a decision is `foundry evidence decide`"
        )
    with opened(options, catch_up=True) as workspace:
        before = dict(workspace.scores())
        if options.rating:
            recorded = record_rating(workspace, options.subject, options.rating, options.used, options.session)
        else:
            recorded = record_outcome(workspace, options.subject, "pass" if options.passed else "fail", options.used)
        after = workspace.scores()
        for id, digest in recorded.patterns:
            output.say(
                f"  {workspace.patterns.said(id)}: {_change(before, after, digest)} · {sentence(after.get(digest, UNTESTED))}"
            )
        _say_uncertain(recorded)
        if not recorded.patterns:
            output.say("  recorded for the hold-out; nothing was shown, so no pattern's score moves")
    return 0


def _change(before: Mapping[str, Score], after: Mapping[str, Score], digest: str) -> str:
    old, new = before.get(digest, UNTESTED).mean, after.get(digest, UNTESTED).mean
    style = "green" if new > old else "red" if new < old else "dim"
    return output.styled(f"{old:.2f} → {new:.2f}", style)


def _say_uncertain(recorded: Recorded) -> None:
    if not recorded.is_certain:
        output.say(f"Which of the {len(recorded.patterns)} was used is not known, so each gets a share; say it with --used ID …")
