"""The training: a linear map of the questions' vectors that brings each nearer to its code than to other code of its language.

All of it is numpy and one gradient written out, so the same vectors and the same seed give the same map.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

EPOCHS = 12
BATCH, LEAST = 1024, 200  # pairs of one language in a batch; a smaller one than LEAST has too few wrong answers to learn from
STEP = 1e-3
TEMPERATURE = 0.02
STAY = 40.0  # λ: what it costs to leave the identity
SEEDS = (0, 1, 2)

_DECAY_OF_MEAN, _DECAY_OF_SQUARE, _TINY = 0.9, 0.999, 1e-8  # the defaults of Kingma and Ba 2014


@dataclass(frozen=True, slots=True)
class Encoded:
    """Questions (k, n, d), k wordings each, and their code (n, d), float32, normalised; ``languages``: the rows of each."""

    questions: Floats
    code: Floats
    languages: Mapping[str, Rows]


def trained(learn: Encoded, judge: Encoded, seeds: Sequence[int] = SEEDS) -> Floats:
    """Learn W (d, d) once with each seed and return the mean; a question q is adapted as ``normalise(q + W·q)``."""
    once = [_trained_once(learn, judge, seed) for seed in seeds]
    return np.asarray(np.mean(once, axis=0), np.float32)


def reciprocal_rank(weights: Floats, judge: Encoded) -> float:
    """The mean reciprocal rank of the right code among all code of its language; mean of languages and wordings."""
    found = []
    for rows in judge.languages.values():
        for wording in judge.questions:
            scores = turned(weights, wording[rows])[0] @ judge.code[rows].T
            ranks = (scores > scores.diagonal()[:, None]).sum(axis=1) + 1
            found.append(float(np.mean(1 / ranks)))
    return float(np.mean(found))


def turned(weights: Floats, questions: Floats) -> tuple[Floats, Floats]:
    """``questions`` (n, d) adapted, rows normalised, and how long each row was before that, (n, 1)."""
    moved = questions + questions @ weights.T
    lengths = np.sqrt(np.einsum("ij,ij->i", moved, moved))[:, None]
    return moved / lengths, lengths


def gradient(weights: Floats, questions: Floats, code: Floats) -> Floats:
    """The gradient in W of the mean cross entropy of a batch, plus λ‖W‖²/d.

    Cross entropy of softmax(cos / temperature) over the batch, in which row i of ``code`` answers row i of ``questions``:
    van den Oord et al. 2018, equation 4 (InfoNCE).
    """
    adapted, lengths = turned(weights, questions)
    scores = adapted @ code.T
    scores /= np.float32(TEMPERATURE)
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    scores[np.diag_indices_from(scores)] -= 1
    scores /= np.float32(TEMPERATURE * len(questions))
    push = scores @ code
    push -= adapted * np.einsum("ij,ij->i", push, adapted)[:, None]  # what is along the row is lost in normalising it
    push /= lengths
    change: Floats = push.T @ questions + np.float32(2 * STAY / len(weights)) * weights
    return change


def _trained_once(learn: Encoded, judge: Encoded, seed: int) -> Floats:
    """Learn with Adam (Kingma and Ba 2014, algorithm 1); of the W after each epoch, return the one that ``judge`` ranks best."""
    draw, size = np.random.default_rng(seed), learn.code.shape[1]
    weights, mean, square = np.zeros((3, size, size), np.float32)
    best, highest, steps = weights.copy(), reciprocal_rank(weights, judge), 0
    for _ in range(EPOCHS):
        for questions, code in _batches(learn, draw):
            steps += 1
            change = gradient(weights, questions, code)
            mean += np.float32(1 - _DECAY_OF_MEAN) * (change - mean)
            square += np.float32(1 - _DECAY_OF_SQUARE) * (change * change - square)
            pace = STEP / (1 - _DECAY_OF_MEAN**steps)
            weights -= np.float32(pace) * mean / (np.sqrt(square / np.float32(1 - _DECAY_OF_SQUARE**steps)) + np.float32(_TINY))
        reached = reciprocal_rank(weights, judge)
        if reached > highest:
            best, highest = weights.copy(), reached
    return best


def _batches(learn: Encoded, draw: np.random.Generator) -> Iterator[tuple[Floats, Floats]]:
    """Batches of one language each, in random order, each question in a wording drawn at random."""
    batches: list[Rows] = []
    for rows in learn.languages.values():
        shuffled = draw.permutation(rows)
        batches += [part for start in range(0, len(rows), BATCH) if len(part := shuffled[start : start + BATCH]) > LEAST]
    for place in draw.permutation(len(batches)):
        rows = batches[place]
        yield learn.questions[draw.integers(0, len(learn.questions), len(rows)), rows], learn.code[rows]
