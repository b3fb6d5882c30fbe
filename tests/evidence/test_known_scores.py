"""Scores are read as they are looked up: some ahead, few alone, and all once somebody walks through them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from foundry_git.evidence.known_scores import MOST_ALONE, KnownScores
from foundry_git.evidence.scoring import UNTESTED, Score

NAMES = [f"{number:064x}" for number in range(2 * MOST_ALONE)]
SCORES = {name: Score(0.5, 0.1, 0.9, injected=number) for number, name in enumerate(NAMES)}


class Asked:
    """A reader that notes what it was asked for."""

    def __init__(self) -> None:
        self.questions: list[frozenset[str] | None] = []

    def __call__(self, digests: Collection[str] | None) -> Mapping[str, Score]:
        self.questions.append(None if digests is None else frozenset(digests))
        return {name: score for name, score in SCORES.items() if digests is None or name in digests}


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_what_was_read_ahead_is_not_read_again(asked: Asked) -> None:
    scores = KnownScores(asked)
    scores.ahead([*NAMES[:3], "unknown"])

    assert [scores[name] for name in NAMES[:3]] == [SCORES[name] for name in NAMES[:3]]
    assert scores.get("unknown", UNTESTED) is UNTESTED
    scores.ahead([NAMES[1], NAMES[5]])
    assert asked.questions == [frozenset({*NAMES[:3], "unknown"}), frozenset({NAMES[5]})]


def test_whoever_looks_up_many_one_by_one_reads_all_at_once(asked: Asked) -> None:
    scores = KnownScores(asked)

    assert {name: scores[name] for name in NAMES} == SCORES
    assert len(asked.questions) == MOST_ALONE + 1
    assert asked.questions[-1] is None


def test_it_is_a_mapping_of_all_that_is_known(asked: Asked) -> None:
    scores = KnownScores(asked)
    scores.ahead(["unknown"])

    assert dict(scores) == SCORES
    assert len(scores) == len(SCORES)
    assert "unknown" not in scores
