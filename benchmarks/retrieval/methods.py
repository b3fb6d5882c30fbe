"""The methods that are compared: words, meaning, ours, and ours with one part taken away; all by the product's own index."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from benchmarks.retrieval.plain import Plain
from foundry_git.index.catalogue import Scanned
from foundry_git.index.document import Document, DocumentRow
from foundry_git.index.encoder.protocol import Encoder
from foundry_git.index.index import Index
from foundry_git.search.query import Question
from foundry_git.search.ranking import Scored, Signs
from foundry_git.search.search import DEPTH, Corpus, corpus_of, rank

Method = Callable[[Sequence[Scored]], Sequence[Scored]]
"""Makes its ranking of ours, which holds the parts of every score; words alone are ranked apart."""

PARTS = ("words", "name", "file", "place", "kind", "mates", "language", "prose")
BASELINE = "plain fusion"
"""What the product's ranking has to beat: see :mod:`benchmarks.retrieval.plain`."""
UNENCODED = "nothing encoded"
"""The product's ranking where no document has a vector but those that it encodes for the query, all within the time."""


def methods() -> dict[str, Method]:
    """Every method that is made of our ranking, by its name."""
    return {
        "foundry": lambda ranked: ranked,
        "dense": _only("meaning"),
        "words and meaning": _only("meaning", "words"),
        **{f"foundry without {part}": _without(part) for part in PARTS},
    }


def rankings(index: Index, question: Question, corpus: Corpus, plain: Plain | None) -> dict[str, Sequence[Scored]]:
    """The rows of a corpus for a question by every method, best first."""
    ranked = rank(index, question, corpus)
    words = index.catalogue.lexical(question.words, DEPTH, corpus.order)
    lexical = [Scored(number, score, 0.0, {}, Signs(0.0, 0.0, 0.0, False)) for number, score in words.items()]
    baseline = (
        {BASELINE: plain.rank(index, question, corpus), UNENCODED: rank(Unencoded.of(index), question, corpus)} if plain else {}
    )
    return {"lexical": lexical} | baseline | {name: method(ranked) for name, method in methods().items()}


class Unencoded(Index):
    """An index some of whose rows, or all, have no vectors until they are asked for one by one."""

    _encoded: Callable[[int], bool]

    @classmethod
    def of(cls, index: Index, encoded: Callable[[int], bool] = lambda number: False) -> Unencoded:
        """The same index without the vectors of rows that are not ``encoded``, by their numbers."""
        made = cls.__new__(cls)
        made.__dict__ = index.__dict__ | {"_encoded": encoded}
        return made

    def cosines(
        self, query: NDArray[np.float32], rows: Sequence[DocumentRow], depth: int, also: Collection[int] = ()
    ) -> dict[int, float]:
        """Of those among the nearest that are encoded."""
        found = super().cosines(query, rows, depth, also)
        return {number: cosine for number, cosine in found.items() if self._encoded(number)}

    def cosines_at_once(self, query: NDArray[np.float32], numbers: Sequence[int], seconds: float) -> dict[int, float]:
        """Those of the index, whose vectors are the same."""
        found = super().cosines(query, self.catalogue.rows(), 1, numbers)
        return {number: found[number] for number in numbers if number in found}


class Remembering:
    """An encoder that encodes each query once, whatever number of corpora it is asked of."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}

    def encode_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """As the encoder does."""
        return self._encoder.encode_documents(texts, progress)

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Encode as the encoder does; a single text, as a query is, is remembered."""
        if len(texts) != 1:
            return self._encoder.encode(texts, progress)
        if texts[0] not in self._known:
            self._known[texts[0]] = self._encoder.encode(texts)
        return self._known[texts[0]]


def filled(documents: Sequence[Document], index: Index) -> Index:
    """The index with these documents in it, encoded."""
    looks = {(one.library, one.place): [one] for one in documents}
    index.catalogue.apply({key: Scanned("", 0, key[1]) for key in looks}, looks, ())
    index.encode_missing(lambda done, total: print(f"\rencoding {done}/{total}", end="", file=sys.stderr, flush=True))
    return index


def corpora(index: Index) -> Callable[[str], Corpus]:
    """The corpus of a language, "" for all, each made once."""
    rows = index.catalogue.rows()
    made: dict[str, Corpus] = {}

    def of(language: str) -> Corpus:
        if language not in made:
            made[language] = corpus_of([row for row in rows if language in ("", row.language)])
        return made[language]

    return of


def _only(*parts: str) -> Method:
    return lambda ranked: _rescored(ranked, lambda name: name in parts)


def _without(part: str) -> Method:
    return lambda ranked: _rescored(ranked, lambda name: name != part)


def _rescored(scored: Sequence[Scored], keeps: Callable[[str], bool]) -> list[Scored]:
    kept = [replace(one, score=sum(value for name, value in one.parts.items() if keeps(name))) for one in scored]
    return sorted(kept, key=lambda one: -one.score)
