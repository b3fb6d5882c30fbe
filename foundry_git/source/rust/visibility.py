"""Visibility: a file that is a crate by itself has no modules above it to which something could be visible."""

from __future__ import annotations

import re

_NARROW = re.compile(r"\bpub[ \t]*\([ \t]*(?:super|in[ \t][^()]*)\)")


def alone(text: str) -> str:
    """Write ``pub(crate)`` for ``pub(super)`` and ``pub(in …)``."""
    return _NARROW.sub("pub(crate)", text) if "pub" in text else text
