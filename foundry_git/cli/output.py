"""What a person or a program reads: answers on stdout, progress and remarks on stderr, colour and bars only on a terminal.

A text is one line here, whoever wrote it: an end of a line inside is spelled out as all that nobody sees, or a description could add
lines of its own to an answer.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from foundry_git import escaping
from foundry_git.cli import screen

TYPE_CHECKING = False  # to import `typing` takes 2 ms, for which a search that a watcher answers would wait
if TYPE_CHECKING:
    from typing import TextIO

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_BARS = "▁▂▃▄▅▆▇█"
BAR_WIDTH = 24
REDRAW_SECONDS = 0.05
LONG, PATIENCE_SECONDS = 40, 2.0  # so many texts take some two seconds to encode


def styled(text: str, style: str, stream: TextIO | None = None) -> str:
    """The text in a style, where ``stream`` (stdout unless told otherwise) is a terminal that wants colour."""
    if not text or not _has_colour(stream or sys.stdout):
        return text
    return f"{screen.mark(f'{_STYLES[style]}m')}{text}{screen.mark('0m')}"


class _Said:
    """How often something was printed that belongs to an answer."""

    times = 0


def times_said() -> int:
    """How often this process has printed a piece of an answer."""
    return _Said.times


def say(text: str = "") -> None:
    """Print a line of the answer."""
    _Said.times += 1
    print(screen.shown(text, "\t"))


def say_at_once(text: str) -> None:
    """Print a line of the answer that somebody may wait for behind a pipe."""
    say(text)
    sys.stdout.flush()


def say_lines(text: str) -> None:
    """Print lines that are ours, or whose text was made fit for where it goes."""
    _Said.times += 1
    print(text)


def say_raw(text: str) -> None:
    """Print what is copied or piped on, without a newline after it: as it is, byte for byte what was read with surrogate escapes.

    On a terminal it is only looked at, and shown as any other text.
    """
    _Said.times += 1
    if sys.stdout.isatty():
        print(escaping.code_lines(text), end="")
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def say_json(answer: object) -> None:
    """Print an answer for programs."""
    _Said.times += 1
    print(escaping.for_json(answer))


def remark(text: str) -> None:
    """Print a remark that is not part of the answer."""
    _say_on_stderr(screen.shown(text, "\t"))


def complain(text: str) -> None:
    """Print what went wrong."""
    _say_on_stderr(f"{styled('foundry:', 'red', sys.stderr)} {screen.shown(text)}")


def _say_on_stderr(text: str) -> None:
    if sys.stderr is not None:  # closed: print would take stdout instead
        with contextlib.suppress(OSError):  # a full disk behind it; there is nowhere else to say so
            print(text, file=sys.stderr)


def asked(question: str) -> bool:
    """Put a question to a person at the terminal; anything but a yes is a no."""
    print(f"{screen.shown(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def table(rows: Sequence[Sequence[str]], indent: str = "  ") -> list[str]:
    """Rows as aligned columns, the last one as long as it is."""
    if not rows:
        return []
    cells = [[screen.shown(cell) for cell in row] for row in rows]
    widths = [max(_width(row[at]) for row in cells) for at in range(len(rows[0]) - 1)]
    return [
        indent + "  ".join([_padded(cell, width) for cell, width in zip(row, [*widths, 0], strict=True)]).rstrip()
        for row in cells
    ]


def spark(values: Sequence[float]) -> str:
    """Draw values between 0 and 1 as a line of bars, one character each."""
    last = len(_BARS) - 1
    return "".join(_BARS[min(last, max(0, round(value * last)))] for value in values)


def used_in(files: int) -> str:
    """Who uses a unit beside its own file."""
    return f"used in {counted(files, 'other file')}" if files else "used in no other file"


def counted(count: int, noun: str) -> str:
    """``1 version``, ``2 versions``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def terminal_width() -> int:
    """Columns to write in."""
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))


def shortened(text: str, width: int) -> str:
    """The text on one line, cut at ``width`` columns."""
    line = screen.shown(" ".join(text.split()))
    return line if len(line) <= width else f"{line[: max(width - 1, 0)].rstrip()}…"


def from_here(path: str | Path) -> str:
    """A path as one types it here, or as it is where that would lead far up."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir + os.sep + os.pardir) else relative


class ProgressBar:
    """A progress bar on stderr with rate and time left; where that is no terminal, a line once something takes long, and one after it.

    ``patience``: seconds before that line.
    """

    def __init__(self, what: str, patience: float = PATIENCE_SECONDS) -> None:
        self._what = what
        self._patience = patience
        self._began = time.monotonic()
        self._drawn = 0.0
        self._shown = sys.stderr.isatty()
        self._is_told = False

    def __call__(self, done: int, total: int) -> None:
        """Draw ``done`` of ``total``."""
        if not self._shown:
            self._tell(done, total)
            return
        now = time.monotonic()
        if not total or (now - self._drawn < REDRAW_SECONDS and done < total):
            return
        self._drawn = now
        rate = done / max(now - self._began, 1e-6)
        filled = BAR_WIDTH * done // total
        left = f", {(total - done) / rate:.0f} s left" if done and done < total else ""
        end = "\n" if done >= total else ""
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        line = f"{screen.mark(screen.ERASE)}{self._what} {bar} {done:,}/{total:,}  {rate:,.0f}/s{left}"
        print(line, end=end, file=sys.stderr, flush=True)

    def _tell(self, done: int, total: int) -> None:
        """Say that something takes long, and that it has ended; of few pieces nothing, however slow the day is."""
        is_late = time.monotonic() - self._began >= self._patience
        if not self._is_told and total >= LONG and done < total and is_late:
            self._is_told = True
            print(f"foundry: {self._what}: {total:,} to do", file=sys.stderr, flush=True)
        elif self._is_told and done >= total:
            self._is_told = False
            print(f"foundry: {self._what}: done, {time.monotonic() - self._began:.0f} s", file=sys.stderr, flush=True)


def _has_colour(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _width(text: str) -> int:
    return len(screen.unmarked(text))


def _padded(text: str, width: int) -> str:
    return text + " " * max(width - _width(text), 0)
