"""Comparisons: the lot is read back from receipts, only what differs in one thing is compared, and the unadopted count."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.evidence.attribution import attribute
from foundry_git.evidence.comparison import Comparison, compare
from foundry_git.evidence.events import (
    Adopted,
    Event,
    Injected,
    Item,
    Outcome,
    Rated,
    Withheld,
    by_id,
    canonical,
    hashed,
    parse,
    receipt_of,
)
from foundry_git.evidence.facts import facts_of
from foundry_git.evidence.lots import HOLDOUT, TICKETS, contrast, lot_of
from foundry_git.evidence.receipts import UNKNOWN_AFTER
from foundry_git.evidence.scoring.verdicts import receipt_verdicts
from foundry_git.index.document import Document
from foundry_git.injection.lot import ticket_of
from foundry_git.injection.receipt import event_of
from foundry_git.injection.selection import Chances, Selection, select
from foundry_git.search.answer import Hit
from foundry_git.settings import InjectionSettings
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

START = datetime(2026, 3, 1, tzinfo=UTC)
LATER = START + timedelta(days=300)
COMMIT = "c0ffee" + "0" * 34


def digest(number: int, version: int = 2) -> str:
    return f"{number:02x}{version:02x}" * 16


NEW, OLD = digest(0), digest(0, 1)


def hit(number: int, version: int = 2, task: int = 0) -> Hit:
    name = f"p{number}"
    document = Document(
        library="team", place=f"python/{name}/v{version}", id=f"python/{name}", version=version, digest=digest(number, version),
        name=name, kind="function", language="python", code="", path="",
    )  # fmt: skip
    return Hit(document, 2.0 - number / 100 - task / 1e3, 0.9, {})  # no two tasks are as near to all


def selected(task: int, count: int = 3, tried: float = 0.15, **settings: Any) -> Selection:
    earlier = {NEW: hit(0, 1, task)}
    hits = [hit(number, 2, task) for number in range(count)]
    return select(hits, {}, InjectionSettings(**settings), Chances("salt", f"task {task}", tried), earlier)


def receipt(task: int, **settings: Any) -> Injected | Withheld:
    return event_of(selected(task, **settings), START + timedelta(hours=task), f"{task:016x}")


def outcome(of: Injected | Withheld | str, good: bool, hours: int = 1, **more: Any) -> Outcome:
    subject, at = (of, START) if isinstance(of, str) else (receipt_of(of), of.at)
    facts = {"source": "ci", "run": COMMIT} | more
    return Outcome(at=at + timedelta(hours=hours), subject=subject, result="pass" if good else "fail", **facts)


def compared(events: Sequence[Event], a: str = NEW, b: str = OLD, as_of: datetime = LATER) -> Comparison:
    """As the ledger does it, over events instead of tables."""
    known = by_id(events)
    return compare(known, receipt_verdicts(attribute(facts_of(known))), a, b, as_of)


# the lot, read back


@given(
    task=st.integers(0, 500),
    count=st.integers(1, 8),
    slots=st.integers(1, 4),
    shares=st.tuples(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.05, 0.5)),
)
def test_a_receipt_tells_all_ways_its_prompt_might_have_come_out(
    task: int, count: int, slots: int, shares: tuple[float, ...]
) -> None:
    holdout, trial, tried = shares
    event = receipt(task, count=count, max_patterns=slots, tried=tried, holdout=holdout, version_trial=trial)

    lot = lot_of(parse(canonical(event)))  # type: ignore[arg-type]

    assert lot is not None
    ways = (lot.withheld, lot.usual, *lot.others)
    assert sum(way.tickets for way in ways) == TICKETS
    assert lot.withheld.tickets == round(holdout * TICKETS)
    assert lot.usual.shown == {digest(number) for number in range(min(count, slots))}
    assert lot.drawn.shown == (frozenset() if isinstance(event, Withheld) else {item.digest for item in event.items})
    tries = [way for way in lot.others if OLD in way.shown]
    assert sum(way.tickets for way in tries) == round((TICKETS - lot.withheld.tickets) * trial)


def test_a_receipt_from_before_there_were_lots_holds_none() -> None:
    def item(number: int, rank: int, propensity: int) -> Item:
        slot: Any = "ranked" if propensity == 1000 else "exploration"
        return Item(id="python/x", version=1, digest=digest(number), rank=rank, score=1, propensity=propensity, slot=slot)

    for last in (125, 500, 333, 250):
        old = Injected(at=START, nonce="0" * 16, items=(item(0, 1, 1000), item(1, 2, 1000), item(2, 3, last)))
        assert lot_of(old) is None
    certain = lot_of(Injected(at=START, nonce="0" * 16, items=(item(0, 1, 1000), item(1, 2, 1000))))
    assert certain is not None and contrast(certain, digest(0), digest(1)) is None


def test_only_prompts_that_differ_in_one_thing_are_contrasted() -> None:
    lot = lot_of(receipt(1, count=6, tried=0.5, holdout=0.1, version_trial=0.2))
    assert lot is not None
    p1, p2, p3, p4 = (digest(number) for number in (1, 2, 3, 4))

    for a, b, same in ((NEW, OLD, {p1, p2}), (p2, p3, {NEW, p1}), (p3, p4, {NEW, p1})):
        pair = contrast(lot, a, b)
        assert pair is not None
        assert [way.shown for way in pair] == [same | {a}, same | {b}]
        assert pair[::-1] == contrast(lot, b, a)
    held = contrast(lot, NEW, HOLDOUT)
    assert held is not None and held == (lot.usual, lot.withheld)
    assert contrast(lot, NEW, p1) is None, "both are always there"
    assert contrast(lot, NEW, p3) is None, "they are never in each other's place"
    assert contrast(lot, p3, HOLDOUT) is None, "it is not in the usual prompt"


# arms and outcomes


def asked(tasks: int, **settings: Any) -> list[Injected | Withheld]:
    return [receipt(task, **settings) for task in range(tasks)]


def is_old(event: Injected | Withheld) -> bool:
    return any(item.digest == OLD for item in event.items)


def test_the_lift_by_lot_is_that_of_the_tasks_whatever_was_adopted() -> None:
    rng = random.Random(11)
    events: list[Event] = []
    for event in asked(900, version_trial=0.5):
        easy = rng.random() < 0.5
        rate = (0.9 if easy else 0.3) - 0.2 * is_old(event)
        good = rng.random() < rate
        events += [event, outcome(event, good)]
        if good or easy:  # what fails on a hard task is thrown away
            events.append(
                Adopted(at=event.at, digest=event.items[0].digest, source="commit", receipt=receipt_of(event), commit=COMMIT)
            )

    found = compared(events)

    assert found.claim == "A better"
    assert found.lift.low < -0.2 < found.lift.high
    assert found.a.known + found.b.known == 900
    assert compared(events, OLD, NEW).claim == "B better"
    assert compared(events, OLD, NEW).lift.estimate == pytest.approx(-found.lift.estimate)


def test_the_hold_out_is_compared_with_the_usual_prompts_that_hold_the_pattern() -> None:
    events: list[Event] = []
    for event in asked(300, holdout=0.4):
        events += [event, outcome(event, isinstance(event, Injected))]

    found = compared(events, NEW, HOLDOUT)

    assert (found.claim, found.a.rate, found.b.rate) == ("A better", 1.0, 0.0)
    assert 80 < found.b.known < 160 and found.a.known + found.b.known == 300


def test_what_explored_or_tried_another_version_counts_in_neither_arm() -> None:
    events = asked(400, count=6, tried=0.5, holdout=0.2, version_trial=0.2)
    usual = [e for e in events if isinstance(e, Injected) and {i.digest for i in e.items} == {digest(n) for n in range(3)}]

    found = compared(events)
    held = compared(events, NEW, HOLDOUT)

    assert (found.a.assigned, found.b.assigned) == (len(usual), sum(map(is_old, (e for e in events if isinstance(e, Injected)))))
    assert held.b.assigned == sum(isinstance(event, Withheld) for event in events)
    assert len(usual) + found.b.assigned + held.b.assigned < len(events)


def test_a_use_that_an_adoption_joins_to_the_receipt_speaks_for_it() -> None:
    event, other = receipt(1), receipt(2)
    joined = [
        Adopted(at=START, digest=NEW, source="commit", receipt=receipt_of(event), commit=COMMIT),
        Adopted(at=START, digest=NEW, source="commit", receipt=receipt_of(event), commit="d" * 40),
        Adopted(at=START, digest=NEW, source="commit", receipt=receipt_of(other), commit="d" * 40),
    ]
    of_commit = Outcome(at=START, subject=NEW, result="fail", source="ci", run="e" * 40, commit=COMMIT)

    found = compared([event, other, *joined, of_commit], NEW, HOLDOUT)
    assert found.a.assigned == 0, "nothing was ever withheld"
    held = [receipt(task, holdout=0.5) for task in range(40)]
    shown = next(one for one in held if isinstance(one, Injected))
    seen = Adopted(at=START, digest=NEW, source="commit", receipt=receipt_of(shown), commit=COMMIT)
    assert compared([*held, seen, of_commit], NEW, HOLDOUT).a.known == 1
    assert compared([*held, of_commit], NEW, HOLDOUT).a.known == 0


def test_of_several_verdicts_the_strongest_and_then_the_latest_counts() -> None:
    event = next(one for task in range(40) if isinstance(one := receipt(task, holdout=0.5), Injected))

    def rate(*said: Event) -> float | None:
        return compared([event, *said], NEW, HOLDOUT).a.rate

    good, bad = outcome(event, True, run="a" * 40), outcome(event, False, hours=5, run="b" * 40)
    assert rate(good, bad) == 0.0
    assert rate(good, outcome(event, False, hours=5, source="person", run=None, nonce="1" * 16)) == 1.0
    assert rate(good, Rated(at=LATER, nonce="2" * 16, subject=receipt_of(event), rating=1)) == 1.0
    assert rate(Rated(at=LATER, nonce="2" * 16, subject=receipt_of(event), rating=4)) == 0.75
    assert rate() is None


def test_what_nobody_tells_is_waiting_and_then_unknown_and_never_a_failure() -> None:
    event = next(one for task in range(40) if isinstance(one := receipt(task, holdout=0.5), Injected))

    soon = compared([event], NEW, HOLDOUT, event.at + UNKNOWN_AFTER)
    late = compared([event], NEW, HOLDOUT, event.at + UNKNOWN_AFTER + timedelta(seconds=1))

    assert (soon.a.waiting, soon.a.unknown, soon.a.known) == (1, 0, 0)
    assert (late.a.waiting, late.a.unknown, late.a.known) == (0, 1, 0)
    assert late.lift.estimate == 0.0


def test_an_arm_whose_outcomes_are_kept_quiet_is_no_ground_for_a_claim() -> None:
    events: list[Event] = []
    for event in asked(400, version_trial=0.5):
        good = event.at.hour % 2 == 0
        events += [event] if is_old(event) and good else [event, outcome(event, good)]

    found = compared(events)

    assert found.lift.high < 0, "of the older version only failures are known"
    assert (found.is_lopsided, found.claim) == (True, "no difference yet")


def test_the_same_task_asked_again_is_no_new_evidence() -> None:
    first = asked(60, holdout=0.4)
    again = [event_of(selected(task, holdout=0.4), START + timedelta(days=9), f"{task + 1000:016x}") for task in range(60)]

    once, twice = compared(first, NEW, HOLDOUT), compared([*first, *again], NEW, HOLDOUT)
    assert (once.a.assigned, once.b.assigned) == (twice.a.assigned, twice.b.assigned)
    said = compared([*first, *again, *(outcome(event, True) for event in again)], NEW, HOLDOUT)
    assert said.a.known + said.b.known == 60


def test_neither_order_nor_duplicates_matter() -> None:
    events: list[Event] = []
    for event in asked(60, version_trial=0.5):
        events += [event, outcome(event, event.at.hour % 3 > 0)]
    shuffled = random.Random(1).sample(events, len(events))

    assert compared(shuffled + events) == compared(events)


# the command


LIBRARY = "5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d"
FOUNDRY_YAML = f"library_id: {LIBRARY}\nname: towers\ninjection: {{holdout: 0.5, version_trial: 0.5}}\n"
RING = "def ring(bells):\n    return [bell.strike() for bell in bells]\n"


def version(number: int, code: str) -> dict[str, str]:
    manifest = "schema: 1\nname: ring\nkind: function\ndescription: Ring the bells of a tower.\nlanguage: python\ncode: it.py\n"
    return {f"patterns/python/ring/v{number}/{name}": text for name, text in (("pattern.yaml", manifest), ("it.py", code))}


@pytest.fixture
def tower(repo: GitRepo) -> CommandLine:
    needs = '[project]\nname = "tower"\ndependencies = ["flask", "pytest"]\n'
    files = {"foundry.yaml": FOUNDRY_YAML, "tower.py": "HOURS = 12\n", "pyproject.toml": needs}
    repo.commit(files | version(1, RING) | version(2, RING.replace("strike", "peal")))
    return CommandLine(repo.path)


def task_drawing(tickets: range) -> str:
    tasks = (f"ring the bells of tower {number}" for number in range(500))
    return next(task for task in tasks if ticket_of(LIBRARY, task) in tickets)


WITHHELD, TRIAL, USUAL = task_drawing(range(500)), task_drawing(range(500, 750)), task_drawing(range(750, 1000))


def test_a_prompt_that_is_withheld_stays_as_it_was_and_says_so(tower: CommandLine) -> None:
    prompt = b"As it was\r\n\xff"
    command = [sys.executable, "-P", "-m", "foundry_git", "inject", "--task", WITHHELD, "--session", "night"]

    done = subprocess.run(command, cwd=tower.folder, input=prompt, capture_output=True, check=False, timeout=120)

    assert done.stdout == prompt
    remarks = done.stderr.decode()
    named = re.match(r"receipt (r-[0-9a-f]{12}): withheld by lot \(injection.holdout\); the prompt is unchanged\n", remarks)
    assert named is not None and "ring" not in remarks
    told = json.loads((tower.folder / ".git/foundry/journal.jsonl").read_text().splitlines()[-1])
    assert (told["kind"], told["language"], told["framework"], told["session"]) == (
        "withheld",
        "python",
        "flask",
        hashed("night"),
    )
    assert [(item["version"], item["propensity"]) for item in told["items"]] == [(2, 500)]
    refused = tower("outcome", named[1], "--pass", "--used", "python/ring")
    assert (refused.returncode, "was withheld by lot" in refused.stderr) == (2, True)
    said = tower("outcome", named[1], "--fail")
    assert (said.returncode, "no pattern's score moves" in said.stdout) == (0, True)


def test_versions_and_the_hold_out_are_compared_by_name(tower: CommandLine) -> None:
    answers = {task: json.loads(tower("inject", "--task", task, "--json").stdout) for task in (WITHHELD, TRIAL, USUAL)}
    assert [answers[task]["arm"] for task in answers] == ["withheld", "shown", "shown"]
    assert answers[WITHHELD]["patterns"] == []
    (tried,) = answers[TRIAL]["patterns"]
    assert (tried["version"], tried["slot"], tried["propensity"]) == (1, "trial", 0.25)
    assert "strike" in answers[TRIAL]["prompt"] and "peal" in answers[USUAL]["prompt"]
    for task, said in ((WITHHELD, "--fail"), (TRIAL, "--fail"), (USUAL, "--pass")):
        tower("outcome", answers[task]["receipt"], said)

    found = json.loads(tower("stats", "--compare", "python/ring@2", "python/ring@1", "--json").stdout)
    shown = tower("stats", "--compare", "ring@2", "holdout").stdout

    assert [(arm["version"], arm["assigned"], arm["known"], arm["rate"]) for arm in found["arms"]] == [
        (2, 1, 1, 1.0),
        (1, 1, 1, 0.0),
    ]
    assert (found["claim"], found["lopsided"]) == ("no difference yet", False)
    assert found["interval"][0] <= found["lift"] <= found["interval"][1]
    assert "A: python/ring@2" in shown and "B: holdout" in shown
    assert re.search(r"success by lot +100% +0%", shown)
    assert "no difference yet" in shown and "whether the pattern was used or not" in shown


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--compare", "ring", "ring@2"), "are the same version"),
        (("--compare", "holdout", "ring"), "name the pattern first"),
        (("ring", "--compare", "ring@1", "ring@2"), "ask for one at a time"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_way_out(tower: CommandLine, arguments: tuple[str, ...], why: str) -> None:
    done = tower("stats", *arguments)

    assert (done.returncode, done.stdout, why in done.stderr) == (2, "", True)


def test_where_no_lot_held_both_it_says_how_to_get_there(tower: CommandLine) -> None:
    done = tower("stats", "--compare", "ring@1", "ring@2")

    assert "injection.version_trial" in done.stdout
