"""Warm search in one process: 1,000 real patterns with the query encoded each time, and the dense part at 100,000 vectors."""

from __future__ import annotations

import os
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus import own_environment, write_library
from benchmarks.measure import summary, timed, write
from foundry_git.index.vectors import highest
from foundry_git.search.search import search
from foundry_git.workspace.finding import converge, encode
from foundry_git.workspace.workspace import Workspace

Floats = NDArray[np.float32]
PATTERNS, ROUNDS, MANY = 1000, 200, 100_000
QUERIES = (
    "retry a failing call with exponential backoff", "parse a date with a time zone", "read a zip file member",
    "walk a directory tree", "quote a string for the shell", "compare two sequences and show the differences",
    "send a message over smtp", "cache the results of a function", "merge sorted iterables", "decode base64",
)  # fmt: skip


def main() -> None:
    """Measure, print and write ``results/warm.json``."""
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        folder = Path(scratch)
        os.environ.update(own_environment(folder))
        write_library(folder / "library", PATTERNS)
        workspace = Workspace.open(folder / "library")
        converge(workspace)
        encode(workspace)
        names = [library.name for library in workspace.stack]
        settings = workspace.settings.search
        for query in QUERIES:
            search(workspace.index, query, names, {}, settings)
        taken = [timed(partial(search, workspace.index, query, names, {}, settings)) for query in QUERIES * (ROUNDS // 10)]
        steady = [timed(lambda: converge(workspace)) for _ in range(20)]
    write(
        "warm",
        {
            "patterns": PATTERNS,
            "search_with_query_encoding": summary(taken),
            "converge_unchanged": summary(steady),
            "dense_at_100000": summary(_dense()),
        },
    )


def _dense() -> list[float]:
    generator = np.random.default_rng(1)
    matrix = generator.standard_normal((MANY, 384), np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    queries = matrix[generator.integers(0, MANY, 60)]
    return [timed(partial(_nearest, matrix, query)) for query in queries][10:]


def _nearest(matrix: Floats, query: Floats) -> None:
    highest(matrix @ query, 200)


if __name__ == "__main__":
    main()
