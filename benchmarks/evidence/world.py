"""A made-up world to select patterns in: their worth drifts, search finds them by noise, and hard tasks hide what they are worth.

Sixty patterns of five topics. The rate at which a pattern works wanders a little with every task, and now and then jumps: something
it depends on has changed. A task has a topic, finds its twelve patterns at cosines around 0.5, and is hard or easy. Of the patterns
some are found more readily on hard tasks, where everything fails more often and less is adopted, so the rate of success of their uses
is lower than they deserve. An agent goes through what it is shown in order and adopts the first that really answers, which happens as
often as the search says (its relevance is calibrated); without any it does as well as it does without a library.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from foundry_git.index.document import Document
from foundry_git.search.answer import Hit
from foundry_git.search.ranking import fuse, relevant, with_evidence

TOPICS, EACH, SLOTS = 5, 12, 3
RATES = (3.0, 1.3)  # Beta: seven of ten patterns work in most uses, some hardly ever
WANDER, JUMP = 0.004, 1 / 2500  # standard deviation and chance of a jump, a task and pattern
HARD, ADOPTED_EASY, ADOPTED_HARD = 0.75, 0.9, 0.5  # factor of success on hard tasks; how often what fits is adopted
ALONE = 0.55  # how often an agent succeeds without a pattern
COSINE, NOISE, SPECIAL = 0.5, 0.07, 0.05
WORDS = 0.5
LEAST_RELEVANCE = 0.6

_SETS = np.array(list(combinations(range(EACH), SLOTS)))
Floats = NDArray[np.float64]


def digest_of(pattern: int) -> str:
    """The digest of a pattern."""
    return f"{pattern:064x}"


_DOCUMENTS = [
    Document(
        library="team", place=f"python/p{number}/v1", id=f"python/p{number}", version=1, digest=digest_of(number), name=f"p{number}",
        kind="function", language="python", framework="", tags=(), description="", suggested_action="", code="", path="",
    )
    for number in range(TOPICS * EACH)
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a task: the pattern adopted, if any, and whether it succeeded."""

    adopted: int | None
    succeeded: bool


class World:
    """``tasks`` tasks, all drawn beforehand, so that every policy meets the same."""

    def __init__(self, seed: int, tasks: int) -> None:
        chance = np.random.default_rng(seed)
        self.tasks = tasks
        self._topic = chance.integers(0, TOPICS, tasks)
        self._hard = chance.random(tasks) < 0.5
        self._rates = _drifting(chance, tasks)
        special = (chance.random(TOPICS * EACH) < 0.5).reshape(TOPICS, EACH)[self._topic]
        sides = np.where(self._hard[:, None], SPECIAL, -SPECIAL)
        self._cosines = chance.normal(COSINE, NOISE, (tasks, EACH)) + np.where(special, sides, 0.0)
        self._luck = chance.random((tasks, EACH + 2))
        self.relevance = np.array([self._relevances(task) for task in range(tasks)])

    def hits(self, task: int, worth: dict[str, float]) -> list[Hit]:
        """What the search finds, best first, by the ranking that ships; ``worth``: digest → effectiveness."""
        known = {place: worth.get(digest_of(self.pattern(task, place)), 0.5) for place in range(EACH)}
        scored = with_evidence(fuse({}, dict(enumerate(self._cosines[task])), dict.fromkeys(range(EACH), WORDS)), known)
        found = relevant(scored, LEAST_RELEVANCE)
        return [Hit(_DOCUMENTS[self.pattern(task, one.number)], one.score, one.relevance, one.parts) for one in found]

    def pattern(self, task: int, place: int) -> int:
        """The number of the pattern at a place in the task's topic."""
        return int(self._topic[task]) * EACH + place

    def value(self, task: int, shown: list[int]) -> float:
        """How likely the task succeeds with these patterns (numbers) shown, in order."""
        places = np.array([[pattern % EACH for pattern in shown]], dtype=np.int64).reshape(1, -1)
        return float(self._values(task, places)[0])

    def best(self, task: int) -> float:
        """How likely it succeeds with the best three shown in the best order."""
        rates = self._rates[task, self._topic[task] * EACH :][:EACH]
        return float(self._values(task, np.argsort(-rates)[_SETS]).max())

    def play(self, task: int, shown: list[int]) -> Played:
        """Let the agent do the task."""
        luck = self._luck[task]
        fitting = next((one for one in shown if luck[one % EACH] < self.relevance[task, one % EACH]), None)
        factor = HARD if self._hard[task] else 1.0
        if fitting is None or luck[EACH] >= self._adoption(task):
            return Played(None, bool(luck[EACH + 1] < ALONE * factor))
        return Played(fitting, bool(luck[EACH + 1] < self._rates[task, fitting] * factor))

    def _values(self, task: int, places: NDArray[np.int64]) -> Floats:
        fits = self.relevance[task][places]
        before = np.cumprod(np.hstack([np.ones((len(places), 1)), 1.0 - fits]), axis=1)
        rates = self._rates[task, self._topic[task] * EACH + places]
        found = (before[:, :-1] * fits * rates).sum(axis=1) + before[:, -1] * ALONE
        adopts = self._adoption(task)
        values: Floats = (HARD if self._hard[task] else 1.0) * (adopts * found + (1.0 - adopts) * ALONE)
        return values

    def _adoption(self, task: int) -> float:
        return ADOPTED_HARD if self._hard[task] else ADOPTED_EASY

    def _relevances(self, task: int) -> Floats:
        scored = fuse({}, dict(enumerate(self._cosines[task])), dict.fromkeys(range(EACH), WORDS))
        return np.array([one.relevance for one in sorted(scored, key=lambda one: one.number)])


def _drifting(chance: np.random.Generator, tasks: int) -> Floats:
    rates = np.empty((tasks, TOPICS * EACH))
    now = chance.beta(*RATES, TOPICS * EACH)
    for task in range(tasks):
        jumps = chance.random(TOPICS * EACH) < JUMP
        now = np.where(jumps, chance.beta(*RATES, TOPICS * EACH), now + chance.normal(0.0, WANDER, TOPICS * EACH))
        now = np.clip(now, 0.02, 0.98)
        rates[task] = now
    return rates
