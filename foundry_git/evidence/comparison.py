"""Comparisons: what a pattern, or an earlier version of it, does to the outcome of the tasks it was shown for by lot. Pure.

Only receipts count whose lot held both: two prompts that are the same but for A and B, or for being withheld. Each counts with the
outcome of its task, whether the pattern was then used or not (intention to treat): who adopts a pattern had an easier task, so the rate
of success among adopted uses compares tasks and not patterns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from foundry_git.evidence.attribution import Attribution
from foundry_git.evidence.confidence import Lift, Trial, lift_of
from foundry_git.evidence.events import Event, Injected, Withheld, receipt_named
from foundry_git.evidence.lots import contrast, lot_of
from foundry_git.evidence.receipts import UNKNOWN_AFTER
from foundry_git.evidence.scoring.verdicts import UseVerdict, decided
from foundry_git.evidence.scoring.verdicts import verdicts as verdicts_of

Moment = tuple[datetime, str]


class Arm(Struct, frozen=True):
    """One side: tasks that got it by lot, what is known of them, and ``good``, the sum of their outcomes (0 to 1 each).

    ``unknown`` are older than ``UNKNOWN_AFTER`` and nobody said what came of them; ``waiting`` are younger.
    """

    assigned: int = 0
    known: int = 0
    good: float = 0.0
    unknown: int = 0
    waiting: int = 0

    @property
    def rate(self) -> float | None:
        """The share of good outcomes among those known."""
        return self.good / self.known if self.known else None


class Comparison(Struct, frozen=True):
    """What the lot says of B against A; ``silence`` is the lift not of the outcome but of knowing it."""

    a: Arm
    b: Arm
    lift: Lift
    silence: Lift

    @property
    def is_lopsided(self) -> bool:
        """Tell whether outcomes are known more often of one arm than of the other, so that the lift may come from that."""
        return self.silence.low > 0.0 or self.silence.high < 0.0

    @property
    def claim(self) -> str:
        """``B better``, ``A better``, or ``no difference yet``."""
        if self.is_lopsided or self.lift.low <= 0.0 <= self.lift.high:
            return "no difference yet"
        return "B better" if self.lift.low > 0.0 else "A better"


class _Task(Struct, frozen=True):
    """A task that counts: when it was first asked and under which receipts, the chance of B, and whether B was drawn."""

    first: Moment
    chance: float
    is_b: bool
    receipts: list[str]


class UseCounts(Struct, frozen=True):
    """The adopted uses of a version, and how many of them passed and failed: what one would compare without a lot."""

    adopted: int = 0
    passed: int = 0
    failed: int = 0

    @property
    def rate(self) -> float | None:
        """The share that passed of those that did either; it compares tasks, not patterns."""
        judged = self.passed + self.failed
        return self.passed / judged if judged else None


def uses_of(known: Attribution, digest: str) -> UseCounts:
    """Count the adopted uses of a digest."""
    adopted = [use for use in known.used if use.digest == digest]
    verdicts = decided((use, verdict) for use, verdict in verdicts_of(known) if use.digest == digest)
    judged = [verdicts[use] for use in adopted if use in verdicts]
    return UseCounts(len(adopted), sum(each.passed for each in judged), sum(each.failed for each in judged))


def compare(asked: Mapping[str, Event], verdicts: Mapping[str, UseVerdict], a: str, b: str, as_of: datetime) -> Comparison:
    """Compare digest ``b``, or ``HOLDOUT``, with digest ``a`` over all tasks whose lot held both.

    ``asked``: id → event, of at least the injections, shown or withheld, that name both; ``verdicts``: what came of each receipt.
    """
    arms: Counter[tuple[bool, str]] = Counter()
    good = [0.0, 0.0]
    judged: list[tuple[Moment, Trial]] = []
    settled: list[tuple[Moment, Trial]] = []
    for task in _tasks(asked, a, b):
        told = [verdicts[receipt] for receipt in task.receipts if receipt in verdicts and verdicts[receipt].strength]
        state = "known" if told else "waiting" if as_of - task.first[0] <= UNKNOWN_AFTER else "unknown"
        arms[task.is_b, state] += 1
        if told:
            verdict = max(told, key=lambda each: each[:3])
            good[task.is_b] += verdict.success
            judged.append((_moment(verdict), Trial(task.chance, task.is_b, verdict.success)))
        if state != "waiting":
            settled.append((task.first, Trial(task.chance, task.is_b, float(state == "known"))))
    return Comparison(_arm(arms, good, False), _arm(arms, good, True), lift_of(_in_order(judged)), lift_of(_in_order(settled)))


def _tasks(asked: Mapping[str, Event], a: str, b: str) -> list[_Task]:
    """Return the tasks whose lot held both and drew one of them.

    A task that is asked again draws the same ticket, which is no new evidence. What was relevant to it, to the thousandth, tells it.
    """
    tasks: dict[frozenset[tuple[str, int]], _Task] = {}
    named = [(event.at, receipt_named(name), event) for name, event in asked.items() if isinstance(event, Injected | Withheld)]
    for at, receipt, event in sorted(named, key=lambda one: one[:2]):
        lot = lot_of(event)
        pair = contrast(lot, a, b) if lot else None
        if lot and pair and lot.drawn in pair:
            likeness = frozenset((item.digest, item.score) for item in (*event.items, *(event.passed_over or ())))
            is_b, chance = lot.drawn == pair[1], pair[1].tickets / (pair[0].tickets + pair[1].tickets)
            task = tasks.setdefault(likeness, _Task((at, receipt), chance, is_b, []))
            if task.is_b == is_b:
                task.receipts.append(receipt)
    return list(tasks.values())


def _moment(verdict: UseVerdict) -> Moment:
    return datetime.fromisoformat(verdict.at), verdict.event


def _arm(counts: Mapping[tuple[bool, str], int], good: Sequence[float], is_b: bool) -> Arm:
    known, unknown, waiting = (counts.get((is_b, state), 0) for state in ("known", "unknown", "waiting"))
    return Arm(known + unknown + waiting, known, good[is_b], unknown, waiting)


def _in_order(trials: Iterable[tuple[Moment, Trial]]) -> list[Trial]:
    return [trial for _, trial in sorted(trials, key=lambda one: one[0])]
