"""``foundry evidence run``."""

from __future__ import annotations

import argparse
import contextlib
import signal
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from foundry_git.cli import output
from foundry_git.errors import FoundryError, UsageError
from foundry_git.outcomes.commands import Ended, coverage_files, ended, junit_files
from foundry_git.outcomes.idle_runs import idle_word
from foundry_git.system.processes import FROM_TERMINAL, PASSED_ON, die_of, is_in_foreground

if TYPE_CHECKING:
    from foundry_git.capture.collect import Collected
    from foundry_git.index.stack_index import StackIndex

MOST_NAMED = 3
NOTHING_HERE = "nothing recorded: there is no library here, or no commit yet; `foundry init` makes a library"
NOT_FOUND, NOT_EXECUTABLE = 127, 126  # what a shell ends with then


def run(options: argparse.Namespace) -> int:
    """Run a command as it is, then record what it says of adopted patterns; end as it ended."""
    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words:
        raise UsageError("evidence run: no command; write `foundry evidence run -- pytest`, or whatever runs your tests")
    if options.ended is not None:  # the plugin for pytest ran it
        said = ended(words, options.ended)
        _record(options, Ended(said.well, said.is_selection or options.selection), options.junit, [])
        return 0
    junit, coverage = junit_files(words), coverage_files(words)
    before = {name: _stamp(name) for name in (*junit, *coverage)}
    code = _ended_with(words)
    if idle := idle_word(words):
        _tell(f"nothing recorded: with `{idle}` this command runs no tests")
    elif code not in (NOT_FOUND, NOT_EXECUTABLE):
        written = [name for name, stamp in before.items() if _stamp(name) not in (None, stamp)]
        _record(
            options, ended(words, code), [one for one in junit if one in written], [one for one in coverage if one in written]
        )
    return code if code >= 0 else die_of(-code)


def _record(options: argparse.Namespace, how: Ended, junit: Sequence[str], coverage: Sequence[str]) -> None:
    """Record a run and say so on one line of stderr: what the command printed and how it ended is the answer."""
    from foundry_git.capture.test_runs import record_run
    from foundry_git.cli.command_workspace import opened
    from foundry_git.outcomes.reports import Found, read_found
    from foundry_git.outcomes.verdicts import run_of

    found = read_found(junit, coverage, Path.cwd()) if junit or coverage else Found()
    if how.well is None and run_of(None, found.reports).result != "fail":
        _tell("nothing recorded: how this command ended says neither that tests passed nor that they failed")
        return
    unread = "".join(f"; left out is {problem}" for problem in found.problems)
    try:
        with opened(options) as workspace:
            collected = record_run(workspace, how, found, Path.cwd())
            _tell(f"{_said(collected, workspace.patterns)}{unread}" if collected else NOTHING_HERE)
    except (FoundryError, OSError) as error:
        _tell(f"this run is not recorded: {error}")


def _tell(sentence: str) -> None:
    """Say it on stderr; where nobody listens there, the command ends as it ended all the same."""
    with contextlib.suppress(OSError):
        output.remark(f"foundry: {sentence}")


def _said(collected: Collected, patterns: StackIndex) -> str:
    """What a run told of patterns, or why it told nothing."""
    told = {result: {one.digest for one, said in collected.adoptions if said.result == result} for result in ("pass", "fail")}
    judged = "; ".join(f"{_named(digests, patterns)} {result}ed" for result, digests in told.items() if digests)
    if collected.receipts and not judged:
        judged = f"{output.counted(len(collected.receipts), 'prompt')} {collected.receipts[0][1].result}ed"
    if judged:
        return f"{'recorded' if collected.new else 'nothing new, the last run said so too'}: {judged}"
    if collected.silent:
        return f"nothing recorded: the run did not reach {_named({one.digest for one in collected.silent}, patterns)}"
    if not collected.commits:
        return "nothing recorded: nothing was committed since the last green run"
    newest = output.counted(len(collected.commits), "commit") if len(collected.commits) > 1 else "commit"
    return f"nothing recorded: no pattern was adopted in the newest {newest}"


def _named(digests: Collection[str], patterns: StackIndex) -> str:
    rows = [row for row in patterns.rows() if row.digest in digests]
    names = sorted({patterns.said(row.id, row.version) for row in rows})
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _ended_with(words: Sequence[str]) -> int:
    """Run the command to its end, as if nobody stood between it and the terminal."""
    child: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, frame: FrameType | None) -> None:
        if child is not None and not (number in FROM_TERMINAL and is_in_foreground()):
            child.send_signal(number)

    before = {one: signal.getsignal(one) for one in (*PASSED_ON, *FROM_TERMINAL)}
    for number, handler in before.items():
        if handler not in (signal.SIG_IGN, None):  # what was ignored stays so, for the command too
            signal.signal(number, pass_on)
    try:
        child = subprocess.Popen(words, close_fds=False)
        return child.wait()
    except (FileNotFoundError, NotADirectoryError):
        output.complain(f"{words[0]}: command not found; check its name, or write the path to it")
        return NOT_FOUND
    except OSError as error:
        output.complain(f"{words[0]}: {error.strerror}; check that it may be executed")
        return NOT_EXECUTABLE
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)


def _stamp(name: str) -> tuple[int, int, int] | None:
    try:
        found = Path(name).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
