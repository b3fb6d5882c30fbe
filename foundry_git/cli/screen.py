"""The screen: the streams that commands write to, on which text of strangers is shown and never acts.

Every command writes through it, ``print`` and the parser's own messages too, so that none can forget: hidden characters are spelled
out. What may act is only what :func:`mark` made; its key is drawn anew in each process, so that no text written before holds it.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import warnings
from collections.abc import Iterator

from foundry_git.escaping import for_terminal

TYPE_CHECKING = False  # to import `typing` takes 2 ms, for which a search that a watcher answers would wait
if TYPE_CHECKING:
    from typing import Any, BinaryIO, TextIO

ERASE = "K"
_STYLE = re.compile(r"\x1b\[([0-9]{1,2}m)")
_KEY = os.urandom(8).hex()
_MARK = re.compile(rf"(\x1b{_KEY};(?:[0-9]{{1,2}}m|{ERASE}))")


def keep_warnings_off() -> None:
    """Let no library of ours warn on the user's screen: that is meant for programmers, who ask for it with ``python -W``."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


class Screen(io.TextIOBase):
    """A stream that spells out what nobody would see, but for ends of lines, tabs and marks."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def buffer(self) -> BinaryIO:
        """The bytes below, for what is copied and not looked at."""
        return self._stream.buffer

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the stream below."""
        return self._stream.encoding

    def write(self, text: str) -> int:
        """Show a text."""
        self._stream.write(_acting(shown(text, "\n\t")))
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Whether a terminal is below."""
        return self._stream.isatty()

    def close(self) -> None:
        """Leave the stream below open: it is somebody else's."""

    def fileno(self) -> int:
        """That of the stream below."""
        return self._stream.fileno()


@contextlib.contextmanager
def shown_on_screen() -> Iterator[None]:
    """Have everything that is written to stdout and stderr go over a screen; a stream that is closed stays so."""
    out, err = sys.stdout, sys.stderr
    with contextlib.redirect_stdout(_screen(out)), contextlib.redirect_stderr(_screen(err)):
        yield


def mark(sign: str) -> str:
    """What a screen turns into a sequence that acts: the number of a style with its ``m``, or ``ERASE`` for a line drawn anew."""
    return f"\x1b{_KEY};{sign}"


def shown(text: str, kept: str = "") -> str:
    """Text with hidden characters spelled out, but for those in ``kept`` and for marks."""
    if "\x1b" not in text:
        return for_terminal(text, kept)
    return "".join(piece if _MARK.fullmatch(piece) else for_terminal(piece, kept) for piece in _MARK.split(text))


def unmarked(text: str) -> str:
    """Text without marks."""
    return _MARK.sub("", text)


def marked(answer: str) -> str:
    """What another process of foundry-git has shown already, its styles as marks, so that it can be shown here."""
    return _STYLE.sub(lambda found: mark(found[1]), answer)


def _acting(text: str) -> str:
    return _MARK.sub(lambda found: "\r\x1b[K" if found[0].endswith(ERASE) else f"\x1b[{found[0].rpartition(';')[2]}", text)


def _screen(stream: TextIO | None) -> Any:
    return Screen(stream) if stream is not None and not isinstance(stream, Screen) else stream
