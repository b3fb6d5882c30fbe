"""Extraction: files a second over 1,000 real Python files, without encoding."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.corpus import python_files
from benchmarks.measure import summary, timed, write
from foundry_git.extraction.intake import Extractor, KnownUnits
from foundry_git.extraction.source_files import of_folder
from foundry_git.settings import ExtractionSettings
from foundry_git.system.collector import collect_seldom

FILES, ROUNDS = 1000, 3


def main() -> None:
    """Measure, print and write ``results/throughput.json``."""
    collect_seldom()  # as a command does
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        folder = Path(scratch)
        for number, source in enumerate(python_files(FILES)):
            (folder / f"f{number}_{source.name}").write_bytes(source.read_bytes())
        taken = [timed(lambda: _extract(folder)) for _ in range(ROUNDS)]
        extractor = _extract(folder)
    middle = sorted(taken)[len(taken) // 2]
    write(
        "throughput",
        {
            "files": FILES,
            "seconds": summary(taken),
            "files_per_second": round(FILES / middle, 1),
            "units": len(extractor.intake.verdicts),
            "candidates": len(extractor.intake.put),
        },
    )


def _extract(folder: Path) -> Extractor:
    settings = ExtractionSettings()
    extractor = Extractor(settings, KnownUnits())
    for file in of_folder(folder, settings)[1]:
        extractor.take(file)
    extractor.finish()
    return extractor


if __name__ == "__main__":
    main()
