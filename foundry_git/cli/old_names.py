"""Former names of commands and options, which go on working for one version and say the new name."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from foundry_git.cli import output
from foundry_git.cli.group_options import (
    DECISION_REASONS,
    STATES,
    add_analyze_options,
    add_check_options,
    add_collect_options,
    add_run_options,
    add_sync_options,
)
from foundry_git.errors import UsageError
from foundry_git.index.document import HEAD

COLLECT = "collect"
_RESULTS = ("passed", "failed", "rating", "decide", "withdraw")
_COLLECTED = ("junit", "coverage", "commit", "range", "status", "save", "json")
_SAID = {"passed": "pass", "failed": "fail"} | {
    name: name for name in ("rating", "decide", "reason", "used", "session", "withdraw")
}
_MOVED = {
    "run": ("evidence", add_run_options),
    "check": ("library", add_check_options),
    "analyze": ("agent", add_analyze_options),
}
"""Command → the group that it is in now, and its options."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Let a parser read the former names too; no help shows them."""
    commands = _choices(parser)
    _hidden(commands.choices["outcome"], _add_to_outcome)
    _hidden(commands.choices["init"], _add_to_init)
    for name, (group, add) in _MOVED.items():
        _add_former(commands, name, f"{group} {name}", add)
    _add_former(_choices(commands.choices["library"]), "sync", "evidence sync", add_sync_options)


def renamed(options: argparse.Namespace) -> argparse.Namespace:
    """The same request by its name of today; a former one is remarked on.

    Raises:
        UsageError: options of several commands that had one name are mixed.
    """
    match options.command:
        case "run" | "check" | "analyze":
            group, _ = _MOVED[options.command]
            new = f"{group} {options.command}"
            return _by_new_name(options, options.command, new, command=group, action=options.command)
        case "library" if options.action == "sync":
            return _by_new_name(options, "library sync", "evidence sync", command="evidence")
        case "init":
            return _init_renamed(options)
        case "search" if options.source == HEAD and not options.accepted_only:
            return _by_new_name(options, "search --from HEAD", "search --unreviewed-only", source="", unreviewed_only=True)
        case "outcome":
            return _outcome_renamed(options)
    return options


def _init_renamed(options: argparse.Namespace) -> argparse.Namespace:
    if options.as_library:
        options = _by_new_name(options, "init --as-library", "init --standalone", standalone=True)
    if options.to:
        options = _by_new_name(options, "init --to", "init --library", library=options.to)
    return options


def _outcome_renamed(options: argparse.Namespace) -> argparse.Namespace:
    _refuse_mixed(options)
    if options.subject == COLLECT:
        return _by_new_name(options, "outcome collect", "evidence collect", command="evidence", action="collect")
    if options.decide:
        said = {"action": "decide", "id": options.subject, "state": options.decide}
        return _by_new_name(options, "outcome ID --decide STATE", "evidence decide ID STATE", command="evidence", **said)
    if options.withdraw:
        said = {"action": "withdraw", "event": options.subject}
        return _by_new_name(options, "outcome EVENT --withdraw", "evidence withdraw EVENT", command="evidence", **said)
    return options


def _by_new_name(options: argparse.Namespace, old: str, new: str, **given: str | bool) -> argparse.Namespace:
    output.remark(f"foundry: `{old}` is called `{new}` now; the old name goes with the next version")
    return argparse.Namespace(**vars(options) | given)


def _choices(parser: argparse.ArgumentParser) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    return next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))


def _add_former(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    new: str,
    add: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Add a command without the help text that would put it into a list."""
    former = commands.add_parser(name, description=f"The former name of `foundry {new}`.")
    former.add_argument("--library", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    add(former)


def _add_to_init(init: argparse.ArgumentParser) -> None:
    init.add_argument("--as-library", action="store_true")
    init.add_argument("--to")


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
