"""A comparison by name: two versions or patterns by name, or one of them and the hold-out, side by side and by lot."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

from foundry_git.errors import UsageError
from foundry_git.evidence.comparison import Comparison, UseCounts
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.lots import HOLDOUT
from foundry_git.index.stack_index import StackIndex
from foundry_git.pattern.record import Pattern


class Side(Struct, frozen=True):
    """One of the two: ``pattern`` None is the hold-out."""

    name: str
    pattern: Pattern | None

    @property
    def digest(self) -> str:
        """What its events name it by."""
        return self.pattern.digest if self.pattern else HOLDOUT


class Compared(Struct, frozen=True):
    """Two sides, what the lot says of them, and what their adopted uses say, which is not the same."""

    a: Side
    b: Side
    comparison: Comparison
    a_uses: UseCounts
    b_uses: UseCounts


def compare_named(patterns: StackIndex, ledger: Ledger, a: str, b: str) -> Compared:
    """Compare what two references mean; ``b`` may be ``holdout``.

    Raises:
        UnknownPatternError: nothing has that name.
        UsageError: both are the same, or ``a`` is the hold-out.
    """
    patterns.converge()
    if a == HOLDOUT:
        raise UsageError(f"{HOLDOUT}: name the pattern first and the hold-out second")
    one, other = _side(patterns, a), _side(patterns, b)
    if one.digest == other.digest:
        raise UsageError(f"{a} and {b} are the same version; name another, such as ID@VERSION, or {HOLDOUT}")
    return Compared(one, other, *ledger.compare(one.digest, other.digest, datetime.now(UTC)))


def _side(patterns: StackIndex, reference: str) -> Side:
    if reference == HOLDOUT:
        return Side(HOLDOUT, None)
    pattern = patterns.pattern_of(reference)
    return Side(str(pattern.ref), pattern)
