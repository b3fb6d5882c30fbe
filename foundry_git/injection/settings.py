"""What a team may set about injection."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InjectionSettings:
    """``enabled`` False leaves every prompt as it is. ``min_success_rate``: percent; ``max_characters``: of the whole section."""

    enabled: bool = True
    max_patterns: int = 3
    min_success_rate: int = 70
    max_characters: int = 9000
