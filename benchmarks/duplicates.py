"""Near-duplicates: precision and recall on labelled pairs; ``python -m benchmarks.duplicates`` writes ``results/duplicates.json``.

A positive pair is a real function and what a mechanical rewriting made of it. A hard negative is two real functions of different shape
that are close: the nearest by shingles, the nearest by embedding, and neighbours in one module that share a word of their names. Files
are split into halves: thresholds are chosen on one, figures are given for the other.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus import ROOTS
from benchmarks.measure import summary, timed, write
from benchmarks.rewriting import REWRITINGS, rewrite_text
from foundry_git.errors import SourceError
from foundry_git.index.document import content_key, embedded_text
from foundry_git.index.identifiers import split_identifiers
from foundry_git.search.likeness import DOUBTFUL, SHIPPED_THRESHOLD, likeness
from foundry_git.shipped import shipped
from foundry_git.source.reader import read_units, stored_code
from foundry_git.source.shapes import text_shape
from foundry_git.source.shingles import ShingleIndex, Shingles, shingles_of, similarity
from foundry_git.workspace import UserFolders, Workspace

Floats = NDArray[np.float64]
SEED, POOL, EACH, BOOTSTRAPS = 7, 2400, 64, 2000
OTHER_FILES = 24  # one in so many files outside the standard library
LINES, COMPLEXITY = range(5, 121), 3
LEFT_OUT = frozenset("test tests idlelib lib2to3 turtledemo _vendor vendor site-packages pydoc_data encodings".split())
LANGUAGES = {".go": "go", ".js": "javascript", ".ts": "typescript", ".rs": "rust"}
DEFINITION = re.compile(r"^(?:export |pub |async |default )*(?:function|func|fn|class|impl)\b[^\n]*\n[\s\S]*?^\}", re.MULTILINE)
REWRITTEN_TEXTS = 4  # of each piece that is not Python


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of code; ``place`` is its file, which decides its half."""

    place: str
    name: str
    language: str
    description: str
    code: str
    body: str
    shape: str

    @property
    def is_report(self) -> bool:
        """Say whether it belongs to the half that figures are given for."""
        return hashlib.sha256(self.place.encode()).digest()[0] % 2 == 1

    @property
    def text(self) -> str:
        """What is encoded of it."""
        return embedded_text(self.name, self.description, "", self.code)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pieces, whether they are near duplicates, and how the pair was made."""

    one: Piece
    other: Piece
    label: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs with what is measured of them: float64, (n,) each."""

    pairs: Sequence[Pair]
    labels: NDArray[np.bool_]
    shingles: Floats
    cosines: Floats

    def of(self, keep: Iterable[bool]) -> Scored:
        """Those pairs for which ``keep`` is true."""
        mask = np.array(list(keep), bool)
        pairs = [pair for pair, is_kept in zip(self.pairs, mask, strict=True) if is_kept]
        return Scored(pairs, self.labels[mask], self.shingles[mask], self.cosines[mask])

    def likeness(self) -> Floats:
        """The combination as it is shipped."""
        return np.array([likeness(s, c) for s, c in zip(self.shingles, self.cosines, strict=True)])


def main() -> None:
    """Make the pairs, print the curves, write the figures."""
    workspace = Workspace(None, None, UserFolders.usual(), {})
    pieces = python_pieces()
    python = [*positives(pieces), *hard_negatives(workspace, pieces)]
    scored = score(workspace, python)
    tune, report = scored.of(not p.one.is_report for p in python), scored.of(p.one.is_report for p in python)
    others = score(workspace, other_pairs())
    figures = {"pieces": len(pieces), **_figures(tune, report)}
    write("duplicates", {**figures, "other_languages": _at_shipped(others), "speed": _speed(pieces)})


def python_pieces() -> list[Piece]:
    """Functions and classes of the standard library and of some installed packages, no two of one shape, in a random order."""
    found: dict[str, Piece] = {}
    for path, place in _python_files():
        for unit in _read(path, place):
            if unit.lines in LINES and unit.complexity >= COMPLEXITY:
                found.setdefault(unit.piece.shape, unit.piece)
    pieces = sorted(found.values(), key=lambda piece: (piece.place, piece.name))
    random.Random(SEED).shuffle(pieces)
    return pieces[:POOL]


def positives(pieces: Sequence[Piece]) -> list[Pair]:
    """``EACH`` pairs of each rewriting; the pieces are taken in turn, each once."""
    pairs: list[Pair] = []
    left = iter(pieces)
    for number, (kind, rewriting) in enumerate(REWRITINGS.items()):
        made = 0
        for piece in left:
            text = rewriting(piece.body, random.Random(f"{SEED} {number} {piece.place} {piece.name}"))
            other = _rewritten(piece, text) if text else None
            if other is not None:
                pairs.append(Pair(piece, other, True, kind))
                made += 1
            if made == EACH:
                break
    return pairs


def hard_negatives(workspace: Workspace, pieces: Sequence[Piece]) -> list[Pair]:
    """For each of the first pieces its nearest others of the same half, by shingles and by embedding, and namesakes of its module."""
    pairs: dict[tuple[Piece, Piece], Pair] = {}
    for half in (False, True):
        pool = [piece for piece in pieces if piece.is_report is half]
        asked = pool[: EACH * len(REWRITINGS) // 2]
        for kind, found in (
            ("nearest by shingles", _by_shingles(pool, asked)),
            ("nearest by embedding", _by_embedding(workspace, pool, asked)),
            ("namesakes of a module", _namesakes(pool, asked)),
        ):
            for one, other in found:
                if (other, one) not in pairs:
                    pairs.setdefault((one, other), Pair(one, other, False, kind))
    return list(pairs.values())


def other_pairs() -> list[Pair]:
    """Pairs of the starter patterns that are not Python: rewritten by their tokens, and each with all others of its language."""
    pieces = list(_starter_pieces())
    pairs = []
    for piece in pieces:
        for number in range(REWRITTEN_TEXTS):
            text = rewrite_text(piece.code, random.Random(f"{SEED} {number} {piece.place} {piece.name}"))
            pairs.append(
                Pair(piece, _text_piece(f"{piece.place} {number}", text, piece.language), True, "rename, reformat, edit")
            )
    for at, one in enumerate(pieces):
        pairs += [Pair(one, other, False, "others of the language") for other in pieces[:at] if _may_differ(one, other)]
    return pairs


def score(workspace: Workspace, pairs: Sequence[Pair]) -> Scored:
    """Measure the pairs."""
    pieces = {id(piece): piece for pair in pairs for piece in (pair.one, pair.other)}
    cut = {key: shingles_of(piece.code, piece.language) for key, piece in pieces.items()}
    vectors = _vectors(workspace, list(pieces.values()))
    at = {key: number for number, key in enumerate(pieces)}
    return Scored(
        pairs,
        np.array([pair.label for pair in pairs], bool),
        np.array([similarity(cut[id(pair.one)], cut[id(pair.other)]) for pair in pairs]),
        np.array([float(vectors[at[id(pair.one)]] @ vectors[at[id(pair.other)]]) for pair in pairs]),
    )


def f1_at(labels: NDArray[np.bool_], said: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    hits = int((labels & said).sum())
    precision = hits / max(1, int(said.sum()))
    recall = hits / max(1, int(labels.sum()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def best_threshold(labels: NDArray[np.bool_], scores: Floats) -> float:
    """The threshold of the best F1: half-way between the two scores that it separates."""
    values = np.unique(scores)
    cuts = (values[1:] + values[:-1]) / 2
    return float(max(cuts, key=lambda cut: f1_at(labels, scores >= cut)[2]))


def curve(labels: NDArray[np.bool_], scores: Floats) -> list[dict[str, float]]:
    """Precision and recall at thresholds that give recalls from 0.5 to 1."""
    rows = []
    for recall in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1.0):
        cut = float(np.quantile(scores[labels], 1 - recall))
        precision, real, f1 = f1_at(labels, scores >= cut)
        rows.append({"threshold": round(cut, 3), "precision": round(precision, 3), "recall": round(real, 3), "f1": round(f1, 3)})
    return rows


@dataclass(frozen=True, slots=True)
class _Read:
    piece: Piece
    lines: int
    complexity: int


def _python_files() -> Iterator[tuple[Path, str]]:
    for root in ROOTS:
        for path in sorted(root.rglob("*.py")):
            place = path.relative_to(root).as_posix()
            if LEFT_OUT & set(Path(place).parts) or Path(place).name.startswith("test_"):
                continue
            if root is ROOTS[0] or int(hashlib.sha256(place.encode()).hexdigest(), 16) % OTHER_FILES == 0:
                yield path, place


def _read(path: Path, place: str) -> Iterator[_Read]:
    try:
        units = read_units(path.read_text(encoding="utf-8"), place)
    except (SourceError, UnicodeDecodeError):
        return
    for unit in units:
        if not unit.is_private and not unit.is_test:
            piece = Piece(place, unit.name, "python", unit.description, stored_code(unit), unit.body, unit.shape)
            yield _Read(piece, unit.measures.lines, unit.measures.complexity)


def _rewritten(piece: Piece, text: str) -> Piece | None:
    """The rewritten piece as extraction would read it from another file of the same head."""
    head = piece.code[: len(piece.code) - len(piece.body.rstrip()) - 1]
    try:
        unit = read_units(f"{head}{text}\n", "copy.py")[-1]
    except (SourceError, IndexError):
        return None
    if unit.body.strip() == piece.body.strip():
        return None
    return Piece(piece.place, unit.name, "python", unit.description, stored_code(unit), unit.body, unit.shape)


def _may_differ(one: Piece, other: Piece) -> bool:
    """Tell whether two pieces may be called different: copies between packages keep their name."""
    return one.language == other.language and one.shape != other.shape and one.name != other.name


def _by_shingles(pool: Sequence[Piece], asked: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    cut = {str(number): shingles_of(piece.code, piece.language) for number, piece in enumerate(pool)}
    index = ShingleIndex()
    for name, shingles in cut.items():
        index.add(name, shingles)
    for number, piece in enumerate(asked):
        alike = index.alike(cut[str(number)], 0.1)
        others = [(score, pool[int(name)]) for name, score in alike.items() if _may_differ(piece, pool[int(name)])]
        if others:
            yield piece, max(others, key=lambda one: one[0])[1]


def _by_embedding(workspace: Workspace, pool: Sequence[Piece], asked: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    vectors = _vectors(workspace, pool)
    for number, piece in enumerate(asked):
        order = np.argsort(-(vectors @ vectors[number]))
        yield piece, next(pool[int(at)] for at in order if _may_differ(piece, pool[int(at)]))


def _namesakes(pool: Sequence[Piece], asked: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    for piece in asked:
        words = set(split_identifiers(piece.name).split())
        near = [other for other in pool if other.place == piece.place and _may_differ(piece, other)]
        shared = [(len(words & set(split_identifiers(other.name).split())), other) for other in near]
        if shared and max(shared, key=lambda one: one[0])[0]:
            yield piece, max(shared, key=lambda one: one[0])[1]


def _starter_pieces() -> Iterator[Piece]:
    """The starter patterns of other languages, and their functions: from a line that defines one to the bracket at its margin."""
    top = shipped("patterns")
    for path in sorted(top.rglob("*")) if top else []:
        language = LANGUAGES.get(path.suffix)
        if language is None or path.name.startswith("test") or path.stem.endswith(("_test", ".test")):
            continue
        text, slug = path.read_text(encoding="utf-8"), path.parent.parent.name
        yield _text_piece(slug, text, language)
        for found in DEFINITION.finditer(text):
            if 5 <= found[0].count("\n") < 0.6 * text.count("\n"):
                yield _text_piece(f"{slug} {found.start()}", found[0], language)


def _text_piece(place: str, text: str, language: str) -> Piece:
    return Piece(place, place, language, "", text, text, text_shape(text, language))


def _vectors(workspace: Workspace, pieces: Sequence[Piece]) -> NDArray[np.float32]:
    texts = {content_key(piece.text): piece.text for piece in pieces}
    found = workspace.index.text_vectors(texts)
    at = {key: number for number, key in enumerate(texts)}
    return found[[at[content_key(piece.text)] for piece in pieces]]


def _figures(tune: Scored, report: Scored) -> dict[str, object]:
    ways = {"shingles": (tune.shingles, report.shingles), "embedding": (tune.cosines, report.cosines)}
    figures: dict[str, object] = {"pairs": {name: _counts(half) for name, half in (("tune", tune), ("report", report))}}
    for name, (tuned, reported) in ways.items():
        cut = best_threshold(tune.labels, tuned)
        figures[name] = {"threshold": round(cut, 3), **_judged(report, reported, cut), "curve": curve(report.labels, reported)}
    figures["shipped_on_the_tuning_half"] = _judged(tune, tune.likeness(), SHIPPED_THRESHOLD)
    return figures | {"shipped": _at_shipped(report) | {"curve": curve(report.labels, report.likeness())}}


def _counts(half: Scored) -> dict[str, int]:
    return dict(Counter(("same " if pair.label else "different ") + pair.kind for pair in half.pairs)) | {
        "positives": int(half.labels.sum()),
        "negatives": int((~half.labels).sum()),
    }


def _at_shipped(half: Scored) -> dict[str, object]:
    said = half.likeness() >= SHIPPED_THRESHOLD
    is_right: dict[str, list[bool]] = {}
    for pair, one in zip(half.pairs, said == half.labels, strict=True):
        is_right.setdefault(pair.kind, []).append(bool(one))
    changed = half.of(not pair.label or pair.one.shape != pair.other.shape for pair in half.pairs)
    return {
        "threshold": SHIPPED_THRESHOLD,
        "positives": int(half.labels.sum()),
        "negatives": int((~half.labels).sum()),
        **_judged(half, half.likeness(), SHIPPED_THRESHOLD),
        "without_those_of_one_shape": _judged(changed, changed.likeness(), SHIPPED_THRESHOLD),
        "right_by_kind": {kind: round(sum(ones) / len(ones), 3) for kind, ones in is_right.items()},
    }


def _judged(half: Scored, scores: Floats, threshold: float) -> dict[str, object]:
    """Precision, recall and F1 at a threshold, with the 95 % interval of F1 over resampled pairs."""
    said = scores >= threshold
    precision, recall, f1 = f1_at(half.labels, said)
    chance = np.random.default_rng(SEED)
    drawn = [chance.integers(0, len(said), len(said)) for _ in range(BOOTSTRAPS)]
    low, high = np.quantile([f1_at(half.labels[rows], said[rows])[2] for rows in drawn], (0.025, 0.975))
    return {
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(f1, 3),
        "f1_interval": [round(float(low), 3), round(float(high), 3)],
    }


def _speed(pieces: Sequence[Piece]) -> dict[str, object]:
    """Milliseconds to cut a piece, and to find what is alike among all of them; comparisons a second one by one."""
    cut: list[Shingles] = []
    cutting = timed(lambda: cut.extend(shingles_of(piece.code, piece.language) for piece in pieces))
    index = ShingleIndex()
    building = timed(partial(_fill, index, dict(enumerate(cut))))
    asking = [timed(partial(index.alike, one, DOUBTFUL[0])) for one in cut[:200]]
    comparing = timed(lambda: [similarity(one, other) for one in cut[:200] for other in cut[:200]])
    return {
        "cut_ms": round(cutting / len(pieces) * 1000, 3),
        "index_ms": round(building * 1000, 1),
        "alike_among_all": summary(asking),
        "comparisons_per_second": round(40_000 / comparing),
    }


def _fill(index: ShingleIndex, cut: Mapping[int, Shingles]) -> None:
    for number, shingles in cut.items():
        index.add(str(number), shingles)


if __name__ == "__main__":
    main()
