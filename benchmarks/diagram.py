"""A reliability diagram as SVG: what was said against what is true, a dot a bin, its area the share of the hits in it."""

from __future__ import annotations

import math
from collections.abc import Sequence

SIDE, EDGE = 300, 46


def reliability(bins: Sequence[tuple[float, float, float]]) -> str:
    """Draw bins of (mean probability said, share that is right, share of all), each 0–1."""
    dots = "\n".join(
        f'<circle cx="{_x(said):.1f}" cy="{_y(true):.1f}" r="{4 + 26 * math.sqrt(share):.1f}" fill="#2b6cb0" fill-opacity="0.55">'
        f"<title>said {said:.2f}, right {true:.2f}, {share:.0%} of the hits</title></circle>"
        for said, true, share in bins
    )
    ticks = "\n".join(
        f'<text x="{_x(at):.0f}" y="{EDGE / 2 + SIDE + 34:.0f}" text-anchor="middle">{at:g}</text>'
        f'<text x="{EDGE - 8}" y="{_y(at) + 4:.0f}" text-anchor="end">{at:g}</text>'
        for at in (0, 0.2, 0.4, 0.6, 0.8, 1)
    )
    wide, high = SIDE + EDGE + 24, SIDE + EDGE / 2 + 64
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<rect x="{EDGE}" y="{_y(1):.0f}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#999"/>
<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#999" stroke-dasharray="4 4"/>
{dots}
{ticks}
<text x="{_x(0.5):.0f}" y="{high - 8:.0f}" text-anchor="middle">relevance said</text>
<text transform="translate(13 {_y(0.5):.0f}) rotate(-90)" text-anchor="middle">share that answers</text>
</svg>
"""


def _x(value: float) -> float:
    return EDGE + SIDE * value


def _y(value: float) -> float:
    return EDGE / 2 + SIDE * (1 - value) + 12
