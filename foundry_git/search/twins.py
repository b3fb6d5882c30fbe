"""Twins: pieces that do the same job though nobody copied one from the other. Pure.

Each sign alone says little; together they decide, weighed by logistic regression on the tuning half of `python -m benchmarks.twins`:
pairs that were written independently, against functions that were compared with all of another repository.
"""

from __future__ import annotations

import math

from msgspec import Struct

MOST = 0.9  # from which on a score says: a near duplicate
BAR = 0.6
"""Score from which a twin is shown: even odds."""

RAREST = 12.0  # what a name can weigh: two or three rare words


class _Weights(Struct, frozen=True):
    """What each sign adds to the log odds; ``least``: what they are with none of them."""

    structure: float
    words: float
    name: float
    meaning: float
    least: float


_WITH_MEANING = _Weights(structure=7.1, words=6.7, name=0.32, meaning=16.5, least=-14.7)
_WITHOUT = _Weights(structure=9.0, words=18.9, name=0.57, meaning=0.0, least=-8.3)


class Signs(Struct, frozen=True):
    """What tells of two pieces that they may be twins.

    ``structure``: the share of shingles they have in common; ``words``: the cosine of their word bags; ``name``: of those that are
    called alike how rare the words of the name are (see :func:`rarity`), of others 0; ``meaning``: the cosine of their vectors, None
    where one is not encoded.
    """

    structure: float
    words: float
    name: float = 0.0
    meaning: float | None = None


def twinship(signs: Signs) -> float:
    """How likely two pieces are twins, 0 to below ``MOST``, on a scale that is ``BAR`` at even odds."""
    weights = _WITHOUT if signs.meaning is None else _WITH_MEANING
    odds = weights.structure * signs.structure + weights.words * signs.words + weights.name * signs.name
    odds += weights.meaning * (signs.meaning or 0.0) + weights.least
    return MOST / (1 + math.exp(-odds / 2) * (MOST / BAR - 1))


def rarity(counts: list[int], total: int, smoothing: int) -> float:
    """How rare the words of a name are of which so many of ``total`` pieces have each: the sum of log((N + 1 + s) / (n + 1))."""
    return min(RAREST, sum(math.log((total + 1 + smoothing) / (count + 1)) for count in counts))
