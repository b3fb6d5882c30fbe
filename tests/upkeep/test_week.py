"""The week: every use counts once, under whatever names it is known, and only in its own week."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from foundry_git.evidence.events import Accepted, Adopted, Event, Injected, Item, Outcome, Proposed, Rejected, by_id, receipt_of
from foundry_git.evidence.facts import facts_of
from foundry_git.upkeep.week import Week, week_of
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

UNTIL = datetime(2026, 11, 27, 16, tzinfo=UTC)
MONDAY, LAST_MONTH = UNTIL - timedelta(days=4), UNTIL - timedelta(days=30)
A, B = "a1" * 32, "b2" * 32
SHAPE = "py1:" + "0c" * 16
ITEM = Item(id="python/retry", version=1, digest=A, rank=1, score=800, propensity=1000)
SHOWN = Injected(at=MONDAY, nonce="00" * 8, items=(ITEM,))


def commit(number: int) -> str:
    return f"{number:040x}"


def week(events: Iterable[Event]) -> Week:
    every = list(events)
    return week_of(facts_of(by_id(every)), every, UNTIL)


def test_nothing_is_a_quiet_week() -> None:
    found = week([])

    assert (found.reused, found.avoided, found.adopted, found.passed, found.failed) == (0, 0, {}, 0, 0)


def test_a_use_with_a_receipt_and_a_commit_is_one() -> None:
    seen = Adopted(at=MONDAY, digest=A, source="commit", commit=commit(1), receipt=receipt_of(SHOWN))
    rebased = Adopted(at=MONDAY, digest=A, source="commit", commit=commit(2), receipt=receipt_of(SHOWN))

    assert week([SHOWN, seen, rebased]).adopted == {A: 1}


def test_what_lies_before_the_week_is_not_in_it() -> None:
    old = Adopted(at=LAST_MONTH, digest=A, source="commit", commit=commit(1))
    later = Adopted(at=UNTIL + timedelta(hours=1), digest=A, source="commit", commit=commit(2))
    taken = Accepted(at=LAST_MONTH, nonce="11" * 8, id="python/retry", version=1, digest=A)

    found = week([old, later, taken])

    assert (found.adopted, found.accepted) == ({}, 0)


def test_who_says_how_a_pattern_did_says_that_it_was_used() -> None:
    said = Outcome(at=MONDAY, subject=A, result="pass", source="person", nonce="11" * 8)
    other = Outcome(at=MONDAY, subject=B, result="fail", source="person", nonce="22" * 8)
    old = Outcome(at=LAST_MONTH, subject=A, result="pass", source="person", nonce="33" * 8)

    assert week([said, other, old]).adopted == {A: 1, B: 1}


def test_a_judgement_of_an_adoption_is_no_use_of_its_own_nor_of_its_own_week() -> None:
    seen = Adopted(at=MONDAY, digest=A, source="commit", commit=commit(1))
    before = Adopted(at=LAST_MONTH, digest=B, source="commit", commit=commit(2))
    judged = [
        Outcome(at=MONDAY, subject=digest, result="pass", source="tests", commit=commit(number), run=f"{number:064x}")
        for number, digest in ((1, A), (2, B))
    ]

    assert week([seen, before, *judged]).adopted == {A: 1}


@pytest.mark.parametrize(
    ("how", "receipt", "reused", "avoided"), [("import", True, 1, 1), ("call", False, 1, 0), ("copy", True, 0, 0)]
)
def test_code_used_where_it_is_was_not_written_again(how: str, receipt: bool, reused: int, avoided: int) -> None:
    used = Adopted(
        at=MONDAY,
        digest=A,
        source="commit",
        commit=commit(1),
        how=how,  # type: ignore[arg-type]
        receipt=receipt_of(SHOWN) if receipt else None,
    )

    found = week([SHOWN, used])

    assert (found.reused, found.avoided, found.adopted) == (reused, avoided, {A: 1})


def test_verdicts_reverts_and_reviews_are_counted() -> None:
    used = [Adopted(at=LAST_MONTH, digest=digest, source="commit", commit=commit(n)) for n, digest in enumerate((A, A, B), 1)]
    green = [Outcome(at=MONDAY, subject=A, result="pass", source="ci", run=commit(9), commit=commit(1)) for _ in range(2)]
    again = Outcome(at=MONDAY, subject=A, result="pass", source="tests", run=commit(8), commit=commit(1))
    undone = Outcome(at=MONDAY, subject=B, result="fail", source="revert", run=commit(7), commit=commit(3))
    reviews: list[Event] = [
        Proposed(at=MONDAY, nonce="11" * 8, id="python/wait", version=1, digest=B),
        Accepted(at=MONDAY, nonce="12" * 8, id="python/wait", version=1, digest=B, shape=SHAPE),
        Rejected(at=MONDAY, nonce="13" * 8, shape=SHAPE, reason="duplicate"),
        Rejected(at=MONDAY, nonce="14" * 8, shape=SHAPE, reason="wrong"),
    ]

    found = week([*used, *green, again, undone, *reviews])

    assert (found.passed, found.failed, found.reverted) == (1, 1, {B: 1})
    assert (found.proposed, found.accepted, found.duplicates, found.avoided) == (1, 1, 1, 1)


def test_the_command_says_it_on_one_screen(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    foundry("outcome", "python/retry-with-backoff", "--pass")

    shown, told = foundry("stats", "--week"), json.loads(foundry("stats", "--week", "--json").stdout)

    assert len(shown.stdout.splitlines()) <= 10
    assert "  outcomes  1 passed, 0 failed\n" in shown.stdout
    assert "  adopted   1 use of 1 pattern: python/retry-with-backoff@1\n" in shown.stdout
    assert "adopted 1, passed 1" in foundry("stats").stdout
    assert (told["passed"], told["failed"], told["reused"]) == (1, 0, 0)
