"""The plots of a report: which ones its numbers allow, and what each says in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from foundry_git.sessions.advice import MAX_CONTEXT, MIN_COMPLETION
from foundry_git.sessions.learned import Learned, LiftSummary, SurvivalCurve, Trend
from foundry_git.sessions.metrics import Metrics
from foundry_git.sessions.plots import (
    ChartBar,
    Curve,
    Interval,
    bar_chart,
    curve_chart,
    interval_chart,
    number_axis,
    percent_axis,
    time_axis,
)
from foundry_git.sessions.reports import words
from foundry_git.sessions.reports.report import SessionReport

MAX_POINTS = 400  # wider than the plot is in pixels on a small screen
MAX_TRENDS = 3  # more bands on one another are a fog
_KINDS = (
    ("cache_read", "read from the cache"),
    ("cache_write", "written to the cache"),
    ("cache_write_hour", "written to the cache for an hour"),
    ("input", "new input"),
    ("output", "output"),
    ("other", "not told apart"),
)


def pictures(report: SessionReport) -> Iterator[str]:
    """The plots, most telling first; nothing is drawn of which there is no more than one value."""
    only = report.only
    yield from _of_session(only) if only else _of_sessions(report.sessions)
    yield from _of_learned(report.learned)


def _of_session(metrics: Metrics) -> Iterator[str]:
    series = _thinned(metrics.context.series)
    if len(series) > 1:
        step = (len(metrics.context.series) - 1) / (len(series) - 1)
        curve = Curve("", tuple((1 + at * step, value) for at, value in enumerate(series)))
        seen = f"at most {words.percent(metrics.context.max)}, {words.compactions(metrics.context.compactions)}"
        note = f"{seen}; dotted: the advised average"
        x = number_axis("answer", [1.0, float(len(metrics.context.series))], 0.0)
        yield curve_chart("Use of the context window", note, x, percent_axis("of the window", series), [curve], MAX_CONTEXT)
    kinds = [(name, getattr(metrics.tokens.by_kind, kind)) for kind, name in _KINDS]
    bars = [ChartBar(name, float(value)) for name, value in kinds if value]
    if bars:
        yield bar_chart("Tokens", f"{words.whole(metrics.tokens.total)} in all; {words.cost(metrics.cost)}", bars)
    known = [use for use in metrics.patterns.known() if use.low is not None and use.mean is not None and use.high is not None]
    if known:
        rows = [
            Interval(words.pattern(u), 100 * (u.low or 0), 100 * (u.mean or 0), 100 * (u.high or 0), f"{u.passed} of {u.judged}")
            for u in known
        ]
        note = "rate of success by all evidence, with its 90 % interval; beside it, how many judged uses passed"
        yield interval_chart("Patterns of this session", note, percent_axis("rate of success"), rows)


def _of_sessions(sessions: Sequence[Metrics]) -> Iterator[str]:
    dated = [one for one in sessions if one.tasks]
    if len(dated) > 2:
        curve = Curve("", tuple((one.at.timestamp(), one.completion) for one in dated))
        note = f"{len(dated)} sessions with tasks; dotted: the advised minimum"
        x = time_axis("day", [one.at for one in dated])
        yield curve_chart("Completion over time", note, x, percent_axis("tasks completed"), [curve], MIN_COMPLETION)
    costly = [one for one in sessions if one.tokens.per_task is not None]
    if costly:
        middle = sorted(one.tokens.per_task or 0 for one in costly)[len(costly) // 2]
        bars = [
            ChartBar(one.session, float(one.tokens.per_task or 0), is_bad=(one.tokens.per_task or 0) > 2 * middle)
            for one in costly
        ]
        yield bar_chart(
            "Tokens for each completed task", f"half of the sessions need at most {middle:,}; red: more than twice as many", bars
        )
    priced = [one for one in sessions if one.cost.usd]
    if priced:
        bars = [ChartBar(one.session, one.cost.usd or 0.0, words.money(one.cost.usd)) for one in priced]
        yield bar_chart("Cost", "an estimate by list prices, unless the session's log states it", bars)


def _of_learned(learned: Learned) -> Iterator[str]:
    drawn = [trend for trend in learned.trends if len(trend.points) > 1][:MAX_TRENDS]
    if drawn:
        yield _trends(drawn)
    if learned.survival and len(learned.survival.steps) > 1:
        yield _survival(learned.survival)
    if learned.lifts:
        yield _lifts(learned.lifts)


def _trends(trends: Sequence[Trend]) -> str:
    curves = [
        Curve(
            trend.label if len(trends) > 1 else "",
            tuple((at.timestamp(), 100 * mean) for at, mean, _, _ in trend.points),
            tuple((at.timestamp(), 100 * low, 100 * high) for at, _, low, high in trend.points),
        )
        for trend in trends
    ]
    x = time_axis("day", [at for trend in trends for at, *_ in trend.points])
    names = trends[0].label if len(trends) == 1 else "the patterns used"
    return curve_chart("Score over time", f"{names}; band: 90 % interval", x, percent_axis("rate of success"), curves)


def _survival(found: SurvivalCurve) -> str:
    marks = [(days, 100 * _rate_at(found, days)) for days in found.lost_sight]
    curve = Curve(
        "",
        tuple((days, 100 * rate) for days, rate, _, _ in found.steps),
        tuple((days, 100 * low, 100 * high) for days, _, low, high in found.steps),
        tuple(marks),
        is_step=True,
    )
    x = number_axis("days since adoption", [days for days, *_ in found.steps], 0.0)
    note = (
        f"{found.lines:,} lines of {found.adoptions} adoptions (Kaplan–Meier); ticks: lines seen for the last time, still there"
    )
    return curve_chart("How long adopted lines live", note, x, percent_axis("lines still there"), [curve])


def _rate_at(found: SurvivalCurve, days: float) -> float:
    return next((rate for at, rate, _, _ in reversed(found.steps) if at <= days), 1.0)


def _lifts(lifts: Sequence[LiftSummary]) -> str:
    rows = [Interval(one.label, 100 * one.low, 100 * one.mid, 100 * one.high, one.verdict) for one in lifts]
    ends = [end for row in rows for end in (row.low, row.high, 0.0)]
    x = number_axis("percentage points", ends)
    return interval_chart("Lift", "difference in the rate of success, of uses that a lot assigned", x, rows, reference=0.0)


def _thinned(series: Sequence[float]) -> list[float]:
    """At most ``MAX_POINTS`` values: the largest of each stretch, for it is the peaks that matter."""
    if len(series) <= MAX_POINTS:
        return list(series)
    edges = [at * len(series) // MAX_POINTS for at in range(MAX_POINTS + 1)]
    return [max(series[start:end]) for start, end in pairwise(edges)]
