"""Schedules: what several replicas do, step by step, made up from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

SIZES = (2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8)
STEPS_FOR_EACH = 5
SKEWS_HOURS = (0, 0, 0, 7, -9_000, 26_000)  # clocks that are right, in another zone, a year behind, three years ahead
FORKED = 0.25  # so often there are two remotes, which only some replicas know both

_WEIGHTS = {"append": 30, "observe": 24, "sync": 20, "race": 4, "join": 12, "lose": 3, "save": 3, "restore": 4}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens to one replica.

    ``append``: people say something here, ``numbers`` tell what. ``observe``: it comes upon the product's commits ``numbers``.
    ``sync``: with the remote ``other``. ``race``: with that remote, while the replica ``numbers[0]`` does so too. ``clone``: it
    begins, from the remote ``other``; ``copy``: as a copy of the replica ``other``. ``lose``: it is gone for good. ``save``,
    ``restore``: somebody backs it up, and puts the backup back.
    """

    what: str
    replica: int
    other: int = 0
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """Steps, how many remotes there are, who of the replicas is left, and how many hours each one's clock is wrong."""

    seed: int
    steps: tuple[Step, ...]
    remotes: int
    left: tuple[int, ...]
    skews: tuple[int, ...]


@dataclass(slots=True)
class _Draft:
    chance: random.Random
    size: int
    remotes: int
    commits: int
    steps: list[Step] = field(default_factory=list)
    alive: list[int] = field(default_factory=list)
    saved: set[int] = field(default_factory=set)
    started: int = 0
    told: int = 0


def schedule(seed: int, commits: int) -> Schedule:
    """Make up a schedule over a product of so many commits; the same seed gives the same one."""
    chance = random.Random(seed)
    draft = _Draft(chance, chance.choice(SIZES), 2 if chance.random() < FORKED else 1, commits)
    for _ in range(2):
        _join(draft)
    for what in chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=STEPS_FOR_EACH * draft.size):
        _DO[what](draft)
    while draft.started < draft.size:
        _join(draft)
    skews = tuple(chance.choice(SKEWS_HOURS) for _ in range(draft.size))
    return Schedule(seed, (*draft.steps, *_ending(draft)), draft.remotes, tuple(draft.alive), skews)


def home_of(replica: int, remotes: int) -> int:
    """The remote that a replica was cloned from."""
    return replica % remotes


def _join(draft: _Draft) -> None:
    if draft.started >= draft.size:
        return
    new = draft.started
    if draft.alive and draft.chance.random() < 0.4:
        draft.steps.append(Step("copy", new, draft.chance.choice(draft.alive)))
    else:
        draft.steps.append(Step("clone", new, home_of(new, draft.remotes)))
    draft.started += 1
    draft.alive.append(new)


def _append(draft: _Draft) -> None:
    count = draft.chance.randint(1, 3)
    draft.steps.append(Step("append", _anyone(draft), numbers=tuple(range(draft.told, draft.told + count))))
    draft.told += count


def _observe(draft: _Draft) -> None:
    """A pull brings a run of commits; those of other runs, seen before, may be among them."""
    first = draft.chance.randrange(draft.commits)
    draft.steps.append(Step("observe", _anyone(draft), numbers=tuple(range(first, min(first + 3, draft.commits)))))


def _sync(draft: _Draft) -> None:
    replica = _anyone(draft)
    draft.steps.append(Step("sync", replica, home_of(replica, draft.remotes)))


def _race(draft: _Draft) -> None:
    if len(draft.alive) > 1:
        one, other = draft.chance.sample(draft.alive, 2)
        draft.steps.append(Step("race", one, draft.chance.randrange(draft.remotes), (other,)))


def _lose(draft: _Draft) -> None:
    if len(draft.alive) > 2:
        lost = _anyone(draft)
        draft.alive.remove(lost)
        draft.steps.append(Step("lose", lost))


def _save(draft: _Draft) -> None:
    replica = _anyone(draft)
    draft.saved.add(replica)
    draft.steps.append(Step("save", replica))


def _restore(draft: _Draft) -> None:
    can = [replica for replica in draft.alive if replica in draft.saved]
    if can:
        draft.steps.append(Step("restore", draft.chance.choice(can)))


def _anyone(draft: _Draft) -> int:
    return draft.chance.choice(draft.alive)


def _ending(draft: _Draft) -> list[Step]:
    """All sync, the first with every remote, then all but the last one again: after that everybody must know everything."""
    order = draft.chance.sample(draft.alive, len(draft.alive))
    everywhere = [Step("sync", order[0], remote) for remote in range(draft.remotes)]
    once = [Step("sync", replica, home_of(replica, draft.remotes)) for replica in order]
    again = once if draft.remotes > 1 else once[:-1]
    bridge = [*everywhere, everywhere[0]] if draft.remotes > 1 else []
    return [*once, *bridge, *again]


_DO = {
    "append": _append,
    "observe": _observe,
    "sync": _sync,
    "race": _race,
    "join": _join,
    "lose": _lose,
    "save": _save,
    "restore": _restore,
}
