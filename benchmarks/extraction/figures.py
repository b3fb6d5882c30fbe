"""Figures of observations: precision of what extraction puts first, and its lift over two simple ways to choose, with intervals."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.extraction.observed import Observed

DEPTHS = (20, 50)
DRAWS, SEED = 2_000, 20
INTERVAL = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One repository: the labels of what was proposed, the most worth first, and of the baselines' choices.

    ``rule``: of all units; ``rule_alone``: of those that were proposed, as only what stands alone is.
    """

    top: Sequence[bool]
    anything: Sequence[bool]
    rule: Sequence[bool]
    rule_alone: Sequence[bool]


def ranked(observed: Sequence[Observed], worth: Mapping[int, float] | None = None) -> Ranked:
    """Rank what was proposed by its worth, or by another given for the position of each."""
    proposed = [(worth[at] if worth else one.worth, at) for at, one in enumerate(observed) if one.worth >= 0]
    order = [at for _, at in sorted(proposed, key=lambda pair: (-pair[0], pair[1]))]
    rule = [one.good for one in observed if one.complexity > 3 and one.lines >= 5 and not one.private]
    alone = [one.good for one in observed if one.complexity > 3 and one.worth >= 0]
    return Ranked([observed[at].good for at in order], [one.good for one in observed], rule, alone)


def figures(repositories: Sequence[Ranked]) -> dict[str, object]:
    """Macro averages over repositories: base rates, precision@k, lift over both, and the highest lift there could be."""
    random_rate, rule_rate = (
        _mean([_rate(one.anything) for one in repositories]),
        _mean([_rate(one.rule) for one in repositories]),
    )
    alone_rate = _mean([_rate(one.rule_alone) for one in repositories])
    found: dict[str, object] = {
        "repositories": len(repositories),
        "random": round(random_rate, 4),
        "rule": round(rule_rate, 4),
        "rule_alone": round(alone_rate, 4),
    }
    for depth in DEPTHS:
        precision = _mean([_rate(one.top[:depth]) for one in repositories])
        possible = _mean([min(depth, sum(one.top)) / max(1, min(depth, len(one.top))) for one in repositories])
        found[f"at_{depth}"] = {
            "precision": round(precision, 4),
            "lift_over_random": round(precision / random_rate, 3) if random_rate else None,
            "lift_over_rule": round(precision / rule_rate, 3) if rule_rate else None,
            "lift_over_rule_alone": round(precision / alone_rate, 3) if alone_rate else None,
            "possible_lift_over_rule": round(possible / rule_rate, 3) if rule_rate else None,
            **_intervals(repositories, depth),
        }
    return found


def _intervals(repositories: Sequence[Ranked], depth: int) -> dict[str, list[float]]:
    """95 % bootstrap intervals: repositories are drawn, then units within each."""
    chance = random.Random(SEED)
    precisions, lifts = [], []
    for _ in range(DRAWS):
        drawn = [chance.choice(repositories) for _ in repositories]
        precision = _mean([_rate(_drawn(one.top[:depth], chance)) for one in drawn])
        base = _mean([_rate(_drawn(one.rule, chance)) for one in drawn])
        precisions.append(precision)
        lifts.append(precision / base if base else 0.0)
    return {"precision_95": _quantiles(precisions), "lift_over_rule_95": _quantiles(lifts)}


def _drawn(labels: Sequence[bool], chance: random.Random) -> list[bool]:
    return chance.choices(labels, k=len(labels)) if labels else []


def _quantiles(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [round(ordered[min(len(ordered) - 1, int(at * len(ordered)))], 3) for at in INTERVAL]


def _rate(labels: Sequence[bool]) -> float:
    return sum(labels) / len(labels) if labels else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
