"""What a team may set about injection."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InjectionSettings:
    """``enabled`` False leaves every prompt as it is. ``min_success_rate``: percent; ``max_characters``: of the whole section.

    ``holdout``: the share of prompts that are left as they are to learn what patterns are worth; ``version_trial``: the share in which
    the version before stands in for the newest of one pattern.
    """

    enabled: bool = True
    max_patterns: int = 3
    min_success_rate: int = 70
    max_characters: int = 9000
    holdout: float = 0.0
    version_trial: float = 0.0
