"""Fit the curve from search scores to the probability that a first hit answers; ``python -m benchmarks.calibration DIR``.

DIR holds corpus.jsonl, queries.jsonl and qrels.tsv. Three kinds of first hits are told apart: right answers; what comes first for
off-topic questions (``off_topic.txt``), which nothing answers; and what comes first when the right answers are taken out of the
corpus. The last often answers too, for a set of functions holds many that nobody labelled, so it counts only a tenth of the wrong.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundry_git.index.catalogue import Row, Scanned
from foundry_git.index.document import Document
from foundry_git.index.index import Index
from foundry_git.search.query import words_of
from foundry_git.search.search import corpus_of, rank
from foundry_git.source.descriptions import first_sentence
from foundry_git.workspace.workspace import UserFolders, Workspace

Floats = NDArray[np.float64]
STEPS, RATE, REMOVED_SHARE = 20_000, 3.0, 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """One first hit: its cosine, the share of the query's words it holds, and whether it answers."""

    meaning: float
    words: float
    label: bool
    removed: bool


def main() -> None:
    """Print the fitted constants and what they do at 0.6."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folders = UserFolders.usual()
    encoder = Workspace(None, None, folders, {}).index.encoder
    index = Index(None, folders.cache, lambda: encoder)
    rows = _fill(index, folder)
    examples = list(_examples(index, rows, folder))
    right, removed = [e for e in examples if e.label], [e for e in examples if e.removed]
    off = list(_off_topic(index, rows))
    for name, columns in (("hybrid", ("meaning", "words")), ("words only", ("words",))):
        _report(name, right, off, removed, columns)


def _fill(index: Index, folder: Path) -> dict[str, list[Row]]:
    entries = [json.loads(line) for line in (folder / "corpus.jsonl").read_text().splitlines()]
    documents = [_document(entry) for entry in entries]
    index.catalogue.apply({(d.library, d.place): Scanned("", 0, d.digest) for d in documents}, documents, ())
    print("encoded", index.encode_missing(lambda done, total: print(f"\r{done}/{total}", end="", flush=True)))
    sets: dict[str, list[Row]] = {}
    for row in index.catalogue.rows():
        sets.setdefault(row.document.library, []).append(row)
    return sets


def _document(entry: dict[str, Any]) -> Document:
    doc = first_sentence(entry.get("doc") or "")
    name = entry.get("name") or entry["id"]
    return Document(
        library=entry["set"], place=entry["id"], id=f"x/{entry['id']}", version=1, digest=entry["id"], name=entry.get("name") or "",
        kind="function", language=entry["language"], framework="", tags=(), description=doc, suggested_action="",
        code=entry["code"], path=name,
    )  # fmt: skip


def _examples(index: Index, sets: dict[str, list[Row]], folder: Path) -> Iterator[Example]:
    answers: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text().splitlines():
        query, document, relevance = line.split("\t")[:3]
        if relevance.replace(".", "").isdigit() and float(relevance) >= 1:
            answers.setdefault(query, set()).add(document)
    for line in (folder / "queries.jsonl").read_text().splitlines():
        asked = json.loads(line)
        pool = [r for r in sets[asked["set"]] if asked.get("language") in (None, r.document.language)]
        right = answers.get(asked["id"], set())
        for removed in (False, True):
            rows = [row for row in pool if row.document.place not in right] if removed else pool
            yield from _first(index, asked["query"], rows, right, removed)


def _first(index: Index, query: str, rows: Sequence[Row], right: set[str], removed: bool) -> Iterator[Example]:
    hits = rank(index, query, corpus_of(rows))
    if hits:
        coverage = index.catalogue.coverage(words_of(query), [hits[0].number])
        place = next(row.document.place for row in rows if row.number == hits[0].number)
        yield Example(hits[0].parts.get("meaning", 0.0), coverage[hits[0].number], place in right, removed)


def _off_topic(index: Index, sets: dict[str, list[Row]]) -> Iterator[Example]:
    for query in (Path(__file__).parent / "off_topic.txt").read_text(encoding="utf-8").splitlines():
        for rows in sets.values():
            yield from _first(index, query, rows, set(), True)


def _report(
    name: str, right: Sequence[Example], off: Sequence[Example], removed: Sequence[Example], columns: Sequence[str]
) -> None:
    everything = [*right, *off, *removed]
    features = np.array([[getattr(e, column) for column in columns] for e in everything])
    labels = np.array([1.0] * len(right) + [0.0] * (len(everything) - len(right)))
    shares = [(right, 1.0), (off, 1.0 - REMOVED_SHARE), (removed, REMOVED_SHARE)]
    counts = np.concatenate([np.full(len(kind), share / len(kind)) for kind, share in shares])
    half = np.arange(len(everything)) % 2 == 0
    weights = fit(features[half], labels[half], counts[half])
    print(f"{name}: intercept {weights[0]:.2f}, " + ", ".join(f"{c} {w:.2f}" for c, w in zip(columns, weights[1:], strict=True)))
    said = probability(features, weights)
    kinds = np.repeat([0, 1, 2], [len(right), len(off), len(removed)])
    for threshold in (0.4, 0.5, 0.6, 0.7):
        below = [float(np.mean(said[~half & (kinds == kind)] < threshold)) for kind in range(3)]
        print(
            f"  at {threshold}: loses {below[0]:.0%} of right first hits; silent on {below[1]:.0%} off-topic, {below[2]:.0%} removed"
        )


def fit(features: Floats, labels: Floats, counts: Floats) -> Floats:
    """Logistic regression by gradient descent on centred features, weighted by ``counts``: intercept, then a weight a column."""
    centre, spread = features.mean(0), features.std(0)
    scaled = np.c_[np.ones(len(features)), (features - centre) / spread]
    weights = np.zeros(scaled.shape[1])
    for _ in range(STEPS):
        weights -= RATE * scaled.T @ (counts / counts.sum() * (1 / (1 + np.exp(-scaled @ weights)) - labels))
    slopes = weights[1:] / spread
    result: Floats = np.r_[weights[0] - float(slopes @ centre), slopes]
    return result


def probability(features: Floats, weights: Floats) -> Floats:
    """The curve at ``features``."""
    result: Floats = 1 / (1 + np.exp(-(weights[0] + features @ weights[1:])))
    return result


if __name__ == "__main__":
    main()
