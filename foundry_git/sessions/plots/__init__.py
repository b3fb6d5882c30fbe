"""Plots as SVG: lines and steps with bands, bars, intervals; no script, nothing loaded, readable light and dark, and read aloud."""

from __future__ import annotations

from foundry_git.sessions.plots.axis import Axis, number_axis, percent_axis, time_axis
from foundry_git.sessions.plots.charts import ChartBar, Curve, Interval, bar_chart, curve_chart, interval_chart
from foundry_git.sessions.plots.svg import STYLE, standalone

__all__ = [
    "STYLE", "Axis", "ChartBar", "Curve", "Interval", "bar_chart", "curve_chart", "interval_chart", "number_axis", "percent_axis",
    "standalone", "time_axis",
]  # fmt: skip
