"""Replaying a schedule with the real journal, exchange and Git, beside a model in sets that says what must come out."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from benchmarks.evidence.product import START, Product, said
from benchmarks.evidence.schedules import Schedule, Step
from foundry_git.evidence.events import Event, by_id
from foundry_git.evidence.exchange import exchange
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.remotes import Partners
from foundry_git.git.remotes import Remote
from foundry_git.git.repository import Repository

AS_OF = START + timedelta(days=60)
LIBRARY = "5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d"


@dataclass(slots=True)
class Model:
    """What each replica and each remote knows, as sets; of a race only what is sure."""

    replicas: dict[int, frozenset[str]] = field(default_factory=dict)
    remotes: dict[int, frozenset[str]] = field(default_factory=dict)
    backups: dict[int, frozenset[str]] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)

    def learn(self, replica: int, events: Iterable[Event]) -> None:
        new = by_id(events)
        self.events |= new
        self.replicas[replica] |= new.keys()

    def sync(self, replica: int, remote: int) -> None:
        self.replicas[replica] = self.remotes[remote] = self.replicas[replica] | self.remotes[remote]

    def truth(self) -> frozenset[str]:
        """Everything that was not lost with its only replica."""
        return frozenset().union(*self.replicas.values(), *self.remotes.values())


def events_of(step: Step, schedule: Schedule, product: Product) -> list[Event]:
    """What a replica comes to know in a step of its own."""
    if step.what == "append":
        return [said(number, schedule.skews[step.replica]) for number in step.numbers]
    return [event for number in step.numbers for event in product.seen[number]]


def modelled(schedule: Schedule, product: Product) -> Model:
    """What must come out, by set union alone."""
    model = Model(remotes={remote: frozenset() for remote in range(schedule.remotes)})
    for step in schedule.steps:
        match step.what:
            case "append" | "observe":
                model.learn(step.replica, events_of(step, schedule, product))
            case "sync":
                model.sync(step.replica, step.other)
            case "race":
                model.sync(step.replica, step.other)
                model.sync(step.numbers[0], step.other)
            case "clone":
                model.replicas[step.replica] = model.remotes[step.other]
            case "copy":
                model.replicas[step.replica] = model.replicas[step.other]
            case "lose":
                del model.replicas[step.replica]
            case "save":
                model.backups[step.replica] = model.replicas[step.replica]
            case "restore":
                model.replicas[step.replica] = model.backups[step.replica]
    return model


class Replay:
    """The replicas of one schedule below ``folder``: bare repositories, for evidence needs no work tree."""

    def __init__(self, folder: Path, schedule: Schedule, product: Product, template: Path) -> None:
        self._folder, self._schedule, self._product, self._template = folder, schedule, product, template
        for remote in range(schedule.remotes):
            shutil.copytree(template, self._remote(remote))

    def run(self) -> list[str]:
        """Do every step, and say what went wrong: nothing should."""
        problems: list[str] = []
        for step in self._schedule.steps:
            problems += self._do(step)
        return problems

    def differences(self) -> list[str]:
        """What any replica knows otherwise than the model says, and any score that differs in a bit."""
        model = modelled(self._schedule, self._product)
        truth = model.truth()
        found = []
        told = set()
        for replica in self._schedule.left:
            events, problems = Journal(self._state(replica)).read()
            if events.keys() != truth or problems:
                found.append(f"replica {replica} knows {len(events)} events, not {len(truth)}; {problems}")
            told.add(self._scores(self._state(replica)))
        told.add(self._scores_of(model, truth))
        return found + ([f"{len(told)} different scores"] if len(told) > 1 else [])

    def _do(self, step: Step) -> list[str]:
        match step.what:
            case "append" | "observe":
                events = events_of(step, self._schedule, self._product)
                Journal(self._state(step.replica)).append(events)
            case "sync":
                return self._sync(step.replica, step.other)
            case "race":
                return self._race((step.replica, step.numbers[0]), step.other)
            case "clone":
                self._clone(step.replica)
                return self._sync(step.replica, step.other)
            case "copy":
                shutil.copytree(self._place(step.other), self._place(step.replica))
            case "lose":
                shutil.rmtree(self._place(step.replica))
            case "save":
                self._keep(self._state(step.replica), self._backup(step.replica))
            case "restore":
                self._keep(self._backup(step.replica), self._state(step.replica))
        return []

    def _clone(self, replica: int) -> None:
        shutil.copytree(self._template, self._place(replica))
        urls = [f'[remote "r{remote}"]\n\turl = {self._remote(remote)}\n' for remote in range(self._schedule.remotes)]
        config = self._place(replica) / "config"
        config.write_text(config.read_text() + "".join(urls))

    def _sync(self, replica: int, remote: int) -> list[str]:
        place = self._place(replica)
        state = self._state(replica)
        with Ledger(state, place / "stats.db") as ledger:
            done = exchange(Remote(Repository(place, place, None), f"r{remote}", 60.0), ledger, Partners(state), LIBRARY)
        return [*done.problems, *([done.refusal] if done.refusal else [])]

    def _race(self, replicas: Iterable[int], remote: int) -> list[str]:
        problems: list[str] = []
        racers = [threading.Thread(target=lambda one=one: problems.extend(self._sync(one, remote))) for one in replicas]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        return problems

    def _scores(self, state: Path) -> str:
        with Ledger(state, state.parent / "stats.db") as ledger:
            return _bits(ledger.scores(AS_OF))

    def _scores_of(self, model: Model, truth: frozenset[str]) -> str:
        """The scores of the truth, in an order that no replica had."""
        state = self._folder / "truth" / "foundry"
        Journal(state).append(model.events[name] for name in sorted(truth, reverse=True))
        return self._scores(state)

    def _keep(self, source: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        if source.exists():
            shutil.copytree(source, target)

    def _place(self, replica: int) -> Path:
        return self._folder / f"replica-{replica}"

    def _state(self, replica: int) -> Path:
        return self._place(replica) / "foundry"

    def _backup(self, replica: int) -> Path:
        return self._folder / f"backup-{replica}"

    def _remote(self, remote: int) -> Path:
        return self._folder / f"remote-{remote}.git"


def _bits(scores: Mapping[str, object]) -> str:
    """Scores as text that differs where any bit of a float does."""
    return "\n".join(f"{digest} {scores[digest]!r}" for digest in sorted(scores))
