"""The lot: a thousand tickets, shared out among the ways a prompt may come out, of which the task draws one. Pure.

A receipt keeps probabilities in thousandths, and there are as many tickets, so what is recorded is exact and not rounded from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import accumulate

from foundry_git.evidence.lots import TICKETS


def ticket_of(salt: str, task: str) -> int:
    """Return the ticket of a task, 0 to 999: always the same, and under another salt another."""
    name = f"{salt}\0{task}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(name).digest()[:8]) % TICKETS


def winner(tickets: Sequence[int], ticket: int) -> int:
    """Return whose ticket it is, where each in turn has so many of the thousand."""
    return next(at for at, last in enumerate(accumulate(tickets)) if ticket < last)


def shared_out(tickets: int, shares: Sequence[float]) -> list[int]:
    """Split tickets in proportion to ``shares``, which are not all 0, by the largest remainders (Hamilton's method)."""
    whole = sum(shares)
    exact = [tickets * share / whole for share in shares]
    given = [int(part) for part in exact]
    by_remainder = sorted(range(len(shares)), key=lambda at: (given[at] - exact[at], at))
    for at in by_remainder[: tickets - sum(given)]:
        given[at] += 1
    return given
