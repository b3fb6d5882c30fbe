"""A report: which sessions it is of, how two of them differ, and what the library learned meanwhile."""

from __future__ import annotations

import re

from msgspec import Struct, field

from foundry_git.sessions.comparison import Delta
from foundry_git.sessions.learned import Association, Learned
from foundry_git.sessions.metrics import Metrics

FORMATS = {"markdown": "md", "html": "html", "json": "json"}
FOLDER = "checkpoints/sessions"
"""Where the first plan kept its reports; relative to the repository."""


class SessionReport(Struct, frozen=True):
    """One report; ``name`` says what of, ``sessions`` are in order of time, ``tokens`` are those of all, each message once.

    Of numbers that no session's log tells, ``tokens`` and ``cost`` are None.
    """

    name: str
    sessions: tuple[Metrics, ...]
    tokens: int | None
    association: Association
    deltas: tuple[Delta, ...] = ()
    learned: Learned = field(default_factory=Learned)

    @property
    def cost(self) -> float | None:
        """Dollars of all sessions together, of those whose cost is known."""
        known = [one.cost.usd for one in self.sessions if one.cost.usd is not None]
        return sum(known) if known else None

    @property
    def only(self) -> Metrics | None:
        """The session of a report on one."""
        return self.sessions[0] if len(self.sessions) == 1 else None


def file_name(report: SessionReport, form: str) -> str:
    """The name of a report's file; what a file name should not hold becomes a hyphen."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", report.name).strip(".-")[:120] or "session"
    return f"{name}_analysis.{FORMATS[form]}"
