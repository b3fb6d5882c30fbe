"""Where the loop is cut: a link is only blamed for patterns that had their chance."""

from __future__ import annotations

import pytest

from foundry_git.upkeep.loop import (
    ENOUGH_INJECTIONS,
    ENOUGH_PROMPTS,
    Reach,
    links,
)

WHOLE = Reach("python/whole", prompts=99, retrieved=40, injected=20, adopted=5, judged=4)


def test_a_pattern_that_came_all_the_way_is_lost_nowhere() -> None:
    assert [(link.lost, link.is_cut) for link in links([WHOLE])] == [((), False)] * 3


@pytest.mark.parametrize(
    ("reach", "at"),
    [
        (Reach("python/unseen", prompts=ENOUGH_PROMPTS), "retrieved"),
        (Reach("python/unused", prompts=99, retrieved=30, injected=ENOUGH_INJECTIONS), "adopted"),
        (Reach("python/unjudged", prompts=99, retrieved=30, injected=20, adopted=1), "judged"),
    ],
)
def test_a_pattern_is_lost_at_the_link_it_did_not_pass(reach: Reach, at: str) -> None:
    found = links([reach])

    assert {link.name: link.lost for link in found if link.lost} == {at: (reach.id,)}
    assert [link.name for link in found if link.is_cut] == [at]


@pytest.mark.parametrize(
    "reach",
    [
        Reach("python/new", prompts=ENOUGH_PROMPTS - 1),
        Reach("python/rare", prompts=99, retrieved=9, injected=ENOUGH_INJECTIONS - 1),
    ],
)
def test_what_had_no_chance_yet_is_blamed_for_nothing(reach: Reach) -> None:
    assert not any(link.lost for link in links([reach]))


def test_a_few_lost_patterns_cut_no_link() -> None:
    few = [Reach(f"python/unseen-{number}", prompts=50) for number in range(2)]

    retrieved, *_ = links([*few, WHOLE, *(Reach(f"python/seen-{number}", 50, 3) for number in range(3))])

    assert (len(retrieved.lost), retrieved.had_chance, retrieved.is_cut) == (2, 6, False)
