"""The index: brought in step with the files before every answer, then asked by word and by meaning.

What changed is found from the stamps of the files (name, size, mtime, ctime, inode), with Git's rule for racy entries: a file that
was touched no earlier than the last look is read again. Only what changed is read, only what is new is encoded.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from foundry_git import lock
from foundry_git.errors import DamagedFileError
from foundry_git.index.catalogue import Catalogue, Key, Row, Scanned
from foundry_git.index.document import Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foundry_git.index.encoder.protocol import Encoder
    from foundry_git.index.vectors import Vectors

log = logging.getLogger("foundry_git.index")

Kept = TypeVar("Kept")

RACY_NS = 20_000_000  # file times tick every 4–10 ms; a write within that of our look may keep the same stamp
KEPT_AT_ONCE = 256  # texts encoded between two writes to the cache: about 3 s of work
LOCK_SECONDS = 120.0  # the first encoding of a large library by another process


@dataclass(frozen=True, slots=True)
class Look:
    """One version's folder as it is now; ``stamps`` compares equal while it is unchanged, ``newest`` is its newest time in ns."""

    library: str
    place: str
    stamps: str
    newest: int

    @property
    def key(self) -> Key:
        """Its identity in the index."""
        return self.library, self.place


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a folder could not be read."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """What bringing the index in step took."""

    changed: int = 0
    gone: int = 0
    encoded: int = 0


Read = Callable[[Key], "Document | Failure"]
Progress = Callable[[int, int], None]
"""Called with (texts encoded, texts to encode)."""


class Index:
    """The index in ``folder`` (None: in memory), with vectors cached by content in ``cache``."""

    def __init__(self, folder: Path | None, cache: Path, open_encoder: Callable[[], Encoder | None]) -> None:
        self.folder = folder
        self._cache = cache
        self._open_encoder = open_encoder
        self._encoder: Encoder | None = None
        self._encoder_asked = False
        self._damage_said = False
        self._catalogue: Catalogue | None = None
        self._vectors: Vectors | None = None
        self._memory: dict[Hashable, Any] = {}
        self._memory_of: tuple[list[Row], Vectors | None] | None = None

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

    def close(self) -> None:
        """Close the files."""
        if self._catalogue is not None:
            self._catalogue.close()
            self._catalogue = None

    def converge(self, looks: Sequence[Look], read: Read) -> Report:
        """Bring the catalogue in step with the files; nothing is encoded yet."""
        stale, gone = self._differences(looks)
        if not stale and not gone:
            return Report()
        with self._lock():
            stale, gone = self._differences(looks)
            return self._take_in(stale, gone, read)

    def encode_missing(self, progress: Progress | None = None) -> int:
        """Give every version its vector; return how many texts had to be encoded. 0 without weights."""
        encoder = self.encoder
        if encoder is None:
            return 0
        wanted = {row.content_key: row.document for row in self.catalogue.rows()}
        if self._covers(encoder, wanted):
            return 0
        with self._lock():
            self._vectors = None
            if self._covers(encoder, wanted):
                return 0
            return self._fill(encoder, wanted, progress)

    def vectors(self) -> Vectors | None:
        """The vectors on disk that fit the encoder; None without weights or before the first encoding."""
        if self.encoder is None:
            return None
        if self._vectors is None:
            self._vectors = self._loaded(self.encoder)
        return self._vectors

    def cosines(
        self, query: NDArray[np.float32], rows: Sequence[Row], depth: int, also: Collection[int] = ()
    ) -> dict[int, float]:
        """Cosine of ``query``, float32 (d,) normalised, with the nearest ``depth`` rows and those numbered in ``also``, by number."""
        from foundry_git.index.vectors import highest

        vectors = self.vectors()
        if vectors is None:
            return {}
        numbers, positions, at = self.remember(("positions", id(rows)), lambda: (rows, _positions(rows, vectors)))[1]
        scores = (vectors.matrix @ query)[positions]
        found = {numbers[place]: float(scores[place]) for place in highest(scores, depth).tolist()}
        found.update((number, float(scores[at[number]])) for number in also if number in at)
        return found

    def remember(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Keep what ``make`` gives until the catalogue or the vectors change."""
        of = (self.catalogue.rows(), self.vectors())
        if self._memory_of is None or self._memory_of[0] is not of[0] or self._memory_of[1] is not of[1]:
            self._memory, self._memory_of = {}, of
        if key not in self._memory:
            self._memory[key] = make()
        kept: Kept = self._memory[key]
        return kept

    def _differences(self, looks: Sequence[Look]) -> tuple[list[Look], list[Key]]:
        known = self.catalogue.scanned()
        stale = [look for look in looks if not _is_fresh(look, known.get(look.key))]
        return stale, list(known.keys() - {look.key for look in looks})

    def _take_in(self, stale: Sequence[Look], gone: Sequence[Key], read: Read) -> Report:
        at = time.time_ns()
        known = self.catalogue.scanned()
        looked: dict[Key, Scanned] = {}
        documents: list[Document] = []
        same: list[Key] = []
        for look in stale:
            found = read(look.key)
            before = known.get(look.key)
            if isinstance(found, Failure):
                looked[look.key] = Scanned(look.stamps, at, problem=found.sentence, problem_path=found.path)
            elif before and before.stamps == look.stamps and before.digest == found.digest:
                same.append(look.key)
            else:
                looked[look.key] = Scanned(look.stamps, at, digest=found.digest)
                documents.append(found)
        self.catalogue.touch(same, at)
        if looked or gone:
            self.catalogue.apply(looked, documents, gone)
        return Report(changed=len(looked), gone=len(gone))

    def _covers(self, encoder: Encoder, wanted: Mapping[str, Document]) -> bool:
        vectors = self.vectors()
        return vectors is not None and vectors.fingerprint == encoder.fingerprint and wanted.keys() <= vectors.row.keys()

    def _loaded(self, encoder: Encoder) -> Vectors | None:
        from foundry_git.index import vectors

        if self.folder is None:
            return None
        try:
            found = vectors.load(self.folder)
        except DamagedFileError as error:
            if not self._damage_said:
                log.warning("%s: %s; built anew", error.path, error.reason)
            self._damage_said = True
            return None
        return found if found and found.fingerprint == encoder.fingerprint else None

    def _fill(self, encoder: Encoder, wanted: Mapping[str, Document], progress: Progress | None) -> int:
        import numpy as np

        from foundry_git.index import vectors

        keys = sorted(wanted)
        known = self._known_vectors(encoder, keys)
        missing = [key for key in keys if key not in known]
        texts = [wanted[key].embedded_text() for key in missing]
        known.update(zip(missing, self._encoded(encoder, texts, missing, progress), strict=True))
        matrix = np.stack([known[key] for key in keys]) if keys else np.zeros((0, encoder.dimension), np.float32)
        self._vectors = vectors.Vectors(encoder.fingerprint, {key: at for at, key in enumerate(keys)}, matrix)
        if self.folder is not None:
            vectors.save(self.folder, self._vectors)
        return len(missing)

    def _known_vectors(self, encoder: Encoder, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        from foundry_git.index.vector_cache import VectorCache

        have = self.vectors()
        kept = {key: have.matrix[have.row[key]] for key in keys if key in have.row} if have else {}
        rest = [key for key in keys if key not in kept]
        return kept | VectorCache(self._cache, encoder.fingerprint, encoder.dimension).get(rest)

    def count_unencoded(self, texts: Mapping[str, str]) -> int:
        """How many of these texts (by key) are not in the user's cache; 0 without weights."""
        from foundry_git.index.vector_cache import VectorCache

        encoder = self.encoder
        if encoder is None:
            return 0
        return len(texts) - len(VectorCache(self._cache, encoder.fingerprint, encoder.dimension).get(list(texts)))

    def text_vectors(self, texts: Mapping[str, str]) -> NDArray[np.float32]:
        """Vectors of texts by their keys, float32 (len(texts), d), from the user's cache where they were encoded before.

        Raises:
            ValueError: there are no weights; ask ``encoder`` first.
        """
        import numpy as np

        from foundry_git.index.vector_cache import VectorCache

        encoder = self.encoder
        if encoder is None:
            raise ValueError("no weights")
        known = VectorCache(self._cache, encoder.fingerprint, encoder.dimension).get(list(texts))
        missing = [key for key in texts if key not in known]
        known.update(zip(missing, self._encoded(encoder, [texts[key] for key in missing], missing), strict=True))
        return np.stack([known[key] for key in texts]) if texts else np.zeros((0, encoder.dimension), np.float32)

    def _encoded(
        self, encoder: Encoder, texts: Sequence[str], keys: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Encode texts and keep their vectors in the user's cache as it goes, so that whoever is interrupted goes on from there."""
        import numpy as np

        from foundry_git.index.encoder.choose import for_bulk
        from foundry_git.index.vector_cache import VectorCache

        cache = VectorCache(self._cache, encoder.fingerprint, encoder.dimension)
        worker = for_bulk(encoder, len(texts))
        vectors = np.zeros((len(texts), encoder.dimension), np.float32)
        for start in range(0, len(texts), KEPT_AT_ONCE):
            some = slice(start, start + KEPT_AT_ONCE)
            vectors[some] = worker.encode(texts[some], _shifted(progress, start, len(texts)))
            cache.put(keys[some], vectors[some])
        return vectors

    def _lock(self) -> AbstractContextManager[None]:
        return lock.held(self.folder / "lock", LOCK_SECONDS) if self.folder else nullcontext()


def _positions(rows: Sequence[Row], vectors: Vectors) -> tuple[list[int], NDArray[np.intp], dict[int, int]]:
    """The numbers of the rows that have a vector, where each vector stands in the matrix, and each number's place among them."""
    import numpy as np

    known = [(row.number, at) for row in rows if (at := vectors.row.get(row.content_key)) is not None]
    numbers = [number for number, _ in known]
    return numbers, np.array([at for _, at in known], np.intp), {number: place for place, number in enumerate(numbers)}


def _shifted(progress: Progress | None, start: int, total: int) -> Callable[[int], None] | None:
    return (lambda done: progress(start + done, total)) if progress else None


def _is_fresh(look: Look, known: Scanned | None) -> bool:
    return known is not None and known.stamps == look.stamps and look.newest < known.at - RACY_NS
