"""The lexicon: which documents hold which words, and how well they fit a question by BM25. What one question costs is bounded.

FTS5 scores every document that holds any word of a question, about 0.8 µs each, so that of 100,000 documents a sentence of common
words would hit nearly all (p95 135 ms). Past so many hits the rare words alone decide which documents are scored, and the common
ones count in those documents: p95 25 ms, and 94 % of the first ten are the same.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct

from foundry_git.derived.database import Database

NAME_WEIGHT, PROSE_WEIGHT, CODE_WEIGHT = 3.0, 1.0, 1.0  # names × 3 lift file NDCG@10 from 0.762 to 0.772 on repository queries
PATH_WEIGHT = 1.0
TABLE = """CREATE VIRTUAL TABLE words USING fts5(name, prose, code, path, tokenize = 'porter unicode61');
INSERT INTO words (words, rank) VALUES ('automerge', 2)"""  # 5 segments, not 9, at 40,000 documents for a sixth more work: read faster

_FEW = 60  # hits for each document asked about, from which on asking for each document is cheaper than going through all hits
_K1 = 1.2
_KEPT = 10_000  # words whose frequency is remembered

_SCORED = (
    f"SELECT rowid, bm25(words, {NAME_WEIGHT}, {PROSE_WEIGHT}, {CODE_WEIGHT}, {PATH_WEIGHT}) AS score FROM words"
    " WHERE words MATCH ? ORDER BY score"
)
_HOLDING = "SELECT rowid FROM words WHERE words MATCH ? AND {}rowid IN (SELECT value FROM json_each(?))"


class Bounds(Struct, frozen=True):
    """How many hits of words one question may cost.

    ``plain``: so many are scored whatever they are, about 18 ms; ``members``: of more, so many hits of rare words, the rarest word
    being always among them; ``counted``: hits of common words that are then looked through.
    """

    plain: int = 25_000
    members: int = 10_000
    counted: int = 50_000


BOUNDS = Bounds()


class Lexicon:
    """The words of one catalogue, whose table is :data:`TABLE`; ``changed`` gives another number once somebody else has written."""

    def __init__(self, db: Database, changed: Callable[[], int], bounds: Bounds = BOUNDS) -> None:
        self._db = db
        self._changed = changed
        self._bounds = bounds
        self._known: tuple[int, dict[str, int]] = (-1, {})

    def forget(self) -> None:
        """Forget what was remembered; call it after writing."""
        self._known = (-1, {})

    def best(self, words: Sequence[str], limit: int, order: Mapping[int, int]) -> dict[int, float]:
        """BM25 of the documents that hold any of ``words``, by number, the best ``limit``; higher is better, always > 0.

        Only numbers of ``order`` are found; it also says which of two equal scores comes first.
        """
        query, times = self._query(words)
        found: list[tuple[float, int]] = []
        for number, score in self._db.rows(_SCORED, (query,)) if query else ():
            if len(found) >= limit and score > found[limit - 1][0]:
                break
            if number in order:
                found.append((score, number))
        found.sort(key=lambda one: (one[0], order[one[1]]))
        return {number: max(-score / times, 1e-9) for score, number in found[:limit]}

    def coverage(self, words: Sequence[str], numbers: Collection[int], total: int) -> dict[int, float]:
        """The share of ``words`` that each document holds, a rare word counting more (by inverse document frequency), 0–1."""
        held: dict[int, float] = dict.fromkeys(numbers, 0.0)
        frequency, asked = self._frequencies(words), json.dumps(list(numbers))
        weights = {word: math.log(1 + (1 + total) / (1 + count)) for word, count in frequency.items()}
        for word, count in frequency.items():
            one_by_one = count > _FEW * len(held)
            for (number,) in self._db.rows(_HOLDING.format("" if one_by_one else "+"), (_quoted(word), asked)) if count else ():
                held[number] += weights[word]
        whole = math.fsum(weights.values())
        return {number: weight / whole for number, weight in held.items()} if whole else held

    def ceiling(self, words: Sequence[str], total: int) -> float:
        """The BM25 that a document of ``total`` could have at most for ``words``, by the formula and k1 = 1.2 of FTS5; 0 for none.

        Words that no document holds do not count.
        """
        counts = [count for count in self._frequencies(words).values() if count]
        return math.fsum((_K1 + 1) * max(math.log((total - count + 0.5) / (count + 0.5)), 1e-6) for count in counts)

    def _query(self, words: Sequence[str]) -> tuple[str, float]:
        """The question in FTS5's language, and how often each word counts in it; "" when no document holds any of the words."""
        frequency = {word: count for word, count in self._frequencies(words).items() if count}
        rising = sorted(frequency, key=lambda word: (frequency[word], word))
        if sum(frequency.values()) <= self._bounds.plain:
            return _any(frequency), 1.0
        rare = _within(rising, frequency, self._bounds.members) or rising[:1]
        common = _within(rising[len(rare) :], frequency, self._bounds.counted)
        if not common:
            return _any(rare), 1.0
        # BM25 adds up all words of an expression: so that each counts twice, the common ones are named twice as well.
        return f"({_any(rare)}) AND ({_any([*rare, *common, *common])})", 2.0

    def _frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """In how many documents each word is."""
        changed = self._changed()
        if self._known[0] != changed or len(self._known[1]) > _KEPT:
            self._known = changed, {}
        known = self._known[1]
        for word in words:
            if word not in known:
                (known[word],) = self._db.one("SELECT count(*) FROM words WHERE words MATCH ?", (_quoted(word),)) or (0,)
        return {word: known[word] for word in words}


def _within(rising: Sequence[str], frequency: Mapping[str, int], most: int) -> list[str]:
    """The first of these words whose hits are ``most`` together."""
    taken: list[str] = []
    for word in rising:
        most -= frequency[word]
        if most < 0:
            break
        taken.append(word)
    return taken


def _any(words: Collection[str]) -> str:
    return " OR ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    return f'"{word}"'
