"""``foundry evidence sync``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.errors import UsageError
from foundry_git.evidence.remotes import Partners
from foundry_git.upkeep import sync

if TYPE_CHECKING:
    from foundry_git.evidence.exchange import Exchanged
    from foundry_git.evidence.imported_events import Delivery
    from foundry_git.evidence.ledger import Ledger

MOST_PROBLEMS = 3
_QUESTION = """\
{events} would go to {remote}, {to}, which nothing of yours was sent to before:
ids and digests of patterns, and what came of them; no code, no paths, no names.
Send them, now and with every later sync?"""
_ON = "the worker syncs in the background, at most once an hour, where you may push; `--background no` ends it"
_OFF = "nothing is synced in the background"


class SyncAnswer(Struct, frozen=True):
    """What came from files, what was exchanged and with which remote (None, and "", where nothing was), and the yes or no in force."""

    deliveries: list[Delivery]
    remote: str
    done: Exchanged | None
    in_background: bool

    @property
    def problems(self) -> list[str]:
        """What could not be read, of files and of the remote."""
        return [*(said for one in self.deliveries for said in one.problems), *(self.done.problems if self.done else ())]


def run(options: argparse.Namespace) -> int:
    """Exchange evidence with a remote, or take it from files, or keep a yes or no."""
    with opened(options, catch_up=True) as workspace:
        workspace.need_library()
        if options.background:
            Partners(workspace.state).allow_background(options.background == "yes")
        deliveries = [_delivery(workspace.ledger, place) for place in options.files]
        asked = options.remote or not (options.files or options.background)
        remote = sync.remote_named(sync.home_of(workspace), options.remote) if asked else ""
        done = sync.sync(workspace, remote, _agreement(remote, options.yes), output.ProgressBar) if remote else None
        answer = SyncAnswer(deliveries, remote, done, Partners(workspace.state).in_background)
        if options.json:
            output.say_json(_as_json(answer))
        else:
            _say(answer, has_yes_or_no=bool(options.background))
    _warn(answer.problems)
    return 1 if any(one.problems for one in deliveries) else 0


def _agreement(remote: str, is_given: bool) -> sync.Agrees:
    """Who agrees to the first push: the command line, or a person at a terminal; else nobody."""
    if is_given:
        return lambda address, count: True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return lambda address, count: False
    return lambda address, count: output.asked(_QUESTION.format(events=output.counted(count, "event"), remote=remote, to=address))


def _delivery(ledger: Ledger, place: str) -> Delivery:
    from foundry_git.evidence.imported_events import take_in

    if place == "-":
        return take_in(ledger, "stdin", sys.stdin.buffer.read())
    try:
        content = Path(place).read_bytes()
    except OSError as error:
        raise UsageError(f"{place}: cannot be read ({error.strerror}); name a file of events, one on each line") from None
    return take_in(ledger, place, content)


def _say(answer: SyncAnswer, has_yes_or_no: bool) -> None:
    if answer.deliveries:
        new, events = sum(one.new for one in answer.deliveries), sum(one.events for one in answer.deliveries)
        files = output.counted(len(answer.deliveries), "file")
        output.say(f"{new:,} of {output.counted(events, 'event')} from {files} were new")
    if answer.done:
        _say_exchanged(answer.remote, answer.done)
    if has_yes_or_no:
        output.say(_ON if answer.in_background else _OFF)


def _say_exchanged(remote: str, done: Exchanged) -> None:
    came = f"{output.counted(done.came, 'event')} came"
    if done.is_held:
        output.say(f"{remote}: {came}; {output.counted(done.stayed, 'event')} of yours stayed here")
        output.remark(f"foundry: nothing was sent: {done.refusal}; to agree:  foundry evidence sync {remote} --yes")
    elif done.refusal:
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


def _as_json(answer: SyncAnswer) -> dict[str, object]:
    done = answer.done
    return {
        "remote": answer.remote,
        "came": done.came if done else 0,
        "went": done.went if done else 0,
        "stayed": done.stayed if done else 0,
        "refusal": done.refusal if done else "",
        "imported": sum(one.new for one in answer.deliveries),
        "background": answer.in_background,
        "problems": answer.problems,
    }
