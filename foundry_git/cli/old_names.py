"""Former names of commands, which go on working for one version and say the new name."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from foundry_git.cli import output
from foundry_git.cli.parser import DECISION_REASONS, STATES, add_collect_options, add_command, add_sync_options
from foundry_git.errors import UsageError

COLLECT = "collect"
_RESULTS = ("passed", "failed", "rating", "decide", "withdraw")
_COLLECTED = ("junit", "coverage", "commit", "range", "status", "save", "json")
_SAID = {"passed": "pass", "failed": "fail"} | {
    name: name for name in ("rating", "decide", "reason", "used", "session", "withdraw")
}


def add_to(parser: argparse.ArgumentParser) -> None:
    """Let a parser read the former names too; no help shows them."""
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    _hidden(commands.choices["outcome"], _add_to_outcome)
    library = commands.add_parser("library", description="The former name of `foundry evidence sync`.")
    actions = library.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    add_sync_options(add_command(actions, "sync", "the former name of `foundry evidence sync`"))


def renamed(options: argparse.Namespace) -> argparse.Namespace:
    """The same request by its name of today; a former one is remarked on.

    Raises:
        UsageError: options of several commands that had one name are mixed.
    """
    if options.command == "library":
        return _by_new_name(options, "library sync", "evidence sync")
    if options.command != "outcome":
        return options
    _refuse_mixed(options)
    if options.subject == COLLECT:
        return _by_new_name(options, "outcome collect", "evidence collect", action="collect")
    if options.decide:
        old, new = "outcome ID --decide STATE", "evidence decide ID STATE"
        return _by_new_name(options, old, new, action="decide", id=options.subject, state=options.decide)
    if options.withdraw:
        old, new = "outcome EVENT --withdraw", "evidence withdraw EVENT"
        return _by_new_name(options, old, new, action="withdraw", event=options.subject)
    return options


def _by_new_name(options: argparse.Namespace, old: str, new: str, **given: str) -> argparse.Namespace:
    output.remark(f"foundry: `{old}` is called `{new}` now; the old name goes with the next version")
    return argparse.Namespace(**vars(options) | {"command": "evidence"} | given)


def _add_to_outcome(outcome: argparse.ArgumentParser) -> None:
    outcome.add_argument("--decide", choices=STATES)
    outcome.add_argument("--withdraw", action="store_true")
    outcome.add_argument("--reason", choices=DECISION_REASONS)
    add_collect_options(outcome)


def _hidden(command: argparse.ArgumentParser, add: Callable[[argparse.ArgumentParser], None]) -> None:
    known = len(command._actions)
    add(command)
    for action in command._actions[known:]:
        action.help = argparse.SUPPRESS


def _refuse_mixed(options: argparse.Namespace) -> None:
    given = {name for name, value in vars(options).items() if value}
    if options.subject == COLLECT:
        if said := [option for name, option in _SAID.items() if name in given]:
            raise UsageError(f"--{said[0]}: says what came of one pattern; write its ID in place of `collect`")
        return
    if collected := [name for name in _COLLECTED if name in given]:
        raise UsageError(f"--{collected[0]}: belongs to `foundry evidence collect`")
    results = [_SAID[name] for name in _RESULTS if name in given]
    if len(results) > 1:
        raise UsageError(f"--{results[1]}: not allowed with --{results[0]}")
    if results and bool(options.decide) != bool(options.reason):
        raise UsageError("--decide and --reason go together: a decision is kept with its reason")
