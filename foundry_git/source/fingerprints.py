"""Fingerprints: hashes of runs of normalised tokens, which find a piece of code again inside a file, whole or in part. Pure.

Shapes know whole units, shingles how alike two pieces are; neither finds half a function that was pasted into another. Fingerprints
are taken of a whole file, for a hunk alone cannot be parsed, and know their lines, so that those of a hunk are chosen afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from foundry_git.errors import SourceError
from foundry_git.source.reader import OWN, Token, reader_of

LENGTH = 6  # tokens of a gram
WINDOW = 3  # grams, of which winnowing keeps one
SCHEME = f"t2-{LENGTH}-{WINDOW}"
"""Names what is hashed and how: fingerprints of another scheme are never compared with these."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


class Grams(Struct, frozen=True):
    """The hashes of every run of ``LENGTH`` tokens of a text, in order, (n,); ``lines``: of each token, (n + LENGTH - 1,)."""

    hashes: NDArray[np.uint64]
    lines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.hashes)

    @property
    def firsts(self) -> NDArray[np.int64]:
        """The line where each run begins."""
        return self.lines[: len(self.hashes)]

    @property
    def lasts(self) -> NDArray[np.int64]:
        """The line where each run ends."""
        return self.lines[LENGTH - 1 :]

    def inside(self, ranges: Iterable[tuple[int, int]]) -> NDArray[np.bool_]:
        """Say of each run whether all its tokens stand on lines of some ranges (first, last), from 1, both included."""
        last = int(self.lines.max(initial=0))
        wanted = np.zeros(last + 2, bool)
        for start, end in ranges:
            wanted[start : min(end, last) + 1] = True
        counted = np.concatenate(([0], np.cumsum(wanted[self.lines])))
        whole: NDArray[np.bool_] = counted[LENGTH:] - counted[: len(counted) - LENGTH] == LENGTH
        return whole[: len(self.hashes)]


NO_GRAMS = Grams(np.zeros(0, np.uint64), np.zeros(0, np.int64))


def grams_of(text: str, language: str, path: str = "", lines: Sequence[int] | None = None) -> Grams:
    """Hash every run of tokens of a text, or of its top-level nodes that stand on some lines; none of what cannot be read."""
    reader = reader_of(language)
    try:
        return grams_in(reader.tokens(text, path, lines)) if reader else NO_GRAMS
    except (SourceError, RecursionError):
        return NO_GRAMS


def grams_in(tokens: Sequence[Token]) -> Grams:
    """Hash every run of ``LENGTH`` tokens; a token that only says again what the one before it said, as in a table, counts once.

    A name of the code itself is written as the number of tokens since it was last used within the run, and 0 where it was not
    (Baker: "A theory of parameterized pattern matching", STOC 1993): renaming changes nothing, mixing up two variables does.
    """
    tokens = [token for at, token in enumerate(tokens) if not at or token[0] != tokens[at - 1][0] or token[0].startswith(OWN)]
    count = len(tokens) - LENGTH + 1
    if count < 1:
        return NO_GRAMS
    hashes, since = _numbers(tokens)
    found = np.zeros(count, np.uint64)
    for at in range(LENGTH):
        part = since[at : at + count]
        values = np.where(part > 0, _mixed(np.where(part <= at, part, LENGTH).astype(np.uint64)), hashes[at : at + count])
        found = found * _BASE + values
    return Grams(_mixed(found), np.array([line for _, line in tokens], np.int64))


def winnowed(grams: Grams) -> NDArray[np.uint64]:
    """Choose the fingerprints of a text among its grams, each once, ascending: of every ``WINDOW`` neighbours the smallest.

    Whatever two texts share of ``LENGTH + WINDOW - 1`` tokens or more, they share a fingerprint of (Schleimer, Wilkerson, Aiken:
    "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003).
    """
    if len(grams) <= WINDOW:
        return np.unique(grams.hashes[grams.hashes == grams.hashes.min(initial=np.iinfo(np.uint64).max)])
    return np.unique(np.lib.stride_tricks.sliding_window_view(grams.hashes, WINDOW).min(axis=1))


def fingerprints_of(text: str, language: str) -> NDArray[np.uint64]:
    """The fingerprints of a stored text, ascending."""
    return winnowed(grams_of(text, language))


def _numbers(tokens: Sequence[Token]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hash of each token; beside it, of own names, how many tokens ago it stood there last (0: no own name)."""
    last: dict[str, int] = {}
    hashes = np.zeros(len(tokens), np.uint64)
    since = np.zeros(len(tokens), np.int64)
    for at, (token, _) in enumerate(tokens):
        if token.startswith(OWN):
            since[at] = min(at - last.get(token, -LENGTH), LENGTH)
            last[token] = at
        else:
            hashes[at] = _number(token)
    return hashes, since


@lru_cache(maxsize=65_536)
def _number(token: str) -> int:
    return int.from_bytes(hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread numbers over all 64 bits, so that the smallest is a random one (splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * _MIX[0]
    values = (values ^ (values >> np.uint64(27))) * _MIX[1]
    mixed: NDArray[np.uint64] = values ^ (values >> np.uint64(31))
    return mixed
