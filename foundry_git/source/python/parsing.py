"""From the text of a Python file to its syntax tree, or to one kind of error."""

from __future__ import annotations

import ast
import warnings

from foundry_git.errors import SourceError


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
        raise SourceError(path, error.lineno or 1, f"not valid Python: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise SourceError(path, 1, "nested too deeply") from None
    except ValueError as error:  # a NUL character, or a lone surrogate
        raise SourceError(path, 1, f"not valid Python: {_one_line(error)}") from None


def _one_line(error: ValueError) -> str:
    if isinstance(error, UnicodeError):
        return "characters that UTF-8 cannot encode"
    return str(error)
