"""The confidence sequence: unbiased, never betting beyond its means, and right at every look."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import product

import pytest

from foundry_git.evidence.confidence import Lift, Trial, _log_capital, _weighted, lift_of

HALF, TENTH = 0.5, 0.1


def trials(count: int, a: float, b: float, chance: float, seed: int) -> list[Trial]:
    rng = random.Random(seed)
    drawn = [rng.random() < chance for _ in range(count)]
    return [Trial(chance, is_b, float(rng.random() < (b if is_b else a))) for is_b in drawn]


def test_without_trials_anything_may_be() -> None:
    assert lift_of([]) == Lift(0.0, -1.0, 1.0, None)


@pytest.mark.parametrize(("a", "b", "chance"), [(0.6, 0.6, HALF), (0.3, 0.7, HALF), (0.5, 0.4, TENTH), (0.0, 1.0, 0.3)])
def test_over_all_that_may_happen_the_estimate_is_the_lift_and_the_capital_against_it_one(
    a: float, b: float, chance: float
) -> None:
    """Every course of four tasks, weighed by its probability: nothing is left to simulation."""
    estimate = capital = against = 0.0
    for course in product(product((True, False), (0.0, 1.0)), repeat=4):
        weight = math.prod((chance if is_b else 1 - chance) * _chance_of(y, b if is_b else a) for is_b, y in course)
        if not weight:
            continue
        psi, lowest, highest = _weighted([Trial(chance, is_b, y) for is_b, y in course])
        estimate += weight * float(psi.mean())
        capital += weight * math.exp(_log_capital(psi, lowest, b - a))
        against += weight * math.exp(_log_capital(-psi, -highest, a - b))

    assert estimate == pytest.approx(b - a)
    assert capital == pytest.approx(1)
    assert against == pytest.approx(1)


def _chance_of(y: float, rate: float) -> float:
    return rate if y else 1 - rate


def test_outcomes_between_nothing_and_all_are_taken_as_they_are() -> None:
    found = lift_of([Trial(HALF, bool(number % 2), 0.75 if number % 2 else 0.25) for number in range(400)])

    assert found.low < 0.5 < found.high
    assert found.estimate == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("a", "b", "chance"), [(0.6, 0.6, HALF), (0.6, 0.8, HALF), (0.7, 0.5, TENTH)])
def test_the_interval_holds_the_lift_at_every_look(a: float, b: float, chance: float) -> None:
    looks = (1, 2, 3, 5, 8, 13, 25, 50, 100, 200, 300)
    missed = 0
    for seed in range(40):
        course = trials(looks[-1], a, b, chance, seed)
        found = [lift_of(course[:count]) for count in looks]
        missed += any(not one.low <= b - a <= one.high for one in found)

    assert missed <= 2


def test_a_fixed_interval_looked_at_as_often_misses_far_more() -> None:
    """Otherwise the test above proves nothing: the 95 % interval of one look, at each of 300."""
    missed = 0
    for seed in range(40):
        course = trials(300, 0.6, 0.6, HALF, seed)
        missed += any(abs(_z(course[:count])) > 1.96 for count in range(10, 301))

    assert missed > 10


def _z(course: list[Trial]) -> float:
    sides = [[one.y for one in course if one.is_b is side] for side in (False, True)]
    if not all(sides):
        return 0.0
    rates = [sum(side) / len(side) for side in sides]
    variance = sum(rate * (1 - rate) / len(side) for rate, side in zip(rates, sides, strict=True))
    return (rates[1] - rates[0]) / math.sqrt(variance) if variance else 0.0


def test_what_is_much_better_is_found_and_the_limits_close_in() -> None:
    found = [lift_of(trials(count, 0.4, 0.8, HALF, 7)) for count in (30, 100, 300, 1000)]

    widths = [one.high - one.low for one in found]
    assert widths == sorted(widths, reverse=True)
    assert found[-1].low > 0.25 and found[-1].high < 0.55
    assert found[1].low > 0


def test_it_tells_about_how_many_trials_a_claim_takes() -> None:
    told = sorted(lift_of(trials(300, 0.6, 0.75, HALF, seed)).needed or 0 for seed in range(21))[10]
    taken = sorted(_first_claim(trials(2000, 0.6, 0.75, HALF, seed)) for seed in range(11))[5]

    assert taken / 2 < told < taken * 2


def _first_claim(course: list[Trial]) -> int:
    return next((count for count in range(40, len(course), 40) if lift_of(course[:count]).low > 0), len(course))


def the_other_arm(one: Trial) -> Trial:
    return Trial(one.chance, not one.is_b, one.y)


def the_other_outcome(one: Trial) -> Trial:
    return Trial(one.chance, one.is_b, 1 - one.y)


@pytest.mark.parametrize("change", [the_other_arm, the_other_outcome])
def test_to_swap_the_arms_or_the_outcomes_turns_the_answer_around(change: Callable[[Trial], Trial]) -> None:
    course = trials(120, 0.5, 0.7, HALF, 3)
    one, other = lift_of(course), lift_of([change(trial) for trial in course])

    assert (one.estimate, one.low, one.high) == pytest.approx((-other.estimate, -other.high, -other.low), abs=2e-4)
