"""The budget: how many candidates a week may bring, so that the inbox stays one that people look at. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from foundry_git.library.candidates import Candidate

LEAST_WORTH = 30
"""What nobody asked for must be worth this much to be shown; below, it waits for `foundry candidates --all`."""


def week_of(date: str) -> str:
    """Name the ISO week of a date, in UTC: ``2026-W47``."""
    year, week, _ = datetime.fromisoformat(date).astimezone(UTC).isocalendar()
    return f"{year}-W{week:02}"


def inbox(waiting: Iterable[Candidate], per_week: int) -> list[Candidate]:
    """Choose what is shown of what waits, in the order given (the most worth first).

    All that a command asked for, and what supersedes an accepted version; of what commits brought by themselves, the ``per_week``
    most worth of each week, and nothing that is worth less than ``LEAST_WORTH``.
    """
    left: dict[str, int] = {}
    shown = []
    for candidate in waiting:
        if candidate.week and not candidate.supersedes:
            room = left.setdefault(candidate.week, per_week)
            if not room or candidate.worth < LEAST_WORTH:
                continue
            left[candidate.week] = room - 1
        shown.append(candidate)
    return shown
