"""Fits the routing model, and writes it where it ships: ``python -m benchmarks.execution.learn_routing``.

Two multinomial logistic regressions over the labelled questions that may be learned from, those of ``questions.tsv`` and
``questions_more.tsv`` and the examples of the shipped triggers. What is kept apart in ``questions_kept.tsv`` is not read here.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from foundry_git.execution.routing_model import FILE, RoutingModel, features_of
from foundry_git.index.encoder.choose import open_encoder
from foundry_git.library.library import starter_library
from foundry_git.library.triggers import read_stack
from foundry_git.settings import EncoderSettings

HERE = Path(__file__).parent
LEARNED_FROM = ("questions.tsv", "questions_more.tsv")
LEAST_SEEN = 2  # of a word or pair in different questions: what stands in one alone tells nothing
WORDS_PENALTY, VECTOR_PENALTY = 0.3, 0.3  # of 0.1 and 0.3, best in five folds of questions.tsv
Floats = NDArray[np.float64]


def labelled(name: str) -> list[tuple[str, str]]:
    """Read (route, question) of a file beside this one."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return [(row[0], row[1]) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def examples() -> list[tuple[str, str]]:
    """Read the examples of the shipped triggers."""
    library = starter_library()
    assert library is not None
    return [(trigger.name, example) for trigger in read_stack([library])[0] for example in trigger.examples]


def fitted(asked: Sequence[tuple[str, str]], vectors: Floats, words_penalty: float, vector_penalty: float) -> RoutingModel:
    """Fit both models to labelled questions, whose ``vectors`` are (n, d)."""
    routes = sorted({route for route, _ in asked})
    seen = Counter(feature for _, question in asked for feature in features_of(question))
    words = {feature: at for at, feature in enumerate(sorted(feature for feature, count in seen.items() if count >= LEAST_SEEN))}
    held = np.zeros((len(asked), len(words)))
    for row, (_, question) in enumerate(asked):
        at = [words[feature] for feature in features_of(question) if feature in words]
        held[row, at] = 1.0 / math.sqrt(max(len(at), 1))
    wanted = np.array([routes.index(route) for route, _ in asked])
    alone, bias_alone = _regressed(held, wanted, len(routes), np.full(len(words), words_penalty))
    penalties = np.concatenate([np.full(len(words), words_penalty), np.full(vectors.shape[1], vector_penalty)])
    both, bias_both = _regressed(np.hstack([held, vectors]), wanted, len(routes), penalties)
    by_word = np.stack([alone, both[: len(words)]], axis=1).astype(np.float32)
    return RoutingModel(
        routes, words, by_word, both[len(words) :].astype(np.float32), np.stack([bias_alone, bias_both]).astype(np.float32)
    )


def _regressed(held: Floats, wanted: NDArray[np.int64], classes: int, penalties: Floats) -> tuple[Floats, Floats]:
    """Multinomial logistic regression with a ridge; weights (features, classes) and bias (classes,)."""
    features = held.shape[1]
    target = np.eye(classes)[wanted]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[:-classes].reshape(features, classes), flat[-classes:]
        logits = held @ weights + bias
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits)
        shares /= shares.sum(axis=1, keepdims=True)
        value = -np.log(shares[np.arange(len(wanted)), wanted] + 1e-300).sum() + 0.5 * (penalties[:, None] * weights**2).sum()
        gap = shares - target
        slope = np.concatenate([(held.T @ gap + penalties[:, None] * weights).ravel(), gap.sum(axis=0)])
        return float(value), slope

    found = minimize(loss, np.zeros((features + 1) * classes), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return found[:-classes].reshape(features, classes), found[-classes:]


def write(model: RoutingModel, file: Path) -> None:
    """Write a model: weights as bytes of a common scale, which moves no probability by more than one percent."""
    by_word, of_vector, bias = model.weights()
    scales = np.array([np.abs(by_word).max() / 127, np.abs(of_vector).max() / 127], np.float32)
    np.savez_compressed(
        file,
        routes=np.array("\n".join(model.routes)),
        words=np.array("\n".join(model.words())),
        by_word=np.round(by_word / scales[0]).astype(np.int8),
        of_vector=np.round(of_vector / scales[1]).astype(np.int8),
        bias=bias,
        scales=scales,
    )


def main() -> None:
    """Fit the model that ships, and say how it does on questions that it was not fitted on."""
    encoder = open_encoder(EncoderSettings(), Path.home() / ".cache" / "foundry-git")
    if encoder is None:
        sys.exit("the routing model is fitted on vectors: install the weights")
    asked = [*(one for name in LEARNED_FROM for one in labelled(name)), *examples()]
    vectors = encoder.encode([question for _, question in asked]).astype(np.float64)
    write(fitted(asked, vectors, WORDS_PENALTY, VECTOR_PENALTY), FILE)
    print(json.dumps({"questions": len(asked), "bytes": FILE.stat().st_size}))


if __name__ == "__main__":
    main()
