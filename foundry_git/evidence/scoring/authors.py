"""Authors: how much of the evidence on one version people may supply, each and all together.

An author is a pseudonym that an event carries, so anybody can make up as many as he likes. Therefore one author supplies at most
``most``; whoever spoke less than five times is a newcomer, and all newcomers together supply no more than one author; and all people
together no more than three. With the default of three units that is nine at most, and it takes nine passes in a row to validate and
eleven failures to quarantine. So newcomers make no claim, however many they are, and people alone quarantine nothing: that takes a
machine, or somebody who decides.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from foundry_git.evidence.scoring.verdicts import UseVerdict

ESTABLISHED_WORDS = 5  # verdicts in the library that an author gave before; up to then nobody knows him
PEOPLE = 3  # authors whose full weight all people together may have: fewer could make no claim at all


class Allowance:
    """What people may still supply for one version as one verdict comes after the other.

    A weight must not depend on what comes later, or the claims of :mod:`foundry_git.evidence.eprocess` are not valid.
    """

    def __init__(self, most: float, words: Mapping[str, Sequence[str]]) -> None:
        self._most = most
        self._words = words
        self._supplied: dict[str, float] = {}
        self._newcomers = 0.0
        self._people = 0.0

    def take(self, verdict: UseVerdict) -> float:
        """Return how much of a verdict's weight counts; a machine's counts whole."""
        if not verdict.by_person:
            return verdict.weight
        author = verdict.author or ""
        left = [verdict.weight, PEOPLE * self._most - self._people]
        is_known = is_established(self._words, author, verdict.at)
        if author:
            left.append(self._most - self._supplied.get(author, 0.0))
        if not is_known:
            left.append(self._most - self._newcomers)
        allowed = max(0.0, min(left))
        self._supplied[author] = self._supplied.get(author, 0.0) + allowed
        self._newcomers += 0.0 if is_known else allowed
        self._people += allowed
        return allowed


def is_established(words: Mapping[str, Sequence[str]], author: str, at: str) -> bool:
    """Whether an author had spoken often enough before a moment; ``words``: author → the times of all that he said, in order."""
    return bool(author) and bisect_left(words.get(author, ()), at) >= ESTABLISHED_WORDS


def capped(judged: Sequence[UseVerdict], most: float, words: Mapping[str, Sequence[str]], at: str) -> list[float]:
    """Return the weights of the verdicts on one version at a moment, those of people scaled down to what they may supply."""
    weights = [each.weight for each in judged]
    supplied: dict[str, list[float]] = {}
    for number, (each, weight) in enumerate(zip(judged, weights, strict=True)):
        if each.by_person:
            supplied.setdefault(_seat(each, number), []).append(weight)
    totals = {seat: math.fsum(some) for seat, some in supplied.items()}
    allowed = {seat: min(total, most) for seat, total in totals.items()}
    _shrink(allowed, [seat for seat in allowed if not is_established(words, seat, at)], most)
    _shrink(allowed, list(allowed), PEOPLE * most)
    scales = {seat: allowed[seat] / total for seat, total in totals.items() if allowed[seat] < total}
    if not scales:
        return weights
    seats = (_seat(each, number) if each.by_person else "" for number, each in enumerate(judged))
    return [weight * scales.get(seat, 1.0) for weight, seat in zip(weights, seats, strict=True)]


def _seat(verdict: UseVerdict, number: int) -> str:
    """Whoever gives no name is somebody else each time."""
    return verdict.author or f"somebody {number}"


def _shrink(allowed: dict[str, float], seats: Sequence[str], most: float) -> None:
    """Scale what some may supply so that it is ``most`` together."""
    total = math.fsum(allowed[seat] for seat in seats)
    if total > most:
        for seat in seats:
            allowed[seat] *= most / total
