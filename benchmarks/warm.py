"""Warm search in one process: 1,000 and 10,000 real patterns, and 100,000 functions as the units of a large repository."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.corpus import own_environment, write_library
from benchmarks.many_documents import LIBRARY, index_of
from benchmarks.measure import summary, timed, write
from foundry_git.index.encoder.choose import open_encoder
from foundry_git.index.stack_index import StackIndex
from foundry_git.library.library import Library
from foundry_git.search.find import find
from foundry_git.search.query import SearchQuery, words_of
from foundry_git.search.search import nothing_known, search
from foundry_git.settings import EncoderSettings, SearchSettings
from foundry_git.workspace import Workspace

Figures = dict[str, object]
PATTERNS, MORE, MANY, ROUNDS = 1000, 10_000, 100_000, 200
QUERIES = (
    "retry a failing call with exponential backoff", "parse a date with a time zone", "read a zip file member",
    "walk a directory tree", "quote a string for the shell", "compare two sequences and show the differences",
    "send a message over smtp", "cache the results of a function", "merge sorted iterables", "decode base64",
    "get the name of a file", "return the value of an attribute or a default", "set a list of values from a dict",
    "how to check if a string is a number", "add an item to a list if it is not there yet", "TypeError when the type is not str",
    "iterate over the lines of a text file and strip them", "run a command and return its output as text",
    "convert a dictionary to an object with attributes", "write bytes to a socket until all of them are sent",
)  # fmt: skip


def main(small: bool = False) -> None:
    """Measure, print and write ``results/warm.json``; ``small``: only the library of 1,000 patterns, as ``warm-small.json``."""
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        folder = Path(scratch)
        os.environ.update(own_environment(folder))
        figures: Figures = {"patterns": PATTERNS, **_of_patterns(folder / "library")}
        if not small:
            figures[f"converge_unchanged_at_{MORE}"] = _unchanged(folder / "larger", MORE)
            figures |= {f"{name}_at_{MANY}": taken for name, taken in _of_units(folder / "units").items()}
    write("warm-small" if small else "warm", figures)


def _of_patterns(library: Path) -> Figures:
    write_library(library, PATTERNS)
    workspace = Workspace.open(library)
    workspace.patterns.converge()
    workspace.patterns.encode()
    ask = partial(_ask, workspace.patterns)
    return {
        "search_with_query_encoding": _each(ask, ROUNDS),
        "converge_unchanged": _steady(workspace),
        "answer_after_one_changed_pattern": _after_changes(workspace),
    }


def _unchanged(library: Path, number: int) -> Figures:
    write_library(library, number)
    workspace = Workspace.open(library)
    steady = _steady(workspace)
    cold = [timed(_opened(library).patterns.converge) for _ in range(10)]
    return {"warm": steady, "first_of_a_process": summary(cold)}


def _opened(library: Path) -> Workspace:
    workspace = Workspace.open(library)
    _ = workspace.stack
    return workspace


def _steady(workspace: Workspace) -> dict[str, float]:
    for _ in range(3):
        workspace.patterns.converge()
    return summary([timed(lambda: workspace.patterns.converge()) for _ in range(40)])


def _after_changes(workspace: Workspace) -> dict[str, float]:
    code = sorted(workspace.need_library().patterns.glob("*/*/v1/*.py"))
    taken = []
    for path, number in zip(code[::50], count(), strict=False):
        path.write_text(f"{path.read_text(encoding='utf-8')}# changed {number}\n", encoding="utf-8")
        taken.append(timed(lambda: find(workspace, SearchQuery(QUERIES[0]))))
    return summary(taken)


def _of_units(folder: Path) -> Figures:
    encoder = open_encoder(EncoderSettings(), folder / "cache")
    if encoder is None:
        raise SystemExit("the weights are not installed; run `make bench`")
    index = index_of(folder, MANY, encoder)
    order = {row.number: at for at, row in enumerate(index.catalogue.rows())}
    catalogue = index.catalogue
    return {
        "lexical": _each(lambda query: catalogue.lexical(words_of(query), 100, order), ROUNDS),
        "hybrid_with_query_encoding": _each(partial(_ask, StackIndex(index, [Library(LIBRARY, "", folder, {})])), ROUNDS),
        "megabytes": {"catalogue": round((folder / "index/catalogue.db").stat().st_size / 1e6)},
    }


def _ask(patterns: StackIndex, query: str) -> None:
    search(patterns, SearchQuery(query), nothing_known, SearchSettings())


def _each(ask: Callable[[str], object], rounds: int) -> dict[str, float]:
    """Ask every question in turn; the first round warms up and does not count."""
    for query in QUERIES:
        ask(query)
    return summary([timed(partial(ask, query)) for query in QUERIES * (rounds // len(QUERIES))])


if __name__ == "__main__":
    main(small="--small" in sys.argv)
