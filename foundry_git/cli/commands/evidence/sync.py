"""``foundry evidence sync``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.errors import UsageError
from foundry_git.upkeep import sync

if TYPE_CHECKING:
    from foundry_git.evidence.exchange import Exchanged
    from foundry_git.evidence.imported_events import Delivery
    from foundry_git.workspace import Workspace

MOST_PROBLEMS = 3


def run(options: argparse.Namespace) -> int:
    """Exchange evidence with a remote, or take it from files, or keep a yes or no."""
    with opened(options, catch_up=True) as workspace:
        workspace.need_library()
        if options.background:
            sync.partners(workspace).allow_background(options.background == "yes")
        deliveries = [_delivery(workspace, place) for place in options.files]
        asked = options.remote or not (options.files or options.background)
        remote = sync.remote_named(workspace, options.remote) if asked else ""
        done = sync.sync(workspace, remote) if remote else None
        _answer(options, workspace, deliveries, remote, done)
    problems = [problem for delivery in deliveries for problem in delivery.problems]
    _warn([*problems, *(done.problems if done else ())])
    return 1 if problems else 0


def _delivery(workspace: Workspace, place: str) -> Delivery:
    from foundry_git.evidence.imported_events import take_in

    if place == "-":
        return take_in(workspace.ledger, "stdin", sys.stdin.buffer.read())
    try:
        content = Path(place).read_bytes()
    except OSError as error:
        raise UsageError(f"{place}: cannot be read ({error.strerror}); name a file of events, one on each line") from None
    return take_in(workspace.ledger, place, content)


def _answer(
    options: argparse.Namespace, workspace: Workspace, deliveries: list[Delivery], remote: str, done: Exchanged | None
) -> None:
    in_background = sync.partners(workspace).in_background
    if options.json:
        output.say_json(_as_json(deliveries, remote, done, in_background))
        return
    if options.files:
        new, events = sum(one.new for one in deliveries), sum(one.events for one in deliveries)
        output.say(f"{new:,} of {output.counted(events, 'event')} from {output.counted(len(deliveries), 'file')} were new")
    if done:
        _say_exchanged(remote, done)
    if options.background:
        output.say(_ON if in_background else _OFF)


def _say_exchanged(remote: str, done: Exchanged) -> None:
    came = f"{output.counted(done.came, 'event')} came"
    if done.refusal:
        output.say(f"no right to push to {remote}: what others learned is here ({came}), yours stays here")
        output.remark(f"foundry: {remote} said: {done.refusal}")
    elif done.came or done.went:
        output.say(f"{remote}: {came}, {done.went:,} went")
    else:
        output.say(f"{remote}: in step, nothing came and nothing went")


def _warn(problems: list[str]) -> None:
    for problem in problems[:MOST_PROBLEMS]:
        output.remark(f"foundry: {problem}")
    if len(problems) > MOST_PROBLEMS:
        output.remark(f"foundry: and {output.counted(len(problems) - MOST_PROBLEMS, 'more problem')} like these")


def _as_json(deliveries: list[Delivery], remote: str, done: Exchanged | None, in_background: bool) -> dict[str, object]:
    return {
        "remote": remote,
        "came": done.came if done else 0,
        "went": done.went if done else 0,
        "stayed": done.stayed if done else 0,
        "refusal": done.refusal if done else "",
        "imported": sum(one.new for one in deliveries),
        "background": in_background,
        "problems": [*(p for one in deliveries for p in one.problems), *(done.problems if done else ())],
    }


_ON = "the worker syncs in the background, at most once an hour, where you may push; `--background no` ends it"
_OFF = "nothing is synced in the background"
