from __future__ import annotations

import math
import random
import statistics

import pytest
from running_statistics import RunningStatistics


def seen(values: list[float]) -> RunningStatistics:
    running = RunningStatistics()
    for value in values:
        running.add(value)
    return running


def test_agrees_with_the_two_pass_formulas() -> None:
    source = random.Random(7)
    values = [source.gauss(3, 2) for _ in range(1000)]
    running = seen(values)

    assert running.count == 1000
    assert running.mean == pytest.approx(statistics.fmean(values))
    assert running.variance == pytest.approx(statistics.variance(values))
    assert running.standard_deviation == pytest.approx(statistics.stdev(values))
    assert (running.minimum, running.maximum) == (min(values), max(values))


def test_a_small_spread_around_a_large_value_keeps_its_precision() -> None:
    assert seen([1e9 + offset for offset in (4, 7, 13, 16)]).variance == 30.0


def test_merging_parts_equals_seeing_all() -> None:
    source = random.Random(8)
    values = [source.uniform(-5, 5) for _ in range(200)]
    merged = seen(values[:30])
    merged.merge(seen(values[30:]))
    whole = seen(values)

    assert merged.count == whole.count
    assert merged.mean == pytest.approx(whole.mean)
    assert merged.variance == pytest.approx(whole.variance)
    assert (merged.minimum, merged.maximum) == (whole.minimum, whole.maximum)


def test_merging_with_nothing_changes_nothing() -> None:
    running = seen([1.0, 2.0, 4.0])
    expected = (running.count, running.mean, running.variance)

    running.merge(RunningStatistics())
    assert (running.count, running.mean, running.variance) == expected
    empty = RunningStatistics()
    empty.merge(running)
    assert (empty.count, empty.mean, empty.variance) == expected


def test_merging_does_not_change_the_other() -> None:
    other = seen([1.0, 3.0])

    seen([10.0]).merge(other)

    assert (other.count, other.mean, other.maximum) == (2, 2.0, 3.0)


def test_without_numbers_the_mean_and_variance_are_not_numbers() -> None:
    empty = RunningStatistics()

    assert empty.count == 0
    assert math.isnan(empty.mean)
    assert math.isnan(empty.standard_deviation)


def test_one_number_has_a_mean_but_no_variance() -> None:
    one = seen([5.0])

    assert (one.mean, one.minimum, one.maximum) == (5.0, 5.0, 5.0)
    assert math.isnan(one.variance)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_refused_and_not_counted(value: float) -> None:
    running = seen([1.0])

    with pytest.raises(ValueError, match="finite"):
        running.add(value)
    assert (running.count, running.mean) == (1, 1.0)
