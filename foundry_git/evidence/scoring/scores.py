"""A score: what the evidence says of one digest at a moment, and of it in each language and framework.

Effectiveness is a Beta posterior over adopted uses. Every use weighs by the strength of its source and loses weight with age, so an
idle pattern drifts towards the neutral prior: multiplying the score itself by the decay quarantined perfect patterns after 343 idle
days. Only functions are taken whose last bit no platform may choose, or their results are rounded to nine decimals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from foundry_git.evidence import beta
from foundry_git.evidence.scoring.states import MIN_USES, State

PRIOR_SUCCESSES = 1.0  # Beta(1, 1) says nothing: an untested pattern stands at 0.5, neither hidden nor preferred
PRIOR_FAILURES = 1.0
INTERVAL_MASS = 0.90

# A context's own two uses weigh as much as all that is known of the pattern elsewhere: little, because languages and frameworks
# really differ, and more than nothing, because one use in Go is no rate in Go.
CONTEXT_PRIOR_WEIGHT = 2.0

PRIORITY_FLOOR = 0.6  # the seeds': without it a pattern that was used once fell under every threshold
PRIORITY_FULL_USES = 99  # from here on use raises a priority no more; log10(99 + 1) / 2 = 1

TRUST_NEUTRAL = 0.5  # nothing is known; the seeds' own steps from there follow
TRUST_SUCCESS = 0.3
TRUST_FAILURE = 0.4  # a failure costs more than a success earns
TRUST_VALIDATED = 0.1
TRUST_QUARANTINED = 0.2
TRUST_PRIOR_WEIGHT = 2.0  # as much as the prior of the rate: the first use moves trust by a third of a step

DRIFT_WINDOW = 5  # the seeds' windows: the latest five judged uses against the five before
DRIFT_NOTABLE = 0.2  # the seeds' bar


class ContextScore(Struct, frozen=True):
    """What the evidence says of a digest in one language, or in one framework of it (``framework`` is then there).

    The rate is Beta(``alpha``, ``beta``); what is known of the digest elsewhere is in it as a prior. ``weight``, ``passed`` and
    ``failed`` are of this context alone.
    """

    language: str | None
    framework: str | None
    alpha: float
    beta: float
    weight: float
    passed: int
    failed: int

    @property
    def mean(self) -> float:
        """The rate of success."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def interval(self) -> tuple[float, float]:
        """The interval that holds 90 % of it; taken when it is asked for, because it takes 0.1 ms."""
        return beta.interval(self.alpha, self.beta, INTERVAL_MASS)


class Score(Struct, frozen=True):
    """What the evidence says of one digest.

    ``mean`` and [``low``, ``high``] (90 % credible) are of the rate of success, and ``variance`` too; ``weight`` is the decayed
    evidence behind them. Counts do not decay: ``injected`` injections; ``adopted`` uses; uses that ``passed`` and ``failed`` (of a
    receipt of one item also where its adoption was not seen); ``ratings`` sessions that rated, with their ``mean_rating``.
    ``last_used`` is the latest adopted use. ``enough``: the interval may be shown. ``priority`` is what to look at first, ``trust``
    how far to rely on it unseen, both 0 to 1. ``drift``: the rate of the latest uses less that of those before; None while there are
    too few. ``state``, ``since`` when, and its ``reason``. ``contexts``: by language and framework, in that order.
    """

    mean: float
    low: float
    high: float
    weight: float = 0.0
    injected: int = 0
    adopted: int = 0
    passed: int = 0
    failed: int = 0
    ratings: int = 0
    mean_rating: float | None = None
    last_used: datetime | None = None
    enough: bool = False
    variance: float = 1.0 / 12.0
    priority: float = 0.275
    trust: float = TRUST_NEUTRAL
    drift: float | None = None
    state: State = "pending"
    since: datetime | None = None
    reason: str = ""
    contexts: tuple[ContextScore, ...] = ()

    @property
    def is_drifting(self) -> bool:
        """Whether the latest uses went notably otherwise than those before."""
        return self.drift is not None and abs(self.drift) > DRIFT_NOTABLE

    def context(self, language: str | None, framework: str | None = None) -> ContextScore | None:
        """Return what is known of it in a framework of a language, else in the language, else None: the total then stands for it."""
        known = {(each.language, each.framework): each for each in self.contexts}
        return known.get((language, framework)) or known.get((language, None))


def variance_of(a: float, b: float) -> float:
    """Return the variance of Beta(a, b)."""
    return a * b / ((a + b) * (a + b) * (a + b + 1.0))


def priority_of(mean: float, adopted: int, variance: float) -> float:
    """Return the seeds' effectiveness * frequency * (1 - variance), of uses that were seen and a variance that is computed.

    Frequency is log10(uses + 1) / 2, at least ``PRIORITY_FLOOR`` and at most 1.
    """
    frequency = min(1.0, math.log10(adopted + 1.0) / math.log10(PRIORITY_FULL_USES + 1.0))
    return round(mean * max(PRIORITY_FLOOR, frequency) * (1.0 - variance), 9)


def trust_of(successes: float, failures: float, state: State) -> float:
    """Return the trust in a version, from decayed evidence of its uses: nothing known is 0.5, whatever was seen of it elsewhere."""
    weight = successes + failures + TRUST_PRIOR_WEIGHT
    trust = TRUST_NEUTRAL + TRUST_SUCCESS * successes / weight - TRUST_FAILURE * failures / weight
    trust += {"validated": TRUST_VALIDATED, "quarantined": -TRUST_QUARANTINED}.get(state, 0.0)
    return min(1.0, max(0.0, trust))


def drift_of(successes: Sequence[float]) -> float | None:
    """Return the rate of the latest window less that of the one before, both with the prior; ``successes`` in the order of time."""
    if len(successes) < 2 * DRIFT_WINDOW:
        return None
    newer, older = successes[-DRIFT_WINDOW:], successes[-2 * DRIFT_WINDOW : -DRIFT_WINDOW]
    whole = DRIFT_WINDOW + PRIOR_SUCCESSES + PRIOR_FAILURES
    return (math.fsum(newer) - math.fsum(older)) / whole


UNTESTED = Score(
    PRIOR_SUCCESSES / (PRIOR_SUCCESSES + PRIOR_FAILURES),
    *beta.interval(PRIOR_SUCCESSES, PRIOR_FAILURES, INTERVAL_MASS),
)
"""The score of a digest without evidence."""


def sentence(score: Score) -> str:
    """Say a score, counts first: ``adopted 4, passed 4, failed 0 · 0.83 [0.55–0.97]``.

    Before there is enough evidence no rate is shown, and counts of nothing are left out.
    """
    counts = {"adopted": score.adopted, "passed": score.passed, "failed": score.failed}
    if score.enough:
        said = ", ".join(f"{word} {count}" for word, count in counts.items())
        return f"{said} · {score.mean:.2f} [{score.low:.2f}–{score.high:.2f}]"
    if not (any(counts.values()) or score.weight):
        return "untested"
    said = ", ".join(f"{word} {count}" for word, count in counts.items() if count) or "adoption unknown"
    return f"{said} · not enough evidence"


def is_enough(passed: int, failed: int) -> bool:
    """Tell whether a rate may be shown."""
    return passed + failed >= MIN_USES
