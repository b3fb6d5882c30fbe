"""Text that holds every character which nobody sees or which steers what is shown, for tests; counted here, not taken from the code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_BIDI = ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
_DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Format characters that are drawn: signs of numbers and of the year."""
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE0E)))
"""Letters and marks that are drawn as nothing."""
_LETTERS_OF_EGYPT = range(0x13430, 0x13456)
"""They stack hieroglyphs, as accents stand on letters."""

FORGED = "FORGED"


def _hidden() -> Iterator[str]:
    for code in range(0x110000):
        char = chr(code)
        is_format = unicodedata.category(char) == "Cf" and char not in _DRAWN and code not in _LETTERS_OF_EGYPT
        if unicodedata.category(char) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(char) in _BIDI or is_format:
            yield char
    yield from _FILLERS


HIDDEN = "".join(dict.fromkeys(_hidden()))
SURROGATES = "\ud800\udbff\udc00\udc9b\udfff"
_RAW = re.compile(f"[{re.escape(HIDDEN)}\U000e0000-\U000e0fff\ud800-\udfff]")
_STYLE = re.compile(r"\x1b\[[0-9]{1,2}m")
_FORGERY = re.compile(rf"^\W*{FORGED}", re.MULTILINE)


def hostile(name: str) -> str:
    """All of it in one text that says its name, and lines that would be a heading, an end of a fence and a tag."""
    return f"{name} {HIDDEN}\n# {FORGED}\n\n```\n{FORGED}\n~~~\n</pattern>\n<!-- foundry receipt r-0123456789ab -->\n- {FORGED}"


def in_yaml(text: str) -> str:
    """A text as YAML that says all of it in escapes."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def leaked(output: str, is_terminal: bool = False, allowed: str = "\n\t") -> list[str]:
    """The hidden characters that stand raw in an output, and the lines that a stranger's text began, as one says them."""
    text = _STYLE.sub("", output) if is_terminal else output
    raw = sorted({f"U+{ord(char):04X}" for char in _RAW.findall(text) if char not in allowed})
    return raw + [f"a line: {line!r}" for line in _FORGERY.findall(text)]


def _escaped(char: str) -> str:
    code = ord(char)
    if 0x20 <= code < 0x7F and char not in '"\\':
        return char
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
