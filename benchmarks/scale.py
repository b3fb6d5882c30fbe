"""The dense part at 10,000, 100,000 and 1,000,000 vectors: recall, latency, opening, size, memory, and what one change costs.

``--rows N`` measures up to N rows; ``--vectors A.npy --queries B.npy`` grows from other real vectors (float32, normalised) than those
of the installed packages' own code, which are encoded once per machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import subprocess
import sys
import tempfile
from functools import partial
from math import sqrt
from pathlib import Path
from statistics import median

import numpy as np
import platformdirs

from benchmarks.measure import interleaved, summary, timed, write
from benchmarks.vectors import Floats, grow, real_vectors, true_nearest
from foundry_git.index.generations import load, publish
from foundry_git.index.vectors import Vectors

SIZES = (10_000, 100_000, 1_000_000)
QUERIES, ROUNDS, DEPTH = 200, 2, 200
LOOP_ROWS, LOOP_ROUNDS = 10_000, 7
_MEMORY = """
import sys
from pathlib import Path
import numpy as np
from foundry_git.index.generations import load
vectors = load(Path(sys.argv[1]))
query = np.load(sys.argv[2])[0]
for _ in range(5):
    vectors.nearest(query, 200, np.arange(len(vectors)))
for line in Path("/proc/self/status").read_text().splitlines():
    if line.startswith(("RssAnon", "RssFile")):
        print(int(line.split()[1]) // 1024)
"""


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write ``results/scale.json``."""
    asked = _asked(arguments)
    if asked.vectors:
        real, queries = np.load(asked.vectors), np.load(asked.queries)
    else:
        real, queries = real_vectors(Path(platformdirs.user_cache_dir("foundry-git")))
    queries = queries[:QUERIES]
    sizes = [size for size in SIZES if size <= asked.rows]
    grown = grow(real, max(sizes))
    figures: dict[str, object] = {"real_vectors": len(real), "queries": len(queries)}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
            figures[f"at_{size}"] = _measured(Path(scratch), grown[:size], queries)
    figures["against_the_plans_loop_at_10000"] = _against_the_loop(grown[:LOOP_ROWS], queries)
    write("scale", figures)


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=SIZES[-1])
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--queries", type=Path)
    return parser.parse_args(arguments)


def _keys(count: int) -> list[str]:
    return [hashlib.sha256(str(number).encode()).hexdigest() for number in range(count)]


def _measured(folder: Path, matrix: Floats, queries: Floats) -> dict[str, object]:
    keys = _keys(len(matrix))
    index = folder / "index"
    published = timed(lambda: publish(index, "measured", matrix.shape[1], keys, None, dict(zip(keys, matrix, strict=True))))
    first_opening = timed(lambda: load(index))
    vectors = load(index)
    assert vectors is not None
    order = vectors.positions(keys)
    everything = np.arange(len(vectors))
    some = np.sort(order[: len(matrix) // 2])
    np.save(folder / "queries.npy", queries)
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    nearness = true_nearest(matrix, queries, 1000)
    return {
        "publish_s": round(published, 2),
        "size_mb": round(size / 1e6, 1),
        "opening_first_time_ms": round(first_opening * 1000, 1),
        "opening": summary([timed(lambda: load(index)) for _ in range(10)]),
        "dense": summary(_latencies(vectors, queries, everything)),
        "dense_among_half": summary(_latencies(vectors, queries, some)),
        "recall": _recall(vectors, queries, everything, matrix, order),
        "mean_cosine_with_nearest": {
            str(k): round(float(np.mean([matrix[near[k - 1]] @ query for near, query in zip(nearness, queries, strict=True)])), 3)
            for k in (1, 10, 100, 1000)
        },
        "memory_mb": dict(zip(("own", "mapped"), _memory(index, folder / "queries.npy"), strict=True)),
        "one_change": summary([_one_change(index, keys, number) for number in range(3)]),
    }


def _latencies(vectors: Vectors, queries: Floats, among: np.ndarray[tuple[int], np.dtype[np.intp]]) -> list[float]:
    vectors.nearest(queries[0], DEPTH, among)
    return [timed(partial(vectors.nearest, query, DEPTH, among)) for _ in range(ROUNDS) for query in queries]


def _recall(
    vectors: Vectors,
    queries: Floats,
    among: np.ndarray[tuple[int], np.dtype[np.intp]],
    matrix: Floats,
    order: np.ndarray[tuple[int], np.dtype[np.intp]],
) -> dict[str, float]:
    expected = true_nearest(matrix, queries, 100)
    found = [vectors.nearest(query, DEPTH, among) for query in queries]
    return {
        f"at_{k}": round(
            float(
                np.mean([len(np.intersect1d(order[true[:k]], near[:k])) / k for true, near in zip(expected, found, strict=True)])
            ),
            4,
        )
        for k in (10, 100)
    }


def _memory(index: Path, queries: Path) -> list[int]:
    done = subprocess.run([sys.executable, "-c", _MEMORY, str(index), str(queries)], capture_output=True, text=True, check=True)
    return [int(line) for line in done.stdout.split()]


def _one_change(index: Path, keys: list[str], number: int) -> float:
    """Seconds to open the index, replace one vector and publish."""

    def change() -> None:
        have = load(index)
        assert have is not None
        new = hashlib.sha256(f"changed {number}".encode()).hexdigest()
        publish(index, "measured", have.dimension, [*keys[number + 1 :], new], have, {new: have.rows(np.array([0]))[0]})

    return timed(change)


def _against_the_loop(matrix: Floats, queries: Floats) -> dict[str, object]:
    """Ours beside a loop over rows of JSON in SQLite with the cosine in Python, both without encoding the question."""
    keys = _keys(len(matrix))
    vectors = publish(None, "measured", matrix.shape[1], keys, None, dict(zip(keys, matrix, strict=True)))
    everything = np.arange(len(vectors))
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE TABLE pattern (number INTEGER PRIMARY KEY, embedding TEXT)")
        db.executemany("INSERT INTO pattern VALUES (?, ?)", ((n, json.dumps(row.tolist())) for n, row in enumerate(matrix)))
        question = queries[0].tolist()
        taken = interleaved(
            {
                "loop": lambda: timed(lambda: _loop(db, question)),
                "ours": lambda: timed(lambda: vectors.nearest(queries[0], DEPTH, everything)),
            },
            LOOP_ROUNDS,
        )
    ratios = [slow / fast for slow, fast in zip(taken["loop"], taken["ours"], strict=True)]
    return {name: summary(seconds) for name, seconds in taken.items()} | {"faster_by": round(median(ratios), 1)}


def _loop(db: sqlite3.Connection, question: list[float]) -> list[tuple[float, int]]:
    scores = []
    length = sqrt(sum(value * value for value in question))
    for number, stored in db.execute("SELECT number, embedding FROM pattern"):
        row = json.loads(stored)
        product = sum(one * other for one, other in zip(row, question, strict=True))
        scores.append((product / (length * sqrt(sum(value * value for value in row))), number))
    return sorted(scores, reverse=True)[:DEPTH]


if __name__ == "__main__":
    main()
