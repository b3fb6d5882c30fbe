"""The index: brought in step with the files before every answer, then asked by word and by meaning.

What changed is found from the stamps of the files (name, size, mtime, ctime, inode), with Git's rule for racy entries: a file that
was touched no earlier than the last look is read again. Only what changed is read, only what is new is encoded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from foundry_git import lock
from foundry_git.index.catalogue import Catalogue, LookKey, Scanned, digest_of
from foundry_git.index.document import Document, DocumentRow, content_key
from foundry_git.progress import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foundry_git.index.encoder.protocol import Encoder
    from foundry_git.index.vector_store import VectorStore
    from foundry_git.index.vectors import Vectors

_Kept = TypeVar("_Kept")

RACY_NS = 20_000_000  # file times tick every 4–10 ms; a write within that of our look may keep the same stamp
LOCK_SECONDS = 120.0  # the first reading of a large library by another process


class Look(Struct, frozen=True):
    """A version's folder or a source file as it is now.

    ``stamps`` compares equal while it is unchanged, ``newest`` is its newest time in nanoseconds.
    """

    library: str
    place: str
    stamps: str
    newest: int

    @property
    def key(self) -> LookKey:
        """Its identity in the index."""
        return self.library, self.place


class Failure(Struct, frozen=True):
    """Why it could not be read."""

    path: str
    sentence: str


class ConvergenceReport(Struct, frozen=True):
    """What bringing the index in step took."""

    changed: int = 0
    gone: int = 0
    encoded: int = 0


ReadDocuments = Callable[[LookKey], "Sequence[Document] | Failure"]
"""Gives the documents of one look, none or many, each with a ``place`` that no other document of its library has."""


class Index:
    """The index in ``folder`` (None: in memory), with vectors cached by content in ``cache``."""

    def __init__(self, folder: Path | None, cache: Path, open_encoder: Callable[[], Encoder | None]) -> None:
        self.folder = folder
        self._cache = cache
        self._open_encoder = open_encoder
        self._encoder: Encoder | None = None
        self._encoder_asked = False
        self._catalogue: Catalogue | None = None
        self._keys_of: tuple[list[DocumentRow], dict[str, int]] | None = None
        self._memory: dict[Hashable, Any] = {}
        self._memory_of: tuple[list[DocumentRow], Vectors | None] | None = None

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, opened when first asked for."""
        if self._catalogue is None:
            self._catalogue = Catalogue(self.folder / "catalogue.db" if self.folder else None)
        return self._catalogue

    @property
    def encoder(self) -> Encoder | None:
        """The encoder, opened when first asked for; None without weights."""
        if not self._encoder_asked:
            self._encoder, self._encoder_asked = self._open_encoder(), True
        return self._encoder

    def beside(self) -> Index:
        """An empty index in memory, of the same encoder and the same cached vectors."""
        return Index(None, self._cache, lambda: self.encoder)

    def close(self) -> None:
        """Close the files."""
        if self._catalogue is not None:
            self._catalogue.close()
            self._catalogue = None

    def converge(
        self, looks: Sequence[Look], read: ReadDocuments, within: Collection[LookKey] | None = None
    ) -> ConvergenceReport:
        """Bring the catalogue in step with the files; nothing is encoded yet.

        ``looks`` are all that there is now; or, where the rest is known to be in step, what there is of ``within``: of some looks,
        and of those in them where they are folders.
        """
        self.catalogue.check()
        if not any(_differences(looks, self.catalogue.scanned(within))):
            return ConvergenceReport()
        with self._lock():
            known = self.catalogue.scanned(within)
            return self._take_in(*_differences(looks, known), known, read)

    def encode_missing(self, progress: Progress | None = None, at_most: int | None = None) -> int:
        """Give every document its vector; return how many texts had to be encoded. 0 without weights.

        ``at_most`` encodes only so many texts now: meanwhile those documents are found by meaning that have a vector.
        """
        store, keys = self._store, self._keys()
        return store.fill(keys, lambda some: self._texts(some, keys), progress, at_most) if store else 0

    def count_missing(self) -> int:
        """How many different texts have no vector yet; 0 without weights."""
        return len(self._store.missing(self._keys())) if self._store else 0

    def count_unencoded(self, texts: Mapping[str, str]) -> int:
        """How many of these texts (by key) are neither in the user's cache nor shipped; 0 without weights."""
        return self._store.count_unencoded(texts) if self._store else 0

    def text_vectors(self, texts: Mapping[str, str]) -> NDArray[np.float32]:
        """Vectors of documents' texts by their keys, float32 (len(texts), d), from the user's cache where they were encoded before.

        Raises:
            ValueError: there are no weights; ask ``encoder`` first.
        """
        if self._store is None:
            raise ValueError("no weights")
        return self._store.of_texts(texts)

    def question_vectors(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, float32 (len(questions), d), from the user's cache where they were encoded before.

        Raises:
            ValueError: there are no weights; ask ``encoder`` first.
        """
        if self._store is None:
            raise ValueError("no weights")
        return self._store.of_questions(questions)

    def vectors(self) -> Vectors | None:
        """The newest vectors that fit the encoder; None without weights or before the first encoding."""
        return self._store.vectors() if self._store else None

    def cosines(
        self, query: NDArray[np.float32], rows: Sequence[DocumentRow], depth: int, also: Collection[int] = ()
    ) -> dict[int, float]:
        """Cosine of ``query``, float32 (d,) normalised, with the nearest ``depth`` contents and those of ``also``, by number."""
        import numpy as np

        vectors = self.vectors()
        if vectors is None:
            return {}
        among, numbers, place_of = self.remember(("places", id(rows)), lambda: (rows, _places(rows, vectors)))[1]
        nearest = vectors.nearest(query, depth, among).tolist()
        chosen = sorted({*nearest, *(place_of[number] for number in also if number in place_of)})
        found = zip(chosen, vectors.cosines(query, np.array(chosen, np.intp)).tolist(), strict=True)
        return {number: cosine for place, cosine in found for number in numbers[place]}

    def cosines_at_once(self, query: NDArray[np.float32], numbers: Sequence[int], seconds: float) -> dict[int, float]:
        """Cosine of ``query`` with documents that need not be in a generation yet, by number.

        Those whose vectors are known, or are encoded within so many seconds, the first of ``numbers`` first. Vectors are kept.
        """
        if self._store is None or not numbers:
            return {}
        documents = self.catalogue.documents(numbers)
        texts = {number: documents[number].embedded_text() for number in numbers if number in documents}
        keys = {number: content_key(text) for number, text in texts.items()}
        vectors = self._store.within({keys[number]: text for number, text in texts.items()}, seconds)
        return {number: float(vectors[key] @ query) for number, key in keys.items() if key in vectors}

    def remember(self, key: Hashable, make: Callable[[], _Kept]) -> _Kept:
        """Keep what ``make`` gives until the catalogue or the vectors change."""
        of = (self.catalogue.rows(), self.vectors())
        if self._memory_of is None or self._memory_of[0] is not of[0] or self._memory_of[1] is not of[1]:
            self._memory, self._memory_of = {}, of
        if key not in self._memory:
            self._memory[key] = make()
        kept: _Kept = self._memory[key]
        return kept

    def _take_in(
        self, stale: Sequence[Look], gone: Sequence[LookKey], known: Mapping[LookKey, Scanned], read: ReadDocuments
    ) -> ConvergenceReport:
        at = time.time_ns()
        looked: dict[LookKey, Scanned] = {}
        documents: dict[LookKey, Sequence[Document]] = {}
        same: list[LookKey] = []
        for look in stale:
            found = read(look.key)
            before = known.get(look.key)
            if isinstance(found, Failure):
                looked[look.key] = Scanned(look.stamps, at, problem=found.sentence, problem_path=found.path)
            elif before and (before.stamps, before.digest) == (look.stamps, digest_of(found)):
                same.append(look.key)
            else:
                looked[look.key] = Scanned(look.stamps, at, digest=digest_of(found))
                documents[look.key] = found
        self.catalogue.touch(same, at)
        if looked or gone:
            self.catalogue.apply(looked, documents, gone)
        return ConvergenceReport(changed=len(looked), gone=len(gone))

    @cached_property
    def _store(self) -> VectorStore | None:
        if self.encoder is None:
            return None
        from foundry_git.index.vector_store import VectorStore

        return VectorStore(self.folder if self.catalogue.in_file else None, self._cache, self.encoder)

    def _keys(self) -> Mapping[str, int]:
        """The number of a document of each content, by its key."""
        rows = self.catalogue.rows()
        if self._keys_of is None or self._keys_of[0] is not rows:
            self._keys_of = rows, {row.content_key: row.number for row in rows}
        return self._keys_of[1]

    def _texts(self, some: Sequence[str], numbers: Mapping[str, int]) -> dict[str, str]:
        """The texts to encode of these keys; another process may have replaced a document since its key was read."""
        documents = self.catalogue.documents([numbers[key] for key in some]).values()
        texts = (document.embedded_text() for document in documents)
        return {key: text for text in texts if (key := content_key(text)) in numbers}

    def _lock(self) -> AbstractContextManager[None]:
        return lock.held(self.folder / "lock", LOCK_SECONDS) if self.folder and self.catalogue.in_file else nullcontext()


def _places(rows: Sequence[DocumentRow], vectors: Vectors) -> tuple[NDArray[np.intp], dict[int, list[int]], dict[int, int]]:
    """Where the vectors of the rows stand, ascending; the numbers of the rows at each place; and the place of each number."""
    import numpy as np

    places = vectors.positions([row.content_key for row in rows]).tolist()
    place_of = {row.number: place for row, place in zip(rows, places, strict=True) if place >= 0}
    numbers: dict[int, list[int]] = {}
    for number, place in place_of.items():
        numbers.setdefault(place, []).append(number)
    return np.array(sorted(numbers), np.intp), numbers, place_of


def _differences(looks: Sequence[Look], known: Mapping[LookKey, Scanned]) -> tuple[list[Look], list[LookKey]]:
    """The looks that are new or changed, and the keys of those that are gone."""
    stale = [look for look in looks if not _is_fresh(look, known.get(look.key))]
    return stale, list(known.keys() - {look.key for look in looks})


def _is_fresh(look: Look, known: Scanned | None) -> bool:
    return known is not None and known.stamps == look.stamps and look.newest < known.at - RACY_NS
