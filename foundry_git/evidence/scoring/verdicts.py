"""Verdicts: what the outcomes and ratings of one use come to, and how much each weighs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

from foundry_git.evidence.attribution import Attribution, Use, direct_use
from foundry_git.evidence.fact_rows import RATING
from foundry_git.evidence.facts import Judgement

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
    RATING: RATING_STRENGTH,
}

GOOD_RATING = 4  # the seeds' rule: 4 and 5 are a success
BAD_RATING = 2  # its mirror image; a 3 is counted as neither

_SECONDS_PER_DAY = 86_400.0
_LN_2 = 0.6931471805599453

_Value = TypeVar("_Value")


class UseVerdict(NamedTuple):
    """What one event says of one use; ``success`` is 0 to 1, ``rating`` is there for a rating.

    ``strength`` is the source's, times how well the result is grounded; with ``share`` it makes the weight before any decay.
    ``certain``: it is known that this digest was used. ``mends``: a later commit mended lines of this use.
    ``by_person``: it was said, not run.
    """

    strength: float
    at: str
    event: str
    share: float
    certain: bool
    success: float
    rating: int | None
    rater: str
    author: str | None
    grounding: float | None = None
    mends: bool = False
    by_person: bool = False

    @property
    def weight(self) -> float:
        """The weight before decay and cap, 0 to 1."""
        return self.strength * self.share

    @property
    def passed(self) -> bool:
        """Whether it is counted as a pass."""
        return self.certain and (self.success == 1.0 if self.rating is None else self.rating >= GOOD_RATING)

    @property
    def failed(self) -> bool:
        """Whether it is counted as a failure."""
        return self.certain and (self.success == 0.0 if self.rating is None else self.rating <= BAD_RATING)


def verdicts(known: Attribution) -> list[tuple[Use, UseVerdict]]:
    """Return what every outcome and rating says of every use that it speaks of."""
    found = []
    for row in known.facts.judgements:
        for use, share, certain in known.credits(row):
            found.append((use, _verdict(row, share, certain)))
    return found


def decided(found: Iterable[tuple[Use, UseVerdict]]) -> dict[Use, UseVerdict]:
    """Keep one verdict for each use: the strongest, and of equals the latest.

    So a run that is reported twice, or by CI and by a person, counts once, and a repaired build replaces the broken one. What passed
    and was mended later is no full success: the mending takes its own strength from it, whatever weaker than the pass it is.
    """
    best: dict[Use, UseVerdict] = {}
    mended: dict[Use, UseVerdict] = {}
    for use, verdict in found:
        if use not in best or verdict[:3] > best[use][:3]:
            best[use] = verdict
        if verdict.mends and (use not in mended or verdict[:3] > mended[use][:3]):
            mended[use] = verdict
    for use, mending in mended.items():
        if best[use].at < mending.at and best[use].success == 1.0:
            best[use] = best[use]._replace(success=1.0 - mending.strength)
    return best


def ratings(found: Iterable[tuple[Use, UseVerdict]]) -> dict[str, list[int]]:
    """Return digest → ratings, the latest of each session; a rating that had to be split rates no digest."""
    latest: dict[Use, UseVerdict] = {}
    for use, verdict in found:
        if verdict.rating and verdict.certain:
            seat = Use(verdict.rater, use.digest)
            if seat not in latest or verdict[1:3] > latest[seat][1:3]:
                latest[seat] = verdict
    return {digest: [each.rating or 0 for each in some] for digest, some in per_digest(latest).items()}


def receipt_verdicts(known: Attribution) -> dict[str, UseVerdict]:
    """Return receipt → the strongest and then latest verdict on itself or on a use united with it, whatever was adopted.

    This is what the assignment of a receipt came to (intention to treat), so nothing is split and no share weighs.
    """
    of_use: dict[Use, list[str]] = {}
    for row in known.facts.adoptions:
        if row.receipt:
            of_use.setdefault(known.named(Use(row.receipt, row.digest)), []).append(row.receipt)
    best: dict[str, UseVerdict] = {}
    for judged in known.facts.judgements:
        verdict = _verdict(judged, 1.0, True)
        for receipt in [judged.receipt] if judged.receipt else of_use.get(known.named(direct_use(judged)), ()):
            if receipt not in best or verdict[:3] > best[receipt][:3]:
                best[receipt] = verdict
    return best


def per_digest(by_use: Mapping[Use, _Value]) -> dict[str, list[_Value]]:
    """Group what belongs to uses by their digests."""
    grouped: dict[str, list[_Value]] = {}
    for use, value in by_use.items():
        grouped.setdefault(use.digest, []).append(value)
    return grouped


def age_days(at: str, as_of: datetime) -> float:
    """Return the days from a time to another; a time in the future is a skewed clock, not negative age: it would weigh more than 1."""
    return max(0.0, (as_of - datetime.fromisoformat(at)).total_seconds() / _SECONDS_PER_DAY)


def halved(times: float) -> float:
    """Return 2 ** -times for ``times`` >= 0, by sums and products alone: ``pow`` differs in its last bit between platforms."""
    if times > 1100.0:  # less than the smallest float
        return 0.0
    whole = int(times)
    exponent = (times - whole) * _LN_2
    value = 1.0
    for term in range(20, 0, -1):  # the Taylor series of e ** -exponent; its 20th term is below 1e-21
        value = 1.0 - exponent * value / term
    return math.ldexp(value, -whole)


def _verdict(row: Judgement, share: float, certain: bool) -> UseVerdict:
    grounding = None if row.grounding is None else row.grounding / 1000.0
    strength = STRENGTHS[row.source] * (1.0 if grounding is None else grounding)
    certain = certain and strength > 0.0  # what nothing checked is no result
    success, rater = float(row.result == "pass"), ""
    if row.rating is not None:
        success, rater = (row.rating - 1) / 4.0, row.session or row.nonce or ""
    return UseVerdict(
        strength,
        row.at,
        row.event,
        share,
        certain,
        success,
        row.rating,
        rater,
        row.author,
        grounding,
        row.source == "fix" and success == 0.0,
        bool(row.author) or row.source in ("person", RATING),
    )
