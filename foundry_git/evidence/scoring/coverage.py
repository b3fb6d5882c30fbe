"""Coverage: how many of the patterns that could be shown were ever found, shown, used, and judged.

Nine of ten patterns of the system this grew from were never applied, and its diversity index, taken over those that were, called that
healthy. So everything here is taken over what is eligible: the patterns that stand in the libraries and are not withheld.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Set

from msgspec import Struct


class Coverage(Struct, frozen=True):
    """Digests: ``eligible``, and those of them that were ``retrieved`` (shown or passed over), ``injected``, ``adopted``, ``judged``.

    ``evenness``, 0 to 1, of the injections over all that is eligible: 1 where each was shown as often, 0 where one alone was.
    """

    eligible: frozenset[str]
    retrieved: frozenset[str]
    injected: frozenset[str]
    adopted: frozenset[str]
    judged: frozenset[str]
    evenness: float


def coverage(
    eligible: Iterable[str], retrieved: Set[str], injected: Mapping[str, int], adopted: Set[str], judged: Set[str]
) -> Coverage:
    """Hold what happened against what is eligible; ``injected`` are counts."""
    all_of = frozenset(eligible)
    shown = {digest: count for digest, count in injected.items() if count and digest in all_of}
    return Coverage(
        all_of, all_of & retrieved, frozenset(shown), all_of & adopted, all_of & judged, evenness(shown.values(), len(all_of))
    )


def evenness(counts: Iterable[int], population: int) -> float:
    """Return the Shannon entropy of ``counts`` over that of an even spread on a ``population``, rounded to nine decimals.

    Pielou, The measurement of diversity in different types of biological collections, 1966; with the species that were not met.
    """
    met = [count for count in counts if count]
    if population < 2 or not met:
        return 0.0
    total = sum(met)
    entropy = -math.fsum(count / total * math.log(count / total) for count in met)
    return round(max(0.0, entropy) / math.log(population), 9)
