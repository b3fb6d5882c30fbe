"""How long it takes to fold the evidence of years from stats.db: ``python -m benchmarks.evidence.fold [EVENTS]``.

A fold is what a command does that shows a score: a new connection to a view that is up to date, all rows read and held against their
seals, all scores computed. Beside the time on the clock stands that of the processor, which others on the machine do not lengthen as
much. Filling the view from the journal comes once for each event and is measured beside it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from benchmarks import measure
from benchmarks.evidence.mixture import DIGESTS, END, Mixture
from foundry_git.evidence import scoring
from foundry_git.evidence.events import Event, Rejected, by_id, new_nonce
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.ledger import Ledger

EVENTS = 100_000
ROUNDS = 11

# Such events, measured on the same machine at commit 7268506, where the fold read JSON bodies and knew neither states nor contexts.
BEFORE = {
    "events": 100_000,
    "fold_seconds": 2.2,
    "fold_processor_seconds": 2.4,
    "fill_seconds": 16.7,
    "fill_processor_seconds": 18.6,
    "view_megabytes": 374.4,
}


def figures(count: int) -> dict[str, object]:
    """Fill a view with ``count`` events and fold it."""
    kinds: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        state, stats = Path(folder, "state"), Path(folder, "stats.db")
        Journal(state).append(_counted(Mixture().events(count), kinds))
        found = _of_view(state, stats)
        found["journal_megabytes"] = round((state / "journal.jsonl").stat().st_size / 1e6, 1)
        found["view_megabytes"] = round(stats.stat().st_size / 1e6, 1)
    held = by_id(Mixture().events(count))  # not before: the collector of garbage walks through all of them again and again
    found["pure_fold_of_events"] = measure.summary([measure.timed(lambda: scoring.score(held, END)) for _ in range(3)])
    return {"events": count, "digests": DIGESTS, "kinds": dict(kinds.most_common()), **found, "before": BEFORE}


def _counted(events: Iterable[Event], kinds: Counter[str]) -> Iterator[Event]:
    for event in events:
        kinds[event.kind] += 1
        yield event


def _of_view(state: Path, stats: Path) -> dict[str, object]:
    with Ledger(state, stats) as ledger:
        fill, filling = _both(ledger.withdrawn)
        more: list[Event] = [Rejected(at=END, nonce=new_nonce(), shape="py1:" + "0c" * 16) for _ in range(1_000)]
        ledger.record(*more)
        update = measure.timed(ledger.withdrawn)
    walls, cpu = [], []
    for _ in range(ROUNDS):
        with Ledger(state, stats) as ledger:
            wall, spent = _both(lambda: ledger.scores(END))
            walls.append(wall)
            cpu.append(spent)
    with Ledger(state, stats) as ledger:
        known = sorted(ledger.scores(END))
        digest = known[-1]
        others: dict[str, Callable[[], object]] = {
            "states": lambda: ledger.states(END),
            "scores_of_10": lambda: ledger.scores(END, digests=known[:: DIGESTS // 10]),
            "receipts": lambda: ledger.receipts(END),
            "legacy": lambda: ledger.scores(END, model="legacy"),
            "trend_of_12": lambda: ledger.trend(digest, [END] * 12),
        }
        beside = {name: measure.summary([measure.timed(call) for _ in range(3)]) for name, call in others.items()}
    return {
        "fold": measure.summary(walls),
        "fold_processor": measure.summary(cpu),
        "beside": beside,
        "fill_seconds": round(fill, 2),
        "fill_processor_seconds": round(filling, 2),
        "taking_in_1000_more_ms": round(update * 1000, 1),
    }


def _both(call: Callable[[], object]) -> tuple[float, float]:
    began = time.process_time()
    wall = measure.timed(call)
    return wall, time.process_time() - began


def main() -> None:
    """Measure, and write benchmarks/results/evidence-fold.json."""
    measure.write("evidence-fold", figures(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS))


if __name__ == "__main__":
    main()
