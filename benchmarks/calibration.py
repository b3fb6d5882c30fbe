"""Fit the curve from the signs of a hit to the probability that it answers; ``python -m benchmarks.calibration DIR``.

DIR is a folder of labelled queries, as :mod:`benchmarks.retrieval` reads it. Each query is asked of small, middling and whole corpora
of its own set and language, and of small and middling ones of all sets and languages, as a library is; once with its right answers in
it and once with them taken out; and questions of everyday life (``off_topic.txt``), which nothing
answers, are asked of all. The curve is fitted on half of the queries, tried on the other half, and drawn as a reliability diagram.
So it is where half of the documents have no vector yet, and where none has, but for those that get one for the question.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.diagram import reliability
from benchmarks.measure import write
from benchmarks.retrieval.labelled import Labelled, Query, read_labelled
from benchmarks.retrieval.methods import Remembering, Unencoded, filled
from foundry_git.index.document import DocumentRow
from foundry_git.index.index import Index
from foundry_git.search.ranking import Calibration, Signs
from foundry_git.search.search import corpus_of, rank
from foundry_git.workspace import UserFolders, Workspace

Floats = NDArray[np.float64]
SIZES = (50, 200, 0)  # documents beside the right ones; 0: all
EVERY = 3  # of the whole corpora only every third query is asked, for they take longest
ANSWERED = 0.7  # of the questions that a library is asked have an answer: an assumption
OFF_TOPIC, REMOVED = 0.5, 0.5  # of those without one are of another world; have lost theirs
NAMED = 4.0  # what an exact name adds to the logit: these queries hold too few names to fit it
THRESHOLD, SEED, STEPS, RATE = 0.6, 5, 4000, 3.0
BINS = 10
STATES: Mapping[str, Callable[[int], bool]] = {
    "half encoded": lambda number: number % 2 == 0,
    "nothing encoded": lambda number: False,
}


@dataclass(frozen=True, slots=True)
class Example:
    """One first hit: its signs, whether it answers, and what was asked: ``answered``, ``removed`` or ``off topic``."""

    query: str
    set: str
    signs: Signs
    right: bool
    kind: str


def main() -> None:
    """Print the fitted constants and what they do; write ``results/calibration.json`` and the diagram in docs/."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("folder", type=Path)
    labelled = read_labelled(parser.parse_args().folder)
    folders = UserFolders.usual()
    opened = Workspace(None, None, folders, {}).index.encoder
    figures: dict[str, object] = {}
    documents = [one for some in labelled.groups.values() for one in some]
    for name, encoder in (("hybrid", Remembering(opened) if opened else None), ("words only", None)):
        index = filled(documents, Index(None, folders.cache, partial(_given, encoder)))
        examples = list(_examples(index, labelled))
        curve = fitted(examples, np.arange(len(examples)) >= 0, encoder is not None)
        of_half = fitted(examples, _is_fitted(examples), encoder is not None)
        figures[name] = {"constants": {k: getattr(curve, k) for k in curve.__struct_fields__}, **_tried(examples, of_half)}
        if encoder is not None:
            _draw(_bins(examples, curve))
            for state, encoded in STATES.items():
                figures[state] = _tried(list(_examples(Unencoded.of(index, encoded), labelled)), of_half)
    write("calibration", figures)


def _given(encoder: Remembering | None) -> Remembering | None:
    return encoder


def _examples(index: Index, labelled: Labelled) -> Iterator[Example]:
    rows: dict[str, list[DocumentRow]] = {}
    for row in index.catalogue.rows():
        rows.setdefault(row.library, []).append(row)
    whole = index.catalogue.rows()
    generator = random.Random(SEED)
    for number, query in enumerate(labelled.queries):
        pool = [row for row in rows[query.group] if query.language in ("", row.language)]
        right = {one for one, relevance in labelled.relevance.get(query.id, {}).items() if relevance >= 1}
        for size in SIZES:
            if size or number % EVERY == 0:
                yield from _asked(index, query, pool, right, size, generator)
            if size:
                yield from _asked(index, replace(query, set=f"{query.set}, all languages"), whole, right, size, generator)
    for text in (Path(__file__).parent / "off_topic.txt").read_text(encoding="utf-8").splitlines():
        for name, pool in (*rows.items(), ("all languages", whole)):
            for size in SIZES[:2]:
                some = generator.sample(pool, min(size, len(pool)))
                yield from _first(index, Query(text, name, name, text, "", ""), some, set(), "off topic")


def _asked(
    index: Index, query: Query, pool: Sequence[DocumentRow], right: set[str], size: int, generator: random.Random
) -> Iterator[Example]:
    others = [row for row in pool if row.place not in right]
    some = generator.sample(others, size) if 0 < size < len(others) else others
    yield from _first(index, query, [*some, *(row for row in pool if row.place in right)], right, "answered")
    yield from _first(index, query, some, set(), "removed")


def _first(index: Index, query: Query, rows: Sequence[DocumentRow], right: set[str], kind: str) -> Iterator[Example]:
    corpus = corpus_of(sorted(rows, key=lambda row: row.place))
    hits = rank(index, query.text, corpus)
    if hits:
        yield Example(query.id, query.set, hits[0].signs, corpus.by_number[hits[0].number].place in right, kind)


def fitted(examples: Sequence[Example], chosen: NDArray[np.bool_], by_meaning: bool) -> Calibration:
    """The curve by logistic regression over the ``chosen`` examples; answerable ones count where the first hit is right."""
    features, labels, counts = _table(examples)
    used = chosen & (counts > 0)
    columns = [0, 1, 2] if by_meaning else [2]
    weights = _fit(features[used][:, columns], labels[used], counts[used])
    slopes = [round(float(weight), 2) for weight in weights[1:]]
    meaning, standing, words = slopes if by_meaning else [0.0, 0.0, *slopes]
    return Calibration(round(float(weights[0]), 2), meaning, standing, words, NAMED)


def _table(examples: Sequence[Example]) -> tuple[Floats, Floats, Floats]:
    """Signs (n, 3), labels (n,) and how much each example counts (n,): each set the same, each kind by its share."""
    features = np.array([[one.signs.meaning, one.signs.standing, one.signs.words] for one in examples])
    labels = np.array([float(one.right) for one in examples])
    shares = {"answered": ANSWERED, "removed": (1 - ANSWERED) * REMOVED, "off topic": (1 - ANSWERED) * OFF_TOPIC}
    used = [(one.kind, one.set) if one.right or one.kind != "answered" else None for one in examples]
    many = {key: used.count(key) for key in set(used) if key}
    return features, labels, np.array([shares[key[0]] / many[key] if key else 0.0 for key in used])


def _is_fitted(examples: Sequence[Example]) -> NDArray[np.bool_]:
    """Which examples belong to the half of the queries that is fitted."""
    return np.array([sum(map(ord, one.query)) % 2 == 0 for one in examples])


def _tried(examples: Sequence[Example], curve: Calibration) -> dict[str, object]:
    """What the threshold does on the half that ``curve`` was not fitted on, and how many answer of those said to."""
    half = _is_fitted(examples)
    said = np.array([curve.probability(one.signs) for one in examples])
    silent = said < THRESHOLD
    kinds = {
        "right first hits lost": [one.right for one in examples],
        "answerable without an answer": [one.kind == "answered" for one in examples],
        "silent on removed": [one.kind == "removed" for one in examples],
        "silent off topic": [one.kind == "off topic" for one in examples],
        "silent on both": [one.kind != "answered" for one in examples],
    }
    found: dict[str, object] = {name: round(float(silent[np.array(of) & ~half].mean()), 3) for name, of in kinds.items()}
    found["silent on removed and off topic, one to one"] = round(
        (float(str(found["silent on removed"])) + float(str(found["silent off topic"]))) / 2, 3
    )
    rest = [one for one, fit in zip(examples, half, strict=True) if not fit]
    found["said, answer, share"] = [[round(value, 3) for value in row] for row in _bins(rest, curve)]
    return found | {"must abstain": sum(one.kind != "answered" for one in rest)}


def _bins(examples: Sequence[Example], curve: Calibration) -> list[tuple[float, float, float]]:
    """Of hits said to answer with so much probability: what is said of them, how many do, and their share; as counted in the fit."""
    _, labels, counts = _table(examples)
    said = np.array([curve.probability(one.signs) for one in examples])
    edges = np.linspace(0, 1, BINS + 1)
    bins = []
    for low, high in pairwise(edges):
        inside = (said >= low) & ((said < high) | (high == 1)) & (counts > 0)
        if counts[inside].sum() > 0:
            share = float(counts[inside].sum() / counts.sum())
            mean, true = (float(np.average(values[inside], weights=counts[inside])) for values in (said, labels))
            bins.append((mean, true, share))
    return bins


def _draw(bins: Sequence[tuple[float, float, float]]) -> None:
    (Path(__file__).parent.parent / "docs" / "reliability.svg").write_text(reliability(bins), encoding="utf-8")


def _fit(features: Floats, labels: Floats, counts: Floats) -> Floats:
    """Logistic regression by gradient descent on centred features, weighted by ``counts``: intercept, then a weight a column."""
    centre, spread = features.mean(0), features.std(0)
    scaled = np.c_[np.ones(len(features)), (features - centre) / spread]
    weights = np.zeros(scaled.shape[1])
    for _ in range(STEPS):
        weights -= RATE * scaled.T @ (counts / counts.sum() * (1 / (1 + np.exp(-scaled @ weights)) - labels))
    slopes = weights[1:] / spread
    result: Floats = np.r_[weights[0] - float(slopes @ centre), slopes]
    return result


if __name__ == "__main__":
    main()
