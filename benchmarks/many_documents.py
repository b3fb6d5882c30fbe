"""A multitude of documents to measure on: real functions, and from then on the same with every third line left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path

import numpy as np

from benchmarks.corpus import units
from foundry_git.index.document import Document
from foundry_git.index.encoder.protocol import Encoder
from foundry_git.index.index import Index, Look
from foundry_git.index.vector_cache import VectorCache
from foundry_git.source.reader import stored_code
from foundry_git.source.units import Unit

LIBRARY = "multitude"
_PER_FILE = 7  # units in a file of the standard library
_AT_ONCE = 3500


def index_of(folder: Path, number: int, encoder: Encoder) -> Index:
    """An index of ``number`` functions of Python, whose vectors are drawn at random: what a search does with them is the same."""
    index = Index(folder / "index", folder / "cache", lambda: encoder)
    documents = list(islice(_documents(), number))
    files = [documents[start : start + _PER_FILE] for start in range(0, number, _PER_FILE)]
    looks = [Look(LIBRARY, str(at), "", 0) for at in range(len(files))]
    for end in range(_AT_ONCE, len(looks) + _AT_ONCE, _AT_ONCE):
        index.converge(looks[:end], lambda key: files[int(key[1])])
    _draw_vectors(VectorCache(folder / "cache", encoder.fingerprint, encoder.dimension), documents, encoder.dimension)
    index.encode_missing()
    return index


def _documents() -> Iterator[Document]:
    real = list(units())
    for number in count():
        yield _document(real[number % len(real)], number, number // len(real))


def _document(unit: Unit, number: int, turn: int) -> Document:
    lines = stored_code(unit).splitlines(keepends=True)
    code = "".join(line for at, line in enumerate(lines) if not turn or not at or at % 3 != turn % 3)
    path = f"src/part{number // 700}/module{number // _PER_FILE}.py"
    return Document(
        library=LIBRARY, place=f"{path}#{number}", id=f"python/u{number}", version=1, digest=str(number), name=unit.name,
        kind=unit.kind, language="python", framework=unit.framework, tags=(), description="" if turn else unit.description,
        suggested_action="", code=code, path=path, line=number % _PER_FILE * 40 + 1,
    )  # fmt: skip


def _draw_vectors(cache: VectorCache, documents: Sequence[Document], dimension: int) -> None:
    generator = np.random.default_rng(1)
    keys = sorted({document.content_key() for document in documents})
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        drawn = generator.standard_normal((len(some), dimension), np.float32)
        cache.put(some, drawn / np.linalg.norm(drawn, axis=1, keepdims=True))
