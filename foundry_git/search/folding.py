"""Folding: of hits that are nearly the same code only the first is shown, and it says where the others are. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from foundry_git.source.shingles import Shingles, shingles_of, similarity

if TYPE_CHECKING:
    from foundry_git.index.document import Document
    from foundry_git.search.answer import Hit

SAME = 0.7  # of the shingles shared: above what makes a near duplicate (0.55), for what is folded is not seen
LONGER = 2.0  # times as long at most: 2 ms to read each piece of code are paid only where two may be the same


def folded(hits: Sequence[Hit]) -> list[Hit]:
    """The hits without those nearly the same as an earlier one, which the earlier one names; the order stays."""
    kept: list[Hit] = []
    for hit in hits:
        at = next((at for at, one in enumerate(kept) if _is_same(hit.document, one.document)), None)
        if at is None:
            kept.append(hit)
        else:
            kept[at] = replace(kept[at], also=(*kept[at].also, hit.document))
    return kept


def _is_same(one: Document, other: Document) -> bool:
    if one.language != other.language or not one.code or not other.code:
        return False
    if one.shape and one.shape == other.shape:
        return True
    short, long = sorted((len(one.code), len(other.code)))
    return long <= LONGER * short and similarity(_shingles(one.code, one.language), _shingles(other.code, other.language)) >= SAME


@lru_cache(maxsize=512)  # some 2 kB each; a watcher is asked for the same patterns again and again
def _shingles(code: str, language: str) -> Shingles:
    return shingles_of(code, language)
