"""A verdict: what became of one unit that was looked at, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct


class VerdictKind(StrEnum):
    """What became of a unit or file."""

    CANDIDATE = "candidate"
    SIGHTED = "sighted"
    DROPPED = "dropped"


class Verdict(Struct, frozen=True):
    """One unit (or, with no symbol, one whole file) and what became of it; ``reason`` starts with a stable word."""

    path: str
    symbol: str
    line: int
    outcome: VerdictKind
    reason: str

    @property
    def key(self) -> str:
        """The stable first word of the reason."""
        return self.reason.partition(":")[0]


def tally(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How often each reason was given, the most frequent first."""
    counted = Counter(v.key if v.outcome is VerdictKind.DROPPED else v.outcome.value for v in verdicts)
    return dict(counted.most_common())
