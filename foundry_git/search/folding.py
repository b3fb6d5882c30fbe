"""Folding: of hits that are nearly the same code only the first is shown, and it says where the others are. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from foundry_git.source.shingles import Shingles, shingles_of, similarity

if TYPE_CHECKING:
    from foundry_git.search.search import Hit

SAME = 0.7  # of the shingles shared: above what makes a near duplicate (0.55), for what is folded is not seen


def folded(hits: Sequence[Hit]) -> list[Hit]:
    """The hits without those nearly the same as an earlier one, which the earlier one names; the order stays."""
    kept: list[tuple[Hit, Shingles]] = []
    for hit in hits:
        shingles = shingles_of(hit.document.code, hit.document.language) if hit.document.code else frozenset()
        at = next((at for at, (one, known) in enumerate(kept) if _is_same(hit, one, shingles, known)), None)
        if at is None:
            kept.append((hit, shingles))
        else:
            first, known = kept[at]
            kept[at] = replace(first, also=(*first.also, hit.document)), known
    return [hit for hit, _ in kept]


def _is_same(hit: Hit, other: Hit, shingles: Shingles, known: Shingles) -> bool:
    if hit.document.language != other.document.language or not hit.document.code:
        return False
    if hit.document.shape and hit.document.shape == other.document.shape:
        return True
    return similarity(shingles, known) >= SAME
