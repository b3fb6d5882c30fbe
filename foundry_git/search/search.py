"""One search: from a query to hits that say why they are there, or to "nothing fits"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.index.document import DocumentRow
from foundry_git.index.encoder.adapter import adapted
from foundry_git.index.identifiers import split_identifiers
from foundry_git.index.index import Index
from foundry_git.index.stack_index import StackIndex
from foundry_git.search.answer import Answer, Hit
from foundry_git.search.folding import folded
from foundry_git.search.query import Filters, Question, SearchQuery, current_rows
from foundry_git.search.ranking import Scored, falling, fuse, merged, raised, relevant, with_evidence
from foundry_git.search.signals import bonuses, mates
from foundry_git.settings import SearchSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Worth = Callable[[Collection[str]], Mapping[str, float]]
"""What some digests proved to be worth, effectiveness 0–1, of those that it is known of."""

DEPTH = 100  # rows taken from each side; a hit of the first ten by fusion lies far within
DEPTH_OF_SOURCE = (
    200  # of units: their place raises what lies deeper (file NDCG@10 0.854 with 100, 0.859 with 200, 0.859 with 300)
)
MATES = 60  # first rows among which those of one file raise each other
AT_ONCE, AT_ONCE_SECONDS = 80, 0.6  # rows without a vector that get one while somebody waits, the likeliest first
WIDE = 3  # times as many hits as are wanted are looked at: some are folded


class Corpus(Struct, frozen=True):
    """What a query may find: rows, the same by number, their order, the numbers by name (split into words), the languages."""

    rows: Sequence[DocumentRow]
    by_number: Mapping[int, DocumentRow]
    order: Mapping[int, int]
    named: Mapping[str, Collection[int]]
    languages: frozenset[str]


def search(
    patterns: StackIndex,
    query: SearchQuery,
    worth: Worth,
    settings: SearchSettings,
    units: Index | None = None,
    vector: NDArray[np.float32] | None = None,
    languages: frozenset[str] = frozenset(),
) -> Answer:
    """Search patterns, which the caller has brought in step, and the ``units`` of source code that nobody reviewed.

    Of patterns only those in ``languages``, where these are given and the query names none. ``vector`` is what :func:`vectors_for`
    gave for the query among the patterns, where it gave one.
    """
    question, chosen = Question.of(query.text), query.filters
    wanted = settings.default_limit if query.limit is None else query.limit
    with patterns.index.catalogue.snapshot():
        corpus = _corpus(patterns, replace(chosen, languages=languages) if languages and not chosen.languages else chosen)
        accepted = _answer(patterns.index, question, corpus, worth, settings, wanted, vector, query.by_words)
    if units is None:
        return _finished(accepted, wanted)
    with units.catalogue.snapshot():
        found = units.catalogue.rows()
        source = units.remember(chosen, lambda: corpus_of([row for row in found if chosen.admits(row)]))
        found_there = _answer(units, question, source, nothing_known, settings, wanted, by_words=query.by_words)
        return _finished(_joined(accepted, found_there), wanted)


def vectors_for(patterns: StackIndex, queries: Sequence[SearchQuery]) -> list[NDArray[np.float32] | None]:
    """The vectors of many queries among patterns, each as :func:`encoded` gives it: together they take a third of the time."""
    places: dict[Filters, list[int]] = {}
    for place, query in enumerate(queries):
        places.setdefault(query.filters, []).append(place)
    found: list[NDArray[np.float32] | None] = [None] * len(queries)
    with patterns.index.catalogue.snapshot():
        for chosen, some in places.items():
            questions = [Question.of(queries[place].text) for place in some]
            for place, vector in zip(some, encoded(patterns.index, questions, _corpus(patterns, chosen)), strict=True):
                found[place] = vector
    return found


def nothing_known(digests: Collection[str]) -> Mapping[str, float]:
    """Where no evidence counts."""
    return {}


def corpus_of(rows: Sequence[DocumentRow]) -> Corpus:
    """Prepare rows for being searched."""
    named: dict[str, set[int]] = {}
    for row in rows:
        named.setdefault(split_identifiers(row.name), set()).add(row.number)
    order = {row.number: at for at, row in enumerate(rows)}
    return Corpus(rows, {row.number: row for row in rows}, order, named, frozenset(row.language for row in rows))


def encoded(index: Index, questions: Sequence[Question], corpus: Corpus) -> list[NDArray[np.float32] | None]:
    """The vectors of questions to ``corpus``, each float32 (d,); None without an encoder.

    Where there is but one language, what names it is left out of the text; where there are several, the question is adapted to code.
    Several at once are those that a library comes with: they are encoded once for each user. What a person asks is not kept.
    """
    encoder = index.encoder
    if encoder is None or not questions:
        return [None] * len(questions)
    is_adapted = len(corpus.languages) > 1
    texts = [question.text if is_adapted else question.bare for question in questions]
    vectors = index.question_vectors(texts) if len(texts) > 1 else encoder.encode(texts)
    return [adapted(vector, encoder.fingerprint) for vector in vectors] if is_adapted else list(vectors)


def rank(
    index: Index,
    query: str | Question,
    corpus: Corpus,
    worth: Worth = nothing_known,
    vector: NDArray[np.float32] | None = None,
    min_relevance: float = 0.0,
    by_words: bool = False,
) -> list[Scored]:
    """Rank the rows of ``corpus`` for a query, best first: those nearest to it, and those that hold its words.

    ``vector`` is what :func:`encoded` gave for the query, where it was asked for many at once. Of rows that have no vector yet, as
    units of source code while they are being encoded, the likeliest by words get theirs at once, as far as the time goes; where it
    reaches none they are ranked by words alone, and stand among the others by their relevance. ``worth`` is asked of rows that are
    relevant enough to be shown, which evidence changes nothing about. ``by_words``: no model is opened.
    """
    question = Question.of(query) if isinstance(query, str) else query
    if not question.text or not corpus.rows:
        return []
    depth = DEPTH_OF_SOURCE if corpus.rows[0].line else DEPTH
    lexical = index.catalogue.lexical(question.words, depth, corpus.order)
    named = {number for name in (question.name, *question.mentioned) if name for number in corpus.named.get(name, ())}
    if vector is None and not by_words:
        (vector,) = encoded(index, [question], corpus)
    dense = {} if vector is None else index.cosines(vector, corpus.rows, depth, lexical.keys() | named)
    found = dense.keys() | lexical.keys() | named
    held = index.catalogue.coverage(question.words, found)
    more = {number: bonuses(question, corpus.by_number[number], len(corpus.languages)) for number in found}
    ceiling = index.catalogue.ceiling(question.words)
    blind: dict[int, float] = {}
    if vector is not None and (lacking := {number: lexical.get(number, 0.0) for number in found - dense.keys()}):
        likeliest = [one.number for one in fuse(lacking, {}, held, more, ceiling)[:AT_ONCE]]
        reached = index.cosines_at_once(vector, likeliest, AT_ONCE_SECONDS)
        dense |= reached
        blind = {} if reached else {number: lexical[number] for number in likeliest if number in lexical}
    seen = {number: score for number, score in lexical.items() if number in dense or vector is None}
    with_meaning, without = fuse(seen, dense, held, more, ceiling), fuse(blind, {}, held, more, ceiling)
    merits = _merits(corpus, [one.number for one in (*with_meaning, *without) if one.relevance >= min_relevance], worth)
    ranked, others = (_in_order(with_evidence(some, merits), corpus) for some in (with_meaning, without))
    return merged(ranked, others, lambda one: one.relevance)


def _in_order(scored: Sequence[Scored], corpus: Corpus) -> list[Scored]:
    """The ranking with what units gain by others of their file; equal scores in the order of the corpus, whatever was read first."""
    first = {one.number: one.score for one in scored[:MATES]}
    files = {number: corpus.by_number[number].path for number in first if corpus.by_number[number].line}
    ranked = raised(scored, "mates", mates(first, files))
    return sorted(ranked, key=lambda one: (-one.score, corpus.order[one.number]))


def _merits(corpus: Corpus, numbers: Collection[int], worth: Worth) -> dict[int, float]:
    digests = {number: corpus.by_number[number].digest for number in numbers}
    known = worth(frozenset(digests.values()))
    return {number: known[digest] for number, digest in digests.items() if digest in known}


def _corpus(patterns: StackIndex, chosen: Filters) -> Corpus:
    """The patterns that pass; the caller holds a snapshot."""
    index, libraries = patterns.index, patterns.libraries
    rows = index.catalogue.rows()
    return index.remember((tuple(libraries), chosen), lambda: corpus_of(current_rows(rows, libraries, chosen)))


def _answer(
    index: Index,
    question: Question,
    corpus: Corpus,
    worth: Worth,
    settings: SearchSettings,
    wanted: int,
    vector: NDArray[np.float32] | None = None,
    by_words: bool = False,
) -> Answer:
    """Everything that fits in one index, not yet folded nor cut."""
    scored = rank(index, question, corpus, worth, vector, settings.min_relevance, by_words)
    found = relevant(scored, settings.min_relevance)
    nearest = max(scored, key=lambda one: one.relevance, default=None)
    return Answer(
        hits=_hits(index, _worth_looking_at(found, corpus, wanted * WIDE)),
        nearest=_hits(index, [nearest])[0] if nearest and not found else None,
        by_meaning=not by_words and index.encoder is not None,
        fitting=[corpus.by_number[one.number] for one in found],
    )


def _worth_looking_at(found: Sequence[Scored], corpus: Corpus, wanted: int) -> Sequence[Scored]:
    """The first rows of so many shapes: copies are folded into one hit, so they must not take the places of others."""
    shapes: set[object] = set()
    for at, one in enumerate(found):
        row = corpus.by_number[one.number]
        shapes.add((row.language, row.shape) if row.shape else one.number)
        if len(shapes) > wanted:
            return found[:at]
    return found


def _joined(accepted: Answer, units: Answer) -> Answer:
    nearest = [one.nearest for one in (accepted, units) if one.nearest]
    hits = merged(accepted.hits, units.hits, lambda hit: hit.relevance + hit.parts.get("name", 0.0))  # what was named comes first
    return replace(
        accepted,
        hits=hits,
        nearest=None if hits else max(nearest, key=lambda hit: hit.relevance, default=None),
        fitting=[*accepted.fitting, *units.fitting],
    )


def _finished(answer: Answer, wanted: int) -> Answer:
    """What is shown: near copies folded, no more than wanted, and no hit said to be likelier than the one above it."""
    hits = folded(answer.hits)
    said = falling([hit.relevance for hit in hits])
    return replace(answer, hits=[replace(hit, relevance=at) for hit, at in zip(hits, said, strict=True)][:wanted])


def _hits(index: Index, scored: Sequence[Scored]) -> list[Hit]:
    documents = index.catalogue.documents([one.number for one in scored])
    return [Hit(documents[one.number], one.score, one.relevance, one.parts) for one in scored if one.number in documents]
