"""``python -m benchmarks.learning MIRRORS [--exclude DIR…]``: mine, encode, train and write what ships, from nothing but Git.

``MIRRORS/OWNER/NAME.git`` is a bare clone of each repository in ``sources.json``. ``DIR`` is a folder of labelled queries, of
the format of ``benchmarks.retrieval``: nothing that stands in one is learnt from, else it could not judge. The parts of its draft
took 50 minutes on 2 cores.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.learning import tuning
from benchmarks.learning.adapter import Encoded, Floats, reciprocal_rank, trained
from benchmarks.learning.mining import SOURCES, Piece, mine, read_sources, texts_of
from foundry_git.errors import TO_SEARCH_BY_MEANING
from foundry_git.index.encoder.adapter import ADAPTER
from foundry_git.index.encoder.choose import open_encoder
from foundry_git.index.encoder.numpy_encoder import NumpyEncoder, forward
from foundry_git.index.encoder.tuning import FILE, tuned
from foundry_git.index.windows import in_windows
from foundry_git.settings import EncoderSettings
from foundry_git.workspace import UserFolders


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning", description=__doc__)
    parser.add_argument("mirrors", type=Path, help="folder of bare clones, OWNER/NAME.git")
    parser.add_argument("--exclude", type=Path, nargs="*", default=[], metavar="DIR", help="labelled queries that shall judge")
    options = parser.parse_args()
    encoder = open_encoder(EncoderSettings(), UserFolders.usual().cache)
    if not isinstance(encoder, NumpyEncoder):
        parser.error(f"no weights are installed: {TO_SEARCH_BY_MEANING}")
    pieces = mine(read_sources(SOURCES), options.mirrors, set().union(*map(texts_of, options.exclude)))
    print(
        f"{len(pieces)} pieces {Counter(piece.language for piece in pieces)}, {sum(map(_is_asked, pieces))} of them with questions"
    )
    teacher = in_windows(encoder.encode, [piece.text for piece in pieces], _counted)
    asked = [piece for piece in pieces if piece.questions]
    questions = np.stack([encoder.encode([piece.questions[at] for piece in asked]) for at in range(len(asked[0].questions))])
    tokens = [encoder.document_tokens(piece.text) for piece in pieces]
    changes = tuning.trained(encoder.network, pieces, tokens, teacher, questions).changes()
    np.savez(FILE, **changes)  # type: ignore[arg-type]  # numpy takes arrays by any name
    _say(FILE)
    code = forward(tuned(encoder.network, changes), [tokens[at] for at, piece in enumerate(pieces) if piece.questions], None)
    learn, judge = (_part(asked, questions, code, held_out) for held_out in (False, True))
    weights = trained(learn, judge)
    for name, one in (("none", np.zeros_like(weights)), ("adapter", weights)):
        print(f"{name:8} {reciprocal_rank(one, judge):.4f} mean reciprocal rank on the held-out repositories")
    with ADAPTER.open("wb") as file:
        np.save(file, weights.astype(np.float16), allow_pickle=False)
    _say(ADAPTER)


def _part(asked: Sequence[Piece], questions: Floats, code: Floats, held_out: bool) -> Encoded:
    languages = sorted({piece.language for piece in asked})
    rows = {
        language: np.array([i for i, one in enumerate(asked) if (one.language, one.source.held_out) == (language, held_out)])
        for language in languages
    }
    return Encoded(questions, code, rows)


def _is_asked(piece: Piece) -> bool:
    return bool(piece.questions)


def _counted(done: int) -> None:
    print(f"\r{done} texts", end="", file=sys.stderr, flush=True)


def _say(file: Path) -> None:
    print(f"{file.name}: {file.stat().st_size:,} bytes, SHA-256 {hashlib.sha256(file.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
