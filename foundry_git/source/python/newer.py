"""Code that is newer than the Python that runs: its own parser calls it wrong, though a later one reads it.

What later versions brought is known by the look of the line at which the parser gave up.
"""

from __future__ import annotations

import re
import sys

_NEWER = (
    (
        (3, 12),
        r"\s*type\s+\w+\s*(?:\[.*\]\s*)?=[^=]"
        r"|\s*(?:async\s+)?def\s+\w+\s*\["
        r"|\s*class\s+\w+\s*\["
        r"|.*\b[rR]?[fF][rR]?(?P<quote>[\"']).*\{[^{}]*(?P=quote)[^{}]*\}.*(?P=quote)",
    ),
    ((3, 14), r"\s*except\*?\s+[A-Z][\w.]*(?:\s*,\s*(?:[A-Z][\w.]*|\w+\.[\w.]+))+\s*,?\s*:|.*(?<!\w)(?:[rR]?[tT]|[tT][rR])[\"']"),
    ((3, 15), r"\s*lazy\s+(?:import|from)\s+\w"),
)
_PATTERNS = [(version, re.compile(pattern)) for version, pattern in _NEWER]


def newer_than_this(line: str, running: tuple[int, int] = sys.version_info[:2]) -> str:
    """The version of Python that first reads a line as it looks, ``3.14``; "" where it is not newer than the running one."""
    found = (version for version, pattern in _PATTERNS if version > running and pattern.match(line))
    return next((".".join(map(str, version)) for version in found), "")
