"""Scores: what the evidence says of each digest at a moment, as a pure function.

Effectiveness is a Beta posterior over adopted uses. Every use weighs by the strength of its source and loses weight with age, so an
idle pattern drifts towards the neutral prior: multiplying the score itself by the decay quarantined perfect patterns after 343 idle
days. The fold runs in event-id order, sums exactly, and takes no function whose last bit a platform may choose.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from foundry_git.evidence import beta
from foundry_git.evidence.attribution import Attribution, Use, attribute, exposures
from foundry_git.evidence.events import Event, Outcome, Rated

PRIOR_SUCCESSES = 1.0  # Beta(1, 1) says nothing: an untested pattern stands at 0.5, neither hidden nor preferred
PRIOR_FAILURES = 1.0
HALF_LIFE_DAYS = 30.0  # the seeds' period of decay, kept as the default

CI_STRENGTH = 1.0  # a clean machine ran the checks on what was committed
TESTS_STRENGTH = 0.8  # a machine too, but on somebody's own work tree
PERSON_STRENGTH = 0.6  # somebody says how it went, and nothing can be run again
RATING_STRENGTH = 0.4  # a taste, and raters who were pleased answer more often
REVERT_STRENGTH = 1.0  # taken back is as plain as a failed build
FIX_STRENGTH = 0.4  # blame points at a line that was mended, not at who is to blame
SILENCE_STRENGTH = 0.2  # nobody touched it: most code is left alone, good or not
STRENGTHS = {
    "ci": CI_STRENGTH,
    "tests": TESTS_STRENGTH,
    "person": PERSON_STRENGTH,
    "revert": REVERT_STRENGTH,
    "fix": FIX_STRENGTH,
    "silence": SILENCE_STRENGTH,
}

GOOD_RATING = 4  # the seeds' rule: 4 and 5 are a success
BAD_RATING = 2  # its mirror image; a 3 is counted as neither
MIN_USES = 3  # below it one lucky use would read as a rate; the number the predecessors promoted at
INTERVAL_MASS = 0.90

_SECONDS_PER_DAY = 86_400.0
_LN_2 = 0.6931471805599453

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Score:
    """What the evidence says of one digest.

    ``mean`` and [``low``, ``high``] (90 % credible) are of the rate of success; ``weight`` is the decayed evidence behind them.
    Counts do not decay: ``injected`` injections; ``adopted`` uses; uses that ``passed`` and ``failed`` (of a receipt of one item
    also where its adoption was not seen); ``ratings`` sessions that rated, with their ``mean_rating``. ``last_used`` is the latest
    adopted use. ``enough``: the interval may be shown.
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


UNTESTED = Score(
    PRIOR_SUCCESSES / (PRIOR_SUCCESSES + PRIOR_FAILURES), *beta.interval(PRIOR_SUCCESSES, PRIOR_FAILURES, INTERVAL_MASS)
)
"""The score of a digest without evidence."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one event says of one use; ``success`` is 0 to 1, ``rating`` is there for a rating."""

    name: str
    at: datetime
    share: float
    strength: float
    success: float
    rating: int | None
    rater: str

    @property
    def precedence(self) -> tuple[float, datetime, str]:
        return self.strength, self.at, self.name

    @property
    def recency(self) -> tuple[datetime, str]:
        return self.at, self.name


def score(events: Mapping[str, Event], as_of: datetime, half_life_days: float = HALF_LIFE_DAYS) -> dict[str, Score]:
    """Return the score of every digest that was injected, adopted, judged or rated; the others are ``UNTESTED``.

    ``events``: id → event, a set, so neither order nor duplicates can matter.

    Raises:
        ValueError: ``as_of`` has no zone, or the half-life is not positive.
    """
    return fold(events, exposures(events), as_of, half_life_days)


def fold(
    events: Mapping[str, Event], injected: Mapping[str, int], as_of: datetime, half_life_days: float = HALF_LIFE_DAYS
) -> dict[str, Score]:
    """Compute :func:`score` where injections were counted elsewhere.

    ``events`` then need hold only adoptions, outcomes, ratings, and the injections that those name.
    """
    _expect_moment(as_of, half_life_days)
    ordered = {name: events[name] for name in sorted(events)}
    known = attribute(ordered)
    verdicts = _verdicts(ordered, known)
    decided = _decided(verdicts)
    digests = sorted({*injected, *(use.digest for use in known.used), *(use.digest for use in decided)})
    used, judged, rated = _per_digest(known.used), _per_digest(decided), _ratings(verdicts)
    return {
        digest: replace(
            _posterior(judged.get(digest, ()), as_of, half_life_days),
            injected=injected.get(digest, 0),
            adopted=len(used.get(digest, ())),
            ratings=len(rated.get(digest, ())),
            mean_rating=_mean(rated.get(digest, ())),
            last_used=max(used.get(digest, ()), default=None),
        )
        for digest in digests
    }


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


def _expect_moment(as_of: datetime, half_life_days: float) -> None:
    if as_of.utcoffset() is None:
        raise ValueError("as_of must be a time with its zone")
    if not half_life_days > 0.0:
        raise ValueError("half_life_days must be positive")


def _verdicts(events: Mapping[str, Event], known: Attribution) -> list[tuple[Use, _Verdict]]:
    found = []
    for name, event in events.items():
        if isinstance(event, Outcome | Rated):
            found += [(credit.use, _verdict(name, event, credit.share)) for credit in known.credits(event)]
    return found


def _verdict(name: str, event: Outcome | Rated, share: float) -> _Verdict:
    if isinstance(event, Rated):
        rater = event.session or event.nonce
        return _Verdict(name, event.at, share, RATING_STRENGTH, (event.rating - 1) / 4.0, event.rating, rater)
    return _Verdict(name, event.at, share, STRENGTHS[event.source], float(event.result == "pass"), None, "")


def _decided(verdicts: Iterable[tuple[Use, _Verdict]]) -> dict[Use, _Verdict]:
    """Keep one verdict for each use: of the strongest source, and of equals the latest.

    So a run that is reported twice, or by CI and by a person, counts once, and a repaired build replaces the broken one.
    """
    best: dict[Use, _Verdict] = {}
    for use, verdict in verdicts:
        if use not in best or verdict.precedence > best[use].precedence:
            best[use] = verdict
    return best


def _ratings(verdicts: Iterable[tuple[Use, _Verdict]]) -> dict[str, list[int]]:
    """Return digest → ratings, the latest of each session; a rating that had to be split rates no digest."""
    latest: dict[Use, _Verdict] = {}
    for use, verdict in verdicts:
        seat = Use(verdict.rater, use.digest)
        if verdict.rating and verdict.share == 1.0 and (seat not in latest or verdict.recency > latest[seat].recency):
            latest[seat] = verdict
    return {digest: [each.rating or 0 for each in found] for digest, found in _per_digest(latest).items()}


def _per_digest(by_use: Mapping[Use, Value]) -> dict[str, list[Value]]:
    grouped: dict[str, list[Value]] = {}
    for use, value in by_use.items():
        grouped.setdefault(use.digest, []).append(value)
    return grouped


def _posterior(judged: Iterable[_Verdict], as_of: datetime, half_life_days: float) -> Score:
    verdicts = list(judged)
    if not verdicts:
        return UNTESTED
    weights = [each.strength * each.share * _halved(_age_days(each.at, as_of) / half_life_days) for each in verdicts]
    successes = math.fsum(weight * each.success for weight, each in zip(weights, verdicts, strict=True))
    failures = math.fsum(weight * (1.0 - each.success) for weight, each in zip(weights, verdicts, strict=True))
    a, b = PRIOR_SUCCESSES + successes, PRIOR_FAILURES + failures
    passed = sum(_counts_as_passed(each) for each in verdicts)
    failed = sum(_counts_as_failed(each) for each in verdicts)
    low, high = beta.interval(a, b, INTERVAL_MASS)
    return Score(a / (a + b), low, high, successes + failures, passed=passed, failed=failed, enough=passed + failed >= MIN_USES)


def _counts_as_passed(verdict: _Verdict) -> bool:
    return verdict.share == 1.0 and (verdict.success == 1.0 if verdict.rating is None else verdict.rating >= GOOD_RATING)


def _counts_as_failed(verdict: _Verdict) -> bool:
    return verdict.share == 1.0 and (verdict.success == 0.0 if verdict.rating is None else verdict.rating <= BAD_RATING)


def _mean(ratings: Iterable[int]) -> float | None:
    counted = list(ratings)
    return sum(counted) / len(counted) if counted else None


def _age_days(at: datetime, as_of: datetime) -> float:
    """A time in the future is a skewed clock, not negative age: it would weigh more than 1."""
    return max(0.0, (as_of - at).total_seconds() / _SECONDS_PER_DAY)


def _halved(times: float) -> float:
    """Return 2 ** -times for ``times`` >= 0, by sums and products alone: ``pow`` differs in its last bit between platforms."""
    if times > 1100.0:  # less than the smallest float
        return 0.0
    whole = int(times)
    exponent = (times - whole) * _LN_2
    value = 1.0
    for term in range(20, 0, -1):  # the Taylor series of e ** -exponent; its 20th term is below 1e-21
        value = 1.0 - exponent * value / term
    return math.ldexp(value, -whole)
