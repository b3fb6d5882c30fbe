"""Exploration: how often something other than the likeliest is tried, and what then. Pure.

What is tried is drawn by Thompson sampling (Thompson, On the likelihood that one unknown probability exceeds another, Biometrika 25,
1933): each with the probability that it is the best of them. A predecessor lowered a threshold under the same order instead, and
showed the same five for ever.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

START_BUDGET = 0.15  # the three bounds are the predecessors'
FLOOR_BUDGET = 0.05  # what nobody shows nobody learns of, however well the rest does
CEILING_BUDGET = 0.50  # the other half of the prompts gets what is known to be best
BOOST = 0.10  # after a block of low evenness; the predecessors' step
DECAY = 0.95  # after any other block; theirs too: from the start to the floor in 22 blocks
LOW_EVENNESS = (
    0.5  # three of twelve, and always these, is 0.44; their 0.3 never saw that, for they counted only what had been used
)
BLOCK = 20  # injections: with three slots sixty were shown, enough for twelve to be told from three
BLOCKS = 25  # of which the latest are replayed: after 22 without a boost the floor is reached from the start
REPLAYED = BLOCK * (BLOCKS + 1)
"""How many of the latest injections whole blocks are cut from."""

_CELLS = 256  # of the grid on which posteriors are compared; weights decay, so none is much narrower than a cell

Posterior = tuple[float, float]


class Prompt(NamedTuple):
    """The digests that one injection showed, and those that were relevant too."""

    shown: Sequence[str]
    passed_over: Sequence[str] = ()


def budget(blocks: Iterable[Sequence[Prompt]]) -> float:
    """Return with which probability the last slot explores, after these blocks of injections, oldest first."""
    value = START_BUDGET
    for block in blocks:
        value = value + BOOST if evenness(block) < LOW_EVENNESS else value * DECAY
        value = min(CEILING_BUDGET, max(FLOOR_BUDGET, value))
    return value


def evenness(block: Sequence[Prompt]) -> float:
    """Return how evenly what was shown spreads over what could have been: Shannon's entropy as a share of its maximum, 0 to 1."""
    shown = Counter(digest for prompt in block for digest in prompt.shown)
    eligible = shown.keys() | {digest for prompt in block for digest in prompt.passed_over}
    if len(eligible) < 2:
        return 1.0
    whole = shown.total()
    entropy = -math.fsum(count / whole * math.log(count / whole) for count in shown.values())
    return entropy / math.log(len(eligible))


def blocks_of(injections: Sequence[Prompt], total: int) -> list[Sequence[Prompt]]:
    """Cut the latest injections of ``total`` there are, oldest first, into whole blocks, counted from the very first one."""
    whole = injections[: len(injections) - total % BLOCK]
    start = len(whole) % BLOCK
    return [whole[at : at + BLOCK] for at in range(start, len(whole), BLOCK)][-BLOCKS:]


def chances_of_best(posteriors: Sequence[Posterior]) -> tuple[float, ...]:
    """Return for each Beta(a, b), with a and b at least 1, the probability that its rate is the largest; they add up to 1.

    Each is the integral of its density times the others' distributions, summed over the cells of a grid; where several fall into one
    cell they share it.
    """
    return _chances_of_best(tuple(posteriors))


@lru_cache(maxsize=64)  # the same come again while nothing new is known
def _chances_of_best(posteriors: tuple[Posterior, ...]) -> tuple[float, ...]:
    masses = [_masses(a, b) for a, b in posteriors]
    below = [[whole - mass / 2.0 for whole, mass in zip(accumulate(cells), cells, strict=True)] for cells in masses]
    all_below = [math.prod(column) for column in zip(*below, strict=True)]
    raw = [
        math.fsum(mass * of_all / own for mass, own, of_all in zip(cells, under, all_below, strict=True) if mass)
        for cells, under in zip(masses, below, strict=True)
    ]
    whole = math.fsum(raw)
    return tuple(chance / whole for chance in raw)


@lru_cache(maxsize=256)
def _masses(a: float, b: float) -> tuple[float, ...]:
    """The share of Beta(a, b) that lies in each cell, by its density in the middle."""
    centres = [(cell + 0.5) / _CELLS for cell in range(_CELLS)]
    logs = [(a - 1.0) * math.log(x) + (b - 1.0) * math.log1p(-x) for x in centres]
    most = max(logs)
    densities = [math.exp(log - most) for log in logs]
    whole = math.fsum(densities)
    return tuple(density / whole for density in densities)
