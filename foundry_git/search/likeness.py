"""Likeness: how alike pieces of code are, by their shingles, and by meaning where these leave it open. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from foundry_git.source.shingles import ShingleIndex, Shingles, shingles_of

SHIPPED_THRESHOLD = 0.9
"""``extraction.max_similarity`` unless a team sets another: the best F1 of `python -m benchmarks.duplicates`, by the scale below."""

NEAR = 0.55  # of the shingles shared: F1 0.946 on the tuning half of labelled pairs (flat from 0.53 to 0.56), 0.935 on the other
DOUBTFUL = (0.50, 0.60)  # where meaning may decide; outside, even a cosine of 1 or 0.6 would change nothing
MEANING_WEIGHT, NEUTRAL_COSINE = 0.15, 0.8  # best of 0.1 to 0.4 on the tuning half; the middle of its cosines in doubt is 0.78

Cosine = Callable[[str, str], float]
"""The cosine of two pieces, by their keys."""


class ComparedCode(Struct, frozen=True):
    """Something a candidate is compared with, or the candidate itself; ``key`` is its own, ``id`` what it is called.

    ``kept``: its shingles, where it was cut before.
    """

    key: str
    id: str
    language: str
    code: str
    text: str
    kept: Shingles | None = None

    def shingles(self) -> Shingles:
        """Its shingles: those that were kept, or else its code is cut now."""
        return shingles_of(self.code, self.language) if self.kept is None else self.kept


class Judged(Struct, frozen=True):
    """What comparing brought: marks by the candidate's key ("" near nothing), and the pairs that only meaning can decide."""

    marks: Mapping[str, str]
    open: Mapping[str, Mapping[str, float]]


def likeness(shared: float, cosine: float | None = None) -> float:
    """How alike two pieces are, 0–1, on a scale that has the best threshold at 0.9.

    ``shared`` is the similarity of their shingles, which alone decides but for the doubtful; there ``cosine`` moves it.
    """
    low, high = DOUBTFUL
    if cosine is not None and low <= shared < high:
        shared = min(max(shared + MEANING_WEIGHT * (cosine - NEUTRAL_COSINE), low), high)
    if shared < NEAR:
        return SHIPPED_THRESHOLD * shared / NEAR
    return SHIPPED_THRESHOLD + (1 - SHIPPED_THRESHOLD) * (shared - NEAR) / (1 - NEAR)


def judge(fresh: Sequence[ComparedCode], known: Iterable[ComparedCode], threshold: float, cosine: Cosine | None = None) -> Judged:
    """Find for each fresh piece the known one that is most like it; of fresh ones that are alike the later is near the earlier.

    Pieces of one id are never near each other. Without ``cosine`` the doubtful stay open.
    """
    indexes: dict[str, ShingleIndex] = {}
    names: dict[str, str] = {}
    languages = {piece.language for piece in fresh}
    for piece in known:
        if piece.code and piece.language in languages:
            indexes.setdefault(piece.language, ShingleIndex()).add(piece.key, piece.shingles())
            names[piece.key] = piece.id
    marks: dict[str, str] = {}
    doubts: dict[str, dict[str, float]] = {}
    for piece in fresh:
        if not piece.code:
            marks[piece.key] = ""
            continue
        shingles = piece.shingles()
        index = indexes.setdefault(piece.language, ShingleIndex())
        found = index.alike(shingles, min(DOUBTFUL[0], _shared_at(threshold)))
        alike = {key: shared for key, shared in found.items() if names[key] != piece.id}
        if cosine is None and _is_open(alike.values()):
            doubts[piece.key] = alike
        else:
            marks[piece.key] = _mark(piece, alike, names, threshold, cosine)
        index.add(piece.key, shingles)
        names[piece.key] = piece.id
    return Judged(marks, doubts)


def _is_open(shared: Iterable[float]) -> bool:
    """Tell whether meaning could choose another answer: the best is in doubt."""
    best = max(shared, default=0.0)
    return DOUBTFUL[0] <= best < DOUBTFUL[1]


def _mark(
    piece: ComparedCode, alike: Mapping[str, float], names: Mapping[str, str], threshold: float, cosine: Cosine | None
) -> str:
    in_doubt = cosine is not None and _is_open(alike.values())
    values = {
        key: likeness(shared, cosine(piece.key, key) if cosine and in_doubt and shared >= DOUBTFUL[0] else None)
        for key, shared in alike.items()
    }
    best = max(values, key=lambda key: (values[key], names[key]), default="")
    return f"{names[best]}, {values[best]:.2f}" if best and values[best] >= threshold else ""


def _shared_at(threshold: float) -> float:
    """What :func:`likeness` makes ``threshold`` of, kept above 0: what shares nothing is not found."""
    if threshold <= SHIPPED_THRESHOLD:
        return max(0.05, NEAR * threshold / SHIPPED_THRESHOLD)
    return NEAR + (1 - NEAR) * (threshold - SHIPPED_THRESHOLD) / (1 - SHIPPED_THRESHOLD)
