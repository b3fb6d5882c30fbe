"""Convergence: 1,000 schedules of clones that learn, sync, race, get lost and come back; everybody must end up knowing the same.

``--tenth`` runs 100 of them, as the tests do; ``--from N --count N`` others. The two naive designs run the same schedules.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evidence import naive, product, schedules
from benchmarks.evidence.product import Product
from benchmarks.evidence.replaying import Replay
from benchmarks.measure import write

SCHEDULES = 1_000
PRODUCTS = 10
DESIGNS: tuple[type[naive.Counters] | type[naive.Union], ...] = (naive.Counters, naive.Union)


@dataclass(frozen=True, slots=True)
class Scene:
    """What all schedules share: the products whose commits are seen, and an empty bare repository to copy."""

    folder: Path
    products: tuple[Product, ...]
    template: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one schedule: how large it was, what went wrong with ours, and what became of each naive design."""

    seed: int
    replicas: int
    syncs: int
    problems: tuple[str, ...]
    naive: tuple[tuple[str, str], ...]


def main(arguments: list[str] | None = None) -> None:
    """Run, print and write ``results/convergence.json``."""
    asked = _asked(arguments)
    began = time.perf_counter()
    with scene() as stage, multiprocessing.get_context("fork").Pool(asked.processes) as pool:
        seeds = [(stage, seed, True) for seed in range(asked.first, asked.first + asked.count)]
        outcomes = []
        for number, outcome in enumerate(pool.imap_unordered(_run, seeds), 1):
            outcomes.append(outcome)
            if number % 50 == 0:
                print(f"{number} schedules, {time.perf_counter() - began:.0f} s", flush=True)
    write("convergence", _figures(outcomes, time.perf_counter() - began))


@contextmanager
def scene(count: int = PRODUCTS) -> Iterator[Scene]:
    """Build what all schedules share, in memory where the machine can."""
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="foundry-bench-", dir=place) as scratch:
        folder = Path(scratch)
        products = tuple(product.make(folder / f"product-{number}", number) for number in range(count))
        yield Scene(folder, products, _template(folder / "template.git"))


def run(stage: Scene, seed: int, with_naive: bool = False) -> Outcome:
    """Replay one schedule."""
    made = stage.products[seed % len(stage.products)]
    plan = schedules.schedule(seed, len(made.seen))
    folder = Path(tempfile.mkdtemp(prefix=f"{seed}-", dir=stage.folder))
    try:
        ours = Replay(folder / "ours", plan, made, stage.template)
        problems = [*ours.run(), *ours.differences()]
        designs = [design(folder / design.__name__, plan, made) for design in DESIGNS if with_naive]
        beside = [verdict for design in designs for verdict in design.verdicts().items()]
    finally:
        shutil.rmtree(folder)
    syncs = sum(step.what in ("sync", "clone") or 2 * (step.what == "race") for step in plan.steps)
    return Outcome(seed, len(plan.skews), int(syncs), tuple(problems), tuple(beside))


def _run(asked: tuple[Scene, int, bool]) -> Outcome:
    return run(*asked)


def _template(place: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", "--bare", "--template=", str(place)], check=True)
    subprocess.run(["git", "config", "receive.autogc", "false"], cwd=place, check=True)
    return place


def _figures(outcomes: list[Outcome], seconds: float) -> dict[str, object]:
    names = [name for name, _ in outcomes[0].naive]
    beside = {name: Counter(dict(outcome.naive)[name] for outcome in outcomes) for name in names}
    return {
        "schedules": len(outcomes),
        "replicas": dict(sorted(Counter(outcome.replicas for outcome in outcomes).items())),
        "syncs": sum(outcome.syncs for outcome in outcomes),
        "failed": sum(bool(outcome.problems) for outcome in outcomes),
        "what_failed": [(outcome.seed, outcome.problems[0]) for outcome in outcomes if outcome.problems][:10],
        "naive": {name: {"failed": len(outcomes) - counts["converged"], **counts} for name, counts in beside.items()},
        "seconds": round(seconds),
    }


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenth", action="store_true", help="a tenth of the schedules")
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="SEED")
    parser.add_argument("--count", type=int, default=SCHEDULES)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    asked = parser.parse_args(arguments)
    asked.count = SCHEDULES // 10 if asked.tenth else asked.count
    return asked


if __name__ == "__main__":
    main()
