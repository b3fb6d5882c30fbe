"""The routing model: the probability of each route, from the words of a question and, where there is a vector, from its meaning.

Two linear models with a softmax, fitted by ``python -m benchmarks.execution.learn_routing``: one over words and pairs of neighbours
for where no model of the language may be opened, one over these and the vector. A trigger that neither was fitted on is held against
its own examples: it takes part by how near the nearest of them is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SEARCH, NONE = "search", "none"
FILE = Path(__file__).with_name("routing_model.npz")

NEAR, NEAR_SCALE = (
    0.62,
    14.0,
)  # of a trigger of one's own: the cosine to its nearest example at which it is as likely as all others
_WORD = re.compile(r"[^\W\d_]+|\d+|[?!:;%*/+#@=^.-]")
_NUMBER = "0"


class RoutingModel:
    """Weights of words and of the vector for each of ``routes``.

    ``words``: word or pair → row of ``by_word`` (w, 2, r), first for the model of words alone; ``of_vector``: (d, r); ``bias``: (2, r).
    """

    def __init__(self, routes: Sequence[str], words: Mapping[str, int], by_word: Floats, of_vector: Floats, bias: Floats) -> None:
        self.routes = tuple(routes)
        self._words, self._by_word, self._of_vector, self._bias = words, by_word, of_vector, bias

    @classmethod
    @cache
    def shipped(cls) -> RoutingModel:
        """The model that comes along."""
        import numpy as np

        with np.load(FILE, allow_pickle=False) as held:
            words = {word: at for at, word in enumerate(str(held["words"]).split("\n"))}
            scales = held["scales"].astype(np.float32)
            by_word = held["by_word"].astype(np.float32) * scales[0]
            of_vector = held["of_vector"].astype(np.float32) * scales[1]
            return cls(str(held["routes"]).split("\n"), words, by_word, of_vector, held["bias"].astype(np.float32))

    def by_words(self, question: str, known: Collection[str]) -> list[tuple[str, float]]:
        """Return the ``known`` routes with their probabilities, the likeliest first."""
        return self._ranked(self._of_words(question, 0), known, {})

    def by_meaning(
        self, question: str, vector: Floats, known: Collection[str], examples: Mapping[str, Floats]
    ) -> list[tuple[str, float]]:
        """Return the same from the words and the ``vector`` (d,) of a question; ``examples``: (n, d) by route that was not fitted."""
        near = {route: float((held @ vector).max()) for route, held in examples.items() if route in known and len(held)}
        logits = self._of_words(question, 1)
        logits += vector @ self._of_vector
        return self._ranked(logits, known, near)

    def weights(self) -> tuple[Floats, Floats, Floats]:
        """Return what it was made of: ``by_word``, ``of_vector`` and ``bias``."""
        return self._by_word, self._of_vector, self._bias

    def words(self) -> list[str]:
        """Return the words and pairs in the order of their rows."""
        return sorted(self._words, key=self._words.__getitem__)

    @staticmethod
    def stacked(vectors: Sequence[Floats | None]) -> Floats:
        """Several vectors as one array (n, d), without those that are missing."""
        import numpy as np

        there = [vector for vector in vectors if vector is not None]
        return np.stack(there) if there else np.empty((0, 0), np.float32)

    def _of_words(self, question: str, which: int) -> Floats:
        at = [self._words[feature] for feature in features_of(question) if feature in self._words]
        found: Floats = self._bias[which].copy()
        if at:
            found += self._by_word[at, which].sum(axis=0) / math.sqrt(len(at))
        return found

    def _ranked(self, logits: Floats, known: Collection[str], near: Mapping[str, float]) -> list[tuple[str, float]]:
        scores = {route: float(logit) for route, logit in zip(self.routes, logits.tolist(), strict=True) if route in known}
        top = max(scores.values(), default=0.0)
        whole = top + math.log(sum(math.exp(score - top) for score in scores.values())) if scores else 0.0
        scores |= {route: whole + NEAR_SCALE * (cosine - NEAR) for route, cosine in near.items()}
        top = max(scores.values())
        shares = {route: math.exp(score - top) for route, score in scores.items()}
        total = sum(shares.values())
        return sorted(((route, share / total) for route, share in shares.items()), key=lambda one: (-one[1], one[0]))


def features_of(question: str) -> list[str]:
    """Return the words of a question and their pairs, each once: lower case, numbers as one, its beginning and end as words."""
    words = ["<", *(_NUMBER if word.isdigit() else word for word in _WORD.findall(question.lower()[:2000])), ">"]
    pairs = [f"{one} {other}" for one, other in pairwise(words)]
    return list(dict.fromkeys([*words[1:-1], *pairs]))
