"""What can be set of sessions: prices of models, in the user's own file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from foundry_git.sessions.prices import Price


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """``prices``: the user's own, which win over the table that comes along."""

    prices: Mapping[str, Price] = field(default_factory=dict)
