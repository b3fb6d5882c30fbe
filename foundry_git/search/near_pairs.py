"""Near pairs: of many pieces all pairs that share enough, without comparing each with each. Pure.

Prefix filtering (Chaudhuri, Ganti and Kaushik 2006, "A primitive operator for similarity joins in data cleaning"): two sets of which
the Jaccard similarity is at least t have an element in common among the first |x| - ceil(t |x|) + 1 of each, in any one order of all
elements; with the rarest first, few others have it too.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, combinations, product

ROUNDING = 1e-9  # 0.55 * 100 is 55.00000000000001, and 55 elements in common are enough


def near_pairs(pieces: Sequence[frozenset[int]], least: float) -> Iterator[tuple[int, int, float]]:
    """All pairs of pieces (by their numbers, the smaller first) with a Jaccard similarity of at least ``least`` (above 0), and it."""
    alike: defaultdict[frozenset[int], list[int]] = defaultdict(list)
    for number, piece in enumerate(pieces):
        alike[piece].append(number)
    different = sorted((piece for piece in alike if piece), key=len)
    for piece, numbers in alike.items():
        if piece:
            yield from ((one, other, 1.0) for one, other in combinations(numbers, 2))
    for one, other, shared in _near(different, least):
        for pair in product(alike[different[one]], alike[different[other]]):
            yield min(pair), max(pair), shared


def _near(pieces: Sequence[frozenset[int]], least: float) -> Iterator[tuple[int, int, float]]:
    """The same of pieces of which no two are equal, from the smallest to the largest."""
    held = Counter(chain.from_iterable(pieces))
    holding: defaultdict[int, list[int]] = defaultdict(list)
    begins: defaultdict[int, int] = defaultdict(int)  # where in these lists what is large enough begins
    for number, piece in enumerate(pieces):
        size = len(piece)
        prefix = size - math.ceil(least * size - ROUNDING) + 1
        seen: set[int] = set()
        for element in sorted(piece, key=lambda element: (held[element], element))[:prefix]:
            there = holding[element]
            start = begins[element]
            while start < len(there) and len(pieces[there[start]]) < least * size - ROUNDING:
                start += 1  # nor is it large enough for any larger piece
            begins[element] = start
            seen.update(there[start:])
            there.append(number)
        for other in seen:
            if (shared := _similarity(pieces[other], piece)) >= least:
                yield other, number, shared


def _similarity(smaller: frozenset[int], larger: frozenset[int]) -> float:
    both = len(smaller & larger)
    return both / (len(smaller) + len(larger) - both)
