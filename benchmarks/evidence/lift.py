"""Whether the lift by lot is that of the patterns, where the rate of their uses is not; and whether its interval holds at every look.

``python -m benchmarks.evidence.lift``. Version 2 of a pattern is better than version 1 on every task. But it is also adopted on hard
tasks, where version 1 is not, so among adopted uses version 1 looks better. Three in ten prompts try version 1, drawn by the lot that
ships, told by its receipts, and compared by :mod:`foundry_git.evidence.comparison`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from statistics import fmean, stdev

from benchmarks.evidence.plots import Line, Plot, drawn
from benchmarks.measure import RESULTS, write
from foundry_git.evidence.attribution import Attribution, attribute
from foundry_git.evidence.comparison import Comparison, compare, uses_of
from foundry_git.evidence.events import Adopted, Event, Outcome, by_id, receipt_of
from foundry_git.evidence.facts import facts_of
from foundry_git.evidence.scoring.verdicts import UseVerdict, receipt_verdicts
from foundry_git.index.document import Document
from foundry_git.injection.receipt import event_of
from foundry_git.injection.selection import Chances, select
from foundry_git.search.answer import Hit
from foundry_git.settings import InjectionSettings

TEAMS, TASKS, TRIAL, SEED = 300, 600, 0.3, 20261126
LOOKS = range(50, TASKS + 1, 50)
START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=400)
NEW, OLD = "2" * 64, "1" * 64
EASY, HARD, GAIN = 0.9, 0.5, 0.1  # how often version 1 works where it is adopted; version 2 works so much more often
ALONE_EASY, ALONE_HARD = 0.7, 0.3  # what an agent does without
ADOPTED = {(NEW, True): 0.9, (NEW, False): 0.9, (OLD, True): 0.2, (OLD, False): 0.9}  # (version, is the task hard) → how often
PLOT = RESULTS / "evidence-lift.svg"


def success(version: str | None, hard: bool) -> float:
    """The chance that a task succeeds with a version adopted, or none."""
    if version is None:
        return ALONE_HARD if hard else ALONE_EASY
    return (HARD if hard else EASY) + (GAIN if version == NEW else 0.0)


def expected(version: str) -> float:
    """The chance that a task succeeds which is shown a version, whether it is adopted or not; half of the tasks are hard."""
    return fmean(
        ADOPTED[version, hard] * success(version, hard) + (1 - ADOPTED[version, hard]) * success(None, hard)
        for hard in (True, False)
    )


TRUE_LIFT = expected(OLD) - expected(NEW)
"""Of version 1 over version 2."""


@dataclass(frozen=True)
class Team:
    """One team's evidence: a receipt for each task, in the order in which they were asked, and what came of them."""

    asked: Sequence[Event]
    told: Sequence[Event]

    @cached_property
    def known(self) -> Attribution:
        """Who used what."""
        return attribute(facts_of(by_id((*self.asked, *self.told))))

    @cached_property
    def verdicts(self) -> Mapping[str, UseVerdict]:
        """What came of each task."""
        return receipt_verdicts(self.known)

    def compared(self, count: int) -> Comparison:
        """Version 1 against version 2, from the first so many tasks."""
        return compare(by_id(self.asked[:count]), self.verdicts, NEW, OLD, END)

    def naive_lift(self) -> float:
        """The difference of the rates of adopted uses, which is what one would look at without a lot."""
        new, old = (uses_of(self.known, digest).rate for digest in (NEW, OLD))
        return (old or 0.0) - (new or 0.0)


def team(seed: int, tasks: int = TASKS) -> Team:
    """Let a team work, with every part of the loop but the code itself."""
    chance = random.Random(seed)
    done = [_task(f"{seed} {number}", number, chance) for number in range(tasks)]
    return Team([events[0] for events in done], [event for events in done for event in events[1:]])


def _task(name: str, number: int, chance: random.Random) -> list[Event]:
    at, hard = START + timedelta(minutes=number), chance.random() < 0.5
    settings = InjectionSettings(version_trial=TRIAL)
    selection = select([_hit(NEW, 2, number)], {}, settings, Chances("library", name), {NEW: _hit(OLD, 1, number)})
    event = event_of(selection, at, f"{number:016x}")
    version, receipt, commit = event.items[0].digest, receipt_of(event), f"{number:040x}"
    adopted = chance.random() < ADOPTED[version, hard]
    passed = chance.random() < success(version if adopted else None, hard)
    outcome = Outcome(at=at, subject=receipt, result="pass" if passed else "fail", source="ci", run=commit)
    use = Adopted(at=at, digest=version, source="commit", receipt=receipt, commit=commit)
    return [event, outcome, use] if adopted else [event, outcome]


def _hit(digest: str, version: int, number: int) -> Hit:
    document = Document(
        library="team", place=f"python/p/v{version}", id="python/p", version=version, digest=digest, name="p",
        kind="function", language="python", code="", path="",
    )  # fmt: skip
    return Hit(document, number / 1000, 0.9, {})


def figures_of(teams: Sequence[Team], looks: Sequence[int]) -> dict[str, object]:
    """What is written of the teams: the lifts on average, and how many intervals held the true one at every look."""
    seen = [[one.compared(look) for look in looks] for one in teams]
    lifts, naive = [one[-1].lift.estimate for one in seen], [one.naive_lift() for one in teams]
    held = [all(each.lift.low <= TRUE_LIFT <= each.lift.high for each in one) for one in seen]
    claims = [[each.claim for each in one] for one in seen]
    return {
        "teams": len(teams),
        "tasks": looks[-1],
        "true_lift": round(TRUE_LIFT, 4),
        "by_lot": _mean(lifts),
        "naive": _mean(naive),
        "held_at_every_look": round(sum(held) / len(held), 4),
        "claimed_rightly": sum("A better" in one for one in claims) / len(claims),
        "claimed_falsely": sum("B better" in one for one in claims) / len(claims),
    }


def _mean(values: Sequence[float]) -> dict[str, float]:
    return {"mean": round(fmean(values), 4), "standard_error": round(stdev(values) / len(values) ** 0.5, 4)}


def plot(one: Team, looks: Sequence[int]) -> str:
    """Draw how one team's interval closes in; version 2 over version 1, for the eye goes up."""
    lifts = [(look, one.compared(look).lift) for look in looks]
    line = Line(
        "by lot",
        [(look, _up(-lift.estimate)) for look, lift in lifts],
        [(n, _up(-each.high), _up(-each.low)) for n, each in lifts],
    )
    flat = ((looks[0], looks[-1]), (-TRUE_LIFT, 0.0, -one.naive_lift()))
    names = ("true lift", "no difference", "of adopted uses")
    others = [Line(name, [(x, _up(value)) for x in flat[0]], dashed=True) for name, value in zip(names, flat[1], strict=True)]
    ticks = [looks[0], *range(100, looks[-1] + 1, 100)]
    title = "Version 2 over version 1: one team, an interval that holds at every look"
    heights = [_up(value) for value in (-1, -0.5, 0, 0.5, 1)]
    return drawn(Plot(title, "tasks", "lift", ticks, heights, [line, *others], y_text=lambda value: f"{value - 1:+.2f}"))


def _up(value: float) -> float:
    """The plot's axis begins at 0."""
    return value + 1.0


def main() -> None:
    """Simulate, write and draw."""
    teams = [team(SEED + number) for number in range(TEAMS)]
    PLOT.write_text(plot(teams[0], LOOKS), encoding="utf-8")
    write("evidence-lift", {"trial": TRIAL, "seed": SEED, **figures_of(teams, LOOKS)})


if __name__ == "__main__":
    main()
