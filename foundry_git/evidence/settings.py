"""What may be set of evidence and of the scores that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HALF_LIFE_DAYS = 30  # the seeds' period of decay, kept as the default

# Validating needs about nine units of unbroken success and quarantining about eleven of failure (e-value 20 against 0.60 and 0.35):
# with three units each, no claim rests on fewer than three persons. Whoever is sure alone decides, and that is an event with a name.
MAX_WEIGHT_PER_AUTHOR = 3

Model = Literal["beta", "legacy"]


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """How fast evidence ages, and how much of it one person may supply for one version (in undecayed weight)."""

    half_life_days: float = HALF_LIFE_DAYS
    max_weight_per_author: float = MAX_WEIGHT_PER_AUTHOR


@dataclass(frozen=True, slots=True)
class ScoringSettings:
    """Which formulas: ``beta``, or ``legacy`` for those of the seeds."""

    model: Model = "beta"


PLAIN = EvidenceSettings()
"""What holds where nothing is set."""
