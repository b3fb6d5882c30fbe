"""Beside peers, in one run: the same vectors, texts and questions, each in a process of its own.

``--python PATH`` is an interpreter that has the peers; one that is missing there is named as absent. Texts are names and
code, docstrings among it, and the descriptions of some are the questions: the answer to each is its own code.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from benchmarks.corpus import units
from benchmarks.measure import summary, timed, write
from benchmarks.peer import LEXICAL, PEERS, TOP
from benchmarks.vectors import Floats, grow, real_vectors, true_nearest
from foundry_git.index.catalogue import Catalogue, LookKey, Scanned
from foundry_git.index.document import Document
from foundry_git.index.generations import load, publish
from foundry_git.index.identifiers import split_identifiers
from foundry_git.search.query import words_of
from foundry_git.source.reader import stored_code
from foundry_git.source.units import Unit

ROWS, TEXTS, QUERIES = 100_000, 5000, 200
SCRIPT = Path(__file__).with_name("peer.py")


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write ``results/peers.json``."""
    asked = _asked(arguments)
    if asked.vectors:
        real, queries = np.load(asked.vectors), np.load(asked.queries)
    else:
        real, queries = real_vectors(Path(platformdirs.user_cache_dir("foundry-git")))
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        dense = _dense(Path(scratch), grow(real, asked.rows), queries[:QUERIES], asked.python)
        lexical = _lexical(Path(scratch), asked.python)
    write("peers", {"rows": asked.rows, "dense": dense, "texts": TEXTS, "lexical": lexical})


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--queries", type=Path)
    return parser.parse_args(arguments)


def _dense(folder: Path, matrix: Floats, queries: Floats, python: str) -> dict[str, object]:
    np.save(folder / "vectors.npy", matrix)
    np.save(folder / "queries.npy", queries)
    expected = [near.tolist() for near in true_nearest(matrix, queries, TOP)]

    def recall(found: Sequence[Sequence[int]]) -> float:
        return sum(len(set(mine) & set(true)) for mine, true in zip(found, expected, strict=True)) / (TOP * len(expected))

    names = [name for name in PEERS if name not in LEXICAL]
    return {"foundry": _told(_ours(folder, matrix, queries), "recall_at_10", recall)} | {
        name: _told(_peer(name, folder, python), "recall_at_10", recall) for name in names
    }


def _ours(folder: Path, matrix: Floats, queries: Floats) -> dict[str, object]:
    keys = [f"{number:064x}" for number in np.random.default_rng(3).permutation(len(matrix)).tolist()]
    index = folder / "ours"
    built = timed(lambda: publish(index, "measured", matrix.shape[1], keys, None, dict(zip(keys, matrix, strict=True))))
    vectors = load(index)
    assert vectors is not None
    number_at = np.argsort(vectors.positions(keys)).tolist()
    everything = np.arange(len(vectors))

    def ask(query: Floats) -> list[int]:
        return [number_at[place] for place in vectors.nearest(query, TOP, everything).tolist()]

    return _answers(ask, list(queries)) | {"build_s": built, "bytes": _bytes(index)}


def _lexical(folder: Path, python: str) -> dict[str, object]:
    read = list(itertools.islice(_units(), TEXTS))
    described = [number for number, unit in enumerate(read) if len(unit.description.split()) > 4][:QUERIES]
    questions = [" ".join(words_of(read[number].description)) for number in described]
    texts = [f"{split_identifiers(unit.name)} {split_identifiers(stored_code(unit))}" for unit in read]
    (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    (folder / "questions.json").write_text(json.dumps(questions), encoding="utf-8")

    def hits(found: Sequence[Sequence[int]]) -> float:
        return sum(number in ten for number, ten in zip(described, found, strict=True)) / len(described)

    return {"foundry": _told(_our_words(folder / "catalogue.db", read, questions), "own_code_in_first_10", hits)} | {
        name: _told(_peer(name, folder, python), "own_code_in_first_10", hits) for name in LEXICAL
    }


def _units() -> Iterator[Unit]:
    seen: set[str] = set()
    for unit in units():
        if (code := stored_code(unit)) not in seen:
            seen.add(code)
            yield unit


def _our_words(path: Path, read: Sequence[Unit], questions: Sequence[str]) -> dict[str, object]:
    catalogue = Catalogue(path)
    documents = {("team", f"{number:06}"): [_document(number, unit)] for number, unit in enumerate(read)}
    looked: dict[LookKey, Scanned] = dict.fromkeys(documents, Scanned("s", 1))
    built = timed(lambda: catalogue.apply(looked, documents, []))
    rows = catalogue.rows()
    order = {row.number: at for at, row in enumerate(rows)}
    number_of = {row.number: int(row.place) for row in rows}

    def ask(question: str) -> list[int]:
        return [number_of[number] for number in catalogue.lexical(question.split(), TOP, order)]

    answers = _answers(ask, questions)
    catalogue.close()
    return answers | {"build_s": built, "bytes": path.stat().st_size}


def _document(number: int, unit: Unit) -> Document:
    return Document(
        library="team", place=f"{number:06}", id=f"python/n{number}", version=1, digest=str(number), name=unit.name,
        kind="function", language="python", code=stored_code(unit), path="",
    )  # fmt: skip


def _answers(ask: Callable[[Any], list[int]], queries: Sequence[Any]) -> dict[str, object]:
    ask(queries[0])
    seconds: list[float] = []
    found: list[list[int]] = []
    for query in queries:
        began = time.perf_counter()
        found.append(ask(query))
        seconds.append(time.perf_counter() - began)
    return {"seconds": seconds, "found": found}


def _peer(name: str, folder: Path, python: str) -> dict[str, object] | str:
    done = subprocess.run([python, str(SCRIPT), name, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode == 3:
        return f"absent: {done.stdout.strip()}"
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr}")
    answers: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answers


def _told(answers: dict[str, object] | str, quality: str, judge: Callable[[Sequence[Sequence[int]]], float]) -> object:
    if isinstance(answers, str):
        return answers
    seconds, found, size = answers["seconds"], answers["found"], answers["bytes"]
    assert isinstance(seconds, list) and isinstance(found, list) and isinstance(size, int)
    return summary(seconds) | {
        quality: round(judge(found), 4),
        "build_s": round(float(str(answers["build_s"])), 2),
        "size_mb": round(size / 1e6, 1),
    }


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
