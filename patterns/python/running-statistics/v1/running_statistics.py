from __future__ import annotations

import math


class RunningStatistics:
    """Count, mean, variance, minimum and maximum of numbers that are seen one by one and not kept.

    Welford's update does not lose precision where the sum of squares does: large values with a small spread.
    """

    __slots__ = ("_squares", "count", "maximum", "mean", "minimum")

    def __init__(self) -> None:
        self.count = 0
        self.mean = math.nan
        self.minimum = math.inf
        self.maximum = -math.inf
        self._squares = 0.0  # sum of squared distances from the mean

    def add(self, value: float) -> None:
        """Take one number into account; raise ``ValueError`` if it is not finite, for it would spoil all results."""
        if not math.isfinite(value):
            raise ValueError(f"value must be finite, not {value}")
        self.count += 1
        before = value if self.count == 1 else self.mean
        self.mean = before + (value - before) / self.count
        self._squares += (value - before) * (value - self.mean)
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)

    def merge(self, other: RunningStatistics) -> None:
        """Take everything into account that the other has seen (Chan, Golub and LeVeque 1979)."""
        if other.count == 0:
            return
        total = self.count + other.count
        before = other.mean if self.count == 0 else self.mean
        distance = other.mean - before
        self._squares += other._squares + distance**2 * self.count * other.count / total
        self.mean = before + distance * other.count / total
        self.count = total
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)

    @property
    def variance(self) -> float:
        """The sample variance (divided by n - 1); NaN for fewer than two numbers."""
        return self._squares / (self.count - 1) if self.count > 1 else math.nan

    @property
    def standard_deviation(self) -> float:
        """The square root of the sample variance."""
        return math.sqrt(self.variance)
