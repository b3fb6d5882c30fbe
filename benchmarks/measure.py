"""Measuring: medians, the machine, and the JSON that docs/figures.md is made from."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

RESULTS = Path(__file__).parent / "results"


def timed(call: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def process_seconds(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> float:
    """Seconds from starting a process to its end; it must end well."""

    def run() -> None:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")

    return timed(run)


def interleaved(calls: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Take turns, so that a slow minute of the machine hits all of them; the first round warms up and does not count."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, call in calls.items():
            seconds = call()
            if number:
                taken[name].append(seconds)
    return taken


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile, minimum and maximum in milliseconds, and how many were taken."""
    ordered = sorted(seconds)
    p95 = quantiles(ordered, n=20)[-1] if len(ordered) > 1 else ordered[0]
    in_ms = {"median_ms": median(ordered), "p95_ms": p95, "min_ms": ordered[0], "max_ms": ordered[-1]}
    return {name: round(value * 1000, 3) for name, value in in_ms.items()} | {"runs": len(ordered)}


def write(name: str, figures: Mapping[str, object], quiet: bool = False) -> None:
    """Write one benchmark's figures with the machine and versions they were taken on, and print them unless ``quiet``."""
    RESULTS.mkdir(exist_ok=True)
    facts = {
        "benchmark": name,
        "taken": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "figures": figures,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    if quiet:
        return
    print(f"{name}:")
    for key, value in figures.items():
        print(f"  {key}: {value}")
    sys.stdout.flush()


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=RESULTS.parent, capture_output=True, text=True, check=False)
    return done.stdout.strip()
