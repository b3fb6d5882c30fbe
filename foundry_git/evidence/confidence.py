"""The lift between two arms that were assigned by lot: an interval that stays valid when it is looked at after every outcome.

Of a trial with outcome y, in which arm B was drawn with probability q, psi = (z/q - (1 - z)/(1 - q)) * (y - c) has the lift as
its expectation, whatever the task was, for any c fixed before (Robins, Rotnitzky & Zhao, JASA 89, 1994). Against each lift m one bets
on psi with a part of the most that may be staked; the capital is a non-negative martingale while m is true, so by Ville's inequality
the lifts against which it ever grew past 2/alpha hold the true one with probability alpha at most (the hedged capital process of
Waudby-Smith & Ramdas, Estimating means of bounded random variables by betting, JRSSB 86, 2024). Stakes of several sizes are mixed
evenly: small ones find small lifts, large ones large lifts soon.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from foundry_git.evidence.eprocess import ALPHA

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STAKES = tuple(
    0.6 * 0.6**step for step in range(9)
)  # parts of the most that may be staked, 0.6 to 0.01; widths from 50 trials on
_CLAIM = math.log(2.0 / ALPHA)  # half of alpha for each side
SEEN_BEFORE = 1.0  # successes and failures that each arm's running mean starts with: half and half
MIXTURE_COST = (
    0.5  # in ln: medians of 100 simulated comparisons each at four lifts were 1.05 to 1.14 times those of the best stake
)
LEAST_LIFT = 0.005  # a smaller estimate says nothing of how long it would take
DIGITS = 4  # of the limits, so that every platform says the same

_STEPS = 16  # halvings of [-1, 1]: finer than the digits


class Trial(Struct, frozen=True):
    """One task: with what ``chance`` it was to get arm B, whether it did, and its outcome ``y``, 0 to 1."""

    chance: float
    is_b: bool
    y: float


class Lift(Struct, frozen=True):
    """How much better B is than A, -1 to 1: an unbiased estimate, and the limits that hold at every look with 95 %.

    ``needed``: about how many trials there must be for a claim if the estimate is right; None where nothing can be said.
    """

    estimate: float = 0.0
    low: float = -1.0
    high: float = 1.0
    needed: int | None = None


def lift_of(trials: Sequence[Trial]) -> Lift:
    """Compare two arms by their trials, in the order in which the outcomes came; bounded in time by their number."""
    if not trials:
        return Lift()
    import numpy as np

    psi, lowest, highest = _weighted(trials)
    estimate = float(np.mean(psi))
    low = _limit(psi, lowest)
    high = -_limit(-psi, -highest)
    return Lift(
        round(max(-1.0, min(1.0, estimate)), DIGITS),
        math.floor(low * 10**DIGITS) / 10**DIGITS,
        math.ceil(high * 10**DIGITS) / 10**DIGITS,
        _needed(estimate, float(np.var(psi)), len(trials)),
    )


def _weighted(trials: Sequence[Trial]) -> tuple[Floats, Floats, Floats]:
    """Return psi of each trial, and the least and the most it could have been.

    c is the arms' running means, each weighted by the other's chance, which takes most of the variance out.
    """
    import numpy as np

    rows = []
    good, whole = [SEEN_BEFORE, SEEN_BEFORE], [2 * SEEN_BEFORE, 2 * SEEN_BEFORE]
    for trial in trials:
        q = trial.chance
        c = (1.0 - q) * good[1] / whole[1] + q * good[0] / whole[0]
        psi = (trial.y - c) / q if trial.is_b else (c - trial.y) / (1.0 - q)
        rows.append((psi, -max(c / q, (1.0 - c) / (1.0 - q)), max((1.0 - c) / q, c / (1.0 - q))))
        good[trial.is_b] += trial.y
        whole[trial.is_b] += 1.0
    psi, lowest, highest = np.array(rows, dtype=np.float64).T
    return psi, lowest, highest


def _limit(psi: Floats, lowest: Floats) -> float:
    """Return the largest lift that is refused as too small, by bisection: the capital against m falls with m; -1 if none is."""
    low, high = -1.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        if _log_capital(psi, lowest, middle) >= _CLAIM:
            low = middle
        else:
            high = middle
    return low


def _log_capital(psi: Floats, lowest: Floats, m: float) -> float:
    """ln of what betting on "psi is larger than m" came to, over all sizes of stakes."""
    import numpy as np

    room = m - lowest
    gains = (psi - m) / np.maximum(room, 1e-9)
    logs = np.log1p(np.multiply.outer(STAKES, gains)).sum(axis=1)
    most = float(np.max(logs))
    return most + math.log(float(np.mean(np.exp(logs - most))))


def _needed(estimate: float, variance: float, seen: int) -> int | None:
    """About how many trials the claim takes: the best stake gains lift^2 / (2 variance) a trial, and not to know it costs a little."""
    if abs(estimate) < LEAST_LIFT or variance <= 0.0:
        return None
    return max(seen, math.ceil(2.0 * variance * (_CLAIM + MIXTURE_COST) / estimate**2))
