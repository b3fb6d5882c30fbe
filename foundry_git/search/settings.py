"""What a user may set about searching."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """``default_limit``: how many hits; ``min_relevance``: probability below which a hit is not shown, 0–1."""

    default_limit: int = 5
    min_relevance: float = 0.6
