"""The screen: text of strangers is shown, only what this process marked acts, and the streams stay what they are."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Never

import pytest

from benchmarks.reliability.hiding import hostile, leaked
from foundry_git.cli import output, screen
from foundry_git.cli.dispatch import dispatch


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal with colours."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


@contextlib.contextmanager
def on(terminal: Terminal) -> Iterator[None]:
    """Have it as stdout and stderr, behind the screen."""
    with contextlib.redirect_stdout(terminal), contextlib.redirect_stderr(terminal), screen.shown_on_screen():
        yield


class Unforeseen(str):
    """An argument that nothing can be done with."""

    def partition(self, sep: str) -> Never:
        raise RuntimeError(hostile("unforeseen"))


def test_a_style_acts_and_one_that_a_text_brings_along_is_shown(terminal: Terminal) -> None:
    with on(terminal):
        output.say(f"{output.styled('bold', 'bold')} \x1b[31mred\x1b[0m")

    assert terminal.getvalue() == "\x1b[1mbold\x1b[0m \\x1b[31mred\\x1b[0m\n"


def test_what_is_printed_past_the_functions_for_it_is_shown_too(terminal: Terminal) -> None:
    with on(terminal):
        sys.stdout.write(f"a\x1b[2J\n{hostile('b')}\n")

    assert leaked(terminal.getvalue(), is_terminal=True)[0].startswith("a line: ")
    assert terminal.getvalue().startswith("a\\x1b[2J\nb \\x00")


def test_a_text_is_one_line_of_an_answer_a_remark_and_an_error(terminal: Terminal) -> None:
    with on(terminal):
        for say in (output.say, output.remark, output.complain):
            say(hostile("text"))

    assert len(terminal.getvalue().splitlines()) == 3
    assert leaked(terminal.getvalue(), is_terminal=True) == []


def test_columns_stand_below_each_other_whatever_is_in_them(terminal: Terminal) -> None:
    rows = [("a", "one"), ("\x1b", "two"), (output.styled("b", "bold"), "three"), ("\u202e\u202e", "four")]
    with on(terminal):
        for line in output.table(rows, indent=""):
            output.say(line)

    plain = [line.replace("\x1b[1m", "").replace("\x1b[0m", "") for line in terminal.getvalue().splitlines()]
    assert [line.index(word) for line, word in zip(plain, ("one", "two", "three", "four"), strict=True)] == [14] * 4


def test_a_text_cut_to_a_width_is_spelled_out_before_it_is_cut() -> None:
    assert output.shortened("a\u202eb" * 9, 10) == "a\\u202eba…"


def test_a_bar_draws_its_line_anew(terminal: Terminal) -> None:
    with on(terminal):
        output.ProgressBar("reading")(1, 2)

    assert terminal.getvalue().startswith("\r\x1b[Kreading █")


def test_a_traceback_that_quotes_a_stranger_does_not_act(terminal: Terminal) -> None:
    with on(terminal):
        code = dispatch([Unforeseen("search")])

    assert code == 1
    assert "Traceback" in terminal.getvalue() and "RuntimeError: unforeseen" in terminal.getvalue()
    assert [one for one in leaked(terminal.getvalue(), is_terminal=True) if one.startswith("U+")] == []


@pytest.mark.parametrize(("options", "is_told"), [([], False), (["-W", "default"], True)])
def test_what_a_library_warns_of_is_for_programmers(tmp_path: Path, options: list[str], is_told: bool) -> None:
    program = "import sys, warnings; sys.argv[1:] = ['show', 'python/nothing-of-that-name']; import foundry_git.cli.main as cli"
    then = "code = cli.main(); warnings.warn('of a library', RuntimeWarning); sys.exit(code)"

    command = [sys.executable, "-P", *options, "-c", f"{program}; {then}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 3 and "not inside a Git repository" in done.stderr
    assert ("of a library" in done.stderr) is is_told
