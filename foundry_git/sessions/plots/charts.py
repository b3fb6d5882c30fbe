"""Charts: curves with bands, bars, intervals; each from plain values to one SVG element. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from msgspec import Struct

from foundry_git.escaping import for_html
from foundry_git.sessions.plots.axis import Axis, short
from foundry_git.sessions.plots.svg import COLOURS, LETTER, WIDTH, cut, drawing, element, frame, text

TOP = 76.0
PLOT_HEIGHT = 210.0
ROW = 26.0
MAX_DOTS = 60  # more would hide the line
MAX_ROWS = 40  # more is no picture any more
_LABEL_LETTERS = 34
_SAID_LETTERS = 30


class Curve(Struct, frozen=True):
    """One curve: ``points`` (x, y), ``band`` (x, low, high), in order of x; ``marks`` (x, y) where something was lost from sight.

    ``is_step``: the value holds until the next point, as a survival curve's does.
    """

    label: str
    points: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float, float], ...] = ()
    marks: tuple[tuple[float, float], ...] = ()
    is_step: bool = False


class ChartBar(Struct, frozen=True):
    """One bar; ``said`` is what stands at its end, ``is_bad`` draws it as a warning."""

    label: str
    value: float
    said: str = ""
    is_bad: bool = False


class Interval(Struct, frozen=True):
    """One value with what it may as well be; ``said`` is what stands beside it."""

    label: str
    low: float
    mid: float
    high: float
    said: str = ""


def curve_chart(title: str, note: str, x: Axis, y: Axis, curves: Sequence[Curve], limit: float | None = None) -> str:
    """Curves over one pair of axes; ``limit`` draws a line that they should stay on one side of."""
    left = 12.0 + LETTER * max((len(said) for _, said in y.ticks), default=1)
    names = [curve.label for curve in curves if curve.label]
    right = WIDTH - 22.0
    bottom = TOP + PLOT_HEIGHT
    parts = frame(x, y, left, right, TOP, bottom)
    if limit is not None and y.low <= limit <= y.high:
        at = y.at(limit, bottom, TOP)
        parts.append(element("line", class_="mark", x1=left, x2=right, y1=at, y2=at))
    for number, curve in enumerate(curves):
        place = _Area(x, y, left, right, bottom)
        parts += _curve(curve, COLOURS[number % len(COLOURS)], place)
    return drawing(title, note, bottom + 48, [*parts, *(_legend(names) if len(names) > 1 else [])])


def bar_chart(title: str, note: str, bars: Sequence[ChartBar], unit: str = "") -> str:
    """Bars from left to right, one below the other, each with its label and value."""
    shown = bars[:MAX_ROWS]
    left = _label_width([bar.label for bar in shown])
    right = WIDTH - 14.0 - LETTER * max((len(_said(bar, unit)) for bar in shown), default=1)
    most = max((bar.value for bar in shown), default=0.0) or 1.0
    parts = []
    for number, bar in enumerate(shown):
        y = 52.0 + ROW * number
        width = max((right - left) * max(bar.value, 0.0) / most, 1.0)
        kind = "fill-bad" if bar.is_bad else "fill-a"
        tip = element("title", for_html(f"{bar.label}: {_said(bar, unit)}"))
        parts.append(text(cut(bar.label, _LABEL_LETTERS), left - 10, y + 13, "end"))
        parts.append(element("rect", tip, class_=kind, x=left, y=y + 2, width=width, height=ROW - 10, rx=2))
        parts.append(text(_said(bar, unit), left + width + 8, y + 13, kind="value"))
    return drawing(title, note, 52.0 + ROW * max(len(shown), 1) + 8, parts)


def interval_chart(title: str, note: str, x: Axis, rows: Sequence[Interval], reference: float | None = None) -> str:
    """Values with their intervals, one below the other over one axis; ``reference`` draws the line that means no difference."""
    shown = rows[:MAX_ROWS]
    left = _label_width([row.label for row in shown])
    right = WIDTH - 24.0 - LETTER * min(max((len(row.said) for row in shown), default=0), _SAID_LETTERS)
    bottom = 52.0 + ROW * max(len(shown), 1)
    parts = [
        element("line", class_="grid", x1=at, x2=at, y1=48.0, y2=bottom) for at in (x.at(v, left, right) for v, _ in x.ticks)
    ]
    if reference is not None and x.low <= reference <= x.high:
        at = x.at(reference, left, right)
        parts.append(element("line", class_="mark", x1=at, x2=at, y1=44.0, y2=bottom + 4))
    for number, row in enumerate(shown):
        parts += _interval(row, 52.0 + ROW * number + 9, lambda value: x.at(value, left, right), left, right)
    parts += [text(said, x.at(value, left, right), bottom + 18, "middle") for value, said in x.ticks]
    parts.append(text(x.label, right, bottom + 38, "end"))
    return drawing(title, note, bottom + 48, parts)


class _Area(Struct, frozen=True):
    """The area of a plot."""

    x: Axis
    y: Axis
    left: float
    right: float
    bottom: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        return self.x.at(x, self.left, self.right), self.y.at(y, self.bottom, TOP)


def _curve(curve: Curve, colour: str, area: _Area) -> list[str]:
    parts = []
    if len(curve.band) > 1:
        upper = _stepped([(x, high) for x, _, high in curve.band], curve.is_step)
        lower = _stepped([(x, low) for x, low, _ in curve.band], curve.is_step)
        around = [area.place(*point) for point in (*upper, *reversed(lower))]
        parts.append(element("polygon", class_=f"band fill-{colour}", points=_path(around)))
    points = [area.place(*point) for point in _stepped(list(curve.points), curve.is_step)]
    if len(points) > 1:
        parts.append(element("polyline", class_=f"line {colour}", points=_path(points)))
    if len(curve.points) <= MAX_DOTS and not curve.is_step:
        parts += [
            element("circle", class_=f"fill-{colour}", cx=cx, cy=cy, r=3) for cx, cy in (area.place(*one) for one in curve.points)
        ]
    for x, y in (area.place(*mark) for mark in curve.marks):
        parts.append(element("line", class_=colour, x1=x, x2=x, y1=y - 5, y2=y + 5))
    return parts


def _stepped(points: list[tuple[float, float]], is_step: bool) -> list[tuple[float, float]]:
    """The corners of a step curve: each value holds until the next point."""
    if not is_step:
        return points
    corners = points[:1]
    for (_, before), (x, y) in pairwise(points):
        corners += [(x, before), (x, y)]
    return corners


def _interval(row: Interval, y: float, at: Callable[[float], float], left: float, right: float) -> list[str]:
    low, mid, high = at(row.low), at(row.mid), at(row.high)
    tip = element("title", for_html(f"{row.label}: {row.said}"))
    return [
        text(cut(row.label, _LABEL_LETTERS), left - 14, y + 4, "end"),
        element("line", class_="line a", x1=low, x2=high, y1=y, y2=y),
        *(element("line", class_="line a", x1=end, x2=end, y1=y - 4, y2=y + 4) for end in (low, high)),
        element("circle", tip, class_="fill-a", cx=mid, cy=y, r=4.5),
        text(cut(row.said, _SAID_LETTERS), right + 14, y + 4, kind="value"),
    ]


def _legend(names: Sequence[str]) -> list[str]:
    """Names of curves at the top right, each behind a piece of its line."""
    parts, x = [], WIDTH - 22.0
    for number, name in reversed(list(enumerate(names))):
        x -= LETTER * len(name)
        parts.append(text(name, x, TOP - 12))
        parts.append(
            element("line", class_=f"line {COLOURS[number % len(COLOURS)]}", x1=x - 24, x2=x - 8, y1=TOP - 16, y2=TOP - 16)
        )
        x -= 40
    return parts


def _label_width(labels: Sequence[str]) -> float:
    return 14.0 + LETTER * min(max((len(label) for label in labels), default=1), _LABEL_LETTERS)


def _said(bar: ChartBar, unit: str) -> str:
    return cut(bar.said, _SAID_LETTERS) or f"{short(bar.value)}{f' {unit}' if unit else ''}"


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
