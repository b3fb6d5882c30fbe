"""A link: a name of a file that stands for something of another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

EVERYTHING = "*"
WHOLE = "="  # what `require` gives, and what `module.exports =` sets
DEFAULT = "default"
ITSELF = ""

SPAN = "{0,4000}+"
"""Characters of one statement that are looked through for its end, or time would be quadratic in the file."""


class Link(Struct, frozen=True):
    """One name of a file that stands for something else.

    ``local``: the name in the file, or the one it is given away under. ``module``: what is imported, as it is written; "" for the
    file itself. ``original``: the name there; ``EVERYTHING``, ``ITSELF`` for the module, ``WHOLE`` for what it gives as one value.
    ``binds``: the file's own code may use it. ``exports``: others may import it from here.
    """

    local: str
    module: str
    original: str
    binds: bool = True
    exports: bool = True


def taken(expression: re.Pattern[str], code: str, take: Callable[[re.Match[str]], str | None]) -> str:
    """The code without what an expression finds; ``take`` may give what stays of it."""
    return expression.sub(lambda found: take(found) or " ", code)


def named(text: str) -> Iterator[tuple[str, str]]:
    """(original, local) of the names in a list such as ``a, type b, c as d``; nothing for what is no name."""
    for part in text.split(","):
        words = part.split()
        if words[:1] in (["type"], ["typeof"]) and len(words) > 1 and words[1] != "as":
            words = words[1:]
        if len(words) == 1 or (len(words) == 3 and words[1] == "as"):
            yield words[0], words[-1]
