"""What the library learned, as plain values for reports: scores over time, how long adopted lines live, what patterns are worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from foundry_git.sessions.metrics import Metrics

MIN_SESSIONS = 3  # of each kind; below it a difference between two means says nothing


class Trend(Struct, frozen=True):
    """The score of one version over time: (moment, mean, low, high) in order, rates 0 to 1."""

    label: str
    points: tuple[tuple[datetime, float, float, float], ...]


class SurvivalCurve(Struct, frozen=True):
    """The Kaplan–Meier curve of adopted lines: (days, rate, low, high) in order; ``lost_sight`` days at which some were seen last."""

    adoptions: int
    lines: int
    steps: tuple[tuple[float, float, float, float], ...]
    lost_sight: tuple[float, ...] = ()


class LiftSummary(Struct, frozen=True):
    """What a randomised comparison says: difference of two rates, with its interval; ``verdict`` in words."""

    label: str
    low: float
    mid: float
    high: float
    verdict: str


class Learned(Struct, frozen=True):
    """All of it; empty where there is no evidence yet."""

    trends: tuple[Trend, ...] = ()
    survival: SurvivalCurve | None = None
    lifts: tuple[LiftSummary, ...] = ()


class Association(Struct, frozen=True):
    """Completion of sessions that adopted a pattern against those that did not: no effect, for nobody assigned them by lot.

    ``difference`` in percentage points and ``correlation`` (point-biserial, −1 to 1) are None below ``MIN_SESSIONS`` of each.
    """

    adopting: int
    others: int
    difference: float | None = None
    correlation: float | None = None


def associate(sessions: Sequence[Metrics]) -> Association:
    """Compare the completion of sessions with and without an adopted pattern, of those that have tasks."""
    known = [(bool(one.patterns.adopted), one.completion) for one in sessions if one.tasks]
    adopting, others = ([value for flag, value in known if flag is kind] for kind in (True, False))
    if min(len(adopting), len(others)) < MIN_SESSIONS:
        return Association(len(adopting), len(others))
    difference = math.fsum(adopting) / len(adopting) - math.fsum(others) / len(others)
    return Association(
        len(adopting), len(others), difference, _correlation(difference, len(adopting), len(others), [v for _, v in known])
    )


def _correlation(difference: float, adopting: int, others: int, values: Sequence[float]) -> float | None:
    """Point-biserial correlation: the difference of means by the deviation of all, times sqrt(p q)."""
    mean = math.fsum(values) / len(values)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    part = adopting / (adopting + others)
    return difference / deviation * math.sqrt(part * (1 - part)) if deviation else None
