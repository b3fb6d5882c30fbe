"""One search: from a query to hits that say why they are there, or to "nothing fits"."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from foundry_git.index.catalogue import Row
from foundry_git.index.document import Document, split_identifiers
from foundry_git.index.index import Index
from foundry_git.search.query import Filters, current_rows, names_asked, words_of
from foundry_git.search.ranking import Scored, fuse, relevant
from foundry_git.search.settings import SearchSettings

DEPTH = 100  # rows taken from each side; a hit of the first ten by fusion lies far within


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer: the document, and why it ranks where it does."""

    document: Document
    score: float
    relevance: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a query may find: rows, their documents by number, and the numbers that go by each name (split into words)."""

    rows: Sequence[Row]
    documents: Mapping[int, Document]
    named: Mapping[str, Collection[int]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits, best first; when there are none, ``nearest`` is what came closest. ``by_meaning`` is False without weights."""

    hits: list[Hit]
    nearest: Hit | None
    by_meaning: bool


def search(
    index: Index,
    query: str,
    libraries: Sequence[str],
    worth: Mapping[str, float],
    settings: SearchSettings,
    filters: Filters | None = None,
    limit: int | None = None,
) -> Answer:
    """Search the index, which the caller has brought in step.

    ``libraries`` in order of precedence; ``worth``: digest → effectiveness 0–1; ``limit`` None takes the settings' default.
    """
    chosen = filters or Filters()
    everything = index.catalogue.rows()
    corpus = index.remember((tuple(libraries), chosen), lambda: corpus_of(current_rows(everything, libraries, chosen)))
    scored = rank(index, query, corpus, worth)
    hits = [_hit(one, corpus) for one in relevant(scored, settings.min_relevance)]
    nearest = max(scored, key=lambda one: one.relevance, default=None)
    return Answer(
        hits=hits[: settings.default_limit if limit is None else limit],
        nearest=_hit(nearest, corpus) if nearest and not hits else None,
        by_meaning=index.encoder is not None,
    )


def corpus_of(rows: Sequence[Row]) -> Corpus:
    """Prepare rows for being searched."""
    named: dict[str, set[int]] = {}
    for row in rows:
        named.setdefault(split_identifiers(row.document.name), set()).add(row.number)
    return Corpus(rows, {row.number: row.document for row in rows}, named)


def rank(index: Index, query: str, corpus: Corpus, worth: Mapping[str, float] | None = None) -> list[Scored]:
    """Rank the rows of ``corpus`` for a query, best first: those nearest to it, and those that hold its words."""
    if not query.strip() or not corpus.rows:
        return []
    words, total = words_of(query), len(index.catalogue.rows())
    deep = index.catalogue.lexical(words, DEPTH if len(corpus.rows) == total else total)
    lexical = dict([(number, score) for number, score in deep.items() if number in corpus.documents][:DEPTH])
    named = {number for name in names_asked(query) for number in corpus.named.get(name, ())}
    encoder = index.encoder
    dense = index.cosines(encoder.encode([query])[0], corpus.rows, DEPTH, lexical.keys() | named) if encoder else {}
    found = dense.keys() | lexical.keys()
    digests = {number: corpus.documents[number].digest for number in found} if worth else {}
    merits = {number: worth[digest] for number, digest in digests.items() if worth and digest in worth}
    return fuse(lexical, dense, index.catalogue.coverage(words, found), named, merits)


def _hit(scored: Scored, corpus: Corpus) -> Hit:
    return Hit(corpus.documents[scored.number], scored.score, scored.relevance, scored.parts)
