"""The e-process: it is what its definition says, its expectation never rises under the null, and it is rarely wrong however often."""

from __future__ import annotations

import math
from functools import cache
from itertools import product

import pytest

from foundry_git.evidence.eprocess import ALPHA, CLAIM, log_e_above, log_e_below

LOOKS = 200


def integrated(successes: float, failures: float, bar: float) -> float:
    """The definition, by the midpoint rule: the mean likelihood ratio of the rates above the bar."""
    points = 20_000
    rates = (bar + (1 - bar) * (step + 0.5) / points for step in range(points))
    return math.fsum(math.pow(rate / bar, successes) * math.pow((1 - rate) / (1 - bar), failures) for rate in rates) / points


@pytest.mark.parametrize("bar", [0.3, 0.35, 0.6, 0.97])
@pytest.mark.parametrize(("successes", "failures"), [(0, 0), (3, 0), (0, 3), (7.4, 2.1), (40, 60), (12, 0.2)])
def test_it_is_the_mean_likelihood_ratio_of_the_rates_beyond_the_bar(successes: float, failures: float, bar: float) -> None:
    assert math.exp(log_e_above(successes, failures, bar)) == pytest.approx(integrated(successes, failures, bar), rel=1e-5)
    assert log_e_below(failures, successes, 1 - bar) == pytest.approx(log_e_above(successes, failures, bar), abs=2e-9)


def test_nothing_is_known_before_the_first_use() -> None:
    assert (log_e_above(0, 0, 0.6), log_e_below(0, 0, 0.35)) == (0.0, 0.0)


def test_it_holds_where_the_likelihood_has_left_the_floats() -> None:
    assert log_e_above(100_000, 0, 0.6) == pytest.approx(100_000 * math.log(1 / 0.6) - math.log(0.4 * 100_001), rel=1e-9)
    assert log_e_above(0, 100_000, 0.6) == pytest.approx(-math.log(100_001), abs=1e-3)
    assert log_e_above(400_000, 600_000, 0.6) == pytest.approx(-math.log(0.4 * (600_000 / 0.4 - 400_000 / 0.6)), abs=1e-3)


@pytest.mark.parametrize("rate", [0.6, 0.55, 0.2])
@pytest.mark.parametrize("weights", [(1, 1, 1, 1, 1, 1, 1), (0.2, 1, 0.8, 0.4, 0.6, 1, 0.05)])
def test_its_expectation_stays_at_most_one_while_the_bar_is_not_passed(weights: tuple[float, ...], rate: float) -> None:
    expected = 0.0
    for outcomes in product((0, 1), repeat=len(weights)):
        successes = sum(weight for weight, good in zip(weights, outcomes, strict=True) if good)
        chance = math.prod(rate if good else 1 - rate for good in outcomes)
        expected += chance * math.exp(log_e_above(successes, sum(weights) - successes, 0.6))

    assert expected <= 1 + 1e-8
    if rate == 0.6 and set(weights) == {1}:
        assert expected == pytest.approx(1)


@pytest.mark.parametrize("rate", [0.6, 0.4])
def test_outcomes_between_failure_and_success_keep_it_too(rate: float) -> None:
    values = {0.0: 0.5 - rate / 2, 0.25: 0.1, 0.75: 0.1}
    values[1.0] = 1 - sum(values.values())
    values[0.0] += sum(value * chance for value, chance in values.items()) - rate
    values[1.0] = 1 - values[0.0] - 0.2
    assert sum(value * chance for value, chance in values.items()) == pytest.approx(rate)

    expected = 0.0
    for outcomes in product(values, repeat=5):
        chance = math.prod(values[outcome] for outcome in outcomes)
        expected += chance * math.exp(log_e_above(0.8 * sum(outcomes), 0.8 * (5 - sum(outcomes)), 0.6))

    assert expected <= 1 + 1e-8


def chance_of_a_claim(rate: float, bar: float, looks: int, weight: float = 1.0) -> float:
    """The exact chance that one of so many looks passes the threshold: a walk over all (uses, successes)."""
    claimed, alive = 0.0, {0: 1.0}
    for uses in range(1, looks + 1):
        reached: dict[int, float] = {}
        for successes, chance in alive.items():
            reached[successes] = reached.get(successes, 0.0) + chance * (1 - rate)
            reached[successes + 1] = reached.get(successes + 1, 0.0) + chance * rate
        done = {s for s in reached if log_e_above(weight * s, weight * (uses - s), bar) >= CLAIM}
        claimed += sum(reached.pop(successes) for successes in done)
        alive = reached
    return claimed


@cache
def claimed(rate: float, looks: int = LOOKS) -> float:
    return chance_of_a_claim(rate, 0.6, looks)


def test_looking_after_every_use_is_rarely_ever_wrong() -> None:
    assert 0.005 < claimed(0.6) <= ALPHA
    assert claimed(0.55) < claimed(0.6)
    assert chance_of_a_claim(0.6, 0.6, LOOKS, weight=0.6) <= ALPHA


def test_what_is_plainly_better_is_found_in_time() -> None:
    assert claimed(0.9, 30) > 0.5
    assert claimed(0.75) > 0.5
