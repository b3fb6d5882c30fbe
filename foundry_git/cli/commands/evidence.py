"""``foundry outcome``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from foundry_git.cli import event_texts, output
from foundry_git.cli.opening import opened
from foundry_git.errors import UsageError
from foundry_git.evidence.scoring import UNTESTED, Score, sentence
from foundry_git.inbox.decisions import decide, withdraw
from foundry_git.inbox.feedback import Recorded, record_outcome, record_rating

COLLECT = "collect"
_COLLECTED = ("junit", "coverage", "commit", "range", "status", "save", "json")


def outcome(options: argparse.Namespace) -> int:
    """Record an outcome, a rating or a decision, take an event back, or collect what reports say."""
    if options.subject == COLLECT:
        from foundry_git.cli.commands.collecting import collect_outcomes

        return collect_outcomes(options)
    _expect_one_thing(options)
    if options.decide:
        return _decide(options)
    if options.withdraw:
        return _withdraw(options)
    with opened(options, catch_up=True) as workspace:
        before = workspace.scores()
        if options.rating:
            recorded = record_rating(workspace, options.subject, options.rating, options.used, options.session)
        else:
            recorded = record_outcome(workspace, options.subject, "pass" if options.passed else "fail", options.used)
        after = workspace.scores()
        for id, digest in recorded.patterns:
            output.say(f"  {id}: {_change(before, after, digest)} · {sentence(after.get(digest, UNTESTED))}")
        _say_uncertain(recorded)
        if not recorded.patterns:
            output.say("  recorded for the hold-out; nothing was shown, so no pattern's score moves")
    return 0


def _expect_one_thing(options: argparse.Namespace) -> None:
    if collected := [name for name in _COLLECTED if getattr(options, name)]:
        raise UsageError(f"--{collected[0]}: belongs to `foundry outcome collect`")
    if not (options.passed or options.failed or options.rating or options.decide or options.withdraw):
        raise UsageError(f"{options.subject}: say what came of it with --pass, --fail, --rating N or --decide STATE --reason WHY")
    if bool(options.decide) != bool(options.reason):
        raise UsageError("--decide and --reason go together: a decision is kept with its reason")


def _decide(options: argparse.Namespace) -> int:
    with opened(options, catch_up=True) as workspace:
        pattern = decide(workspace, options.subject, options.decide, options.reason)
        said = "what the evidence says" if options.decide == "pending" else options.decide
        output.say(f"  {pattern.ref}: {said} from now on, by your decision ({options.reason})")
    return 0


def _withdraw(options: argparse.Namespace) -> int:
    with opened(options) as workspace:
        event, withdrawal = withdraw(workspace, options.subject)
        output.say(f"  taken back: {event_texts.told(event)}")
        output.say("It counts no more, here and wherever this evidence is synced.")
        output.say(f"To restore it:  foundry outcome {withdrawal[: event_texts.SHORT]} --withdraw")
    return 0


def _change(before: Mapping[str, Score], after: Mapping[str, Score], digest: str) -> str:
    old, new = before.get(digest, UNTESTED).mean, after.get(digest, UNTESTED).mean
    style = "green" if new > old else "red" if new < old else "dim"
    return output.styled(f"{old:.2f} → {new:.2f}", style)


def _say_uncertain(recorded: Recorded) -> None:
    if not recorded.is_certain:
        output.say(f"Which of the {len(recorded.patterns)} was used is not known, so each gets a share; say it with --used ID …")
