"""Comparison: two sessions side by side, number by number. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from foundry_git.sessions.metrics import Metrics


class Delta(Struct, frozen=True):
    """One number of two sessions; ``is_better`` is None where the change is neither good nor bad, or one of them is not known."""

    name: str
    unit: str
    before: float | None
    after: float | None
    is_better: bool | None

    @property
    def change(self) -> float | None:
        """After less before; None where one of them is not known."""
        return None if self.before is None or self.after is None else self.after - self.before


_Read = Callable[[Metrics], float | None]
NUMBERS: Sequence[tuple[str, str, int, _Read]] = (
    ("completion", "%", +1, lambda m: m.completion if m.tasks else None),
    ("average context", "%", -1, lambda m: m.context.average),
    ("highest context", "%", -1, lambda m: m.context.max),
    ("compactions", "", -1, lambda m: float(m.context.compactions)),
    ("test coverage", "%", +1, lambda m: m.tests.coverage),
    ("tests failed", "", -1, lambda m: m.tests.failed),
    ("active time", "min", 0, lambda m: m.time.active),
    ("time per task", "min", -1, lambda m: m.time.avg_per_task),
    ("tokens", "", 0, lambda m: m.tokens.total),
    ("tokens per task", "", -1, lambda m: m.tokens.per_task),
    ("cost", "$", 0, lambda m: m.cost.usd),
    ("patterns injected", "", 0, lambda m: float(len(m.patterns.injected))),
    ("patterns adopted", "", +1, lambda m: float(len(m.patterns.adopted))),
)
"""Name, unit, which direction is better (0: neither), and how it is read."""


def compare(before: Metrics, after: Metrics) -> list[Delta]:
    """Every number of two sessions."""
    return [_delta(name, unit, direction, read(before), read(after)) for name, unit, direction, read in NUMBERS]


def _delta(name: str, unit: str, direction: int, before: float | None, after: float | None) -> Delta:
    if before is None or after is None or not direction or before == after:
        return Delta(name, unit, before, after, None)
    return Delta(name, unit, before, after, (after > before) == (direction > 0))
