"""``foundry candidates``."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence

from foundry_git.cli import candidate_texts, output
from foundry_git.cli.command_workspace import is_switched_on, opened
from foundry_git.errors import BusyError
from foundry_git.extraction import budget
from foundry_git.extraction.near_duplicates import near_said, with_twins
from foundry_git.inbox.inbox import Inbox
from foundry_git.library.candidates import Candidate
from foundry_git.worker.background_work import compare
from foundry_git.worker.launch import start
from foundry_git.workspace import Workspace

SHOWN = 10


def run(options: argparse.Namespace) -> int:
    """List the candidates."""
    with opened(options, catch_up=True) as workspace:
        workspace.need_repository()
        per_week = workspace.settings.extraction.per_week
        _compare(workspace)
        waiting = Inbox.of(workspace).waiting()
        entries = with_twins(budget.in_order(waiting) if options.all else budget.shown(waiting))
        shown = entries if options.all else entries[:SHOWN]
        newest = budget.newest_week(waiting)
        all_new = all(budget.is_new(one, newest) for one, _ in shown)  # then to say so of each tells nothing
        if options.json:
            twins = [twin for _, twins in shown for twin in twins] if options.all else []
            listed = [*shown, *((twin, ()) for twin in twins)]
            output.say_json([_as_json(one, twins, newest) for one, twins in listed])
            return 0
        if not waiting:
            output.say(f"No candidates; {_hint(workspace, options.library)}.")
            if remark := workspace.languages().remark:
                output.say(f"{remark}.")
            return 0
        if not shown:
            output.say(f"Nothing in the inbox: a week brings {per_week} at most, and none that is worth little.")
        for candidate, twins in shown:
            near = near_said(candidate, waiting, workspace.patterns)
            candidate_texts.print_row(candidate, near, twins, budget.is_new(candidate, newest) and not all_new)
        if left := len(waiting) - len(shown) - sum(len(twins) for _, twins in shown):
            output.say(output.styled(f"  … and {left} more: foundry candidates --all", "dim"))
        output.say()
        output.say("foundry show ID · accept ID · reject ID · propose ID")
    return 0


def _as_json(candidate: Candidate, twins: Sequence[Candidate], newest: str) -> dict[str, object]:
    standing = {"twins": [twin.id for twin in twins], "is_new": budget.is_new(candidate, newest)}
    return candidate_texts.as_json(candidate) | standing


def _hint(workspace: Workspace, named: str | None) -> str:
    """What brings candidates here; how to have commits looked at was said already where nothing looks at them."""
    if workspace.own is None:
        return "run `foundry init`"
    if not is_switched_on(workspace, named):
        return "look at all you have with `foundry extract --all`"
    return "commit something, or look at all you have with `foundry extract --all`"


def _compare(workspace: Workspace) -> None:
    """Mark near ones now if that is quick, else let a worker do it for the next time."""
    with contextlib.suppress(BusyError):
        if workspace.own and not compare(workspace):
            start(workspace.need_repository())
