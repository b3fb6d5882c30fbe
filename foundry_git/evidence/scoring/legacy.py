"""The formulas of the system this grew from, as they were, for whoever wants to compare (``scoring.model: legacy``).

They are not recommended: docs/evidence.md says what is wrong with each. A verdict of this library is an application of theirs where
it is known that the version was used; places where its shape was seen are their occurrences.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from foundry_git.evidence.scoring.states import State
from foundry_git.evidence.scoring.verdicts import UseVerdict

LEGACY_MIN_APPLICATIONS = 3
LEGACY_UNKNOWN = 0.55
LEGACY_WINDOW = 5
LEGACY_RECENT_SHARE = 0.7
LEGACY_DECAY = 0.9
LEGACY_PERIOD_DAYS = 30
LEGACY_GROUNDING_FLOOR = 0.7
LEGACY_PROMOTE = 0.60
LEGACY_QUARANTINE = 0.35
LEGACY_DEGRADE = 0.30
LEGACY_FREQUENCY_FLOOR = 0.6
LEGACY_DIRECTION = 0.05
LEGACY_DRIFT = 0.2
LEGACY_EPISTEMIC_DRIFT = 0.15


class Application(NamedTuple):
    """One use: when, whether it succeeded, and how well that was grounded (0 to 1, None: not recorded)."""

    at: datetime
    success: bool
    grounding: float | None = None


class Drift(NamedTuple):
    """How much the latest window differs from the one before: ``change``, its ``weighted`` size, and whether that is ``flagged``."""

    change: float
    weighted: float
    flagged: bool

    @property
    def direction(self) -> str:
        """``up``, ``down`` or ``steady``."""
        if abs(self.change) <= LEGACY_DIRECTION:
            return "steady"
        return "up" if self.change > 0 else "down"


class Entropy(NamedTuple):
    """The diversity of use: ``bits``, their share of what an even use of the used would have, and the share of the most used."""

    bits: float
    diversity: float
    dominant: float


def applications(judged: Iterable[UseVerdict]) -> list[Application]:
    """Return the applications among verdicts on one digest, in the order of (time, id)."""
    told = sorted((each for each in judged if each.passed or each.failed), key=lambda each: each[1:3])
    return [Application(datetime.fromisoformat(each.at), each.passed, each.grounding) for each in told]


def effectiveness(used: Sequence[Application], as_of: datetime) -> float:
    """Return 0.7 * recent + 0.3 * historical, times the decay since the last success, times the weight of the grounding."""
    history = _History()
    for each in used:
        history.add(each)
    return history.effectiveness(as_of)


def decayed(last: datetime, as_of: datetime) -> float:
    """Return 0.9 per 30 days, in whole days."""
    days = max(0, (as_of - last).days)
    return float(LEGACY_DECAY ** (days / LEGACY_PERIOD_DAYS))


def grounding_weight(used: Iterable[Application]) -> float:
    """Return 0.7 + 0.3 * the mean grounding, 1 where none was recorded."""
    known = _groundings(used)
    mean = sum(known) / len(known) if known else 1.0
    return LEGACY_GROUNDING_FLOOR + (1.0 - LEGACY_GROUNDING_FLOOR) * mean


def priority(effectiveness: float, occurrences: int, variance: float = 0.0) -> float:
    """Return effectiveness * frequency * (1 - variance), 0 to 1; the variance was never computed and stayed 0."""
    frequency = max(LEGACY_FREQUENCY_FLOOR, min(1.0, math.log10(occurrences + 1) / 2.0))
    return min(1.0, max(0.0, effectiveness * frequency * (1.0 - variance)))


def trust(
    successes: int, failures: int, occurrences: int, confirmed: datetime, as_of: datetime, state: State = "pending"
) -> float:
    """Return the trust, which counts per sighting and begins at 0.7 for what was never used."""
    found = 0.5 + 0.3 * successes / occurrences - 0.4 * failures / occurrences + 0.2 * decayed(confirmed, as_of)
    found += {"validated": 0.1, "quarantined": -0.2}.get(state, 0.0)
    return min(1.0, max(0.0, found))


def drift(used: Sequence[Application]) -> Drift | None:
    """Compare the smoothed rates of two windows; None below ten applications."""
    if len(used) < 2 * LEGACY_WINDOW:
        return None
    newer, older = used[-LEGACY_WINDOW:], used[-2 * LEGACY_WINDOW : -LEGACY_WINDOW]
    change = _smoothed(newer) - _smoothed(older)
    known = _groundings((*older, *newer))
    weighted = abs(change) / max(sum(known) / len(known) if known else 1.0, 0.5)
    return Drift(change, weighted, weighted > LEGACY_DRIFT)


def epistemic_drift(used: Sequence[Application]) -> Drift | None:
    """Compare the groundings of two windows; None below ten applications with one."""
    known = _groundings(used)[-2 * LEGACY_WINDOW :]
    if len(known) < 2 * LEGACY_WINDOW:
        return None
    mean = sum(known) / len(known)
    change = (sum(known[LEGACY_WINDOW:]) - sum(known[:LEGACY_WINDOW])) / LEGACY_WINDOW
    deviation = math.sqrt(sum((each - mean) ** 2 for each in known) / len(known))
    entropy = min(1.0, deviation / mean) if mean else 0.0
    weighted = abs(change) * (1.0 + entropy)
    return Drift(change, weighted, weighted > LEGACY_EPISTEMIC_DRIFT)


def entropy(counts: Iterable[int]) -> Entropy:
    """Return the diversity of application counts, over those that were applied at all: two of 37,138 count as perfectly even."""
    used = [count for count in counts if count]
    if not used:
        return Entropy(0.0, 0.0, 0.0)
    total = sum(used)
    bits = -sum(count / total * math.log2(count / total) for count in used)
    return Entropy(bits, bits / (math.log2(len(used)) if len(used) > 1 else 1.0), max(used) / total)


class Lifecycle:
    """The judge of the seeds: a rate against bars after every use; see :class:`states.Judge`."""

    def __init__(self) -> None:
        self._history = _History()

    def take(self, verdict: UseVerdict, state: State) -> tuple[State, str] | None:
        """Take one more use."""
        for each in applications([verdict]):
            self._history.add(each)
        return self.settle(datetime.fromisoformat(verdict.at), state)

    def settle(self, as_of: datetime, state: State) -> tuple[State, str] | None:
        """Look once more at a moment: the rate falls by itself."""
        if self._history.total < LEGACY_MIN_APPLICATIONS:
            return None
        rate = self._history.effectiveness(as_of)
        if state == "pending" and rate >= LEGACY_PROMOTE:
            return "validated", f"effectiveness {rate:.2f}, at least {LEGACY_PROMOTE:.2f}"
        bar = {"pending": LEGACY_QUARANTINE, "validated": LEGACY_DEGRADE}.get(state, 0.0)
        return ("quarantined", f"effectiveness {rate:.2f}, below {bar:.2f}") if rate < bar else None


class _History:
    """What effectiveness needs of the applications so far, so that one more is taken in at once."""

    def __init__(self) -> None:
        self.total = self._successes = 0
        self._recent: deque[Application] = deque(maxlen=LEGACY_WINDOW)
        self._last: datetime | None = None

    def add(self, used: Application) -> None:
        self.total += 1
        self._recent.append(used)
        if used.success:
            self._successes += 1
            self._last = max(used.at, self._last or used.at)

    def effectiveness(self, as_of: datetime) -> float:
        if self.total < LEGACY_MIN_APPLICATIONS:
            return LEGACY_UNKNOWN
        share = sum(each.success for each in self._recent) / len(self._recent)
        historical = (self._successes + 0.5) / (self.total + 1.0)
        combined = LEGACY_RECENT_SHARE * share + (1.0 - LEGACY_RECENT_SHARE) * historical
        return combined * decayed(self._last or as_of, as_of) * grounding_weight(self._recent)


def _smoothed(used: Sequence[Application]) -> float:
    return (sum(each.success for each in used) + 0.5) / (len(used) + 1.0)


def _groundings(used: Iterable[Application]) -> list[float]:
    return [each.grounding for each in used if each.grounding is not None]
