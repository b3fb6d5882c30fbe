"""Some schedules of the convergence benchmark: replicas that learn, sync, race, get lost and come back all end up knowing the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from benchmarks.evidence.convergence import Scene, run, scene
from benchmarks.evidence.schedules import SIZES, schedule
from foundry_git.evidence.events import Sighted

SEEDS = (0, 1, 3, 5, 8, 11, 14, 16, 17, 19, 20)
"""Few enough to be run at every change, and enough to hold every step, number of replicas and of remotes; the benchmark runs 1,000."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Scene]:
    with scene(3) as made:
        yield made


def test_every_schedule_converges_without_a_conflict(stage: Scene) -> None:
    outcomes = [run(stage, seed) for seed in SEEDS]

    assert [(outcome.seed, outcome.problems) for outcome in outcomes if outcome.problems] == []
    assert len(outcomes) == len(SEEDS) and sum(outcome.syncs for outcome in outcomes) > 10 * len(SEEDS)


def test_the_naive_designs_fail_on_the_same_schedules(stage: Scene) -> None:
    outcomes = [dict(run(stage, seed, with_naive=True).naive) for seed in range(3)]

    assert all(outcome["counters_in_yaml"] != "converged" for outcome in outcomes)
    assert all(outcome["jsonl_with_union"] != "converged" for outcome in outcomes)


def test_the_schedules_hold_everything_that_may_happen(stage: Scene) -> None:
    plans = [schedule(seed, len(stage.products[0].seen)) for seed in SEEDS]
    done = Counter(step.what for plan in plans for step in plan.steps)

    assert done.keys() == {"append", "observe", "sync", "race", "clone", "copy", "lose", "save", "restore"}
    assert {len(plan.skews) for plan in plans} == set(SIZES)
    assert {plan.remotes for plan in plans} == {1, 2}
    assert plans[0] == schedule(0, len(stage.products[0].seen))


def test_the_commits_of_a_product_were_rewritten_and_are_seen_alike(stage: Scene) -> None:
    """A rebase and a pick keep author date, path and blob, so their sightings are the same event; a squash has its own."""
    seen = [event for events in stage.products[0].seen for event in events if isinstance(event, Sighted)]

    assert len(seen) > len(set(seen)) > len({event.place for event in seen}) > 5
