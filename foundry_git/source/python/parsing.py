"""From the text of a Python file to its syntax tree, or to one kind of error."""

from __future__ import annotations

import ast
import sys
import warnings

from foundry_git.errors import SourceError
from foundry_git.source.python.newer import newer_than_this


def normalised(text: str) -> str:
    """Take a byte order mark off and end every line with ``\\n``, as Python itself reads a file."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str, path: str) -> ast.Module:
    """Parse a text whose lines end in ``\\n``; what Python would warn about is not our business.

    Raises:
        SourceError: not Python, or nested too deeply for the parser.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "invalid escape sequence" would go to the user's terminal
            return ast.parse(text)
    except SyntaxError as error:
        raise _wrong_or_newer(text, path, error) from None
    except (RecursionError, MemoryError):
        raise SourceError(path, 1, "nested too deeply") from None
    except ValueError as error:  # a NUL character, or a lone surrogate
        raise SourceError(path, 1, f"not valid Python: {_one_line(error)}") from None


def _wrong_or_newer(text: str, path: str, error: SyntaxError) -> SourceError:
    line = error.lineno or 1
    lines = text.split("\n")[line - 1 : line]
    if lines and (version := newer_than_this(lines[0])):
        running = ".".join(map(str, sys.version_info[:2]))
        return SourceError(path, line, f"newer than this Python: {running} cannot read what {version} brought", is_newer=True)
    return SourceError(path, line, f"not valid Python: {error.msg}")


def _one_line(error: ValueError) -> str:
    if isinstance(error, UnicodeError):
        return "characters that UTF-8 cannot encode"
    return str(error)
