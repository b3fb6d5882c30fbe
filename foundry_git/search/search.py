"""One search: from a query to hits that say why they are there, or to "nothing fits"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foundry_git.index.catalogue import Row
from foundry_git.index.document import Document, split_identifiers
from foundry_git.index.index import Index
from foundry_git.search.query import Filters, current_rows, names_asked, words_of
from foundry_git.search.ranking import Scored, fuse, relevant
from foundry_git.search.settings import SearchSettings

DEPTH = 200  # rows taken from each side; a hit of the first ten by fusion lies far within


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer: the document, and why it ranks where it does."""

    document: Document
    score: float
    relevance: float
    parts: Mapping[str, float]


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
    rows = current_rows(index.catalogue.rows(), libraries, filters or Filters())
    scored = rank(index, query, rows, worth)
    found = {row.number: row.document for row in rows}
    hits = [_hit(one, found) for one in relevant(scored, settings.min_relevance)]
    nearest = max(scored, key=lambda one: one.relevance, default=None)
    return Answer(
        hits=hits[: settings.default_limit if limit is None else limit],
        nearest=_hit(nearest, found) if nearest and not hits else None,
        by_meaning=index.encoder is not None,
    )


def rank(index: Index, query: str, rows: Sequence[Row], worth: Mapping[str, float] | None = None) -> list[Scored]:
    """Rank ``rows`` for a query, best first: those nearest to it, and those that hold its words."""
    if not query.strip() or not rows:
        return []
    numbers = {row.number for row in rows}
    words = words_of(query)
    unfiltered = len(numbers) == len(index.catalogue.rows())
    deep = index.catalogue.lexical(words, DEPTH if unfiltered else len(index.catalogue.rows()))
    lexical = dict([(number, score) for number, score in deep.items() if number in numbers][:DEPTH])
    asked = names_asked(query)
    named = {row.number for row in rows if asked and split_identifiers(row.document.name) in asked}
    encoder = index.encoder
    dense = index.cosines(encoder.encode([query])[0], rows, DEPTH, lexical.keys() | named) if encoder else {}
    merits = {row.number: worth[row.document.digest] for row in rows if worth and row.document.digest in worth}
    return fuse(lexical, dense, index.catalogue.coverage(words, dense.keys() | lexical.keys()), named, merits)


def _hit(scored: Scored, documents: Mapping[int, Document]) -> Hit:
    return Hit(documents[scored.number], scored.score, scored.relevance, scored.parts)
