"""Withdrawals: which events count no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple


class Withdrawal(NamedTuple):
    """The event ``names`` counts no more, unless this withdrawal is withdrawn."""

    event: str
    names: str


def withdrawn(withdrawals: Iterable[Withdrawal]) -> frozenset[str]:
    """Return the ids of the events that count no more: those that a withdrawal names which counts itself.

    A withdrawal's id is a hash over what it names, so there is no circle, and the order in which they came cannot matter.
    """
    named = {each.event: each.names for each in withdrawals}
    doubts: dict[str, int] = defaultdict(int)  # how many withdrawals that name this one are not looked at yet
    for target in named.values():
        doubts[target] += 1
    gone: set[str] = set()
    settled = [each for each in named if not doubts[each]]
    while settled:
        each = settled.pop()
        target = named[each]
        if each not in gone:
            gone.add(target)
        doubts[target] -= 1
        if not doubts[target] and target in named:
            settled.append(target)
    return frozenset(gone)
