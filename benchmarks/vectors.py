"""Real vectors of code and real questions, and as many more as a large library has, grown from them."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus import units
from foundry_git.index.document import content_key, embedded_text
from foundry_git.index.encoder.choose import open_encoder
from foundry_git.index.vector_store import VectorStore
from foundry_git.settings import EncoderSettings
from foundry_git.source.reader import stored_code

Floats = NDArray[np.float32]
REAL, QUERIES, NEIGHBOURS = 5000, 300, 10
# From 4,664 real vectors to 18,656: the mean cosine of a question with its 10th nearest is 0.490 at a step of 0.3 and 0.475 at 0.5,
# with the 100th 0.364 and 0.354; 0.498 and 0.371 among 18,656 real ones
STEP = 0.4
_BLOCK = 65_536


def real_vectors(cache: Path) -> tuple[Floats, Floats]:
    """Vectors of ``REAL`` functions and classes, and of ``QUERIES`` descriptions whose own code is not among them."""
    encoder = open_encoder(EncoderSettings(), cache)
    if encoder is None:
        raise SystemExit("the weights are not installed; run `make bench`")
    texts, questions = _texts()
    with tempfile.TemporaryDirectory() as scratch:
        store = VectorStore(Path(scratch), cache, encoder)
        return store.of_texts(texts), store.of_texts(questions)


def _texts() -> tuple[dict[str, str], dict[str, str]]:
    texts: dict[str, str] = {}
    questions: dict[str, str] = {}
    for unit in units():
        if len(unit.description.split()) > 4 and len(questions) < QUERIES and len(texts) % 10 == len(questions) % 10:
            questions[content_key(unit.description)] = unit.description
        else:
            text = embedded_text(unit.name, unit.description, "", stored_code(unit))
            texts[content_key(text)] = text
        if len(texts) == REAL and len(questions) == QUERIES:
            break
    return texts, questions


def grow(real: Floats, count: int, seed: int = 1) -> Floats:
    """Grow ``real`` to ``count`` vectors: each new one is a real one, moved as another real one differs from a neighbour of its own."""
    grown = np.empty((count, real.shape[1]), np.float32)
    kept = min(len(real), count)
    grown[:kept] = real[:kept]
    random, nearby = np.random.default_rng(seed), _neighbours(real)
    for start in range(kept, count, _BLOCK):
        some = grown[start : start + _BLOCK]
        origin, other = random.integers(0, len(real), (2, len(some)))
        neighbour = nearby[other, random.integers(0, NEIGHBOURS, len(some))]
        some[:] = real[origin] + STEP * (real[other] - real[neighbour])
        some /= np.linalg.norm(some, axis=1, keepdims=True)
    return grown


def _neighbours(real: Floats) -> NDArray[np.intp]:
    return np.concatenate([_nearest_of(real, start) for start in range(0, len(real), 2048)])


def _nearest_of(real: Floats, start: int) -> NDArray[np.intp]:
    some = real[start : start + 2048]
    scores = some @ real.T
    scores[np.arange(len(some)), start + np.arange(len(some))] = -2
    return np.argpartition(-scores, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]


def true_nearest(matrix: Floats, queries: Floats, depth: int) -> list[NDArray[np.intp]]:
    """The ``depth`` nearest rows to each query, by comparing it with every row; the nearest first."""
    return list(
        itertools.chain.from_iterable(_true_nearest(matrix, queries[at : at + 50], depth) for at in range(0, len(queries), 50))
    )


def _true_nearest(matrix: Floats, queries: Floats, depth: int) -> Iterator[NDArray[np.intp]]:
    scores = matrix @ queries.T
    for column in scores.T:
        top = np.argpartition(-column, depth)[:depth]
        yield top[np.argsort(-column[top], kind="stable")]
