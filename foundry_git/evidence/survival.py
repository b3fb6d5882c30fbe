"""Survival curves: how long what was adopted stays, estimated from lives of which many are still going on. Pure.

Kaplan and Meier ("Nonparametric estimation from incomplete observations", JASA 1958): at each time of a death the chance to live on is
what is left of those at risk; who is still alive when last seen is censored, and was at risk until then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from foundry_git.evidence.events import Event, Survived

Z_95 = 1.959963984540054  # the standard normal's 97.5 % quantile


class Lifetime(Struct, frozen=True):
    """Something that was last seen at ``days``, dying then or alive; ``count``: so many of them."""

    days: int
    died: bool
    count: int = 1


class CurveStep(Struct, frozen=True):
    """The curve from ``days`` on: the share still alive, with its 95 % band, and how many were at risk and died there."""

    days: int
    at_risk: int
    deaths: int
    alive: float
    low: float
    high: float


def curve(lives: Iterable[Lifetime]) -> tuple[CurveStep, ...]:
    """Estimate the share still alive after each time of a death, in order of time; empty where nothing died.

    The variance is Greenwood's ("The natural duration of cancer", 1926); the band is symmetric on the scale log(-log(alive)), so that
    it stays within 0 and 1. Rounded to nine decimals, for equal bits in every clone.
    """
    return tuple(_steps(list(lives)))


def lives_of_lines(events: Iterable[Event]) -> list[Lifetime]:
    """Every adopted line as a life. Lines of one adoption fall together, so the band of their curve is too narrow."""
    found = []
    for lines, left in _milestones(events).values():
        before = lines
        for days in sorted(left):
            now = min(before, left[days])
            if now < before:
                found.append(Lifetime(days, True, before - now))
            before = now
        if before:
            found.append(Lifetime(max(left), False, before))
    return found


def _steps(lives: list[Lifetime]) -> Iterator[CurveStep]:
    at_risk, alive, variance = sum(life.count for life in lives), 1.0, 0.0
    for days in sorted({life.days for life in lives}):
        deaths = sum(life.count for life in lives if life.days == days and life.died)
        if deaths:
            alive *= 1.0 - deaths / at_risk
            variance += deaths / (at_risk * (at_risk - deaths)) if deaths < at_risk else 0.0
            low, high = _band(alive, variance)
            yield CurveStep(days, at_risk, deaths, round(alive, 9), low, high)
        at_risk -= sum(life.count for life in lives if life.days == days)


def _band(alive: float, variance: float) -> tuple[float, float]:
    if alive <= 0.0 or alive >= 1.0:
        return (round(alive, 9),) * 2
    width = math.exp(Z_95 * math.sqrt(variance) / abs(math.log(alive)))
    return round(alive**width, 9), round(alive ** (1.0 / width), 9)


def _milestones(events: Iterable[Event]) -> Mapping[tuple[str, str], tuple[int, dict[int, int]]]:
    """(digest, commit) → lines that came in, and day → how many were left; of several for one day the most."""
    found: dict[tuple[str, str], tuple[int, dict[int, int]]] = {}
    for event in events:
        if isinstance(event, Survived):
            lines, left = found.setdefault((event.digest, event.commit), (0, {}))
            left[event.days] = max(event.left, left.get(event.days, 0))
            found[event.digest, event.commit] = (max(lines, event.lines), left)
    return found
