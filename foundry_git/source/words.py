"""Words in identifiers and sentences."""

from __future__ import annotations

import re
from functools import lru_cache

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words_of(identifier: str) -> list[str]:
    """Split an identifier into lower-case words: ``parseHTTPDate`` and ``parse_http_date`` give ``parse http date``."""
    return [word.lower() for word in _WORD.findall(identifier)]


@lru_cache(maxsize=8)
def words_in(code: str) -> frozenset[str]:
    """The distinct words of what looks like an identifier in a piece of code, its texts and comments included."""
    return frozenset(word for name in set(_IDENTIFIER.findall(code)) for word in words_of(name))
