"""Word bags: the words of a piece of code and how often each occurs, as numbers that are compared at once with those of many. Pure.

What two people write for the same job shares few runs of tokens, but many of the words: of names, of texts, of comments.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import lru_cache

from foundry_git.source.shingles import KEYWORDS
from foundry_git.source.words import words_of

_KEPT = 100_000  # numbers that are remembered
_ENDINGS = (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("ss", "ss"), ("s", ""))
_LEAST_STEM = 3  # letters


def bag_of(code: str) -> frozenset[int]:
    """Give the words of a text as numbers of 64 bits: one for a word, another for its second, its fourth, its eighth time and so on.

    Keywords are left out, and endings, so that ``parsed`` and ``parses`` are one.
    """
    counts = Counter(stem(word) for word in words_of(code) if len(word) > 1 and word not in _KEYWORDS)
    return frozenset(_number(word, time) for word, count in counts.items() for time in range(count.bit_length()))


@lru_cache(_KEPT)
def name_words(name: str) -> frozenset[str]:
    """Give the words of a name, without their endings."""
    return frozenset(map(stem, words_of(name)))


def stem(word: str) -> str:
    """Cut the ending off a word in lower case, and a last ``e``: ``parse``, ``parses``, ``parsed`` and ``parsing`` give ``pars``."""
    for ending, left in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(left) >= _LEAST_STEM:
            word = word.removesuffix(ending) + left
            break
    return word.removesuffix("e") if len(word) > _LEAST_STEM else word


@lru_cache(_KEPT)
def _number(word: str, time: int) -> int:
    return int.from_bytes(hashlib.blake2b(f"{word}\0{time}".encode("utf-8", "surrogatepass"), digest_size=8).digest())


_KEYWORDS = frozenset(word.lower() for word in KEYWORDS)
