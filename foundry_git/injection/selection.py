"""Selection: which of the relevant patterns go into a prompt. Pure.

Nothing is kept out for want of use: a system this grew from demanded 70 % success, so what was unused was never injected, so never
used, in 20 of 20 sessions. Only a pattern with enough evidence can fail the bar, and one slot is reserved for one with too little.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foundry_git.evidence.scoring import Score
from foundry_git.injection.settings import InjectionSettings
from foundry_git.search.search import Hit

RANKED, EXPLORATION = "ranked", "exploration"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One pattern for a prompt: why it got its slot, and the probability with which it did."""

    hit: Hit
    slot: str
    propensity: float


def select(hits: Sequence[Hit], scores: Mapping[str, Score], settings: InjectionSettings, task: str) -> list[Chosen]:
    """Choose at most ``max_patterns`` of ``hits``, which are relevant and best first.

    The last of two or more slots explores: where more patterns are relevant than there are slots, it goes to one of the rest that
    has not enough evidence yet, drawn by the hash of the task, so that the same task always gets the same prompt.
    """
    fit = [hit for hit in hits if _passes(scores.get(hit.document.digest), settings)]
    slots = settings.max_patterns
    if len(fit) <= slots or slots < 2:
        return [Chosen(hit, RANKED, 1.0) for hit in fit[:slots]]
    ranked, rest = fit[: slots - 1], fit[slots - 1 :]
    untried = [hit for hit in rest if not _is_known(scores.get(hit.document.digest))]
    if not untried:
        return [Chosen(hit, RANKED, 1.0) for hit in fit[:slots]]
    drawn = untried[_draw(task, len(untried))]
    return [*(Chosen(hit, RANKED, 1.0) for hit in ranked), Chosen(drawn, EXPLORATION, 1 / len(untried))]


def _passes(score: Score | None, settings: InjectionSettings) -> bool:
    """Even the upper end of the interval must lie below the bar to keep a pattern out."""
    return score is None or not score.enough or score.high * 100 >= settings.min_success_rate


def _is_known(score: Score | None) -> bool:
    return score is not None and score.enough


def _draw(task: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(task.encode("utf-8", "surrogatepass")).digest()[:8]) % count
