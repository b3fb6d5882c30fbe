"""The budget: how many candidates a week may bring, so that the inbox stays one that people look at. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from foundry_git.library.candidates import Candidate

LEAST_WORTH = 45
"""What nobody asked for must be worth this much to be shown; below, it waits for `foundry candidates --all`."""
WORTH_A_LOOK = 60
"""What somebody asked for is shown from here on, or where there is nothing better; less is known of what is new this week."""


def week_of(date: str) -> str:
    """Name the ISO week of a date, in UTC: ``2026-W47``."""
    year, week, _ = datetime.fromisoformat(date).astimezone(UTC).isocalendar()
    return f"{year}-W{week:02}"


def settle(week: str, put: Sequence[Candidate], there: Sequence[Candidate], per_week: int) -> list[Candidate]:
    """Decide which candidates of a week reach the inbox; give those to put, ``held`` or not.

    ``put``: what an extraction brings in that week; ``there``: all that was there before. What was shown stays shown; of the rest of
    the week the most worth fill the room that is left, and the others are held back for good: an old week brings nothing new. What is
    near something known is held back too: one of two is enough to look at.
    """
    before = {candidate.id: candidate for candidate in there}
    now = before | {candidate.id: candidate for candidate in put}
    counted = [candidate for candidate in now.values() if candidate.week == week and not candidate.supersedes]
    shown = {id for id, candidate in before.items() if candidate.week == week and not candidate.held and not candidate.supersedes}
    waiting = sorted((c for c in counted if c.id not in shown), key=lambda c: (bool(c.near), -c.worth, c.id))
    room = max(0, per_week - len(shown))
    let_in = {candidate.id for candidate in waiting[:room] if candidate.worth >= LEAST_WORTH and not candidate.near}
    settled = [replace(candidate, held=candidate.id not in let_in) for candidate in waiting]
    changed = {candidate.id: candidate for candidate in settled if before.get(candidate.id) != candidate}
    return list(({candidate.id: candidate for candidate in put} | changed).values())


def shown(waiting: Iterable[Candidate]) -> list[Candidate]:
    """Choose what a person is shown of what waits: what a command asked for and what its week let in; see :func:`in_order`.

    Of the code that a command asked for, what is worth little is left out too, unless it brought nothing better.
    """
    here = in_order([candidate for candidate in waiting if not candidate.held])
    poor = [one for one in here if one.code and not one.week and not one.supersedes and one.worth < WORTH_A_LOOK]
    better = any(one.code and not one.week and not one.supersedes and one.worth >= WORTH_A_LOOK for one in here)
    return [one for one in here if not better or one not in poor]


def in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """New versions first, then what the newest week brought, then the rest as it was."""
    newest = newest_week(candidates)
    return sorted(candidates, key=lambda candidate: (not candidate.supersedes, not is_new(candidate, newest)))


def newest_week(candidates: Iterable[Candidate]) -> str:
    """The last week that brought one of these unasked; "" where none did."""
    return max((candidate.week for candidate in candidates), default="")


def is_new(candidate: Candidate, newest: str) -> bool:
    """Say whether a candidate came unasked in the newest week, and is shown."""
    return bool(newest) and candidate.week == newest and not candidate.held
