"""Jargon: how much a project's code speaks of what the project is about, and of nothing that others know. Pure but for one file.

A word is jargon in so far as the names of a project's units hold it more often than those of other code bases do. In how many of these
it occurs stands in a file made by ``python -m benchmarks.extraction.general_words``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from foundry_git.source.words import words_in, words_of

FILE = Path(__file__).with_name("general_words.txt")
SMOOTHING = 100  # units of no words that a project is taken to have besides its own: what few units share says little
LEAST_UNITS = 10  # below, nobody knows what a project is about
MOST = 3.0  # times as often as elsewhere; more says no more
NONE, MUCH = 0.006, 0.06  # mean excess of the words of a unit at which it is general, and at which it is all jargon


class Jargon:
    """The words of a project's names, each with how many of its units' names hold it."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._counts: Counter[str] = Counter()
        self._units = 0
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Take in the name of one unit more."""
        self._counts.update(set(words_of(name)))
        self._units += 1

    def generality(self, code: str) -> float | None:
        """1 for code in words that any project uses, 0 for code in words of its own; None where too little is known of the project.

        Between, it falls with the logarithm of the mean, over the distinct words of the code's identifiers, of how many times as often
        the project's names hold a word as those of other code bases.
        """
        words = words_in(code)
        if self._units < LEAST_UNITS or not words:
            return None
        general, bases = general_words()
        units = self._units + SMOOTHING
        excess = [min(MOST, self._counts[word] / units * (bases + 1) / (general.get(word, 0) + 1)) for word in words]
        mean = sum(excess) / len(excess)
        return 1 - min(1.0, max(0.0, math.log(max(mean, NONE) / NONE) / math.log(MUCH / NONE)))


@lru_cache(maxsize=1)
def general_words() -> tuple[Mapping[str, int], int]:
    """Word → in how many code bases it is part of a name, and how many were counted."""
    first, *lines = FILE.read_text(encoding="utf-8").splitlines()
    counts = {word: int(count) for line in lines for count, *words in [line.split(" ")] for word in words}
    return counts, int(first)
