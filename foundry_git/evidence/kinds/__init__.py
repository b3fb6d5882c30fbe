"""The kinds of event: one frozen record for each fact that people, repositories and test runs tell about patterns.

Every record checks itself when it is made, so nothing private or misspelt can get as far as a file that is shared. ``at`` may be
given in any zone; it is kept in UTC, in whole milliseconds: a person may correct a word within a second.

A record's ``schema`` is the lowest number whose readers know all that it says, so what an older version can read keeps its bytes.
"""

from __future__ import annotations

from foundry_git.evidence.kinds.injections import MAX_ITEMS, Injected, Item, Withheld
from foundry_git.evidence.kinds.reviews import Accepted, Decided, Proposed, Rejected, Sighted, Withdrawn
from foundry_git.evidence.kinds.sessions import Session
from foundry_git.evidence.kinds.unknown import MAX_BYTES, Unknown
from foundry_git.evidence.kinds.uses import Adopted, Outcome, Rated, Survived

__all__ = [
    "MAX_BYTES", "MAX_ITEMS", "Accepted", "Adopted", "Decided", "Event", "Injected", "Item", "Known", "Outcome", "Proposed", "Rated",
    "Rejected", "Session", "Sighted", "Survived", "Unknown", "Withdrawn", "Withheld",
]  # fmt: skip

KnownEvent = (
    Sighted
    | Accepted
    | Proposed
    | Rejected
    | Injected
    | Withheld
    | Adopted
    | Survived
    | Outcome
    | Rated
    | Decided
    | Withdrawn
    | Session
)
Event = KnownEvent | Unknown
