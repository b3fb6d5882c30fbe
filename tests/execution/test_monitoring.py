"""Monitoring: what is beyond a threshold, which days are odd, and a log as a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.execution.figures import Latencies
from foundry_git.execution.monitoring import FEW, LEAST_DAYS, THRESHOLDS, Day, alerts, days_of, odd_days, rates_of, report
from foundry_git.execution.question_log import Kind, Missed, Stretch

FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
KIND = Kind("memory", "recall", "balanced", "", True)
LOCAL = Kind("memory", "recall", "balanced", "local", True, "agent-1", "session", "review")
FAILED = Kind("hybrid", "search", "fast", "", False, "agent-2")
VALUES = st.dictionaries(st.sampled_from(["p95_ms", "cache_hit_rate", "error_rate", "utilisation"]), st.floats(0, 1000))


def latencies(ms: float, count: int) -> Latencies:
    made = Latencies()
    for _ in range(count):
        made.add(ms)
    return made


def stretch(
    at: datetime, kinds: dict[Kind, int], ms: float = 5.0, tokens: int = 0, missed: dict[Missed, int] | None = None
) -> Stretch:
    return Stretch(at, kinds, tokens, latencies(ms, sum(kinds.values())), missed or {})


def days(*counts: int, failed: Sequence[int] = (), ms: Sequence[float] = ()) -> list[Day]:
    return [
        Day(
            FIRST.date() + timedelta(days=at),
            count,
            0,
            failed[at] if failed else 0,
            0,
            ms[at] if ms else 5.0,
        )
        for at, count in enumerate(counts)
    ]


# thresholds


@pytest.mark.parametrize(
    ("metric", "value", "level", "sentence"),
    [
        ("p95_ms", 301.0, "critical", "the time for 95 % of all questions is 301 ms, above 300"),
        ("p95_ms", 250.0, "warning", "the time for 95 % of all questions is 250 ms, above 200"),
        ("cache_hit_rate", 12.0, "critical", "the rate of kept answers is 12 %, below 70"),
        ("cache_hit_rate", 75.0, "warning", "the rate of kept answers is 75 %, below 80"),
        ("error_rate", 6.0, "critical", "the rate of errors is 6 %, above 5"),
        ("utilisation", 91.0, "warning", "the time that the thread of answers is at work is 91 %, above 80"),
    ],
)
def test_a_value_beyond_its_threshold_is_an_alert(metric: str, value: float, level: str, sentence: str) -> None:
    (alert,) = alerts({metric: value}, FEW)

    assert (alert.level, alert.metric, alert.value, alert.sentence) == (level, metric, value, sentence)
    assert str(round(alert.threshold)) in sentence


@pytest.mark.parametrize(
    "values", [{}, {"p95_ms": 200.0, "cache_hit_rate": 80.0, "error_rate": 5.0, "utilisation": 80.0}, {"x": 1e9}]
)
def test_a_value_at_its_threshold_is_none(values: dict[str, float]) -> None:
    assert alerts(values, FEW) == []


def test_of_few_questions_nothing_is_said() -> None:
    assert alerts({"error_rate": 100.0}, FEW - 1) == []
    assert alerts({"error_rate": 100.0}, FEW) != []


@given(values=VALUES)
def test_a_metric_has_one_alert_and_critical_ones_come_first(values: dict[str, float]) -> None:
    found = alerts(values, FEW)

    assert len({one.metric for one in found}) == len(found)
    assert sorted(found, key=lambda one: one.level != "critical") == found
    for one in found:
        passed = [
            limit
            for limit in THRESHOLDS
            if limit.metric == one.metric and (one.value > limit.value if limit.is_most else one.value < limit.value)
        ]
        assert (one.level, one.threshold) == (passed[0].level, passed[0].value)


# days


def test_a_log_is_summed_up_by_days_the_oldest_first() -> None:
    next_day = FIRST + timedelta(days=1)
    log = [
        stretch(next_day, {KIND: 4}, ms=20.0, tokens=1),
        stretch(FIRST, {LOCAL: 3, FAILED: 1}, ms=2.0, tokens=30),
        stretch(FIRST + timedelta(hours=5), {KIND: 1, LOCAL: 1}, ms=2.0, tokens=12),
    ]

    first, second = days_of(log)

    assert (first.day, first.count, first.hits, first.failed, first.tokens) == (date(2026, 3, 1), 6, 4, 1, 42)
    assert (second.day, second.count, second.hits, second.failed, second.tokens) == (date(2026, 3, 2), 4, 0, 0, 1)
    assert first.p95_ms == pytest.approx(2.0, rel=0.05)
    assert second.p95_ms == pytest.approx(20.0, rel=0.05)


def test_no_log_has_no_days() -> None:
    assert days_of([]) == []


def test_days_like_those_before_them_are_not_odd() -> None:
    assert odd_days(days(100, 110, 95, 105, 100, 98, 104)) == []
    assert odd_days([]) == []


def test_a_day_with_many_more_questions_is_odd() -> None:
    found = odd_days(days(100, 110, 95, 105, 100, 900))

    assert [(day.day, sentence) for day, sentence in found] == [
        (date(2026, 3, 6), "2026-03-06: 900 questions, 102 on the 5 days before")
    ]


def test_a_day_with_many_fewer_questions_is_odd() -> None:
    assert [sentence for _, sentence in odd_days(days(100, 100, 100, 100, 100, 2))] == [
        "2026-03-06: 2 questions, 100 on the 5 days before"
    ]


def test_a_day_with_many_failures_is_odd() -> None:
    found = odd_days(days(*[100] * 6, failed=[1, 0, 2, 1, 1, 40]))

    assert [sentence for _, sentence in found] == ["2026-03-06: 40 failures in percent, 1 on the 5 days before"]


def test_a_slow_day_is_odd() -> None:
    found = odd_days(days(*[100] * 6, ms=[5.0, 5.0, 6.0, 5.0, 4.0, 80.0]))

    assert [sentence for _, sentence in found] == ["2026-03-06: 80 ms for 95 %, 5 on the 5 days before"]


def test_a_day_is_odd_beyond_three_standard_deviations() -> None:
    assert odd_days(days(80, 120, 80, 120, 80, 120, 155)) == []  # a mean of 100, a deviation of 20
    assert len(odd_days(days(80, 120, 80, 120, 80, 120, 165))) == 1


def test_nothing_is_odd_on_the_first_days() -> None:
    assert odd_days(days(*[100] * (LEAST_DAYS - 1), 9000)) == []
    assert odd_days(days(*[100] * LEAST_DAYS, 9000)) != []


def test_a_day_is_held_against_the_days_before_it_only() -> None:
    found = odd_days(days(100, 100, 100, 100, 100, 900, 100))

    assert [day.day.day for day, _ in found] == [6]


def test_a_difference_of_a_few_is_never_odd() -> None:
    assert odd_days(days(*[0] * LEAST_DAYS, 3)) == []


# a report


def test_rates_are_in_percent_of_what_they_are_about() -> None:
    assert rates_of({LOCAL: 6, KIND: 2, FAILED: 2}, latencies(50.0, 10)) == {
        "p95_ms": pytest.approx(50.0, rel=0.05),
        "cache_hit_rate": 60.0,
        "error_rate": 20.0,
    }


@pytest.mark.parametrize("layer", ["local", "redis", "shared"])
def test_an_answer_from_any_layer_is_a_hit(layer: str) -> None:
    assert rates_of({Kind("memory", "recall", "fast", layer, True): 1, KIND: 1}, Latencies())["cache_hit_rate"] == 50.0


def test_rates_of_nothing_are_nought() -> None:
    assert rates_of({}, Latencies()) == {"p95_ms": 0.0, "error_rate": 0.0}


def test_a_report_tells_what_was_asked_and_how_it_went() -> None:
    missed = {Missed("who is on call", "search"): 2, Missed("why", "search"): 1}
    log = [stretch(FIRST, {LOCAL: 150, FAILED: 50}, tokens=900, missed=missed), stretch(FIRST + timedelta(days=1), {KIND: 10})]

    told = report(log)

    assert (told["questions"], told["tokens"], told["without_trigger"], told["agents"]) == (210, 900, 3, 2)
    assert told["routes"] == {"recall": 160, "search": 50}
    assert told["types"] == {"memory": 160, "hybrid": 50}
    assert told["layers"] == {"local": 150, "": 60}
    assert told["workflows"] == {"review": 150}
    assert told["latency"]["count"] == 210
    assert told["cache_hit_rate"] == pytest.approx(100 * 150 / 210)
    assert [(one["day"], one["questions"]) for one in told["days"]] == [("2026-03-01", 200), ("2026-03-02", 10)]
    assert told["odd"] == []
    assert [(one["level"], one["metric"]) for one in told["alerts"]] == [
        ("critical", "error_rate"),
        ("warning", "cache_hit_rate"),
    ]


def test_a_report_names_the_odd_days() -> None:
    log = [stretch(FIRST + timedelta(days=at), {LOCAL: 5}) for at in range(6)] + [stretch(FIRST + timedelta(days=6), {LOCAL: 80})]

    assert report(log)["odd"] == ["2026-03-07: 80 questions, 5 on the 6 days before"]


def test_a_report_of_nothing_is_a_report() -> None:
    told = report([])

    assert (told["questions"], told["days"], told["alerts"], told["routes"]) == (0, [], [], {})
