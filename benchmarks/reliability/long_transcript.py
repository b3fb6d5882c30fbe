"""A transcript of 200 MB: ``python -m benchmarks.reliability.long_transcript [MB]`` reads one and says what that took."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

from benchmarks.measure import write
from benchmarks.reliability.text_trials import transcript_lines
from foundry_git.sessions.session_logs import read_session

MEGABYTE = 1_000_000
TEXT = "so be it " * 100


def written(folder: Path, megabytes: int) -> Path:
    """A transcript of so many megabytes, every message under a name of its own, one line in a hundred torn."""
    place, size = folder / "s1.jsonl", 0
    with place.open("wb") as file:
        for number, line in enumerate(cycle(transcript_lines("s1"))):
            record = json.loads(line) | {"uuid": f"u{number}", "text": TEXT}
            if record.get("type") == "assistant":
                record["message"] = record["message"] | {"id": f"m{number}"}
            text = json.dumps(record).encode() + b"\n"
            size += file.write(text[: len(text) // 2] + b"\n" if number % 100 == 7 else text)
            if size >= megabytes * MEGABYTE:
                return place
    raise AssertionError("never")


def read(place: Path) -> dict[str, float]:
    """Seconds, and MiB more than before, that reading it takes this process."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    log = read_session(place)
    taken = time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {
        "mb": place.stat().st_size // MEGABYTE,
        "messages": len(log.turns),
        "cpu_s": round(taken, 2),
        "memory_mb": round(grown, 1),
    }


def main() -> None:
    """Measure, print and write ``results/long_transcript.json``."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        write("long_transcript", read(written(Path(scratch), megabytes)))


if __name__ == "__main__":
    main()
