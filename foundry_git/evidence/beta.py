"""The Beta distribution: which interval holds a rate, given weighted successes and failures.

Written out because the core installs without SciPy; the tests hold values that SciPy computed.
"""

from __future__ import annotations

import math

_TINY = 1e-300  # stands for a zero divisor in Lentz's method
_PRECISION = 1e-12
_MOST_TERMS = 10_000  # the fraction needs about sqrt(max(a, b)) terms: enough for a hundred million uses
_MOST_STEPS = 200


def interval(a: float, b: float, mass: float) -> tuple[float, float]:
    """Return the equal-tailed interval that holds ``mass`` (0 to 1) of Beta(a, b), rounded to nine decimals.

    The rounding is for equal bits in every clone: the last bits of ``lgamma`` and ``log`` differ between platforms.
    """
    tail = (1.0 - mass) / 2.0
    return round(quantile(tail, a, b), 9), round(1.0 - quantile(tail, b, a), 9)


def quantile(probability: float, a: float, b: float) -> float:
    """Return where the cumulative distribution of Beta(a, b) reaches ``probability``, by bisection.

    A Newton step is taken instead wherever it stays inside the bracket: 6 steps instead of 40.
    """
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(_MOST_STEPS):
        excess = cumulative(x, a, b) - probability
        low, high = (low, x) if excess > 0.0 else (x, high)
        step = x - excess / max(_density(x, a, b), _TINY)
        nearer = step if low < step < high else (low + high) / 2.0
        if abs(nearer - x) < _PRECISION:
            return nearer
        x = nearer
    return x


def cumulative(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b) for 0 < x < 1 (DLMF 8.17.22, and 8.17.4 for the far side)."""
    if x > (a + 1.0) / (a + b + 2.0):  # beyond it the fraction converges slowly
        return 1.0 - cumulative(1.0 - x, b, a)
    return _front(x, a, b) * _fraction(x, a, b) / a


def log_cumulative(x: float, a: float, b: float) -> float:
    """Return ln I_x(a, b), exact also where the function itself is too small for a float."""
    if x > (a + 1.0) / (a + b + 2.0):
        return math.log1p(-cumulative(1.0 - x, b, a))
    return _log_front(x, a, b) + math.log(_fraction(x, a, b) / a)


def log_whole(a: float, b: float) -> float:
    """Return ln B(a, b), the logarithm of the complete beta function."""
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _fraction(x: float, a: float, b: float) -> float:
    """Evaluate the continued fraction of DLMF 8.17.22 by the modified method of Lentz."""
    value, upper, lower = 1.0, 1.0, 0.0
    for term in range(1, _MOST_TERMS):
        factor = _coefficient(term, x, a, b)
        lower = 1.0 / (1.0 + factor * lower or _TINY)
        upper = 1.0 + factor / upper or _TINY
        value *= upper * lower
        if abs(upper * lower - 1.0) < _PRECISION:
            break
    return 1.0 / value


def _coefficient(term: int, x: float, a: float, b: float) -> float:
    half, odd = divmod(term, 2)
    if odd:
        return -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
    return half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))


def _front(x: float, a: float, b: float) -> float:
    return math.exp(_log_front(x, a, b))


def _log_front(x: float, a: float, b: float) -> float:
    return a * math.log(x) + b * math.log1p(-x) - log_whole(a, b)


def _density(x: float, a: float, b: float) -> float:
    return _front(x, a, b) / (x * (1.0 - x))
