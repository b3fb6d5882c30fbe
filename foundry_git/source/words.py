"""Words in identifiers and sentences."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words_of(identifier: str) -> list[str]:
    """Split an identifier into lower-case words: ``parseHTTPDate`` and ``parse_http_date`` give ``parse http date``."""
    return [word.lower() for word in _WORD.findall(identifier)]
