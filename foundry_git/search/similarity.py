"""Similarity: what is there already, accepted or at HEAD, that is much like a piece of code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from foundry_git.index.document import HEAD, Document, DocumentRow
from foundry_git.index.index import Index, Look
from foundry_git.index.stack_index import StackIndex
from foundry_git.progress import Bars, Progress, no_bar
from foundry_git.search.code_query import CodeQuery
from foundry_git.search.families import are_siblings, is_family
from foundry_git.search.head_units import METHOD, HeadUnits
from foundry_git.search.likeness import SHIPPED_THRESHOLD, likeness
from foundry_git.search.query import Filters, current_rows
from foundry_git.search.twins import BAR, Signs, rarity, twinship
from foundry_git.source.files import is_text
from foundry_git.source.languages import family_of
from foundry_git.source.shingles import shingles_of
from foundry_git.source.wordbags import bag_of, name_words
from foundry_git.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

# Shingles that many pieces share count as much as any other: weighing them by rarity gave F1 0.918 to 0.926 on the pairs of
# `python -m benchmarks.duplicates`, counting them alike 0.924.
CLOSEST = 20  # pieces of one index that are looked at for their structure, and as many for their words, and for their meaning
LEAST_SHINGLES = 30  # of new code: `try`, one call and `finally` share most of fewer with any other
MANY_NAMESAKES = 3  # at HEAD: what so many are called is a convention
TEXTS_AT_ONCE = 16  # encoded between two steps of the bar
MOST_TEXTS = 128  # encoded while somebody waits, a few seconds; what is past that is compared by structure


Corpus = tuple[Index, Sequence[DocumentRow]]
"""Rows of an index that are compared with."""


class Match(Struct, frozen=True):
    """Something like the piece asked about.

    ``score``: likeness, 0–1, from 0.9 on a near duplicate, below that how likely both do the same job; ``signs`` tell of which;
    ``is_identical``: of one shape, so the same but for names, comments and layout.
    """

    document: Document
    score: float
    signs: Signs
    is_identical: bool

    @property
    def structure(self) -> float:
        """The share of shingles both have, 0–1."""
        return self.signs.structure

    @property
    def words(self) -> float:
        """How alike their words are, 0–1."""
        return self.signs.words

    @property
    def meaning(self) -> float | None:
        """The cosine of their vectors; None where one is not encoded."""
        return self.signs.meaning

    @property
    def is_alike(self) -> bool:
        """Say whether it is worth showing."""
        return self.score >= BAR

    @property
    def is_accepted(self) -> bool:
        """Say whether it is a pattern of a library, and not a unit of HEAD."""
        return self.document.library != HEAD


class Resemblance(Struct, frozen=True):
    """A piece asked about and what is most like it, alike or not, the best first."""

    asked: Document
    matches: Sequence[Match]


def find_similar(workspace: Workspace, asked: CodeQuery, accepted_only: bool = False, bar: Bars = no_bar) -> list[Resemblance]:
    """Compare each piece asked about with the accepted patterns and the units of HEAD, itself left out."""
    workspace.patterns.converge()
    workspace.patterns.encode(bar("encoding"))
    with closing(workspace.index.beside()) as beside:
        corpora = [_accepted(workspace.patterns)]
        if not accepted_only:
            corpora += _standing(HeadUnits.of(workspace), asked, beside, bar)
        found = compared(asked.pieces, corpora, _vectors(workspace.index, asked.pieces, bar("encoding")))
        if asked.fresh is None:
            return found
        namesakes = Counter(row.name for row in workspace.units.catalogue.rows()) if workspace.units else {}
        return [_of_before(one, asked.fresh, namesakes) for one in found]


def _of_before(one: Resemblance, fresh: Collection[str], namesakes: Mapping[str, int]) -> Resemblance:
    """What a new piece is a near duplicate of that stood there before, and not on purpose; a small one only what is the same.

    What may be a twin is for whoever asks: nobody did.
    """
    is_small = len(shingles_of(one.asked.code, one.asked.language)) < LEAST_SHINGLES
    matches = [match for match in one.matches if match.is_accepted or match.document.place not in fresh]
    matches = [match for match in matches if match.score >= SHIPPED_THRESHOLD or not match.is_alike]
    matches = [match for match in matches if match.is_identical or not is_small]
    return Resemblance(one.asked, [match for match in matches if not _is_on_purpose(one.asked, match, namesakes)])


def _is_on_purpose(asked: Document, match: Match, namesakes: Mapping[str, int]) -> bool:
    """Say whether a new piece is alike on purpose: of a family, or of one name with many, as the methods of an interface are."""
    other = match.document
    places = asked.path, _symbol(asked), other.path, _symbol(other)
    if is_family(*places) or match.is_identical:
        return is_family(*places)
    if asked.name and asked.name == other.name:
        return METHOD in (asked.kind, other.kind) or namesakes.get(asked.name, 0) >= MANY_NAMESAKES
    return are_siblings(*places)


def _symbol(document: Document) -> str:
    return document.place.removeprefix(f"{document.path}:")


def compared(pieces: Sequence[Document], corpora: Sequence[Corpus], vectors: Mapping[str, Vector]) -> list[Resemblance]:
    """What each piece is most like in some corpora; ``vectors``: of those that are encoded, by their content keys."""
    shelves: dict[str, list[_Shelf]] = {}
    found = []
    for piece in pieces:
        family = family_of(piece.language)
        if family not in shelves:
            shelves[family] = [
                _Shelf(index, [row for row in rows if family_of(row.language) == family]) for index, rows in corpora
            ]
        matches = [match for shelf in shelves[family] for match in shelf.like(piece, vectors.get(piece.content_key()))]
        found.append(Resemblance(piece, sorted(matches, key=_best_first)))
    return found


def cut_ahead(index: Index) -> None:
    """Cut all documents of an index into shingles and words before anybody asks."""
    # numpy, which a worker with nothing to compare does not load
    from foundry_git.index.cut_pieces import SHINGLES, WORDS, cut_pieces

    for cut in (SHINGLES, WORDS):
        cut_pieces(index, index.catalogue.rows(), cut)


class _Shelf:
    """The pieces of one index and one family of languages that others are compared with."""

    def __init__(self, index: Index, rows: Sequence[DocumentRow]) -> None:
        from foundry_git.index.cut_pieces import SHINGLES, WORDS, cut_pieces  # numpy, as above
        from foundry_git.index.postings import Postings

        self._index, self._rows = index, rows
        self._shingles, self._words = (
            Postings([cut[row.content_key] for row in rows])
            for cut in (cut_pieces(index, rows, SHINGLES), cut_pieces(index, rows, WORDS))
        )
        self._at = {row.number: at for at, row in enumerate(rows)}

    def like(self, piece: Document, vector: Vector | None) -> list[Match]:
        """What is closest to a piece, in no particular order."""
        from foundry_git.index.shingle_table import as_array  # numpy, as above
        from foundry_git.index.vectors import highest

        if not self._rows:
            return []
        structure = self._shingles.similarities(as_array(shingles_of(piece.code, piece.language)))
        words = self._words.cosines(as_array(bag_of(piece.code)))
        chosen = {at for at, row in enumerate(self._rows) if row.shape == piece.shape}
        chosen.update(*(highest(each, CLOSEST).tolist() for each in (structure, words)))
        numbers = {self._rows[at].number for at in chosen}
        cosines = self._index.cosines(vector, self._rows, CLOSEST, numbers) if vector is not None else {}
        documents = self._index.catalogue.documents(numbers | cosines.keys())
        name, weight = name_words(piece.name), self._rarity(piece.name)
        found = []
        for number, other in documents.items():
            if other.library == HEAD and other.path == piece.path:
                continue  # who asks has just read the other pieces of its file
            at = self._at[number]
            is_namesake = bool(name) and name == name_words(other.name)
            signs = Signs(float(structure[at]), float(words[at]), weight if is_namesake else 0.0, cosines.get(number))
            found.append(_match(piece, other, signs))
        return found

    def _rarity(self, name: str) -> float:
        from foundry_git.index.postings import SMOOTHING  # numpy, as above

        return rarity([self._names[word] for word in name_words(name)], len(self._rows), SMOOTHING)

    @cached_property
    def _names(self) -> Counter[str]:
        """How many pieces have each word in their name."""
        return Counter(word for row in self._rows for word in name_words(row.name))


def _match(piece: Document, other: Document, signs: Signs) -> Match:
    if piece.shape and piece.shape == other.shape:
        return Match(other, 1.0, signs, True)
    near = likeness(signs.structure, signs.meaning)
    return Match(other, near if near >= SHIPPED_THRESHOLD else twinship(signs), signs, False)


def _best_first(match: Match) -> tuple[float, bool, float, str]:
    """By score; of equals the accepted one first, then the nearer in meaning."""
    return -round(match.score, 6), not match.is_accepted, -(match.signs.meaning or 0.0), match.document.place


def _accepted(patterns: StackIndex) -> Corpus:
    current = current_rows(patterns.rows(), patterns.libraries, Filters())
    return patterns.index, [row for row in current if row.shape]


def _standing(units: HeadUnits | None, asked: CodeQuery, beside: Index, bar: Bars) -> Iterator[Corpus]:
    """The units of HEAD, and in the place of those that stand otherwise by now these."""
    if units:
        units.prepare(bar("reading code"))
        yield units.index, [row for row in units.index.catalogue.rows() if row.path not in asked.files]
    standing = filled(beside, [one for one in asked.standing if is_text(one.path)])  # as an index of HEAD, which skips the others
    yield standing, standing.catalogue.rows()


def filled(index: Index, documents: Sequence[Document]) -> Index:
    """An index with documents that stand in no other; those that were encoded have their vectors."""
    index.converge([Look(HEAD, "", "", 0)], lambda key: documents)
    index.encode_missing(at_most=0)
    return index


def _vectors(index: Index, pieces: Sequence[Document], progress: Progress) -> dict[str, Vector]:
    """The vectors of pieces by their content keys; of many only those that are encoded already, none without weights."""
    if index.encoder is None:
        return {}
    texts = {piece.content_key(): piece.embedded_text() for piece in pieces}
    keys, left = list(texts), MOST_TEXTS
    found: dict[str, Vector] = {}
    for start in range(0, len(keys), TEXTS_AT_ONCE):
        some = {key: texts[key] for key in keys[start : start + TEXTS_AT_ONCE]}
        left -= (fresh := index.count_unencoded(some))
        if left >= 0 or not fresh:
            found.update(zip(some, index.text_vectors(some), strict=True))
        if len(keys) > TEXTS_AT_ONCE:
            progress(min(start + TEXTS_AT_ONCE, len(keys)), len(keys))
    return found
