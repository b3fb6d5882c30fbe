"""States: pending, validated or quarantined, as the evidence has it at every moment, unless a person decided.

The bars are those of the system this grew from. It compared a rate with them after each use, and a rate that is looked at often enough
crosses any bar by chance; here a bar counts as crossed once an e-process says so, which holds however often one looks
(:mod:`foundry_git.evidence.eprocess`). Between the bars that system kept patterns pending for ever; here they are listed for a person.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, get_args

from msgspec import Struct

from foundry_git.evidence.eprocess import CLAIM, log_e_above, log_e_below
from foundry_git.evidence.facts import Decision
from foundry_git.evidence.scoring.authors import Allowance
from foundry_git.evidence.scoring.decisions import Heads, answers_among, disagreement, in_order
from foundry_git.evidence.scoring.verdicts import UseVerdict

VALIDATED_ABOVE = 0.60  # the seeds' bars
QUARANTINED_BELOW = 0.35
DEGRADED_BELOW = 0.30  # once validated, a pattern is given more room
MIN_USES = 3  # below it one lucky use would read as a rate; the number the predecessors promoted at

# In 400 simulations each, nine of ten patterns with a true rate of 0.9 or of 0.1 are decided by then, with medians of 14 and 17 uses;
# what is not stands nearer to the bars, and more uses will not tell soon.
UNDECIDED_USES = 40

State = Literal["pending", "validated", "quarantined"]
Author = Literal["evidence", "person"]

_NEARLY = 1e-6  # how much the quick bound may be off in its last bits


class Transition(Struct, frozen=True):
    """A version came into a state: when, by whom, and why."""

    at: datetime
    state: State
    by: Author
    reason: str


class VersionState(Struct, frozen=True):
    """The state of a version: ``since`` when and for what ``reason``, and how it got there.

    ``judged``: uses judged since it was last pending anew; ``transitions``, oldest first, are all there were. ``disputed``: decisions
    that contradict each other, of which none had seen the others.
    """

    state: State = "pending"
    since: datetime | None = None
    reason: str = ""
    judged: int = 0
    transitions: tuple[Transition, ...] = ()
    disputed: tuple[Decision, ...] = ()

    def is_undecided(self, uses: int = UNDECIDED_USES) -> bool:
        """Whether a person should decide: it is pending still after so many judged uses, or people contradict each other."""
        return bool(self.disputed) or (self.state == "pending" and self.judged >= uses)


class Judge(Protocol):
    """Looks at uses one after the other, and says to which state the evidence brings a version and why."""

    def take(self, verdict: UseVerdict, state: State) -> tuple[State, str] | None:
        """Take one more use of a version in ``state``; None: it stays there."""

    def settle(self, as_of: datetime, state: State) -> tuple[State, str] | None:
        """Look once more, at the moment for which all this is asked."""


class Evidence:
    """The judge by e-processes over weighted uses; no use weighs more than 1, and people supply no more than they may."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._tally = _Tally()
        self._since = _Tally()  # from the moment of validation: what went well before must not hide what goes wrong now

    def take(self, verdict: UseVerdict, state: State) -> tuple[State, str] | None:
        """Take one more use; see :class:`Judge`."""
        weight = self._allowance.take(verdict)
        self._tally.add(verdict, weight)
        self._since.add(verdict, weight)
        if state == "validated":
            return ("quarantined", self._since.told("below", DEGRADED_BELOW)) if self._since.is_below(DEGRADED_BELOW) else None
        if state == "quarantined" or self._tally.uses < MIN_USES:
            return None
        if self._tally.is_above(VALIDATED_ABOVE):
            self._since = _Tally()
            return "validated", self._tally.told("above", VALIDATED_ABOVE)
        if self._tally.is_below(QUARANTINED_BELOW):
            return "quarantined", self._tally.told("below", QUARANTINED_BELOW)
        return None

    def settle(self, as_of: datetime, state: State) -> tuple[State, str] | None:
        """Time alone changes nothing: a claim that was valid when it was made stays valid."""
        return None


def standing(
    judged: Iterable[UseVerdict],
    decisions: Sequence[Decision],
    gone: Sequence[Decision],
    judge: Callable[[], Judge],
    as_of: datetime,
) -> VersionState:
    """Walk through the certain uses and the decisions of one version in the order of their times, decisions behind what they answer.

    A person's ``validated`` or ``quarantined`` stands, whatever the evidence says, until a decision answers it; ``pending`` gives it
    back to the evidence, which begins anew then with a ``judge`` of its own. ``gone``: decisions that count no more.
    """
    every = {each.event: each for each in (*decisions, *gone)}
    answers = answers_among(every.values())
    steps: list[tuple[str, int, str, UseVerdict | Decision]] = [(each.at, 0, each.event, each) for each in judged if each.certain]
    steps += [(at, depth, each.event, each) for at, depth, each in in_order(decisions, answers, every)]
    walk = _Walk(judge, Heads(answers))
    for at, _, _, step in sorted(steps, key=lambda entry: entry[:3]):
        walk.step(step, at)
    return walk.ended(as_of)


class _Walk:
    def __init__(self, judge: Callable[[], Judge], heads: Heads) -> None:
        self._new_judge = judge
        self._heads = heads
        self._disputed: tuple[Decision, ...] = ()
        self._judge = judge()
        self._state: State = "pending"
        self._held = False
        self._judged = 0
        self._transitions: list[Transition] = []

    def step(self, step: UseVerdict | Decision, at: str) -> None:
        if isinstance(step, Decision):
            self._decide(step, datetime.fromisoformat(at))
        elif not self._held:
            self._judged += 1
            moved = self._judge.take(step, self._state)
            if moved:
                self._move(Transition(datetime.fromisoformat(step.at), moved[0], "evidence", moved[1]))

    def ended(self, as_of: datetime) -> VersionState:
        moved = None if self._held else self._judge.settle(as_of, self._state)
        if moved:
            self._move(Transition(as_of, moved[0], "evidence", moved[1]))
        last = self._transitions[-1] if self._transitions else None
        since, reason = (last.at, last.reason) if last else (None, "")
        return VersionState(self._state, since, reason, self._judged, tuple(self._transitions), self._disputed)

    def _decide(self, decision: Decision, at: datetime) -> None:
        found, self._disputed = self._heads.take(decision)
        state = _STATES[found]
        self._held = state != "pending"
        if state == "pending":
            self._judge, self._judged = self._new_judge(), 0
        reason = disagreement(self._disputed) if self._disputed else f"a person decided: {decision.reason}"
        self._move(Transition(at, state, "person", reason))

    def _move(self, transition: Transition) -> None:
        self._state = transition.state
        self._transitions.append(transition)


class _Tally:
    """Sums of weights, in the order in which they came, and counts."""

    __slots__ = ("failed", "failures", "passed", "successes", "uses")

    def __init__(self) -> None:
        self.successes = self.failures = 0.0
        self.uses = self.passed = self.failed = 0

    def add(self, verdict: UseVerdict, weight: float) -> None:
        self.successes += weight * verdict.success
        self.failures += weight * (1.0 - verdict.success)
        self.uses += 1
        self.passed += verdict.passed
        self.failed += verdict.failed

    def is_above(self, bar: float) -> bool:
        return _may_reach(self.successes, self.failures, bar) and log_e_above(self.successes, self.failures, bar) >= CLAIM

    def is_below(self, bar: float) -> bool:
        return _may_reach(self.failures, self.successes, 1.0 - bar) and log_e_below(self.successes, self.failures, bar) >= CLAIM

    def told(self, side: str, bar: float) -> str:
        return f"{side} {bar:.2f} after {self.uses} judged uses: passed {self.passed}, failed {self.failed}"


def _may_reach(hits: float, misses: float, bar: float) -> bool:
    """A mixture of bets is at most the best of them, which is quick to tell: of 26,000 looks 25,000 need no more."""
    total = hits + misses
    if not hits > bar * total:
        return False
    best = hits * math.log(hits / total / bar)
    if misses:
        best += misses * math.log(misses / total / (1.0 - bar))
    return best >= CLAIM - _NEARLY


_STATES: Mapping[str, State] = {state: state for state in get_args(State)}
