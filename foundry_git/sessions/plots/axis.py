"""Axes: a range, its name, and ticks at round values. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_DAY = 86_400.0
_TINY = 1e-9
_STEPS_OF_TIME = (
    60.0,
    300.0,
    900.0,
    3600.0,
    10_800.0,
    21_600.0,
    _DAY,
    2 * _DAY,
    7 * _DAY,
    14 * _DAY,
    30 * _DAY,
    91 * _DAY,
    365 * _DAY,
)


class Axis(Struct, frozen=True):
    """One axis: ``ticks`` are (value, text) within [``low``, ``high``], and ``high`` is above ``low``."""

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def at(self, value: float, start: float, end: float) -> float:
        """Where a value lies between two coordinates; outside values lie at the edge."""
        part = (value - self.low) / (self.high - self.low)
        return start + min(max(part, 0.0), 1.0) * (end - start)


def number_axis(
    label: str, values: Sequence[float], low: float | None = None, count: int = 5, text: Callable[[float], str] | None = None
) -> Axis:
    """An axis over numbers with about ``count`` ticks, from ``low`` where it is given."""
    found = [value for value in values if math.isfinite(value)]
    least = min(found, default=0.0) if low is None else low
    most = max([*found, least])
    step = _round_step(_span(least, most), count)
    first = math.floor(least / step + 1e-9)
    last = max(math.ceil(most / step - 1e-9), first + 1)
    say = text or _plain(step)
    return Axis(label, first * step, last * step, tuple((at * step, say(at * step)) for at in range(first, last + 1)))


def percent_axis(label: str, values: Sequence[float] = ()) -> Axis:
    """An axis from 0 to 100 %, or as far as the values go."""
    if max(values, default=0.0) > 100.0:
        return number_axis(label, values, 0.0, text=lambda value: f"{value:.0f} %")
    return Axis(label, 0.0, 100.0, tuple((float(value), f"{value} %") for value in range(0, 101, 25)))


def time_axis(label: str, moments: Sequence[datetime], count: int = 6) -> Axis:
    """An axis over moments in UTC; values are seconds since 1970."""
    seconds = [moment.timestamp() for moment in moments]
    least, most = min(seconds, default=0.0), max(seconds, default=1.0)
    if most - least < 60.0:
        least, most = least - 30.0, most + 30.0
    fitting = [step for step in _STEPS_OF_TIME if (most - least) / step <= count]
    step = fitting[0] if fitting else (most - least) / count
    first, last = math.ceil(least / step), math.floor(most / step)
    return Axis(label, least, most, tuple((at * step, _said(at * step, step)) for at in range(first, last + 1)))


def short(value: float) -> str:
    """A number in few letters: 950, 12.4 k, 3.1 M."""
    for bound, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= bound:
            return f"{value / bound:.1f}".removesuffix(".0").replace("-", "−") + f" {letter}"
    return (f"{value:.0f}" if value == round(value) else f"{value:.2f}").replace("-", "−")


def _said(at: float, step: float) -> str:
    found = datetime.fromtimestamp(at, UTC)
    return f"{found:%H:%M}" if step < _DAY else f"{found.day} {found:%b}" if step < 300 * _DAY else f"{found:%Y}"


def _span(least: float, most: float) -> float:
    """How much an axis shows; a difference that rounding alone may make is none."""
    size = max(abs(least), abs(most))
    span = most - least
    return span if span > 1e-9 * size and span > _TINY else size if size > _TINY else 1.0


def _round_step(span: float, count: int) -> float:
    """The round number that divides a span into at most ``count`` steps."""
    raw = span / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in _ROUND if power * factor >= raw * (1 - 1e-9))


def _plain(step: float) -> Callable[[float], str]:
    if step >= 1.0:
        return short
    digits = max(0, math.ceil(-math.log10(step) - 1e-9)) + (1 if f"{step:.10f}".rstrip("0").endswith("25") else 0)
    return lambda value: f"{value:.{digits}f}".replace("-", "−")
