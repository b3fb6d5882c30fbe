"""How often a claim is false for somebody who looks after every use, and how soon a true one comes.

``python -m benchmarks.evidence.peeking``. Three judges see the same simulated uses, one after the other. Ours is the judge of
:mod:`foundry_git.evidence.scoring.states`, the legacy one that of :mod:`foundry_git.evidence.scoring.legacy`; the third is what one
takes from a textbook, the exact 95 % bound of Clopper and Pearson, which holds for one look.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

from benchmarks.evidence.plots import Line, Plot, drawn
from benchmarks.measure import RESULTS, write
from foundry_git.evidence import beta
from foundry_git.evidence.scoring.authors import Allowance
from foundry_git.evidence.scoring.legacy import Lifecycle
from foundry_git.evidence.scoring.states import (
    DEGRADED_BELOW,
    MIN_USES,
    QUARANTINED_BELOW,
    VALIDATED_ABOVE,
    Evidence,
    Judge,
    State,
)
from foundry_git.evidence.scoring.verdicts import CI_STRENGTH, UseVerdict
from foundry_git.settings import MAX_WEIGHT_PER_AUTHOR

SIMULATIONS, LOOKS, LONGEST, SEED = 10_000, 200, 1_000, 20261126
TRUE_RATES = (0.75, 0.8, 0.9)
PLOT = RESULTS / "evidence-peeking.svg"


class FixedSample:
    """A bound for one look, looked at after every use."""

    def __init__(self) -> None:
        self._uses = self._passed = self._since = self._passed_since = 0

    def take(self, verdict: UseVerdict, state: State) -> tuple[State, str] | None:
        """Take one more use; see :class:`Judge`."""
        self._uses, self._passed = self._uses + 1, self._passed + verdict.passed
        if self._uses < MIN_USES:
            return None
        if state == "pending" and lower(self._passed, self._uses) > VALIDATED_ABOVE:
            return "validated", ""
        bar = QUARANTINED_BELOW if state == "pending" else DEGRADED_BELOW
        return ("quarantined", "") if 1.0 - lower(self._uses - self._passed, self._uses) < bar else None


JUDGES: dict[str, Callable[[], Judge | FixedSample]] = {
    "e-process": lambda: Evidence(Allowance(MAX_WEIGHT_PER_AUTHOR, {})),
    "bound for one look": FixedSample,
    "legacy rule": Lifecycle,
}


@dataclass(frozen=True, slots=True)
class Null:
    """A true rate that stands on a bar: the claim that it is beyond is false."""

    rate: float
    state: State
    claim: State


NULLS = {
    "validated at 0.60": Null(VALIDATED_ABOVE, "pending", "validated"),
    "quarantined at 0.35": Null(QUARANTINED_BELOW, "pending", "quarantined"),
    "degraded at 0.30": Null(DEGRADED_BELOW, "validated", "quarantined"),
}


@cache
def lower(passed: int, uses: int) -> float:
    """The lower end of the exact one-sided 95 % interval (Clopper and Pearson, Biometrika 26, 1934)."""
    return beta.quantile(0.05, passed, uses - passed + 1) if passed else 0.0


def first_claims(judge: Callable[[], Judge | FixedSample], null: Null, looks: int, simulations: int, seed: int) -> list[int]:
    """The use after which each simulation makes the claim; 0 where it never does. Another claim is no end: it is looked on."""
    chance = random.Random(seed)
    return [_first_claim(judge(), null, [chance.random() < null.rate for _ in range(looks)]) for _ in range(simulations)]


def _first_claim(judge: Judge | FixedSample, null: Null, outcomes: Sequence[bool]) -> int:
    for use, passed in enumerate(outcomes, 1):
        moved = judge.take(_PASSED if passed else _FAILED, null.state)
        if moved and moved[0] == null.claim:
            return use
    return 0


def _verdict(success: float) -> UseVerdict:
    return UseVerdict(CI_STRENGTH, "2026-01-01T00:00:00.000Z", "", 1.0, True, success, None, "", None)


_PASSED, _FAILED = _verdict(1.0), _verdict(0.0)


def false_claims(simulations: int = SIMULATIONS, looks: int = LOOKS) -> dict[str, dict[str, list[int]]]:
    """Null → judge → first claims."""
    return {
        name: {judge: first_claims(make, null, looks, simulations, SEED) for judge, make in JUDGES.items()}
        for name, null in NULLS.items()
    }


def uses_to_decide(simulations: int, looks: int = LONGEST) -> dict[str, dict[str, float | None]]:
    """True rate → median uses until ``validated``, and the share that is by ``LOOKS`` uses; None where half never are."""
    found: dict[str, dict[str, float | None]] = {}
    for rate in TRUE_RATES:
        claims = first_claims(JUDGES["e-process"], Null(rate, "pending", "validated"), looks, simulations, SEED)
        middle = median(claim or looks + 1 for claim in claims)
        soon = sum(0 < claim <= LOOKS for claim in claims) / simulations
        found[f"{rate:g}"] = {"median_uses": middle if middle <= looks else None, "share_by_200": round(soon, 4)}
    return found


def share_by(claims: Sequence[int], look: int) -> float:
    """The share that made the claim by a look."""
    return sum(0 < claim <= look for claim in claims) / len(claims)


def plot(by_judge: dict[str, list[int]], path: Path) -> None:
    """Draw the share of false claims over the looks."""
    looks = list(range(1, LOOKS + 1))
    lines = [Line(judge, [(look, share_by(claims, look)) for look in looks]) for judge, claims in by_judge.items()]
    promised = Line("promised", [(1, 0.05), (LOOKS, 0.05)], dashed=True)
    title = "False claims of a pattern whose rate is just at the bar (0.60)"
    ticks, shares = (1, 50, 100, 150, 200), (0, 0.2, 0.4, 0.6, 0.8, 1)
    drawing = Plot(
        title,
        "uses, looked at after each",
        "simulations that claimed",
        ticks,
        shares,
        [*lines, promised],
        y_text=lambda v: f"{v:.0%}",
    )
    path.write_text(drawn(drawing), encoding="utf-8")


def main() -> None:
    """Simulate, write and draw."""
    found = false_claims()
    figures: dict[str, object] = {
        "simulations": SIMULATIONS,
        "looks": LOOKS,
        "seed": SEED,
        "false_claims": {
            null: {judge: share_by(claims, LOOKS) for judge, claims in some.items()} for null, some in found.items()
        },
        "uses_to_validate": uses_to_decide(SIMULATIONS // 5),
    }
    plot(found["validated at 0.60"], PLOT)
    write("evidence-peeking", figures)


if __name__ == "__main__":
    main()
