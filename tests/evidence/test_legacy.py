"""The formulas of the predecessor give what they gave there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from foundry_git.evidence.events import Accepted, Event, Outcome, Sighted, by_id
from foundry_git.evidence.facts import facts_of
from foundry_git.evidence.scoring import Score, legacy, score, standings
from foundry_git.evidence.scoring.legacy import Application
from tests.evidence.test_events import AT, SHAPE
from tests.evidence.test_scoring import DAY, A, B, injected, rated
from tests.evidence.test_states import decided, uses


def applied(results: str, groundings: Sequence[float] | None = None) -> list[Application]:
    told: Sequence[float | None] = groundings or [None] * len(results)
    return [Application(AT, letter == "p", grounding) for letter, grounding in zip(results, told, strict=True)]


def rate(results: str, days: float = 0, groundings: Sequence[float] | None = None) -> float:
    return legacy.effectiveness(applied(results, groundings), AT + days * DAY)


def old_score(*events: Event, after: timedelta = timedelta(0)) -> Score:
    return score(by_id(events), AT + after, model="legacy")[A]


@pytest.mark.parametrize(
    ("results", "worth"),
    [("", 0.55), ("ff", 0.55), ("ppp", 0.9625), ("ppf", 0.654), ("pff", 0.346), ("fff", 0.0375), ("p" * 10, 0.986)],
)
def test_effectiveness_has_the_worked_values(results: str, worth: float) -> None:
    assert rate(results) == pytest.approx(worth, abs=5e-4)


@pytest.mark.parametrize(("days", "worth"), [(90, 0.728), (180, 0.531), (330, 0.313)])
def test_effectiveness_decays_towards_nothing(days: int, worth: float) -> None:
    assert rate("p" * 100, days) == pytest.approx(worth, abs=5e-4)
    assert rate("p" * 100, days + 0.9) == rate("p" * 100, days), "whole days"


def test_the_edges_that_were_found_are_kept() -> None:
    assert rate("p" * 100, 342) >= 0.30 > rate("p" * 100, 343)
    assert rate("p" * 100, groundings=[0.0] * 100) == pytest.approx(0.699, abs=5e-4)
    assert rate("p" * 95 + "f" * 5) == pytest.approx(0.284, abs=5e-4)
    assert rate("ppfpfppfpf") == pytest.approx(0.597, abs=5e-3)
    assert rate("fff", 300) == pytest.approx(0.0375), "no success, no decay"


def test_priority_has_a_floor_until_fifteen_occurrences_and_is_full_at_ninety_nine() -> None:
    assert [legacy.priority(1.0, number) for number in (0, 1, 14)] == [0.6, 0.6, 0.6]
    assert legacy.priority(1.0, 15) == pytest.approx(0.602, abs=5e-4)
    assert legacy.priority(1.0, 99) == legacy.priority(1.0, 5000) == 1.0
    assert legacy.priority(0.8, 99, 0.25) == pytest.approx(0.6)


def test_trust_has_the_worked_values() -> None:
    def trust(successes: int, failures: int, occurrences: int, validated: bool) -> float:
        return legacy.trust(successes, failures, occurrences, AT, AT, "validated" if validated else "pending")

    assert trust(0, 0, 1, validated=False) == pytest.approx(0.70)
    assert trust(0, 0, 1, validated=True) == pytest.approx(0.80)
    assert trust(2, 0, 10, validated=True) == pytest.approx(0.86)
    assert trust(7, 3, 10, validated=True) == pytest.approx(0.89)
    assert legacy.trust(0, 5, 5, AT, AT + 900 * DAY, "quarantined") == 0.0


def test_drift_compares_two_windows_of_five() -> None:
    assert legacy.drift(applied("p" * 9)) is None
    worse = legacy.drift(applied("p" * 5 + "f" * 5))
    assert worse is not None
    assert worse.change == pytest.approx(-5 / 6)
    assert (worse.flagged, worse.direction) == (True, "down")
    assert legacy.drift(applied("ppfpfppfpf")) == legacy.Drift(0.0, 0.0, False)
    unsure = legacy.drift(applied("pppffpppff", [0.1] * 10))
    assert unsure is not None and unsure.direction == "steady"


def test_epistemic_drift_looks_at_the_grounding_alone() -> None:
    assert legacy.epistemic_drift(applied("p" * 10)) is None
    found = legacy.epistemic_drift(applied("p" * 10, [0.5] * 5 + [0.9] * 5))
    assert found is not None
    assert found.change == pytest.approx(0.4)
    assert found.weighted == pytest.approx(0.4 * (1 + 0.2 / 0.7))
    assert (found.flagged, found.direction) == (True, "up")


def test_entropy_calls_two_of_many_healthy() -> None:
    assert legacy.entropy([]) == legacy.Entropy(0.0, 0.0, 0.0)
    assert legacy.entropy([7]) == legacy.Entropy(0.0, 0.0, 1.0)
    assert legacy.entropy([3, 3, *[0] * 37_136]) == legacy.Entropy(1.0, 1.0, 0.5)
    assert legacy.entropy([2, 1, 1]).bits == pytest.approx(1.5)


def test_the_model_can_be_chosen_for_scores() -> None:
    found = old_score(*uses("ppf"), injected(A), after=2 * DAY)

    assert found.mean == found.low == found.high
    assert found.mean == pytest.approx(0.654 * 0.9 ** (1 / 30), abs=5e-4)
    assert (found.passed, found.failed, found.adopted, found.injected, found.enough) == (2, 1, 3, 1, True)
    assert (found.variance, found.weight, found.contexts) == (0.0, 3.0, ())
    assert old_score(injected(A)).mean == 0.55
    assert old_score(injected(A)).trust == pytest.approx(0.70)
    assert not old_score(*uses("pp")).enough


def test_sightings_are_the_occurrences_and_an_acceptance_confirms() -> None:
    seen = [Sighted(at=AT - 400 * DAY, shape=SHAPE, place=f"{number:032x}", pattern=A) for number in range(10)]
    found = old_score(*seen, *uses("pp"), after=DAY)
    assert found.trust == pytest.approx(0.5 + 0.3 * 0.2 + 0.2)

    idle = old_score(*seen, injected(A), after=0 * DAY)
    assert idle.trust == pytest.approx(0.5 + 0.2 * 0.9 ** (400 / 30))
    accepted = Accepted(at=AT, nonce="0" * 16, id="python/retry", version=1, digest=A)
    assert old_score(*seen, accepted, injected(A)).trust == pytest.approx(0.7)


def test_groundings_and_ratings_reach_the_formulas() -> None:
    grounded = [
        Outcome(at=AT, subject=A, result="pass", source="ci", run=f"{number:032x}", grounding=500) for number in range(10)
    ]
    assert old_score(*grounded).mean == pytest.approx(rate("p" * 10, groundings=[0.5] * 10), abs=1e-9)
    assert old_score(*(rated(A, 3, number=number) for number in range(5))).mean == 0.55, "a 3 is neither"


def test_the_lifecycle_follows_the_bars_and_the_clock() -> None:
    def state(*events: Event, after: timedelta = timedelta(0)) -> str:
        return standings(facts_of(by_id(events)), AT + after, model="legacy")[A].state

    assert state(*uses("pp")) == "pending"
    assert state(*uses("ppp"), after=3 * DAY) == "validated"
    assert state(*uses("pff"), after=3 * DAY) == "quarantined"
    doubtful = [replace(each, grounding=500) for each in uses("ppf") if isinstance(each, Outcome)]
    assert state(*doubtful, after=3 * DAY) == "pending"
    assert state(*uses("ppp"), after=300 * DAY) == "validated"
    assert state(*uses("ppp"), after=400 * DAY) == "quarantined", "perfect, and idle"
    assert state(*uses("fff"), decided("validated", 9), after=10 * DAY) == "validated"
    assert old_score(*uses("ppp"), after=400 * DAY).state == "quarantined"
    assert score(by_id([*uses("ppp"), *uses("p", digest=B)]), AT, model="legacy")[B].state == "pending"
