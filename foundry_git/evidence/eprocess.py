"""The evidence against a bar: an e-process, which stays valid when it is looked at after every use.

A fixed-sample bound that is looked at after each of 200 uses is wrong far more often than it says. An e-process is a non-negative
process that starts at 1 and whose expectation never rises above 1 while the claim's opposite is true; by Ville's inequality (Ville,
Étude critique de la notion de collectif, 1939) the chance that it *ever* reaches 1/alpha is then at most alpha, whenever one stops.

Each rate on the far side of the bar bets against the bar by its likelihood ratio, and the bets are mixed evenly (Robbins, Statistical
methods related to the law of the iterated logarithm, 1970), so no rate need be guessed. A use counts ``weight`` times, 0 to 1, and its
outcome may lie between failure and success: by Jensen's inequality a power <= 1 of a supermartingale's factor has an expectation of
at most 1 too, and by that of the means an outcome y multiplies by no more than the mixture y : 1 - y of both factors.
"""

from __future__ import annotations

import math

from foundry_git.evidence import beta

ALPHA = 0.05  # how often a claim may be false, at the most, over all looks together
CLAIM = math.log(1.0 / ALPHA)
"""From this log e-value on a claim is made."""


def log_e_above(successes: float, failures: float, bar: float) -> float:
    """Return ln of the e-value against "the rate is at most ``bar``", rounded to nine decimals; bets are even on (bar, 1].

    ``successes`` and ``failures`` are sums of weights of at most 1 a use, 0 < ``bar`` < 1.
    """
    return round(_log_mixture(successes, failures, bar, 1.0 - bar), 9)


def log_e_below(successes: float, failures: float, bar: float) -> float:
    """Return ln of the e-value against "the rate is at least ``bar``"; bets are even on [0, bar)."""
    return round(_log_mixture(failures, successes, 1.0 - bar, bar), 9)


def _log_mixture(hits: float, misses: float, bar: float, room: float) -> float:
    """ln of the mean over rates in (bar, 1] of (rate/bar)^hits ((1-rate)/room)^misses; ``room`` is 1 - bar.

    The integral is an incomplete beta function of the far side, so that nothing is lost where it is tiny.
    """
    a, b = hits + 1.0, misses + 1.0
    integral = beta.log_whole(a, b) + beta.log_cumulative(room, b, a)
    return integral - math.log(room) - hits * math.log(bar) - misses * math.log(room)
