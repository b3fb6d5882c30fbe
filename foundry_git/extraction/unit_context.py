"""Unit context: what is known of a unit beyond its own text: who uses it, how it lived, where else its code stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from foundry_git.history.lineage import Lineage
from foundry_git.source.callers import Callers
from foundry_git.source.units import Unit


class UnitLife(Struct, frozen=True):
    """The life of a unit up to the commit looked at, in days and counts."""

    age: float
    since_change: float
    changes: int
    fixes: int
    reverted: int


class UnitContext(Struct, frozen=True):
    """How a unit stands in its repository.

    ``callers`` and ``life`` are None where nobody looked (a folder without history, an index that is not there). ``places``: files
    of this repository with its shape; ``repositories``: other repositories of this machine with it. ``passed``: tests of it that
    a report says passed. ``generality``: see :mod:`jargon`, None where too little is known of the project. ``path``: of its file.
    """

    callers: Callers | None = None
    life: UnitLife | None = None
    places: int = 1
    repositories: int = 0
    passed: int = 0
    generality: float | None = None
    path: str = ""


def life_of(lineage: Lineage, at: datetime) -> UnitLife:
    """Describe a lineage as of the moment of a commit."""
    return UnitLife(
        age=_days(lineage.born_date, at),
        since_change=_days(lineage.last_date, at),
        changes=lineage.changes,
        fixes=len(lineage.fixes),
        reverted=len(lineage.reverted),
    )


def _days(date: str, at: datetime) -> float:
    return max(0.0, (at - datetime.fromisoformat(date)).total_seconds() / 86_400)


ContextLookup = Callable[[str, Unit, int], UnitContext]
"""(path, unit, how often the rest of its file names it) → its standing."""


def unknown(path: str, unit: Unit, nearby: int) -> UnitContext:
    """The standing of a unit that nobody looked around for."""
    return UnitContext(path=path)
