"""How much is lost by what is selected: our policy, that of the predecessors, and the search alone, on the same simulated tasks.

``python -m benchmarks.evidence.regret``. Regret is the chance of success with the best three patterns shown, less that with those
that a policy shows, summed over the tasks. Our policy is what ships: ranking, order by promise, selection by lot, receipts, attribution
by adoption, scores, exploration budget. The predecessors took all that was relevant, in the order of their priority, above a threshold
that exploration lowers, and credited the outcome to everything shown.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from benchmarks.evidence.plots import Line, Plot, drawn
from benchmarks.evidence.world import EACH, SLOTS, TOPICS, World, digest_of
from benchmarks.measure import RESULTS, write
from foundry_git.evidence.events import Adopted, Event, Injected, Outcome, by_id, receipt_of
from foundry_git.evidence.exploration import BLOCK, REPLAYED, START_BUDGET, Prompt, blocks_of, budget
from foundry_git.evidence.fact_rows import rows_by_table
from foundry_git.evidence.facts import Adoption, Exposure, Facts, Judgement, Receipt, facts_among
from foundry_git.evidence.scoring import Score, fold, legacy
from foundry_git.injection.receipt import event_of
from foundry_git.injection.selection import Chances, by_promise, select
from foundry_git.settings import InjectionSettings

TASKS, SEEDS, A_DAY = 5_000, 8, 20
HORIZONS = (200, 300, 500, 1_000, 2_000, 3_000, 5_000)
START = datetime(2026, 1, 1, tzinfo=UTC)
EXPLORATION_RATE, EXPLOIT_ABOVE, EXPLORE_ABOVE = 0.15, 0.3, 0.05  # the predecessors'
PLOT = RESULTS / "evidence-regret.svg"

Floats = NDArray[np.float64]


def at(task: int) -> datetime:
    """When a task is done: twenty a day."""
    return START + timedelta(days=task // A_DAY, minutes=task % A_DAY)


class Ours:
    """The policy that ships; scores are taken every morning."""

    def __init__(self) -> None:
        self._known = _Known()
        self._prompts: list[Prompt] = []
        self._scores: dict[str, Score] = {}
        self._tried = START_BUDGET

    def shown(self, world: World, task: int) -> list[int]:
        """Select, let the agent do it, and record what came of it."""
        if task % A_DAY == 0:
            self._scores = fold(self._known.facts(), at(task))
        hits = by_promise(world.hits(task, {digest: one.mean for digest, one in self._scores.items()}), self._scores)
        selection = select(hits, self._scores, InjectionSettings(max_patterns=SLOTS), Chances("library", str(task), self._tried))
        shown = [int(one.hit.document.digest, 16) for one in selection.chosen]
        if selection.chosen:
            injected = event_of(selection, at(task), f"{task:016x}")
            assert isinstance(injected, Injected)
            self._inject(Prompt([item.digest for item in injected.items], [item.digest for item in injected.passed_over or ()]))
            self._known.take(_told(world, task, shown, injected))
        return shown

    def _inject(self, prompt: Prompt) -> None:
        self._prompts.append(prompt)
        if len(self._prompts) % BLOCK == 0:  # between whole blocks it is the same
            self._tried = budget(blocks_of(self._prompts[-REPLAYED:], len(self._prompts)))


class _Known:
    """The facts of all events so far, read once each as the ledger's tables are."""

    def __init__(self) -> None:
        self._receipts: dict[str, Receipt] = {}
        self._items: dict[str, list[str]] = {}
        self._adoptions: list[Adoption] = []
        self._judgements: list[Judgement] = []

    def take(self, events: Iterable[Event]) -> None:
        """Read more events."""
        rows = rows_by_table(by_id(events))
        self._receipts |= {row.receipt: row for row in facts_among(Receipt, rows)}
        for row in facts_among(Exposure, rows):
            if row.shown:
                self._items.setdefault(row.receipt, []).append(row.digest)
        self._adoptions += facts_among(Adoption, rows)
        self._judgements += facts_among(Judgement, rows)

    def facts(self) -> Facts:
        """Return them in the order of event ids."""
        adoptions, judgements = sorted(self._adoptions), sorted(self._judgements)
        return Facts(receipts=self._receipts, items=self._items, adoptions=adoptions, judgements=judgements)


def _told(world: World, task: int, shown: list[int], injected: Injected) -> Iterable[Event]:
    played, receipt, commit = world.play(task, shown), receipt_of(injected), f"{task:040x}"
    yield injected
    if played.adopted is not None:
        yield Adopted(at=injected.at, digest=digest_of(played.adopted), source="commit", receipt=receipt, commit=commit)
    yield Outcome(at=injected.at, subject=receipt, result="pass" if played.succeeded else "fail", source="ci", run=commit)


class Predecessors:
    """Their policy, by their formulas; scores are taken every morning."""

    def __init__(self) -> None:
        self._chance = random.Random(1)
        self._used: list[list[legacy.Application]] = [[] for _ in range(TOPICS * EACH)]
        self._seen = [1] * (TOPICS * EACH)
        self._priorities = [0.0] * (TOPICS * EACH)

    def shown(self, world: World, task: int) -> list[int]:
        """Select, let the agent do it, and credit everything shown."""
        if task % A_DAY == 0:
            rates = [legacy.effectiveness(used, at(task)) for used in self._used]
            self._priorities = [legacy.priority(rate, seen) for rate, seen in zip(rates, self._seen, strict=True)]
        bar = EXPLORE_ABOVE if self._chance.random() < EXPLORATION_RATE else EXPLOIT_ABOVE
        pool = sorted(int(hit.document.digest, 16) for hit in world.hits(task, {}))
        shown = sorted((one for one in pool if self._priorities[one] >= bar), key=lambda one: -self._priorities[one])[:SLOTS]
        played = world.play(task, shown)
        for one in shown:
            self._used[one].append(legacy.Application(at(task), played.succeeded))
        if played.adopted is not None:
            self._seen[played.adopted] += 1
        return shown


class SearchAlone:
    """What ranks first, whatever came of it."""

    def shown(self, world: World, task: int) -> list[int]:
        """Take the first."""
        return [int(hit.document.digest, 16) for hit in world.hits(task, {})[:SLOTS]]


Policy = Ours | Predecessors | SearchAlone
POLICIES: dict[str, Callable[[], Policy]] = {"foundry": Ours, "predecessors": Predecessors, "search alone": SearchAlone}


def regrets(seed: int, tasks: int) -> dict[str, Floats]:
    """Policy → its regret up to and with each task, in one world."""
    world = World(seed, tasks)
    best = np.array([world.best(task) for task in range(tasks)])
    return {name: np.cumsum(best - _values(make(), world)) for name, make in POLICIES.items()}


def _values(policy: Policy, world: World) -> Floats:
    return np.array([world.value(task, policy.shown(world, task)) for task in range(world.tasks)])


def figures_of(runs: list[dict[str, Floats]]) -> dict[str, object]:
    """What is written of the worlds that were played."""
    tasks = len(runs[0]["foundry"])
    horizons = [horizon for horizon in HORIZONS if horizon <= tasks]
    ratio = mean(runs, "foundry")[HORIZONS[0] - 1 :] / mean(runs, "predecessors")[HORIZONS[0] - 1 :]
    return {
        "tasks": tasks,
        "seeds": len(runs),
        "regret": {
            name: {str(horizon): _spread([float(run[name][horizon - 1]) for run in runs]) for horizon in horizons}
            for name in POLICIES
        },
        "largest_ratio_to_predecessors_from_200": round(float(ratio.max()), 3),
        "ratio_at_the_end": round(float(ratio[-1]), 3),
        "worlds_below_at_every_horizon": sum(
            bool((run["foundry"] < run["predecessors"])[HORIZONS[0] - 1 :].all()) for run in runs
        ),
    }


def mean(runs: list[dict[str, Floats]], name: str) -> Floats:
    """The mean regret of a policy over the worlds."""
    curve: Floats = np.mean([run[name] for run in runs], axis=0)
    return curve


def _spread(values: list[float]) -> dict[str, float]:
    return {"mean": round(float(np.mean(values)), 1), "least": round(min(values), 1), "most": round(max(values), 1)}


def plot(runs: list[dict[str, Floats]]) -> str:
    """Draw mean and range of every policy."""
    tasks = len(runs[0]["foundry"])
    points = [*range(24, tasks, 25), tasks - 1]
    lines = [
        Line(
            name,
            [(point + 1, float(mean(runs, name)[point])) for point in points],
            [(point + 1, *_ends([float(run[name][point]) for run in runs])) for point in points],
        )
        for name in POLICIES
    ]
    top = 200 * (1 + max(int(high) for line in lines for _, _, high in line.band) // 200)
    title = f"What is lost by what is selected ({len(runs)} worlds, mean and range)"
    ticks = [0, *range(tasks // 5, tasks + 1, tasks // 5)]
    heights = range(0, top + 1, 200)
    return drawn(Plot(title, "tasks", "tasks lost", ticks, heights, lines, y_text=lambda value: f"{value:,.0f}"))


def _ends(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)


def main() -> None:
    """Simulate, write and draw."""
    runs = []
    for seed in range(SEEDS):
        runs.append(regrets(seed, TASKS))
        print(f"world {seed}: " + ", ".join(f"{name} {curve[-1]:.0f}" for name, curve in runs[-1].items()), file=sys.stderr)
    PLOT.write_text(plot(runs), encoding="utf-8")
    write("evidence-regret", figures_of(runs))


if __name__ == "__main__":
    main()
