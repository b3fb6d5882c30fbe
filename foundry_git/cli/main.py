"""``foundry``: reads the command line, runs one command, and turns errors into sentences and exit codes.

Exit codes: 0 done, 1 findings, 2 usage, 3 environment. A command's module is imported only when it runs, so that ``--help`` takes
no longer than Python itself.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from foundry_git import __version__
from foundry_git.cli import output
from foundry_git.cli.parser import COMMANDS, build_parser
from foundry_git.errors import FoundryError, UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace" if stream is sys.stderr else "surrogateescape")
    try:
        options = build_parser().parse_args(arguments)
        return _run(options)
    except FoundryError as error:
        output.complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        output.remark("")
        return 130
    except BrokenPipeError:
        _close_stdout()
        return 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        output.complain(f"{place}{error.strerror or error}; check that the file is there and the disk can be written to")
        return 3


def _run(options: argparse.Namespace) -> int:
    if options.version:
        output.say(f"foundry-git {__version__}")
        return 0
    if options.command is None:
        build_parser().print_help()
        return 2
    if options.folder:
        _enter(Path(options.folder))
    command = importlib.import_module(f"foundry_git.cli.commands.{COMMANDS[options.command]}")
    result: int = getattr(command, options.command.replace("-", "_"))(options)
    sys.stdout.flush()
    return result


def _enter(folder: Path) -> None:
    try:
        os.chdir(folder)
    except OSError as error:
        raise UsageError(f"-C {folder}: {error.strerror}; name a folder to work in") from None


def _close_stdout() -> None:
    """A reader that went away (``| head``) is no error; keep the interpreter from complaining at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
