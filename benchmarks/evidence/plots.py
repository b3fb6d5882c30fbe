"""Line plots as SVG: axes with units, bands, labels at the lines' ends; readable on white and on black."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

WIDE, HIGH = 560, 300
LEFT, TOP, RIGHT, BOTTOM = 64, 46, 190, 50
COLOURS = ("#2b6cb0", "#c05621", "#718096", "#2f855a", "#805ad5")
STYLE = """<style>
svg{font:12px system-ui,sans-serif;background:#fff}
text{fill:#1a202c}.soft{fill:#4a5568}.grid{stroke:#e2e8f0}.axis{stroke:#718096}
@media (prefers-color-scheme:dark){
svg{background:#0d1117}
text{fill:#e6edf3}.soft{fill:#9da7b3}.grid{stroke:#21262d}.axis{stroke:#8b949e}}
</style>"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, its points (x, y), and a band (x, low, high) around it."""

    name: str
    points: Sequence[tuple[float, float]]
    band: Sequence[tuple[float, float, float]] = ()
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn; ``y_ticks`` from 0 up, ``x_ticks`` from the first on; ``log``: the x axis is logarithmic."""

    title: str
    x_label: str
    y_label: str
    x_ticks: Sequence[float]
    y_ticks: Sequence[float]
    lines: Sequence[Line]
    log: bool = False
    y_text: Callable[[float], str] = field(default=lambda value: f"{value:g}")


def drawn(plot: Plot) -> str:
    """Draw a plot."""
    wide, high = LEFT + WIDE + RIGHT, TOP + HIGH + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" aria-label="{plot.title}">',
        STYLE,
        f'<text x="{LEFT}" y="24" font-size="15" font-weight="600">{plot.title}</text>',
        *_grid(plot),
        *(part for number, line in enumerate(plot.lines) for part in _line(plot, line, COLOURS[number % len(COLOURS)])),
        *_names(plot),
        f'<text class="soft" x="{LEFT + WIDE / 2:.0f}" y="{high - 10}" text-anchor="middle">{plot.x_label}</text>',
        f'<text class="soft" transform="translate(16 {TOP + HIGH / 2:.0f}) rotate(-90)" text-anchor="middle">{plot.y_label}</text>',
        "</svg>\n",
    ]
    return "\n".join(parts)


def _grid(plot: Plot) -> list[str]:
    parts = []
    for tick in plot.y_ticks:
        y = _y(plot, tick)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{LEFT + WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="soft" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{plot.y_text(tick)}</text>')
    for tick in plot.x_ticks:
        x = _x(plot, tick)
        parts.append(f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP + HIGH}" y2="{TOP + HIGH + 5}"/>')
        parts.append(f'<text class="soft" x="{x:.1f}" y="{TOP + HIGH + 20}" text-anchor="middle">{tick:,g}</text>')
    return [*parts, f'<line class="axis" x1="{LEFT}" x2="{LEFT + WIDE}" y1="{TOP + HIGH}" y2="{TOP + HIGH}"/>']


def _line(plot: Plot, line: Line, colour: str) -> list[str]:
    parts = []
    if line.band:
        there = [f"{_x(plot, x):.1f},{_y(plot, high):.1f}" for x, _, high in line.band]
        back = [f"{_x(plot, x):.1f},{_y(plot, low):.1f}" for x, low, _ in reversed(line.band)]
        parts.append(f'<polygon points="{" ".join([*there, *back])}" fill="{colour}" fill-opacity="0.16"/>')
    path = " ".join(f"{_x(plot, x):.1f},{_y(plot, y):.1f}" for x, y in line.points)
    dashes = ' stroke-dasharray="5 4"' if line.dashed else ""
    return [*parts, f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>']


def _names(plot: Plot) -> list[str]:
    """The names beside the ends of their lines, pushed apart where they would touch."""
    ends = sorted((_y(plot, line.points[-1][1]), number) for number, line in enumerate(plot.lines))
    parts, last = [], -math.inf
    for y, number in ends:
        last = max(y, last + 16)
        line, colour = plot.lines[number], COLOURS[number % len(COLOURS)]
        told = f"{line.name} {plot.y_text(line.points[-1][1])}"
        parts.append(f'<circle cx="{_x(plot, line.points[-1][0]):.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')
        parts.append(f'<text x="{LEFT + WIDE + 10}" y="{last + 4:.1f}" style="fill:{colour}" font-weight="600">{told}</text>')
    return parts


def _x(plot: Plot, value: float) -> float:
    first, last = plot.x_ticks[0], plot.x_ticks[-1]
    if plot.log:
        return LEFT + WIDE * math.log(value / first) / math.log(last / first)
    return LEFT + WIDE * (value - first) / (last - first)


def _y(plot: Plot, value: float) -> float:
    return TOP + HIGH * (1 - min(1.0, value / plot.y_ticks[-1]))
