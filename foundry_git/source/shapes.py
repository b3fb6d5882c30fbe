"""Shapes: hashes of normalised code that say when two pieces of code are the same but for names, comments and layout.

A shape is prefixed by its algorithm, so that shapes of two algorithms are never taken for one another.
"""

from __future__ import annotations

import hashlib
import re

from foundry_git.errors import SourceError
from foundry_git.source.literals import BLOCK_COMMENT, STRING
from foundry_git.source.reader import reader_of

SHAPE_DIGITS = 32  # 128 bits: no two of 10^9 different units share a shape by accident

_LINE_COMMENTS = {"javascript": "//", "typescript": "//", "go": "//", "rust": "//"}


def shape_of(text: str, language: str, symbol: str = "") -> str:
    """Hash a stored text: its reader's shape, or :func:`text_shape` where no reader can read it.

    Where the text holds helpers beside the definition that ``symbol`` names, it is the shape of that definition.

    Imports and module docstrings do not count, so the shape of ``stored_code(unit)`` is the shape of the unit.
    """
    reader = reader_of(language)
    if reader is None:
        return text_shape(text, language)
    try:
        return reader.shape(text, symbol)
    except SourceError:
        return text_shape(text, language)


def text_shape(text: str, language: str) -> str:
    """Hash a text without its comments and layout, in a language that nothing here can parse.

    String literals stay as they are; a comment mark inside a regex literal or a raw string is taken for a comment.
    """
    marker = re.escape(_LINE_COMMENTS.get(language, "#"))
    block = f"|{BLOCK_COMMENT}" if language in _LINE_COMMENTS else ""
    pattern = rf"(?P<string>{STRING})|{marker}[^\n]*{block}"
    plain = re.sub(pattern, lambda found: found["string"] or " ", text.replace("\r", "\n"), flags=re.MULTILINE)
    return digest("text1", " ".join(plain.split()))


def digest(algorithm: str, normalised: str) -> str:
    """Name normalised code: ``<algorithm>:<32 hex digits of its SHA-256>``."""
    content = normalised.encode("utf-8", "surrogatepass")
    return f"{algorithm}:{hashlib.sha256(content).hexdigest()[:SHAPE_DIGITS]}"
