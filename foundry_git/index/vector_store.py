"""The vectors of one index: read from its folder, filled up from the user's cache and by encoding, published as a new generation."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundry_git import lock
from foundry_git.errors import DamagedFileError
from foundry_git.index import generations
from foundry_git.index.document import question_key
from foundry_git.index.encoder.choose import for_bulk
from foundry_git.index.encoder.protocol import Encoder
from foundry_git.index.starter_vectors import starter_vectors
from foundry_git.index.vector_cache import VectorCache
from foundry_git.index.vectors import Vectors
from foundry_git.progress import Progress

log = logging.getLogger("foundry_git.index")

KEPT_AT_ONCE = 256  # texts encoded between two writes to the cache: about 3 s of work
LOOKED_UP_AT_ONCE = 2048
BETWEEN_LOOKS = 6  # texts encoded between two looks at the clock: about 0.2 s
LOCK_NAME, LOCK_SECONDS = "lock-encoding", 120.0  # the first encoding of a large library by another process
Texts = Callable[[Sequence[str]], Mapping[str, str]]
"""Gives the texts of keys; a key that is not wanted any more is left out."""


class VectorStore:
    """The vectors in ``folder`` (None: in memory), of the space of ``encoder``, with texts encoded once per ``cache``.

    Encoding is done under a lock of its own: whoever reads, or brings the catalogue in step, never waits for it.
    """

    def __init__(self, folder: Path | None, cache: Path, encoder: Encoder) -> None:
        self._folder = folder
        self._encoder = encoder
        self._cache = VectorCache(cache, encoder.fingerprint, encoder.dimension)
        self._vectors: Vectors | None = None
        self._generation: tuple[int, int] | None = None
        self._complete: tuple[Mapping[str, int], Vectors] | None = None
        self._damage_said = False

    def vectors(self) -> Vectors | None:
        """The newest generation; None before the first one, and when it is of another space or damaged."""
        now = self._newest()
        if now != self._generation:
            self._vectors, self._generation = self._loaded(), now
        return self._vectors

    def missing(self, keys: Mapping[str, int]) -> list[str]:
        """Those of ``keys`` that have no vector yet, in order."""
        there, ordered = self.vectors(), sorted(keys)
        if there is None:
            return ordered
        return [key for key, place in zip(ordered, there.positions(ordered).tolist(), strict=True) if place < 0]

    def is_complete(self, keys: Mapping[str, int]) -> bool:
        """Tell whether there is a generation, and nothing is missing."""
        there = self.vectors()
        if self._complete is None or self._complete[0] is not keys or self._complete[1] is not there:
            self._complete = (keys, there) if there is not None and not self.missing(keys) else None
        return self._complete is not None

    def fill(self, keys: Mapping[str, int], texts: Texts, progress: Progress | None, at_most: int | None) -> int:
        """Publish a generation in which ``keys`` have vectors, at most so many by encoding now; return how many were encoded.

        What is not among ``keys`` may go.
        """
        if self.is_complete(keys):
            return 0
        with self._lock():
            if self.is_complete(keys):
                return 0
            have, missing = self.vectors(), self.missing(keys)
            fresh, unknown = self._from_cache(missing, at_most)
            wanted = texts(unknown)
            fresh.update(zip(wanted, self._encoded(wanted, progress), strict=True))
            there = [*(keys.keys() - set(missing)), *fresh]
            self._vectors = self._published(there, have, fresh)
            self._generation = self._newest()
            return len(wanted)

    def count_unencoded(self, keys: Collection[str]) -> int:
        """How many of these are neither in the user's cache nor shipped."""
        return len(keys) - len(self._known(list(keys)))

    def of_texts(self, texts: Mapping[str, str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Vectors of texts by their keys, float32 (len(texts), d), from the user's cache where they were encoded before."""
        known = self._known(list(texts))
        missing = {key: text for key, text in texts.items() if key not in known}
        known.update(zip(missing, self._encoded(missing, progress), strict=True))
        return np.stack([known[key] for key in texts]) if texts else np.zeros((0, self._encoder.dimension), np.float32)

    def of_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, float32 (len(questions), d), from the user's cache where they were encoded before."""
        keys = {question: question_key(question) for question in questions}
        known = self._cache.get(list(keys.values()))
        missing = [question for question, key in keys.items() if key not in known]
        if missing:
            made = self._encoder.encode(missing)
            self._cache.put([keys[question] for question in missing], made)
            known |= zip((keys[question] for question in missing), made, strict=True)
        return np.stack([known[keys[question]] for question in questions])

    def within(self, texts: Mapping[str, str], seconds: float) -> dict[str, NDArray[np.float32]]:
        """Vectors of texts by their keys, each float32 (d,): known ones, and as many of the others, in turn, as the time allows."""
        until = time.monotonic() + seconds
        found = self._known(list(texts))
        missing, fresh = [key for key in texts if key not in found], list[NDArray[np.float32]]()
        for start in range(0, len(missing), BETWEEN_LOOKS):
            if time.monotonic() >= until:
                break
            fresh.extend(self._encoder.encode_documents([texts[key] for key in missing[start : start + BETWEEN_LOOKS]]))
        if fresh:
            made = dict(zip(missing, fresh, strict=False))
            self._cache.put(list(made), np.stack(fresh))
            found |= made
        return found

    def _published(self, keys: Collection[str], have: Vectors | None, fresh: Mapping[str, NDArray[np.float32]]) -> Vectors:
        """A new generation; where the disk refuses it, one in memory, and the old one stays."""
        space = self._encoder.fingerprint, self._encoder.dimension
        try:
            return generations.publish(self._folder, *space, keys, have, fresh)
        except OSError as error:
            log.warning("%s: the vectors cannot be written, they are kept in memory: %s", self._folder, error.strerror or error)
            return generations.publish(None, *space, keys, have, fresh)

    def _newest(self) -> tuple[int, int] | None:
        """What tells the file that names the generation from the one that was there before."""
        try:
            facts = (self._folder / generations.CURRENT).stat() if self._folder else None
        except OSError:
            return None
        return (facts.st_mtime_ns, facts.st_ino) if facts else None

    def _loaded(self) -> Vectors | None:
        try:
            found = generations.load(self._folder) if self._folder else None
        except DamagedFileError as error:
            self._say(error)
            return None
        return found if found and found.fingerprint == self._encoder.fingerprint else None

    def _say(self, error: DamagedFileError) -> None:
        if not self._damage_said:
            log.warning("%s: %s; built anew", error.path, error.reason)
        self._damage_said = True

    def _known(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors that need no encoding: shipped ones, and those of the user's cache."""
        shipped = starter_vectors(self._encoder.fingerprint)
        found = {key: shipped[key] for key in keys if key in shipped}
        return found | self._cache.get([key for key in keys if key not in found])

    def _from_cache(self, keys: Sequence[str], at_most: int | None) -> tuple[dict[str, NDArray[np.float32]], list[str]]:
        """The vectors that need no encoding, and the first ``at_most`` keys that do; what comes behind is not looked up."""
        known: dict[str, NDArray[np.float32]] = {}
        unknown: list[str] = []
        for start in range(0, len(keys), LOOKED_UP_AT_ONCE):
            some = keys[start : start + LOOKED_UP_AT_ONCE]
            known |= self._known(some)
            unknown += [key for key in some if key not in known]
            if at_most is not None and len(unknown) >= at_most:
                break
        return known, unknown[:at_most]

    def _encoded(self, texts: Mapping[str, str], progress: Progress | None) -> NDArray[np.float32]:
        """Encode texts and keep their vectors in the user's cache as it goes, so that whoever is interrupted goes on from there."""
        worker = for_bulk(self._encoder, len(texts))
        keys, contents = list(texts), list(texts.values())
        found = np.zeros((len(texts), self._encoder.dimension), np.float32)
        for start in range(0, len(texts), KEPT_AT_ONCE):
            some = slice(start, start + KEPT_AT_ONCE)
            found[some] = worker.encode_documents(contents[some], _shifted(progress, start, len(texts)))
            self._cache.put(keys[some], found[some])
        return found

    def _lock(self) -> AbstractContextManager[None]:
        return lock.held(self._folder / LOCK_NAME, LOCK_SECONDS) if self._folder else nullcontext()


def _shifted(progress: Progress | None, start: int, total: int) -> Callable[[int], None] | None:
    return (lambda done: progress(start + done, total)) if progress else None
