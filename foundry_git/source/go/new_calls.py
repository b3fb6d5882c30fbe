"""``new`` of a value, as Go has it since 1.26: the newest grammar (0.25.0) takes only a type there.

What the parser is given instead is a call of a function with another name of three letters; where ``new`` gets a type, or is defined,
it stays.
"""

from __future__ import annotations

import re

_OPENED = re.compile(rb"(?<![\w.])(?<!func )(?<!func\t)new\(")
_SIGNS = re.compile(rb"\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|'(?:\\.[^'\n]*|[^'\\\n])'|//[^\n]*|/\*.*?\*/|[(){}\[\]]", re.DOTALL)
_TYPE = re.compile(
    rb"\s*(?:\*\s*)*(?:[\w.]+(?:\[[^\]\d\"'`][^\]]*\])?\s*,?\s*$|(?:\[|map\[|chan\b|<-\s*chan\b)[^{}]*$|(?:\[[^\]]*\])*(?:struct|interface)\s*\{[^{}]*\}\s*$|func\b[^{}]*$)",
)
_NUMBER = re.compile(rb"\s*[\d.]")


def mended(data: bytes) -> bytes:
    """Write ``nev`` for each ``new`` that gets a value."""
    places = [found.start() for found in _OPENED.finditer(data) if _is_value(_argument(data, found.end()))]
    parts, start = [], 0
    for at in places:
        parts += [data[start:at], b"nev"]
        start = at + 3
    return b"".join([*parts, data[start:]]) if places else data


def _argument(data: bytes, start: int) -> bytes:
    """What stands between the brackets of a call."""
    depth = 1
    for sign in _SIGNS.finditer(data, start):
        depth += (sign[0] in b"([{") - (sign[0] in b")]}") if len(sign[0]) == 1 else 0
        if not depth:
            return data[start : sign.start()]
    return b""


def _is_value(argument: bytes) -> bool:
    return bool(argument.strip()) and (not _TYPE.match(argument) or bool(_NUMBER.match(argument)))
