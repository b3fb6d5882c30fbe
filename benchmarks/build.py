"""Building the index of a library, reading its files and writing included, beside ``SentenceTransformer.encode`` of the same texts.

In turn in one process; that model is loaded before its time begins, ours within it. It cuts a text at 256 tokens, where ours goes on
in windows: so it is also given those windows, which is the same work.
"""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.cold import weights_folder
from benchmarks.corpus import own_environment, write_library
from benchmarks.measure import interleaved, summary, timed, write
from foundry_git.index.encoder.weights import FINGERPRINT
from foundry_git.index.starter_vectors import starter_vectors
from foundry_git.index.windows import windows_of
from foundry_git.workspace import Workspace

PATTERNS, ROUNDS = 150, 5


def main() -> None:
    """Measure, print and write ``results/build.json``."""
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        folder = Path(scratch)
        os.environ.pop("XDG_CACHE_HOME", None)  # the cache is then below our own HOME
        os.environ.update(own_environment(folder) | {"HF_HUB_OFFLINE": "1"})
        library = folder / "library"
        write_library(library, PATTERNS)
        texts = _texts(library)
        windows = [window for text in texts for window in windows_of(text)]
        model = importlib.import_module("sentence_transformers").SentenceTransformer(weights_folder(), device="cpu")
        taken = interleaved(
            {
                "foundry": lambda: _built(library, folder / ".cache"),
                "sentence_transformers_cut": lambda: timed(lambda: model.encode(texts, batch_size=32)),
                "sentence_transformers_windows": lambda: timed(lambda: model.encode(windows, batch_size=32)),
            },
            ROUNDS,
        )
    figures: dict[str, object] = {"texts": len(texts), "windows": len(windows)}
    figures |= {name: summary(seconds) for name, seconds in taken.items()}
    for name in ("sentence_transformers_cut", "sentence_transformers_windows"):
        ratios = [theirs / ours for theirs, ours in zip(taken[name], taken["foundry"], strict=True)]
        figures[f"faster_than_{name}_by"] = round(median(ratios), 2)
    write("build", figures)


def _texts(library: Path) -> list[str]:
    workspace = Workspace.open(library)
    workspace.patterns.converge()
    catalogue = workspace.index.catalogue
    documents = catalogue.documents([row.number for row in catalogue.rows()])
    shipped = starter_vectors(FINGERPRINT)  # nobody encodes these
    return sorted({document.embedded_text() for document in documents.values() if document.content_key() not in shipped})


def _built(library: Path, cache: Path) -> float:
    """Seconds to build the index from nothing, as the first search in a fresh clone on a fresh machine does."""
    shutil.rmtree(library / "index", ignore_errors=True)
    shutil.rmtree(cache, ignore_errors=True)
    workspace = Workspace.open(library)

    def build() -> None:
        workspace.patterns.converge()
        workspace.patterns.encode()

    return timed(build)


if __name__ == "__main__":
    main()
