"""The window: between which times an event counts.

An event that is dated before the repository began, or after tomorrow, comes from a wrong clock or from somebody who would have the last
word: it is held apart, counts nowhere, and is shown. Nothing is dropped; what lies ahead counts once its time has come.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from foundry_git.evidence.events import Event, KnownEvent
from foundry_git.evidence.grammar import moment, moment_text

SLACK = timedelta(days=1)
"""Clocks and zones differ by so much among people who do nothing wrong."""

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)  # no commit is older, whatever it says


class Window(Struct, frozen=True):
    """From ``since`` to ``until``, both included, as texts of moments."""

    since: str
    until: str

    def holds(self, event: Event) -> bool:
        """Whether an event lies within; one that this version does not know has no time."""
        return not isinstance(event, KnownEvent) or self.since <= moment_text(event.at) <= self.until


def window(began: datetime | None, now: datetime) -> Window:
    """Return the window of a repository that began at a moment; None, or more than a day ahead of ``now``: nobody knows when.

    Raises:
        ValueError: a time has no zone.
    """
    since = max(_FIRST, moment(began) - SLACK) if began and began <= now + SLACK else _FIRST
    return Window(moment_text(since), moment_text(moment(now) + SLACK))
