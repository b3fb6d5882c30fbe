"""The dispatch: reads the command line, runs one command, and turns errors into sentences and exit codes.

Exit codes: 0 done, 1 findings, 2 usage, 3 environment. A command's module is imported only when it runs; a search that a watcher
answers does without the parser, which takes as long as the answer.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from foundry_git import __version__
from foundry_git.cli import output
from foundry_git.cli.help_page import NOTHING_ASKED
from foundry_git.cli.screen import shown_on_screen
from foundry_git.cli.watch_client import ask
from foundry_git.errors import DamagedFileError, FoundryError, UsageError

TYPE_CHECKING = False  # to import `argparse` takes 5 ms, for which a search that a watcher answers would wait
if TYPE_CHECKING:
    import argparse

OLD_WORDS = frozenset({"outcome", "library", "run", "check", "analyze", "init", "--from", "--fro"})
"""A command line with one of these may be a former name; reading those costs a millisecond, which no other command has to pay."""


def dispatch(given: Sequence[str]) -> int:
    """Run one command; return its exit code."""
    encoding = "utf-8" if sys.platform == "win32" else None  # a pipe there has the code page of the country
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding=encoding, errors="backslashreplace" if stream is sys.stderr else "surrogateescape")
    with shown_on_screen():
        code = _to_the_end(given)
        _let_stderr_go()
    return code


def _to_the_end(given: Sequence[str]) -> int:
    """Run one command; what nobody foresaw ends as Python would have it end, but what its message quotes is shown and never acts."""
    try:
        return guarded(lambda: _answered_or_run(given))
    except Exception:  # noqa: BLE001 - the last place that could say it
        import traceback

        traceback.print_exc()
        return 1


def guarded(action: Callable[[], int]) -> int:
    """Run ``action``, turning errors into sentences and exit codes."""
    try:
        return _said_to_the_end(action)
    except FoundryError as error:
        output.complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        output.remark("")
        return 130
    except BrokenPipeError:
        close_stdout()
        return 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        output.complain(f"{place}{error.strerror or error}; check that the file is there and the disk can be written to")
        return 3


def _said_to_the_end(action: Callable[[], int]) -> int:
    """Run ``action`` and hand on all that it said, be it ``--help``: a reader that went away is met here, not while Python ends."""
    try:
        code = _run_again_where_damaged(action)
    except SystemExit:
        sys.stdout.flush()
        raise
    sys.stdout.flush()
    return code


def _run_again_where_damaged(action: Callable[[], int]) -> int:
    """Run ``action``; a derived file that turned out to be damaged meanwhile is set aside by then, and built anew the second time."""
    said = output.times_said()
    try:
        return action()
    except DamagedFileError:
        if output.times_said() != said:
            raise
        return action()


def _answered_or_run(arguments: Sequence[str]) -> int:
    match arguments:
        case ["search", *_]:
            answered = ask(arguments, Path())
        case ["-C", folder, "search", *_]:
            answered = ask(arguments, Path(folder))
        case _:
            answered = None
    return _run(arguments) if answered is None else answered


def _run(arguments: Sequence[str]) -> int:
    import logging  # 3 ms that a search answered by a watcher does not pay

    from foundry_git.cli.parser import build_parser

    logging.raiseExceptions = False  # a remark that cannot be written, on a full disk, is no reason for a traceback

    is_old = not OLD_WORDS.isdisjoint(word.partition("=")[0] for word in arguments)
    parser = build_parser(() if is_old else arguments)
    if is_old:
        from foundry_git.cli import old_names

        old_names.add_to(parser)
    options = parser.parse_args(arguments)
    if options.version:
        output.say(f"foundry-git {__version__}")
        return 0
    if options.command is None:
        parser.print_help()
        return NOTHING_ASKED
    if getattr(options, "action", "") is None:
        options.group.print_help()
        return NOTHING_ASKED
    enter(options.folder)
    if is_old:
        options = old_names.renamed(options)
    result: int = importlib.import_module(_module_of(options)).run(options)
    return result


def _module_of(options: argparse.Namespace) -> str:
    """The module of a command, or of an action of a group, which is called as the command is typed."""
    words = ("foundry_git.cli.commands", options.command, getattr(options, "action", ""))
    return ".".join(filter(None, words))


def enter(folder: str | None) -> None:
    """Change into the folder that ``-C`` names, if it names one."""
    try:
        if folder:
            os.chdir(folder)
    except OSError as error:
        raise UsageError(f"-C {Path(folder or '')}: {error.strerror}; name a folder to work in") from None


def close_stdout() -> None:
    """A reader that went away (``| head``) is no error; keep the interpreter from complaining at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _let_stderr_go() -> None:
    """Where nobody reads stderr, drop what is left for it: Python would fail to write it at its end, and exit with 120."""
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
