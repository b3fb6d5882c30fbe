"""Fitting the weights of a unit's worth: to what became of units, and to what readers would keep; logistic, none below its floor.

The words that readers' verdicts speak for or against are fitted first. The share that they make, as the weights are fitted to it, comes
from verdicts on other repositories: on four fifths of them, without the one it is of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.extraction.observed import Observed, Scene, shares_of
from foundry_git.extraction.helper_words import FILE, UNIT, helper_share
from foundry_git.extraction.jargon import general_words
from foundry_git.extraction.worth import WEIGHTS, worth_of
from foundry_git.source.words import words_in

READERS = Path(__file__).with_name("readers.json")
"""What readers said of units: repository → its commit and ``path::symbol`` → would keep it, and why."""
OF_READERS = 0.8
"""Their share; see docs/extraction.md for what it costs."""
FLOOR = 2  # points: what neither tells from chance is still read
PENALTY = 20.0  # of the words' weights squared, against the log-loss of all verdicts
OWN = 3.0  # how much less the intercept of a repository is held back than a word
FIFTHS = 5
STEPS, RATE, RIDGE = 4_000, 0.5, 1e-3

Shares = Mapping[str, float]
Judged = Sequence[tuple[Shares, bool]]
"""What was said of the units of one repository: the shares of each, and whether it was good."""


def lived(observed: Sequence[Observed]) -> Judged:
    """What became of all public units of five lines or more, not only of those proposed: three times as many."""
    return [(one.shares, one.good) for one in observed if not one.private and one.lines >= 5]


@dataclass(frozen=True, slots=True)
class Reading:
    """One unit that was read; ``whole``: nothing is taken off its worth. ``code``: its text."""

    code: str
    shares: Shares
    whole: bool
    keep: bool


def read(scene: Scene, verdicts: Mapping[str, tuple[bool, str]]) -> list[Reading]:
    """What readers said of the units of a repository."""
    found = []
    for key, (keep, _) in verdicts.items():
        path, symbol = key.split("::", 1)
        if unit := scene.units.get((path, symbol)):
            standing = scene.standings[path, symbol]
            found.append(Reading(unit.body, shares_of(unit, standing), not worth_of(unit, standing).left, keep))
    return found


def fit(lives: Sequence[Judged], readings: Sequence[Sequence[Reading]]) -> dict[str, int]:
    """Choose points for each part, 100 together."""
    by_life, by_readers = (_weights(judged) for judged in (lives, _unseen(readings)))
    return _points(dict(zip(WEIGHTS, ((1 - OF_READERS) * by_life + OF_READERS * by_readers).tolist(), strict=True)))


def fit_words(readings: Iterable[Sequence[Reading]]) -> dict[str, float]:
    """Word → what it adds to the log-odds that a unit is kept. Of general words only: others are of one project, or of two."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    vocabulary = {word: at for at, word in enumerate(general_words()[0])}
    flat = [(owner, one) for owner, some in enumerate(readings) for one in some]
    marks = [(row, vocabulary[word]) for row, (_, one) in enumerate(flat) for word in words_in(one.code) if word in vocabulary]
    words = csr_matrix((np.ones(len(marks)), tuple(zip(*marks, strict=True))), (len(flat), len(vocabulary)))
    owners = csr_matrix((np.full(len(flat), OWN), (range(len(flat)), [owner for owner, _ in flat])))
    model = LogisticRegression(C=1 / PENALTY, max_iter=STEPS).fit(hstack([words, owners]), [one.keep for _, one in flat])
    return dict(zip(vocabulary, model.coef_[0].tolist(), strict=False))


def write_words(weights: Mapping[str, float]) -> None:
    """Write the file that ships: weight, then the words that have it."""
    by_weight: dict[int, list[str]] = {}
    for word, weight in weights.items():
        if whole := round(weight / UNIT):
            by_weight.setdefault(whole, []).append(word)
    lines = [f"{weight} {' '.join(sorted(words))}" for weight, words in sorted(by_weight.items(), reverse=True)]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _unseen(readings: Sequence[Sequence[Reading]]) -> list[Judged]:
    """The shares of what was read whole, that of the words from verdicts on other repositories."""
    found: list[Judged] = []
    for fifth in range(FIFTHS):
        words = fit_words(some for at, some in enumerate(readings) if at % FIFTHS != fifth)
        for some in readings[fifth::FIFTHS]:
            found.append([({**one.shares, "words": helper_share(one.code, words)}, one.keep) for one in some if one.whole])
    return found


def _weights(judged: Sequence[Judged]) -> np.ndarray:
    """Weights of the parts, 1 together. Only the order within a repository matters: each has an intercept of its own."""
    some = [one for one in judged if one]
    shares = np.array([[shares[name] for name in WEIGHTS] for one in some for shares, _ in one])
    labels = np.array([good for one in some for _, good in one], float)
    owner = np.repeat(np.arange(len(some)), [len(one) for one in some])
    importance = 1.0 / np.bincount(owner)[owner] / len(some)
    weights, intercepts = np.full(len(WEIGHTS), 0.5), np.full(len(some), -2.0)
    for _ in range(STEPS):
        off = (1 / (1 + np.exp(-(shares @ weights + intercepts[owner]))) - labels) * importance
        weights = np.maximum(0.0, weights - RATE * (shares.T @ off + RIDGE * weights))
        intercepts -= RATE * len(some) * np.bincount(owner, off)
    found: np.ndarray = weights / weights.sum()
    return found


def _points(weights: dict[str, float]) -> dict[str, int]:
    """Scale to 100 points with the floor, whole numbers by largest remainder."""
    floored = {name: max(FLOOR, 100 * weight) for name, weight in weights.items()}
    exact = {name: 100 * weight / sum(floored.values()) for name, weight in floored.items()}
    points = {name: int(value) for name, value in exact.items()}
    for name in sorted(exact, key=lambda name: points[name] - exact[name])[: 100 - sum(points.values())]:
        points[name] += 1
    return points
