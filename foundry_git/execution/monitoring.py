"""Monitoring: the thresholds of the documents, and what of the figures is beyond them; trends and what is odd in them. Pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from msgspec import Struct

from foundry_git.execution.figures import Latencies
from foundry_git.execution.question_log import Kind, Stretch, summed

Level = Literal["critical", "warning"]

FEW = 100  # questions, before which no rate is judged: the first of each kind are misses
ODD = 3.0  # standard deviations from the other days
LEAST_DAYS = 5  # before which nothing is called odd
HITS = ("local", "redis", "shared")


class Threshold(Struct, frozen=True):
    """A value beyond which somebody should look; ``is_most``: too much is bad, else too little."""

    level: Level
    metric: str
    value: float
    unit: str
    is_most: bool


THRESHOLDS = (
    Threshold("critical", "p95_ms", 300.0, "ms", True),
    Threshold("critical", "cache_hit_rate", 70.0, "%", False),
    Threshold("critical", "error_rate", 5.0, "%", True),
    Threshold("warning", "p95_ms", 200.0, "ms", True),
    Threshold("warning", "cache_hit_rate", 80.0, "%", False),
    Threshold("warning", "utilisation", 80.0, "%", True),
)
"""Those of the documents; the pool of database connections is the thread of answers here."""

_NAMES = {
    "p95_ms": "the time for 95 % of all questions",
    "cache_hit_rate": "the rate of kept answers",
    "error_rate": "the rate of errors",
    "utilisation": "the time that the thread of answers is at work",
}


class Alert(Struct, frozen=True):
    """A threshold that is passed, with the value."""

    level: Level
    metric: str
    value: float
    threshold: float
    sentence: str


def alerts(values: Mapping[str, float], count: int) -> list[Alert]:
    """Return what is beyond its threshold, one alert for each metric, critical ones first; nothing of few questions."""
    found: dict[str, Alert] = {}
    for one in THRESHOLDS if count >= FEW else ():
        value = values.get(one.metric)
        if value is not None and one.metric not in found and (value > one.value if one.is_most else value < one.value):
            said = f"{_NAMES[one.metric]} is {value:.0f} {one.unit}, {'above' if one.is_most else 'below'} {one.value:.0f}"
            found[one.metric] = Alert(one.level, one.metric, value, one.value, said)
    return list(found.values())


class Day(Struct, frozen=True):
    """What was asked on one day, in UTC."""

    day: date
    count: int
    hits: int
    failed: int
    tokens: int
    p95_ms: float


def days_of(stretches: Sequence[Stretch]) -> list[Day]:
    """Sum a log up by days, the oldest first."""
    by_day: dict[date, list[Stretch]] = defaultdict(list)
    for one in stretches:
        by_day[one.at.date()].append(one)
    return [_day(day, some) for day, some in sorted(by_day.items())]


def odd_days(days: Sequence[Day]) -> list[tuple[Day, str]]:
    """Return the days that differ much from the others before them in how much was asked, failed, or took, each with a sentence."""
    found = []
    for at, day in enumerate(days):
        before = days[:at]
        if len(before) < LEAST_DAYS:
            continue
        for name, value, others in (
            ("questions", float(day.count), [float(one.count) for one in before]),
            ("failures in percent", _share(day.failed, day.count), [_share(one.failed, one.count) for one in before]),
            ("ms for 95 %", day.p95_ms, [one.p95_ms for one in before]),
        ):
            mean = math.fsum(others) / len(others)
            spread = math.sqrt(math.fsum((one - mean) ** 2 for one in others) / len(others))
            if abs(value - mean) > ODD * max(spread, 0.1 * abs(mean), 1.0):
                found.append((day, f"{day.day}: {value:.0f} {name}, {mean:.0f} on the {len(others)} days before"))
    return found


def report(stretches: Sequence[Stretch]) -> dict[str, Any]:
    """Return the eight metrics of the documents over a log, with counts, its days and what is odd or beyond a threshold."""
    kinds, tokens, latencies, missed = summed(stretches)
    count = sum(kinds.values())
    rates = rates_of(kinds, latencies)
    days = days_of(stretches)
    return {
        "questions": count,
        "tokens": tokens,
        "latency": latencies.told(),
        **rates,
        "routes": dict(_by(kinds, "route").most_common()),
        "types": dict(_by(kinds, "type").most_common()),
        "layers": dict(_by(kinds, "layer").most_common()),
        "workflows": {name: many for name, many in _by(kinds, "workflow").most_common(10) if name},
        "agents": sum(bool(name) for name in _by(kinds, "agent")),
        "without_trigger": sum(missed.values()),
        "days": [{"day": str(one.day), "questions": one.count, "p95_ms": round(one.p95_ms, 2)} for one in days],
        "odd": [sentence for _, sentence in odd_days(days)],
        "alerts": [{"level": one.level, "metric": one.metric, "sentence": one.sentence} for one in alerts(rates, count)],
    }


def rates_of(kinds: Mapping[Kind, int], latencies: Latencies) -> dict[str, float]:
    """Return what thresholds are about, of a log."""
    count, hits = sum(kinds.values()), sum(many for kind, many in kinds.items() if kind.layer in HITS)
    misses = sum(many for kind, many in kinds.items() if not kind.layer)
    failed = sum(many for kind, many in kinds.items() if not kind.ok)
    rates = {"p95_ms": latencies.quantile(0.95), "error_rate": _share(failed, count)}
    return rates | ({"cache_hit_rate": _share(hits, hits + misses)} if hits + misses else {})


def _day(day: date, some: Sequence[Stretch]) -> Day:
    kinds, tokens, latencies, _ = summed(some)
    hits = sum(many for kind, many in kinds.items() if kind.layer in HITS)
    failed = sum(many for kind, many in kinds.items() if not kind.ok)
    return Day(day, sum(kinds.values()), hits, failed, tokens, latencies.quantile(0.95))


def _by(kinds: Mapping[Kind, int], field: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for kind, many in kinds.items():
        found[getattr(kind, field)] += many
    return found


def _share(some: int, whole: int) -> float:
    return 100.0 * some / whole if whole else 0.0
