"""Copies: which patterns stand, whole or in part, in what a commit added. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Backdrop = Callable[[], Sequence[Hashes]]
"""Gives the grams of other files of the place, each ascending; asked for only where something may have been copied."""

# Chosen on insertions into five repositories and on their commits (`benchmarks.evidence.adoption tune`); figures are given for others.
LEAST_SHARE = 0.3  # of a pattern's weight; from 0.2 to 0.35 precision stays at 0.99, and recall of parts falls from 0.86 to 0.78
LEAST_WEIGHT = 4.0  # rare fingerprints: 3 let one commit of 877 pass, 6 lose one copy in 200
LEAST_RUN = 2.0  # rare fingerprints side by side: what lies scattered over a large commit is chance
GAP = 12  # grams without a fingerprint of the pattern within one run: a line or two that somebody put in
FEW = 8  # patterns or files, below which their number says little of what is common


class AddedPart(Struct, frozen=True):
    """What a commit added to one file: its grams, (n,) each: their places in the file, the lines where they begin and end."""

    path: str
    hashes: Hashes
    places: NDArray[np.int64]
    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]


class Copy(Struct, frozen=True):
    """A pattern that was found, by its number.

    ``share``: of its fingerprints; ``weight``: of those; ``weighed_share``: of the weight of all. ``runs``: path → where it stands,
    as ranges of lines (first, last).
    """

    pattern: int
    share: float
    weight: float
    weighed_share: float
    fingerprints: Hashes
    runs: Mapping[str, Sequence[tuple[int, int]]]

    @property
    def path(self) -> str:
        """The file that has most of it."""
        return max(sorted(self.runs), key=lambda path: self.lines_in(path))

    def lines_in(self, path: str) -> int:
        """How many lines of it came into a file."""
        return len({line for first, last in self.runs[path] for line in range(first, last + 1)})

    @property
    def lines(self) -> int:
        """How many lines of it came in."""
        return sum(map(self.lines_in, self.runs))


class Patterns:
    """The fingerprints of patterns as one inverted list; ``kin``: a number for each, the same for versions of one pattern."""

    def __init__(self, pieces: Sequence[Hashes], kin: Sequence[int]) -> None:
        every = np.concatenate(pieces) if pieces else np.zeros(0, np.uint64)
        sizes = [len(piece) for piece in pieces]
        self.values, numbers = np.unique(every, return_inverse=True)
        self.pieces = np.split(numbers, np.cumsum(sizes)[:-1]) if pieces else []
        holders = np.repeat(np.arange(len(pieces)), sizes)
        order = np.argsort(numbers, kind="stable")
        self._holders, self._numbers = holders[order], numbers[order]
        self._starts = np.searchsorted(self._numbers, np.arange(len(self.values) + 1))
        self._kinds = len(set(kin))
        self._spread = _spread(numbers, np.array(kin, np.int64)[holders], len(self.values))

    def weights(self, backdrop: Sequence[Hashes] = ()) -> NDArray[np.float64]:
        """What each value says, 0 to 1: 1 if one pattern alone has it, 0 if all patterns have it or all files of the place.

        The inverse document frequency of Spärck Jones ("A statistical interpretation of term specificity", 1972), scaled, among the
        patterns or among the files, whichever says less.
        """
        files = np.zeros(len(self.values), np.int64)
        for file in backdrop:
            files += np.isin(self.values, file, assume_unique=True)
        return np.minimum(_rarity(self._spread - 1, self._kinds), _rarity(files, len(backdrop)))

    def numbers(self, hashes: Hashes) -> NDArray[np.int64]:
        """The number of each hash among the values, -1 where no pattern has it."""
        if not len(self.values):
            return np.full(len(hashes), -1)
        at = np.minimum(np.searchsorted(self.values, hashes), len(self.values) - 1)
        found: NDArray[np.int64] = np.where(self.values[at] == hashes, at, -1)
        return found

    def candidates(self, numbers: NDArray[np.int64], weights: NDArray[np.float64]) -> list[int]:
        """The patterns of which enough may be there, if all these values (each once) are theirs."""
        sums = np.zeros(len(self.pieces))
        for number in numbers.tolist():
            sums[self._holders[self._starts[number] : self._starts[number + 1]]] += weights[number]
        whole = np.bincount(self._holders, weights[self._numbers], len(self.pieces))
        found: list[int] = np.flatnonzero(sums >= np.maximum(LEAST_WEIGHT, LEAST_SHARE * whole)).tolist()
        return found


def may_hold(texts: Sequence[Hashes], patterns: Patterns) -> bool:
    """Say whether whole files together hold enough of any pattern to look at what a commit added to them."""
    numbers = np.unique(np.concatenate([patterns.numbers(hashes) for hashes in texts])) if texts else np.zeros(0, np.int64)
    return bool(patterns.candidates(numbers[numbers >= 0], patterns.weights()))


def copies_in(parts: Sequence[AddedPart], removed: Sequence[Hashes], patterns: Patterns, backdrop: Backdrop) -> list[Copy]:
    """Find the patterns that stand in what a commit added.

    ``removed``: the grams of the lines that it took away; what it only moved or laid out anew is in both. Of several patterns that
    share code each must have enough that no better one explains.
    """
    numbers = [patterns.numbers(part.hashes) for part in parts]
    gained = _gained(numbers, [patterns.numbers(hashes) for hashes in removed], len(patterns.values))
    search = _Search(parts, numbers, gained, patterns)
    if not search.found(patterns.weights()):
        return []
    weights = patterns.weights(backdrop())
    return _apart(search.found(weights), patterns, weights)


def _rarity(holding: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.maximum(0.0, 1.0 - np.log1p(holding) / np.log1p(max(FEW, count)))
    return found


def _spread(numbers: NDArray[np.int64], kin: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """In how many patterns each value is, the versions of one counted once."""
    kinds = int(kin.max(initial=0)) + 1
    return np.bincount(np.unique(numbers * kinds + kin) // kinds, minlength=count)


def _gained(added: Sequence[NDArray[np.int64]], removed: Sequence[NDArray[np.int64]], count: int) -> NDArray[np.bool_]:
    def counted(numbers: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        every = np.concatenate(numbers) if numbers else np.zeros(0, np.int64)
        return np.bincount(every[every >= 0], minlength=count)

    gained: NDArray[np.bool_] = counted(added) > counted(removed)
    return gained


class _Search(Struct, frozen=True):
    """What a commit added, as numbers of the patterns' values; ``gained``: those of which it has more than it took away."""

    parts: Sequence[AddedPart]
    numbers: Sequence[NDArray[np.int64]]
    gained: NDArray[np.bool_]
    patterns: Patterns

    def found(self, weights: NDArray[np.float64]) -> list[Copy]:
        there = np.unique(np.concatenate(self.numbers)) if self.numbers else np.zeros(0, np.int64)
        there = there[there >= 0]
        wanted = self.patterns.candidates(there[self.gained[there]], weights)
        copies = (self._copy(pattern, weights) for pattern in wanted)
        return [copy for copy in copies if copy is not None]

    def _copy(self, pattern: int, weights: NDArray[np.float64]) -> Copy | None:
        own = self.patterns.pieces[pattern]
        wanted = np.zeros(len(self.gained) + 1, bool)  # the last is that of -1
        wanted[own] = self.gained[own]
        seen: set[int] = set()
        runs: dict[str, list[tuple[int, int]]] = {}
        for part, numbers in zip(self.parts, self.numbers, strict=True):
            hits = np.flatnonzero(wanted[numbers])
            for run in _runs(hits, part.places[hits]):
                values = np.unique(numbers[run])
                if weights[values].sum() >= LEAST_RUN:
                    seen.update(values.tolist())
                    runs.setdefault(part.path, []).append((int(part.firsts[run].min()), int(part.lasts[run].max())))
        matched = np.array(sorted(seen), np.int64)
        weight, whole = float(weights[matched].sum()), float(weights[own].sum())
        if weight < LEAST_WEIGHT or weight < LEAST_SHARE * whole:
            return None
        return Copy(pattern, len(matched) / len(own), weight, weight / whole, self.patterns.values[matched], runs)


def _runs(hits: NDArray[np.int64], places: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Cut hits where more than ``GAP`` grams lie between two of them."""
    breaks = [0, *(np.flatnonzero(np.diff(places) > GAP) + 1).tolist(), len(hits)]
    return [hits[start:end] for start, end in pairwise(breaks) if end > start]


def _apart(copies: Sequence[Copy], patterns: Patterns, weights: NDArray[np.float64]) -> list[Copy]:
    """Leave out what another copy explains better: a version that shares half of its code with the one that was taken."""
    kept: list[Copy] = []
    free = np.ones(len(patterns.values), bool)
    for copy in sorted(copies, key=lambda copy: (-round(copy.weight, 6), -copy.share, copy.pattern)):
        own = patterns.numbers(copy.fingerprints)
        left = float(weights[own[free[own]]].sum())
        if left >= LEAST_WEIGHT and left * copy.weighed_share >= LEAST_SHARE * copy.weight:
            kept.append(copy)
            free[own] = False
    return kept
