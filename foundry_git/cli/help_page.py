"""The help that no single command has: what ``foundry --help`` and ``foundry help --all`` print, made from the table alone."""

from __future__ import annotations

from foundry_git import __version__
from foundry_git.command_table import EVERYDAY, GROUP_HELP, GROUPS, MORE

NOTHING_ASKED = 2
"""The exit code of ``foundry`` alone, which does nothing but say what it could do: a usage error, as for other programs."""

TYPE_CHECKING = False  # to import `typing` takes as long as to start Python
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEAD = """\
usage: foundry [-C FOLDER] [--library PATH] COMMAND ...

A Git-native library of reusable code patterns that learns from what a team really ships.
"""

_FOOT = """
-h, --help      this, or a command's options: foundry COMMAND --help
--version       print the version
-C FOLDER       run as if started in FOLDER
--library PATH  the library to work on, else found from the current folder upwards
"""

_PAGES = {("--help",): 0, ("-h",): 0, ("help",): 0, (): NOTHING_ASKED}


def page_for(arguments: Sequence[str]) -> tuple[str, int] | None:
    """The page that a command line asks for, or the version, and the exit code; None where it asks for something else."""
    asked = tuple(arguments)
    if asked == ("--version",):
        return f"foundry-git {__version__}\n", 0
    if asked == ("help", "--all"):
        return everything(), 0
    return (front(), _PAGES[asked]) if asked in _PAGES else None


def front() -> str:
    """The dozen commands that a week needs, and where the others are."""
    others = ", ".join([*(name for name in MORE if name != "help"), *GROUPS])
    groups = "".join(_group(title, commands) for title, commands in EVERYDAY.items())
    return f"{_HEAD}{groups}\nmore, in foundry help --all\n  {others}\n{_FOOT}"


def everything() -> str:
    """All commands."""
    groups = "".join(_group(title, commands) for title, commands in {**EVERYDAY, "more": MORE}.items())
    inner = "".join(_group(f"{name}: {GROUP_HELP[name]}", _two_words(name)) for name in GROUPS)
    return f"{_HEAD}{groups}{inner}{_FOOT}"


def _two_words(group: str) -> Mapping[str, str]:
    return {f"{group} {action}": said for action, said in GROUPS[group].items()}


def _group(title: str, commands: Mapping[str, str]) -> str:
    width = max(12, *(len(name) + 2 for name in commands))
    return f"\n{title}\n" + "".join(f"  {name:<{width}}{said}\n" for name, said in commands.items())
