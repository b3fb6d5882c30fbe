"""Whether intervals say what they hold: true rates drawn from the prior, uses drawn from the rates, scores taken from the events.

``python -m benchmarks.evidence.calibration``. A 90 % credible interval holds the rate in 90 of 100 cases when these are drawn as the
prior says and nothing has decayed; by decay it is wider than what happened supports, for what happened may hold no more.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.measure import write
from foundry_git.evidence.events import Event, Outcome, by_id
from foundry_git.evidence.scoring import score
from foundry_git.evidence.scoring.scores import PRIOR_FAILURES, PRIOR_SUCCESSES

PATTERNS, SEED = 10_000, 20261126
USES = (3, 5, 10, 20, 40)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def coverage(uses: int, patterns: int = PATTERNS, age_days: int = 0, seed: int = SEED) -> float:
    """The share of patterns, each judged by CI so many times, whose interval holds their true rate so many days later."""
    chance = random.Random(seed * 1000 + uses)
    rates = {hashlib.sha256(f"{number}".encode()).hexdigest(): _rate(chance) for number in range(patterns)}
    events = by_id(event for digest, rate in rates.items() for event in _outcomes(digest, rate, uses, chance))
    scores = score(events, AT + timedelta(days=age_days))
    return sum(scores[digest].low <= rate <= scores[digest].high for digest, rate in rates.items()) / patterns


def _rate(chance: random.Random) -> float:
    return chance.betavariate(PRIOR_SUCCESSES, PRIOR_FAILURES)


def _outcomes(digest: str, rate: float, uses: int, chance: random.Random) -> Iterator[Event]:
    for use in range(uses):
        run = hashlib.sha256(f"{digest} {use}".encode()).hexdigest()
        yield Outcome(at=AT, subject=digest, result="pass" if chance.random() < rate else "fail", source="ci", run=run)


def main() -> None:
    """Simulate and write."""
    fresh = {str(uses): coverage(uses, PATTERNS // 2 if uses > 10 else PATTERNS) for uses in USES}
    aged = {str(days): coverage(10, PATTERNS // 5, days) for days in (30, 90)}
    write(
        "evidence-calibration",
        {"patterns": PATTERNS, "seed": SEED, "mass": 0.9, "covered_by_uses": fresh, "covered_of_10_uses_by_age_in_days": aged},
    )


if __name__ == "__main__":
    main()
