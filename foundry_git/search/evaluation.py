"""Evaluation: what a set of queries got, as figures, and what is worse than it was. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct

CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for English and code: tokenizers differ, and the ratio of two lengths does not need one."""

GROWTH = 0.10
"""How much longer the mean injection may get before that is called worse; a slot that gets filled now and then is no more than that."""

_EQUAL = 1e-9


class QueryResult(Struct, frozen=True):
    """What one query got: ids as shown, best first, and the length of the section for a prompt. Expecting none: none is right."""

    expected: frozenset[str]
    shown: tuple[str, ...]
    characters: int = 0

    @property
    def rank(self) -> int:
        """Where the first of the expected ones stands, from 1; 0 where none is shown."""
        return next((rank for rank, id in enumerate(self.shown, 1) if id in self.expected), 0)

    @property
    def passed(self) -> bool:
        """Whether an expected one comes first, or nothing is shown where nothing is expected."""
        return self.rank == 1 if self.expected else not self.shown

    def recall(self, depth: int) -> float:
        """The share of the expected ones among the first ``depth``, of as many as fit there: 1 is the best possible order."""
        return len(self.expected.intersection(self.shown[:depth])) / min(depth, len(self.expected))


class Figures(Struct, frozen=True):
    """Figures of a set of queries; a rate of which there was nothing to measure is left out. Lengths are of all queries."""

    answerable: int
    unanswerable: int
    rates: Mapping[str, float]
    mean_characters: float
    most_characters: int


def measure(outcomes: Sequence[QueryResult]) -> Figures:
    """Measure recall, mean reciprocal rank and wrong silence on the answerable, abstention on the others, and lengths on all."""
    answerable = [outcome for outcome in outcomes if outcome.expected]
    others = [outcome for outcome in outcomes if not outcome.expected]
    shares = {
        "recall@1": [outcome.recall(1) for outcome in answerable],
        "recall@5": [outcome.recall(5) for outcome in answerable],
        "mrr": [1 / outcome.rank if outcome.rank else 0.0 for outcome in answerable],
        "wrong_silence": [float(not outcome.shown) for outcome in answerable],
        "abstention": [float(not outcome.shown) for outcome in others],
    }
    lengths = [outcome.characters for outcome in outcomes]
    return Figures(
        answerable=len(answerable),
        unanswerable=len(others),
        rates={name: math.fsum(values) / len(values) for name, values in shares.items() if values},
        mean_characters=sum(lengths) / len(lengths) if lengths else 0.0,
        most_characters=max(lengths, default=0),
    )


def tokens(characters: float) -> int:
    """About how many tokens so many characters are."""
    return math.ceil(characters / CHARACTERS_PER_TOKEN)


def below(figures: Figures, at_least: Mapping[str, float]) -> list[str]:
    """A sentence for each rate that does not reach its bar, or that there is nothing to measure by."""
    found = []
    for name, bar in at_least.items():
        rate = figures.rates.get(name)
        if rate is None:
            found.append(f"{name} has a bar in `at_least`, and no query to measure it by")
        elif rate < bar - _EQUAL:
            found.append(f"{name} is {rate:.3f}, below the {bar:.3f} of `at_least`")
    return found


def regressions(now: Figures, before: Figures) -> list[str]:
    """A sentence for each way in which the figures of the same queries are worse than they were."""
    found = [
        f"{name} fell from {before.rates[name]:.3f} to {now.rates[name]:.3f}"
        for name in ("recall@1", "recall@5", "abstention")
        if name in before.rates and now.rates[name] < before.rates[name] - _EQUAL
    ]
    if now.mean_characters > before.mean_characters * (1 + GROWTH) + _EQUAL and before.mean_characters:
        growth = now.mean_characters / before.mean_characters - 1
        was, is_now = tokens(before.mean_characters), tokens(now.mean_characters)
        found.append(f"a mean injection grew by {growth:.0%}, from about {was:,} to {is_now:,} tokens")
    return found
