"""XML text: a report's characters as a parser takes them. Pure.

Tests print what they like, colours among it, and a runner that copies that into its report writes what XML 1.0 forbids
(https://www.w3.org/TR/xml/#charsets). Node's runner and jest-junit do; a red run is red all the same.
"""

from __future__ import annotations

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x0*([0-9A-Fa-f]+)|0*([0-9]+));")
_MOST_DIGITS = 7  # of 1,114,111, the last character


def readable(text: str) -> str:
    """Replace each character that XML forbids, and each reference to one, by U+FFFD; lines stay where they are."""
    return _REFERENCE.sub(_reference, _FORBIDDEN.sub(REPLACEMENT, text))


def _reference(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    code = int(digits, 16 if found[1] else 10) if len(digits) <= _MOST_DIGITS else 0
    is_text = code < 0x110000 and not _FORBIDDEN.match(chr(code))
    return found[0] if is_text else REPLACEMENT
