"""Figures of rankings against labels: MRR, NDCG and Recall at ten, with intervals. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CUT = 10
RESAMPLES, SEED = 2000, 4
NAMES = ("mrr@10", "ndcg@10", "recall@10")


def measured(ranked: Sequence[str], relevance: Mapping[str, float]) -> tuple[float, float, float]:
    """(reciprocal rank, NDCG with linear gain, recall) of one ranking cut at ten; relevance from 1 on counts as right."""
    gains = [relevance.get(one, 0.0) for one in ranked[:CUT]]
    right = sum(1 for value in relevance.values() if value >= 1)
    first = next((1 / (at + 1) for at, gain in enumerate(gains) if gain >= 1), 0.0)
    ideal = _discounted(sorted(relevance.values(), reverse=True)[:CUT])
    found = sum(1 for gain in gains if gain >= 1)
    return first, _discounted(gains) / ideal if ideal else 0.0, found / right if right else 0.0


def summary(rows: Sequence[tuple[float, float, float]]) -> dict[str, float | list[float] | int]:
    """Means of the three figures over queries, each with a 95 % bootstrap interval."""
    values = np.array(rows)
    means = _resampled([values]) if len(values) else np.zeros((RESAMPLES, 3))
    found: dict[str, float | list[float] | int] = {"queries": len(rows)}
    for at, name in enumerate(NAMES):
        found[name] = round(float(values[:, at].mean()), 4) if len(values) else 0.0
        found[f"{name} interval"] = _interval(means[:, at])
    return found


def macro(groups: Sequence[Sequence[tuple[float, float, float]]]) -> dict[str, float | list[float] | int]:
    """Means of the groups' means, with a 95 % bootstrap interval over the queries within each."""
    arrays = [np.array(rows) for rows in groups if rows]
    means = _resampled(arrays)
    whole = np.mean([array.mean(0) for array in arrays], axis=0)
    found: dict[str, float | list[float] | int] = {"queries": sum(len(array) for array in arrays)}
    for at, name in enumerate(NAMES):
        found[name] = round(float(whole[at]), 4)
        found[f"{name} interval"] = _interval(means[:, at])
    return found


def gain(
    groups: Sequence[Sequence[tuple[float, float, float]]], others: Sequence[Sequence[tuple[float, float, float]]]
) -> dict[str, float | list[float]]:
    """Macro NDCG@10 of one method over another's, with a paired 95 % bootstrap interval."""
    pairs = [np.array(one) - np.array(other) for one, other in zip(groups, others, strict=True) if one]
    means = _resampled(pairs)
    return {
        "ndcg@10": round(float(np.mean([pair.mean(0) for pair in pairs], axis=0)[1]), 4),
        "ndcg@10 interval": _interval(means[:, 1]),
    }


def _resampled(groups: Sequence[Floats]) -> Floats:
    """Macro means of ``RESAMPLES`` draws with replacement, (RESAMPLES, 3); the same draws for the same sizes."""
    generator = np.random.default_rng(SEED)
    drawn = [group[generator.integers(0, len(group), (RESAMPLES, len(group)))].mean(1) for group in groups]
    whole: Floats = np.mean(drawn, axis=0)
    return whole


def _interval(values: Floats) -> list[float]:
    return [round(float(value), 4) for value in np.percentile(values, [2.5, 97.5])]


def _discounted(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(at + 2) for at, gain in enumerate(gains))
