"""What was taken in."""

from __future__ import annotations

from msgspec import Struct


class TakenIn(Struct, frozen=True):
    """What one run took in: commits looked at, candidates that are new or renewed, candidates that are gone."""

    commits: int = 0
    candidates: int = 0
    gone: int = 0

    def __add__(self, other: TakenIn) -> TakenIn:
        return TakenIn(self.commits + other.commits, self.candidates + other.candidates, self.gone + other.gone)

    def __str__(self) -> str:
        commits, candidates = ("" if count == 1 else "s" for count in (self.commits, self.candidates))
        return f"{self.commits} commit{commits}: {self.candidates} candidate{candidates}, {self.gone} gone"
