"""Postings: the numbers of many pieces of code as one inverted list, so that one piece is compared with all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
Floats = NDArray[np.float32]

SMOOTHING = 50  # pieces without any of the words: among few pieces no word is a rare one


class Postings:
    """The numbers of many pieces; the place of a piece in the sequence is its own number."""

    def __init__(self, pieces: Sequence[Numbers]) -> None:
        """``pieces``: (n_i,) each, ascending, none twice."""
        self.sizes = np.array([len(piece) for piece in pieces], np.intp)
        values = np.concatenate(pieces) if pieces else np.zeros(0, np.uint64)
        order = np.argsort(values)
        self._values = values[order]
        self._holders = np.repeat(np.arange(len(pieces)), self.sizes)[order]

    def similarities(self, numbers: Numbers) -> Floats:
        """The share of numbers that a piece has in common with each of these, of those of either (Jaccard), float32 (n,)."""
        holders, _ = self._holding(numbers)
        shared = np.bincount(holders, minlength=len(self.sizes))
        either = np.maximum(self.sizes + len(numbers) - shared, 1)
        found: Floats = (shared / either).astype(np.float32)
        return found

    def cosines(self, numbers: Numbers) -> Floats:
        """The cosine of a piece with each of these, float32 (n,), where a number counts as much as it is rare among them.

        The weight is the inverse document frequency, log((N + 1 + s) / (n + 1)) with N pieces of which n have it; s: ``SMOOTHING``.
        """
        holders, counts = self._holding(numbers)
        weights = self._weights(counts)
        shared = np.bincount(holders, np.repeat(weights**2, counts), len(self.sizes))
        length = float(np.sqrt(np.sum(weights**2)))
        found: Floats = (shared / np.maximum(self._lengths * length, 1e-9)).astype(np.float32)
        return found

    @cached_property
    def _lengths(self) -> NDArray[np.float64]:
        """The length of the vector of each piece."""
        _, counts = np.unique(self._values, return_counts=True)
        squares = np.repeat(self._weights(counts) ** 2, counts)
        return np.sqrt(np.bincount(self._holders, squares, len(self.sizes)))

    def _weights(self, counts: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.log((len(self.sizes) + 1 + SMOOTHING) / (counts + 1))

    def _holding(self, numbers: Numbers) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The pieces that have each of the numbers, one behind the other, and how many each time."""
        starts, ends = np.searchsorted(self._values, numbers), np.searchsorted(self._values, numbers, side="right")
        counts = ends - starts
        spans = [self._holders[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True) if start < end]
        return (np.concatenate(spans) if spans else np.zeros(0, np.intp)), counts
