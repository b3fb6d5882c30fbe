"""Two naive designs, done with real Git: counters in YAML under ``git merge``, and one JSONL file with ``merge=union``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from benchmarks.evidence.product import PATTERNS, Product, digest
from benchmarks.evidence.replaying import events_of, modelled
from benchmarks.evidence.schedules import Schedule, Step
from foundry_git.evidence.events import Adopted, Event, Outcome, Rated, canonical

_ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "Dev", "GIT_AUTHOR_EMAIL": "dev@example.com", "GIT_COMMITTER_NAME": "Dev",
    "GIT_COMMITTER_EMAIL": "dev@example.com", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


Reader = Callable[[Path], object]


class ConflictError(Exception):
    """A merge that a person would have to finish."""


class Naive(ABC):
    """Evidence in tracked files: learnt in commits, shared by ``git pull`` and ``git push`` like any file."""

    def __init__(self, folder: Path, schedule: Schedule, product: Product) -> None:
        self._folder, self._schedule, self._product = folder, schedule, product
        seed = folder / "seed"
        seed.mkdir(parents=True)
        self._git(seed, "init", "--quiet", "--initial-branch=main")
        self.begin(seed)
        self._git(seed, "add", "--all")
        self._git(seed, "commit", "--quiet", "-m", "begin")
        for remote in range(schedule.remotes):
            self._git(folder, "clone", "--quiet", "--bare", str(seed), f"remote-{remote}.git")

    @abstractmethod
    def begin(self, folder: Path) -> None:
        """Write the files as they are before anything is learnt."""

    @abstractmethod
    def learn(self, folder: Path, events: Iterable[Event]) -> None:
        """Put events into the files of a replica."""

    @abstractmethod
    def readers(self) -> Mapping[str, Reader]:
        """Name → a reader: of the files in a folder, or of what they should say."""

    def verdicts(self) -> dict[str, str]:
        """For each reader ``converged``; or why not: ``conflict``, or ``wrong`` where the files say what did not happen."""
        try:
            for step in self._schedule.steps:
                self._do(step)
        except ConflictError:
            return dict.fromkeys(self.readers(), "conflict")
        model = modelled(self._schedule, self._product)
        truth = self._folder / "truth"
        truth.mkdir()
        self.begin(truth)
        self.learn(truth, (model.events[name] for name in model.truth()))
        places = [self._place(one) for one in self._schedule.left]
        return {
            name: "converged" if all(read(place) == read(truth) for place in places) else "wrong"
            for name, read in self.readers().items()
        }

    def _do(self, step: Step) -> None:
        place = self._place(step.replica)
        match step.what:
            case "append" | "observe":
                self.learn(place, events_of(step, self._schedule, self._product))
                self._git(place, "commit", "--quiet", "--all", "--allow-empty", "-m", "learn")
            case "sync":
                self._sync(place, step.other)
            case "race":  # one after the other, which is kinder
                self._sync(place, step.other)
                self._sync(self._place(step.numbers[0]), step.other)
            case "clone":
                self._clone(place, step.other)
            case "copy":
                shutil.copytree(self._place(step.other), place)
            case "lose":
                shutil.rmtree(place)
            case "save":
                self._keep(place, self._folder / f"backup-{step.replica}")
            case "restore":
                self._keep(self._folder / f"backup-{step.replica}", place)

    def _clone(self, place: Path, remote: int) -> None:
        self._git(self._folder, "clone", "--quiet", "--origin", f"r{remote}", f"remote-{remote}.git", str(place))
        for other in set(range(self._schedule.remotes)) - {remote}:
            self._git(place, "remote", "add", f"r{other}", str(self._folder / f"remote-{other}.git"))

    def _sync(self, place: Path, remote: int) -> None:
        try:
            self._git(place, "pull", "--quiet", "--no-rebase", "--no-edit", f"r{remote}", "main")
        except subprocess.CalledProcessError as error:
            raise ConflictError from error
        self._git(place, "push", "--quiet", f"r{remote}", "HEAD:main")

    def _keep(self, source: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)

    def _place(self, replica: int) -> Path:
        return self._folder / f"replica-{replica}"

    def _git(self, folder: Path, *arguments: str) -> None:
        environment = {**os.environ, **_ENVIRONMENT}
        subprocess.run(["git", "-c", "gc.auto=0", *arguments], cwd=folder, env=environment, check=True, capture_output=True)


class Counters(Naive):
    """A file for each pattern, with how often it was used, passed and failed."""

    def begin(self, folder: Path) -> None:
        for pattern in range(PATTERNS):
            self._write(folder, pattern, Counter())

    def learn(self, folder: Path, events: Iterable[Event]) -> None:
        for pattern, counts in _counts(events).items():
            self._write(folder, pattern, self._read(folder, pattern) + counts)

    def readers(self) -> Mapping[str, Reader]:
        return {"counters_in_yaml": lambda folder: [self._read(folder, pattern) for pattern in range(PATTERNS)]}

    def _read(self, folder: Path, pattern: int) -> Counter[str]:
        text = (folder / f"pattern-{pattern}.yaml").read_text()
        return Counter({name: int(count) for name, count in re.findall(r"^  (\w+): (\d+)$", text, re.MULTILINE) if int(count)})

    def _write(self, folder: Path, pattern: int, counts: Counter[str]) -> None:
        lines = [f"name: pattern-{pattern}", "counters:", *(f"  {name}: {counts[name]}" for name in _COUNTED)]
        (folder / f"pattern-{pattern}.yaml").write_text("\n".join(lines) + "\n")


class Union(Naive):
    """One file of events that every replica appends to."""

    def begin(self, folder: Path) -> None:
        (folder / ".gitattributes").write_text("evidence.jsonl merge=union\n")
        (folder / "evidence.jsonl").write_text("")

    def learn(self, folder: Path, events: Iterable[Event]) -> None:
        with (folder / "evidence.jsonl").open("ab") as file:
            file.writelines(canonical(event) + b"\n" for event in events)

    def readers(self) -> Mapping[str, Reader]:
        """The naive one, and one that takes every line once: nearly our design, but in a file that is merged."""
        return {
            "jsonl_with_union": lambda folder: Counter(self._lines(folder)),
            "jsonl_with_union_lines_taken_once": lambda folder: set(self._lines(folder)),
        }

    def _lines(self, folder: Path) -> list[bytes]:
        return (folder / "evidence.jsonl").read_bytes().splitlines()


_COUNTED = ("uses", "passed", "failed", "ratings")
_OF = {digest(number): number for number in range(PATTERNS)}


def _counts(events: Iterable[Event]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {}
    for event in events:
        match event:
            case Adopted():
                found.setdefault(_OF[event.digest], Counter())["uses"] += 1
            case Outcome():
                found.setdefault(_OF[event.subject], Counter())["passed" if event.result == "pass" else "failed"] += 1
            case Rated():
                found.setdefault(_OF[event.subject], Counter())["ratings"] += 1
            case _:
                pass
    return found
