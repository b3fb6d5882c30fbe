"""Helper words: how much a unit speaks in the words of code that readers would keep for another project. Pure but for one file.

A word's weight is how much it adds to the log-odds that a reader keeps a unit in which it stands; ``python -m benchmarks.extraction
--fit`` makes the file from the verdicts of ``benchmarks/extraction/readers.json``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from foundry_git.source.words import words_in

FILE = Path(__file__).with_name("helper_words.txt")
UNIT = 0.05  # log-odds of 1 in the file
MUCH = 2.5  # log-odds with which the share is full, and against which it is empty


def helper_share(code: str, weights: Mapping[str, float] | None = None) -> float:
    """0 for code in words of what readers leave, 1 for code in words of what they keep, 0.5 where the words do not tell."""
    known = helper_words() if weights is None else weights
    return min(1.0, max(0.0, 0.5 + math.fsum(known.get(word, 0.0) for word in words_in(code)) / (2 * MUCH)))


@lru_cache(maxsize=1)
def helper_words() -> Mapping[str, float]:
    """Word → what it adds to the log-odds."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return {word: int(weight) * UNIT for line in lines for weight, *words in [line.split(" ")] for word in words}
