"""Decisions: what people said of the state of a version, ordered by what each had seen and not by their clocks.

A decision names those that it answers. One that nobody answered is a head. Where all heads say the same, that holds; where they do not,
nobody who decided knew of the others: then the most cautious of them holds until somebody who sees them all decides anew. (A version
vector of one entry for each decision: Parker et al., Detection of mutual inconsistency in distributed systems, IEEE TSE 9, 1983.)

Before schema 3 a decision named none. Such ones of one author answer each other in the order of their times: whoever decided twice knew
the first time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from foundry_git.evidence.facts import Decision

CAUTION = ("quarantined", "pending", "validated")
"""The states, the most cautious first."""

_SHORT = 8  # digits of a pseudonym
_MOST_NAMED = 4


class Step(NamedTuple):
    """A decision, and when at the earliest it can have been made: not before those that it answers, whatever its clock said."""

    at: str
    generation: int
    decision: Decision


class Heads(Struct, dict=True):
    """The decisions that nobody answered, as one decision comes after the other."""

    answers: Mapping[str, Sequence[str]]
    _covered: set[str] = field(default_factory=set)
    _heads: dict[str, Decision] = field(default_factory=dict)

    def take(self, decision: Decision) -> tuple[str, tuple[Decision, ...]]:
        """Take a decision after all that it answers; return the state that holds now, and the heads where they disagree."""
        self._cover(decision.event)
        self._heads[decision.event] = decision
        states = {each.state for each in self._heads.values()}
        state = min(states, key=CAUTION.index)
        return state, tuple(self._heads[name] for name in sorted(self._heads)) if len(states) > 1 else ()

    def names(self) -> list[str]:
        """Return the ids of the heads, in order."""
        return sorted(self._heads)

    def _cover(self, event: str) -> None:
        """What it answers, and what those answer, is no head; each is looked at once, for what is covered stays so."""
        left = list(self.answers.get(event, ()))
        while left:
            name = left.pop()
            if name not in self._covered:
                self._covered.add(name)
                self._heads.pop(name, None)
                left += self.answers.get(name, ())


def answers_among(decisions: Iterable[Decision]) -> dict[str, tuple[str, ...]]:
    """Return decision → those among ``decisions``, of one version, that it answers; the ones that count no more bind, too."""
    known = {each.event: each for each in decisions}
    found = {name: tuple(other for other in each.answers.split() if other in known) for name, each in known.items()}
    unaware: dict[str, list[Decision]] = defaultdict(list)
    for each in sorted(known.values(), key=lambda decision: (decision.at, decision.event)):
        if not each.answers:
            earlier = unaware[each.author or ""]
            found[each.event] = tuple(before.event for before in earlier[-1:])
            earlier.append(each)
    return found


def in_order(decisions: Iterable[Decision], answers: Mapping[str, Sequence[str]], every: Mapping[str, Decision]) -> list[Step]:
    """Return the steps of decisions, each behind all that it answers; ``every`` holds those that count no more, too."""
    settled: dict[str, tuple[str, int]] = {}
    for name in _parents_first(answers):
        before = [settled[other] for other in answers[name]]
        settled[name] = max([every[name].at, *(at for at, _ in before)]), max((depth + 1 for _, depth in before), default=0)
    steps = [Step(*settled[each.event], each) for each in decisions]
    return sorted(steps, key=lambda step: (step.at, step.generation, step.decision.event))


def heads_of(decisions: Sequence[Decision], gone: Sequence[Decision]) -> list[str]:
    """Return the ids of the decisions on one version that nobody answered, in order; ``gone`` are those that count no more."""
    every = {each.event: each for each in (*decisions, *gone)}
    answers = answers_among(every.values())
    heads = Heads(answers)
    for step in in_order(decisions, answers, every):
        heads.take(step.decision)
    return heads.names()


def disagreement(heads: Sequence[Decision]) -> str:
    """Say who decided what without knowing of the others, by the beginnings of their pseudonyms."""
    said = [f"{each.state} by {(each.author or 'somebody')[:_SHORT]}" for each in heads[:_MOST_NAMED]]
    more = f" and {len(heads) - _MOST_NAMED} more" if len(heads) > _MOST_NAMED else ""
    return (
        f"decided at once, unseen by each other: {', '.join(said)}{more}; the most cautious holds until one of them decides anew"
    )


def _parents_first(answers: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield every name after those that it answers; ids are hashes over these, so there is no circle."""
    done: set[str] = set()
    for name in answers:
        left = [name]
        while left:
            each = left[-1]
            ahead = [other for other in answers[each] if other not in done]
            if ahead:
                left += ahead
                continue
            left.pop()
            if each not in done:
                done.add(each)
                yield each
