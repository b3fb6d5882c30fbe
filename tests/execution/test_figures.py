"""Figures: latencies in buckets, and what an engine counts of what it has done."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.execution.definitions import PatternType
from foundry_git.execution.figures import BOUNDS_MS, MOST_SLOW, SLOW_MS, Done, Figures, Latencies, distribution, joined

MS = st.floats(0.001, 200_000.0)  # up to three minutes; five are told apart
TIMES = st.lists(MS, min_size=1, max_size=60)
SHARE = st.floats(0.01, 1.0)


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def latencies(times: Sequence[float]) -> Latencies:
    made = Latencies()
    for ms in times:
        made.add(ms)
    return made


def done(**changed: Any) -> Done:
    told: dict[str, Any] = {
        "question": "what is it", "type": PatternType.MEMORY, "route": "recall", "mode": "balanced", "layer": "", "ok": True,
        "ms": 4.0, "tokens": 10,
    }  # fmt: skip
    return Done(**(told | changed))


def figures(*some: Done) -> Figures:
    made = Figures(Clock())
    for one in some:
        made.add(one)
    return made


# latencies


@given(times=TIMES, share=SHARE)
def test_a_quantile_is_within_five_percent_of_the_exact_one(times: list[float], share: float) -> None:
    exact = sorted(times)[math.ceil(share * len(times)) - 1]

    assert latencies(times).quantile(share) == pytest.approx(exact, rel=0.05)


@given(times=TIMES, low=SHARE, high=SHARE)
def test_a_larger_share_never_took_less_time(times: list[float], low: float, high: float) -> None:
    low, high = sorted((low, high))

    assert latencies(times).quantile(low) <= latencies(times).quantile(high)


@given(times=TIMES, ms=MS)
def test_what_took_at_most_so_long_is_counted_to_five_percent(times: list[float], ms: float) -> None:
    at_most = sum(one <= ms for one in times)

    assert at_most <= latencies(times).below(ms) <= sum(one <= ms * 1.051 for one in times)


@given(times=TIMES)
def test_each_bound_holds_what_the_one_before_it_holds(times: list[float]) -> None:
    held = [latencies(times).below(bound) for bound in BOUNDS_MS]

    assert held == sorted(held)
    assert latencies(times).below(1e9) == len(times)


@given(times=TIMES)
def test_the_mean_is_exact(times: list[float]) -> None:
    made = latencies(times)

    assert made.count == len(times)
    assert made.total_ms == pytest.approx(math.fsum(times))
    assert made.told()["mean_ms"] == pytest.approx(math.fsum(times) / len(times), abs=1e-4)


@given(one=TIMES, other=TIMES)
def test_latencies_joined_are_those_of_all_their_times(one: list[float], other: list[float]) -> None:
    whole, both = joined([latencies(one), latencies(other)]), latencies(one + other)

    assert whole.kept()["buckets"] == both.kept()["buckets"]
    assert whole.count == both.count
    assert whole.total_ms == pytest.approx(both.total_ms)


@given(times=st.lists(MS, max_size=30))
def test_latencies_that_were_written_are_read(times: list[float]) -> None:
    made = latencies(times)
    read = Latencies.of_kept(json.loads(json.dumps(made.kept())))

    assert read.kept() == made.kept()
    assert read.count == made.count
    assert read.total_ms == pytest.approx(made.total_ms, abs=1e-4)
    assert read.quantile(0.95) == made.quantile(0.95)


@pytest.mark.parametrize(
    "kept", [{}, {"buckets": {}}, {"total": 1, "buckets": {"x": 1}}, {"total": "x", "buckets": {}}, [], None]
)
def test_what_was_not_written_by_latencies_is_refused(kept: Any) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        Latencies.of_kept(kept)


def test_a_bucket_that_is_not_there_counts_as_the_nearest() -> None:
    read = Latencies.of_kept({"total": 2.0, "buckets": {"-5": 1, "100000": 1}})

    assert read.count == 2
    assert (read.quantile(0.5), read.quantile(1.0)) == (latencies([0.0]).quantile(1.0), latencies([1e9]).quantile(1.0))


def test_without_times_everything_is_nought() -> None:
    assert Latencies().told() == {"count": 0, "mean_ms": 0.0, "p50_ms": 0.0, "p95_ms": 0.0, "p99_ms": 0.0}
    assert Latencies().below(1e9) == 0


def test_what_took_no_time_is_below_every_bound() -> None:
    made = latencies([0.0, 0.0])

    assert made.below(0.0) == made.below(BOUNDS_MS[0]) == 2
    assert made.quantile(0.5) == 0.001


def test_latencies_are_told_as_a_mean_and_three_quantiles() -> None:
    told = latencies([1.0] * 90 + [10.0] * 8 + [100.0] * 2).told()

    assert told["count"] == 100
    assert told["mean_ms"] == pytest.approx(3.7)
    assert told["p50_ms"] == pytest.approx(1.0, rel=0.05)
    assert told["p95_ms"] == pytest.approx(10.0, rel=0.05)
    assert told["p99_ms"] == pytest.approx(100.0, rel=0.05)


# what was done


def test_questions_are_counted_by_how_they_went() -> None:
    told = figures(
        done(),
        done(ok=False, tokens=0),
        done(layer="local"),
        done(layer="redis"),
        done(layer="shared"),
        done(type=PatternType.INFRASTRUCTURE, route="health", bypassed=True, ms=1.0),
    ).told()

    assert (told["total_executions"], told["successful_executions"], told["failed_executions"]) == (6, 5, 1)
    assert (told["successful"], told["failed"]) == (5, 1)
    assert (told["cache_hits"], told["cache_misses"], told["cache_bypassed"]) == (3, 2, 1)
    assert told["cache_hit_rate"] == 60.0
    assert told["success_rate"] + told["error_rate"] == pytest.approx(100.0)
    assert told["error_rate"] == pytest.approx(100 / 6)
    assert told["total_tokens_used"] == 50
    assert told["avg_execution_time_ms"] == pytest.approx(21 / 6)
    assert told["routes"] == {"recall": 5, "health": 1}


def test_as_many_hits_as_misses_are_half() -> None:
    assert figures(done(), done(layer="local")).hit_rate() == 50.0
    assert figures(done(layer="local")).hit_rate() == 100.0


def test_figures_of_an_engine_that_did_nothing_are_nought() -> None:
    told = figures().told()

    assert {
        key: told[key] for key in ("avg_execution_time_ms", "success_rate", "error_rate", "cache_hit_rate", "utilisation")
    } == {
        "avg_execution_time_ms": 0.0,
        "success_rate": 0.0,
        "error_rate": 0.0,
        "cache_hit_rate": 0.0,
        "utilisation": 0.0,
    }
    assert told["requests_per_second"] == 0.0
    assert told["slowest"] == []


def test_latencies_are_those_of_a_type_and_apart_those_that_no_cache_answered() -> None:
    told = figures(done(), done(layer="local"), done(type=PatternType.HYBRID, bypassed=True)).told()

    assert {name: one["count"] for name, one in told["latency"].items()} == {"infrastructure": 0, "memory": 2, "hybrid": 1}
    assert {name: one["count"] for name, one in told["latency_uncached"].items()} == {
        "infrastructure": 0,
        "memory": 1,
        "hybrid": 1,
    }


def test_all_latencies_are_those_of_every_type() -> None:
    made = figures(*(done(type=kind) for kind in PatternType))

    assert made.all_latencies().count == 3
    assert made.all_latencies().total_ms == 12.0


def test_a_route_costs_what_its_answers_took_on_average() -> None:
    made = figures(done(tokens=10), done(tokens=21), done(tokens=500, layer="local"), done(route="search", tokens=90))

    assert made.cost_of("recall", 7) == 16
    assert made.cost_of("search", 7) == 90
    assert made.cost_of("never asked", 7) == 7


def test_what_took_too_long_is_kept_the_slowest_first() -> None:
    made = figures(done(ms=SLOW_MS), done(ms=SLOW_MS + 50, question="slow"), done(ms=900.04, question="x" * 500, route="search"))

    assert made.slowest() == [
        {"ms": 900.0, "route": "search", "question": "x" * 120},
        {"ms": 250.0, "route": "recall", "question": "slow"},
    ]
    assert made.told()["slow_queries"] == 2


def test_only_the_slowest_twenty_are_kept() -> None:
    made = figures(*(done(ms=1000.0 + number % 17 * 10 + number) for number in range(50)))
    expected = sorted((1000.0 + number % 17 * 10 + number for number in range(50)), reverse=True)[:MOST_SLOW]

    assert [one["ms"] for one in made.slowest()] == expected
    assert made.told()["slow_queries"] == 50


def test_equally_slow_questions_are_all_kept() -> None:
    assert len(figures(*(done(ms=500.0) for _ in range(MOST_SLOW + 5))).slowest()) == MOST_SLOW


def test_utilisation_is_the_share_of_the_time_at_work() -> None:
    clock = Clock()
    made = Figures(clock)
    clock.now += 10.0
    made.worked(1.5)
    made.worked(1.0)

    assert (made.seconds, made.utilisation) == (10.0, 25.0)
    made.worked(100.0)
    assert made.utilisation == 100.0


def test_requests_are_counted_by_the_second() -> None:
    clock = Clock()
    made = Figures(clock)
    for _ in range(5):
        made.add(done())
    clock.now += 2.0

    assert made.told()["requests_per_second"] == 2.5
    assert made.told()["uptime_seconds"] == 2.0


def test_an_engine_that_began_just_now_is_older_than_nothing() -> None:
    assert Figures(Clock()).seconds > 0.0


def test_matching_and_routing_have_times_of_their_own() -> None:
    made = figures(done())
    made.matching.add(0.5)
    made.routing.add(2.0)

    assert (made.told()["match_time"]["mean_ms"], made.told()["routing_time"]["mean_ms"]) == (0.5, 2.0)


@given(counts=st.dictionaries(st.text(max_size=5), st.integers(0, 1000), max_size=8))
def test_a_distribution_adds_up_to_a_hundred_percent(counts: dict[str, int]) -> None:
    found = distribution(counts)

    assert found.keys() == counts.keys()
    assert math.fsum(found.values()) == pytest.approx(100.0 if sum(counts.values()) else 0.0)
    assert all(found[one] <= found[other] for one in counts for other in counts if counts[one] <= counts[other])
