"""What the service is measured with: real questions, a library of real code, and as many triggers as are wanted."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks.corpus import write_library
from benchmarks.execution.learn_routing import LEARNED_FROM, examples, labelled
from foundry_git.library.library import open_library, starter_library
from foundry_git.library.queries import read_queries
from foundry_git.library.triggers import Trigger, read_stack
from foundry_git.pattern import yamltext

QUESTIONS = 2000
SEED = 18
OFF_TOPIC = Path(__file__).parent.parent / "off_topic.txt"
_VERBS = (
    "show find get list check explain inspect compare measure track open close rotate archive import export schedule assign merge split"
    " review publish retire approve escalate annotate count group render trace replay validate migrate"
).split()  # fmt: skip


def questions() -> list[str]:
    """Return 2,000 different real questions: those that are labelled, the examples of triggers, the starter library's queries, and
    questions that have nothing to do with code; never those that are kept apart.
    """
    starter = starter_library()
    assert starter is not None
    asked = [question for name in LEARNED_FROM for _, question in labelled(name)] + [example for _, example in examples()]
    asked += [query.ask for query in read_queries(starter)[0].asked] + OFF_TOPIC.read_text(encoding="utf-8").splitlines()
    different = list(dict.fromkeys(" ".join(question.split()) for question in asked if question.strip()))
    random.Random(SEED).shuffle(different)
    if len(different) < QUESTIONS:
        raise SystemExit(f"{len(different)} different questions; {QUESTIONS} are wanted")
    return different[:QUESTIONS]


def requests(asked: list[str], count: int, s: float = 1.0) -> list[str]:
    """Draw questions by Zipf's law with exponent ``s``."""
    weights = [1.0 / (rank + 1) ** s for rank in range(len(asked))]
    return random.Random(SEED).choices(asked, weights, k=count)


def triggers(count: int, library: Path) -> list[Trigger]:
    """Return the shipped triggers, and others about words of a library's own patterns, as many as are wanted in all."""
    starter = starter_library()
    assert starter is not None
    shipped = read_stack([starter])[0]
    chance = random.Random(SEED)
    names = sorted(
        {word for path in (library / "patterns" / "python").iterdir() for word in path.name.split("-") if len(word) > 3}
    )
    return [*shipped, *(_trigger(number, chance, names) for number in range(count - len(shipped)))]


def _trigger(number: int, chance: random.Random, names: list[str]) -> Trigger:
    verbs, nouns = chance.sample(_VERBS, 2), chance.sample(names, 3)
    forms = (
        rf"\b({'|'.join(verbs)})\b.{{0,30}}\b({nouns[0]}|{nouns[1]})s?\s+{nouns[2]}\b",
        rf"\b{verbs[0]}\s+(the\s+|our\s+)?{nouns[0]}\s+(of|for|in)\s+(?P<topic>.+)",
        rf"\b({verbs[0]}|{verbs[1]})\s+.*\s+({nouns[0]}|{nouns[1]})\s+(\w+)",  # the form that the documents recommend
    )
    chosen = chance.sample(forms, 2)
    samples = tuple(f"{verbs[0]} the {nouns[0]} {nouns[2]} of {noun}" for noun in chance.sample(names, 6))
    return Trigger(
        name=f"team-{number}",
        type=("infrastructure", "memory", "hybrid")[number % 3],
        handler="recall",
        regexes=tuple(chosen),
        priority=20 + number % 10,
        examples=samples,
        counterexamples=("nothing of the kind", "something else", "no"),
    )


def make_library(folder: Path, patterns: int, wanted: int) -> None:
    """Make a library of real functions, with triggers in files."""
    write_library(folder, patterns)
    place = folder / "patterns" / "triggers"
    place.mkdir()
    for trigger in triggers(wanted, folder):
        document: dict[str, object] = {
            "schema": 1,
            "name": trigger.name,
            "type": trigger.type,
            "handler": trigger.handler,
            "priority": trigger.priority,
            "ttl": trigger.ttl,
            "regexes": list(trigger.regexes),
            "examples": list(trigger.examples),
            "counterexamples": list(trigger.counterexamples),
        }
        (place / f"{trigger.name}.yaml").write_text(yamltext.write(document), encoding="utf-8")
    open_library(folder)
