"""A seeded tenth of the simulations in benchmarks/evidence: claims under peeking, calibration, regret, the lift by lot."""

from __future__ import annotations

from statistics import fmean, stdev
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.evidence import calibration, lift, peeking, regret
from foundry_git.evidence.eprocess import ALPHA


@pytest.mark.parametrize("null", peeking.NULLS)
def test_who_looks_after_every_use_is_rarely_told_what_is_false(null: str) -> None:
    claims = {
        judge: peeking.first_claims(make, peeking.NULLS[null], peeking.LOOKS, 1000 if judge == "e-process" else 200, peeking.SEED)
        for judge, make in peeking.JUDGES.items()
    }
    false = {judge: peeking.share_by(some, peeking.LOOKS) for judge, some in claims.items()}

    assert 0.005 < false["e-process"] <= ALPHA
    assert false["bound for one look"] > 3 * ALPHA
    assert false["legacy rule"] > 0.9


def test_what_is_true_is_found_in_time() -> None:
    found = peeking.uses_to_decide(200)

    medians = [found[rate]["median_uses"] or peeking.LONGEST for rate in ("0.75", "0.8", "0.9")]
    assert medians == sorted(medians, reverse=True)
    assert medians[0] < 90 and medians[2] < 20


@pytest.mark.parametrize("uses", [5, 20])
def test_intervals_hold_what_they_say(uses: int) -> None:
    assert 0.88 <= calibration.coverage(uses, 1000) <= 0.92


def test_decayed_intervals_hold_more() -> None:
    assert calibration.coverage(10, 300, age_days=60) > 0.92


def test_what_is_selected_loses_less_than_the_predecessors_did() -> None:
    runs = [regret.regrets(seed, 350) for seed in (100, 101)]

    assert (regret.mean(runs, "foundry") < regret.mean(runs, "predecessors"))[199:].all()
    assert all((np.diff(run["foundry"]) > -1e-9).all() for run in runs), "nothing is better than the best"
    ElementTree.fromstring(regret.plot(runs))


def test_the_lift_by_lot_is_the_true_one_where_the_rate_of_uses_is_not() -> None:
    teams = [lift.team(seed, 300) for seed in range(25)]
    found = [one.compared(300).lift for one in teams]

    by_lot = [one.estimate for one in found]
    assert fmean(by_lot) == pytest.approx(lift.TRUE_LIFT, abs=3 * stdev(by_lot) / len(by_lot) ** 0.5)
    assert fmean(one.naive_lift() for one in teams) > 0 > lift.TRUE_LIFT, "the uses say the contrary of what is true"
    assert sum(not one.low <= lift.TRUE_LIFT <= one.high for one in found) <= 3
    ElementTree.fromstring(lift.plot(teams[0], range(50, 301, 50)))
