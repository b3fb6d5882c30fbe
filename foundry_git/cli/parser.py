"""The parser of the command line: each command of the table with its options."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from typing import Any

from foundry_git.cli import help_page
from foundry_git.cli.command_options import OPTIONS
from foundry_git.cli.group_options import GROUP_OPTIONS
from foundry_git.command_table import GROUP_HELP, GROUPS, VERBS
from foundry_git.errors import UsageError

WORKER = "worker"
"""What hooks start, and no help shows."""
MOST_NEAR, NEAR = 3, 0.7
"""How many names are suggested for one that does not exist, and how much alike they must be; at 0.6 `serach` is `extract` too."""


class CommandParser(argparse.ArgumentParser):
    """Suggests the closest names where there is no command of the one that was typed."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if isinstance(action, argparse._SubParsersAction) and value not in action.choices:
            known = {*VERBS, *GROUPS} if self.prog == "foundry" else action.choices
            raise UsageError(_unknown(self.prog, value, known, self.behind(value)))
        super()._check_value(action, value)

    def behind(self, word: str) -> str:
        """The word that was typed behind another, where this parser knows; empty else."""
        return ""


class FrontParser(CommandParser):
    """The parser of the whole command line, whose help is a page made of the table."""

    def format_help(self) -> str:
        """The dozen commands that a week needs, by what one wants."""
        return help_page.front()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Keep what was typed, for a suggestion of two words."""
        self._typed = list(args or ())
        return super().parse_known_args(args, namespace)

    def behind(self, word: str) -> str:
        """The word that was typed behind another."""
        return next(iter(self._typed[self._typed.index(word) + 1 :]), "") if word in self._typed else ""


def build_parser(words: Collection[str] = ()) -> argparse.ArgumentParser:
    """Build the parser: of the commands that are among ``words``, of all where none is. The whole takes 7 ms."""
    parser = FrontParser(prog="foundry", usage="foundry [-C FOLDER] [--library PATH] COMMAND ...")
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument("-C", dest="folder", metavar="FOLDER", help="run as if started in FOLDER")
    parser.add_argument("--library", metavar="PATH", help="the library to work on (else found from the current folder upwards)")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", prog="foundry", parser_class=CommandParser)
    every = {*VERBS, *GROUPS, WORKER}
    wanted = every.intersection(words) or every
    for name, said in VERBS.items():
        if name in wanted:
            OPTIONS[name](add_command(commands, name, said))
    for name in GROUPS:
        if name in wanted:
            _add_group(commands, name)
    if WORKER in wanted:
        worker = commands.add_parser(WORKER, description="What the hooks start.")
        worker.add_argument("--start", action="store_true", help=argparse.SUPPRESS)
    return parser


def add_command(commands: argparse._SubParsersAction[CommandParser], name: str, said: str) -> CommandParser:
    """Add a command, in front of which and behind which ``--library`` may stand."""
    command = commands.add_parser(name, help=said, description=f"{said[0].upper()}{said[1:]}.", conflict_handler="resolve")
    command.add_argument("--library", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return command


def _add_group(commands: argparse._SubParsersAction[CommandParser], name: str) -> None:
    group = add_command(commands, name, GROUP_HELP[name])
    group.set_defaults(group=group)  # which prints its help where no action is named
    actions = group.add_subparsers(dest="action", metavar="ACTION", title="actions", prog=f"foundry {name}")
    for action, said in GROUPS[name].items():
        GROUP_OPTIONS[name][action](add_command(actions, action, said))


def _unknown(prog: str, typed: str, known: Collection[str], behind: str) -> str:
    """What to say of a name that does not exist; an action is found too where its group was left out, and ``behind`` its group."""
    names = {name: name for name in known}
    if prog == "foundry":
        names = {action: f"{group} {action}" for group, actions in GROUPS.items() for action in actions} | names
    near = [_with_action(names[name], behind) for name in _near(typed, names)]
    hint = f"did you mean {' or '.join(f'`{prog} {name}`' for name in near)}?" if near else "see `foundry help --all`"
    return f"{f'{prog} {typed}'.removeprefix('foundry ')}: no such command; {hint}"


def _with_action(name: str, behind: str) -> str:
    """A group with the action that was meant by the word behind it; other commands as they are."""
    return " ".join([name, *_near(behind, GROUPS.get(name, ()))[:1]])


def _near(typed: str, names: Collection[str]) -> list[str]:
    """The names that are much like a word, the most like it first; of short ones, those with two letters swapped too."""
    import difflib  # 2 ms that nobody else has to wait for

    return difflib.get_close_matches(typed, names, MOST_NEAR, NEAR) or [name for name in names if sorted(name) == sorted(typed)]
