"""The lot: who is drawn with what probability, that the receipt says exactly that, and how often something else is tried."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from foundry_git.evidence.events import Injected, Item
from foundry_git.evidence.exploration import (
    BLOCK,
    BLOCKS,
    CEILING_BUDGET,
    DECAY,
    FLOOR_BUDGET,
    START_BUDGET,
    Prompt,
    blocks_of,
    budget,
    chances_of_best,
    evenness,
)
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.lots import TICKETS
from foundry_git.evidence.scoring import UNTESTED, Score
from foundry_git.index.document import Document
from foundry_git.injection.lot import shared_out, ticket_of, winner
from foundry_git.injection.selection import EXPLORATION, PASSED, RANKED, TRIAL, Chances, Selection, by_promise, promise, select
from foundry_git.search.answer import Hit
from foundry_git.settings import InjectionSettings

GOOD = Score(0.9, 0.8, 0.97, weight=20.0, enough=True)


def hit(number: int, version: int = 2) -> Hit:
    name = f"p{number}"
    document = Document(
        library="team", place=f"python/{name}/v{version}", id=f"python/{name}", version=version, digest=f"{name}v{version}",
        name=name, kind="function", language="python", code="", path="",
    )  # fmt: skip
    return Hit(document, 1.0 - number / 100, 0.9, {})


def selection(
    count: int,
    task: str = "a task",
    scores: Mapping[int, Score] | None = None,
    older: int = 0,
    tried: float = 0.15,
    **settings: Any,
) -> Selection:
    """Select from so many patterns of version 2, of which the first ``older`` have a version 1."""
    worth = {f"p{number}v2": score for number, score in (scores or {}).items()}
    earlier = {f"p{number}v2": hit(number, 1) for number in range(older)}
    hits = [hit(number) for number in range(count)]
    return select(hits, worth, InjectionSettings(**settings), Chances("salt", task, tried), earlier)


def digests(found: Selection) -> list[str]:
    return [one.hit.document.digest for one in found.chosen]


# the chance to be the best


@pytest.mark.parametrize(
    "posteriors",
    [
        [(1.0, 1.0)] * 3,
        [(3.0, 2.0), (2.0, 5.0)],
        [(1.0, 1.0), (9.4, 2.6), (30.0, 10.0), (1.4, 3.1), (80.0, 22.0)],
        [(400.0, 100.0), (390.0, 110.0), (1.0, 1.0)],
    ],
)
def test_the_chance_to_be_the_best_is_how_often_a_draw_is_the_largest(posteriors: list[tuple[float, float]]) -> None:
    rng, draws = random.Random(5), 20_000
    best: Counter[int] = Counter()
    for _ in range(draws):
        values = [rng.betavariate(a, b) for a, b in posteriors]
        best[values.index(max(values))] += 1

    for at, chance in enumerate(chances_of_best(posteriors)):
        assert chance == pytest.approx(best[at] / draws, abs=4 * math.sqrt(0.25 / draws))


def test_the_chance_of_two_is_what_counting_says() -> None:
    a, b = chances_of_best([(3.0, 2.0), (2.0, 5.0)])

    assert (a, b) == pytest.approx((37 / 42, 5 / 42), abs=1e-5)  # the integral of I_x(2, 5) dBeta(3, 2), worked out by hand


@given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(1, 1e6)), min_size=1, max_size=12))
def test_chances_add_up_to_one_whatever_the_evidence(posteriors: list[tuple[float, float]]) -> None:
    chances = chances_of_best(posteriors)

    assert sum(chances) == pytest.approx(1)
    assert all(0 <= chance <= 1 for chance in chances)


# the lot


@given(st.integers(0, 1000), st.lists(st.floats(0, 1), min_size=1, max_size=12).filter(lambda shares: sum(shares) > 0.01))
def test_tickets_are_shared_out_whole_and_in_proportion(tickets: int, shares: list[float]) -> None:
    given = shared_out(tickets, shares)

    assert sum(given) == tickets
    for got, share in zip(given, shares, strict=True):
        assert abs(got - tickets * share / sum(shares)) < 1


def test_every_ticket_has_one_winner_and_each_as_many_as_it_was_given() -> None:
    won = Counter(winner([100, 0, 850, 50], ticket) for ticket in range(TICKETS))

    assert won == {0: 100, 2: 850, 3: 50}


def test_tasks_spread_over_the_tickets_and_another_salt_deals_anew() -> None:
    tickets = [ticket_of("salt", f"task {number}") for number in range(20_000)]
    others = [ticket_of("pepper", f"task {number}") for number in range(20_000)]

    spread = Counter(ticket // 100 for ticket in tickets)
    assert all(abs(spread[tenth] - 2000) < 200 for tenth in range(10))
    assert sum(one == other for one, other in zip(tickets, others, strict=True)) < 60
    assert ticket_of("salt", "a\ud800") == ticket_of("salt", "a\ud800")


# what is recorded is what happens


def shown_of_all(count: int, **settings: Any) -> tuple[Counter[str], Counter[str], Mapping[str, int], int]:
    """Over very many tasks: how often each was shown and withheld, and the tickets that the receipts say."""
    shown: Counter[str] = Counter()
    withheld: Counter[str] = Counter()
    said: dict[str, set[int]] = {}
    tasks = 3000
    for number in range(tasks):
        found = selection(count, f"task {number}", **settings)
        (withheld if found.is_withheld else shown).update(digests(found))
        told = found.passed_over if found.is_withheld else (*found.chosen, *found.passed_over)
        for one in told:
            said.setdefault(one.hit.document.digest, set()).add(round(one.propensity * TICKETS))
    assert all(len(told) == 1 for told in said.values()), "the probability of one does not depend on what is drawn"
    return shown, withheld, {digest: told.pop() for digest, told in said.items()}, tasks


def test_recorded_probabilities_are_the_frequencies_over_many_tasks() -> None:
    scores = {number: UNTESTED if number % 2 else GOOD for number in range(6)}
    shown, withheld, said, tasks = shown_of_all(6, scores=scores, older=2, tried=0.4, holdout=0.1, version_trial=0.2)

    assert said.keys() == {*(f"p{number}v2" for number in range(6)), "p0v1", "p1v1"}
    for digest, told in said.items():
        assert shown[digest] / tasks == pytest.approx(told / TICKETS, abs=0.03), digest
    assert sum(said.values()) == 3 * (TICKETS - 100), "three slots in every prompt that is not withheld"
    assert (said["p0v1"], said["p1v1"]) == (90, 90)
    assert said["p2v2"] == 900 - round(720 * 0.4)
    for digest in ("p0v2", "p1v2", "p2v2"):
        assert withheld[digest] / tasks == pytest.approx(0.1, abs=0.02)


def test_by_default_nothing_is_withheld_and_no_version_tried() -> None:
    for number in range(300):
        found = selection(9, f"task {number}", older=3)
        assert not found.is_withheld
        assert {one.slot for one in found.chosen} <= {RANKED, EXPLORATION}


def test_the_same_task_always_gets_the_same() -> None:
    assert selection(9, older=2, holdout=0.3, version_trial=0.3) == selection(9, older=2, holdout=0.3, version_trial=0.3)


def test_a_withheld_prompt_says_what_it_would_have_held_and_how_often_that_happens() -> None:
    found = next(s for number in range(100) if (s := selection(5, f"task {number}", holdout=0.25)).is_withheld)

    assert [(one.hit.document.digest, one.propensity, one.rank) for one in found.chosen] == [
        ("p0v2", 0.25, 1),
        ("p1v2", 0.25, 2),
        ("p2v2", 0.25, 3),
    ]
    assert {one.slot for one in found.passed_over} == {PASSED}


def ways(count: int, **settings: Any) -> dict[tuple[str, ...], Selection]:
    found = (selection(count, f"task {number}", **settings) for number in range(2000))
    return {(*digests(one), str(one.is_withheld)): one for one in found}


def test_two_ways_a_prompt_may_come_out_differ_in_one_pattern() -> None:
    usual = {"p0v2", "p1v2", "p2v2"}
    for found in ways(6, older=3, holdout=0.2, version_trial=0.3, tried=0.5).values():
        assert len(usual - set(digests(found))) <= 1


def test_a_version_before_stands_in_at_the_place_of_the_newer() -> None:
    tried = {tuple(digests(one)): one for one in ways(3, older=3, version_trial=0.5).values() if "v1" in "".join(digests(one))}

    assert tried.keys() == {("p0v1", "p1v2", "p2v2"), ("p0v2", "p1v1", "p2v2"), ("p0v2", "p1v2", "p2v1")}
    for found in tried.values():
        (trial,) = [one for one in found.chosen if one.slot == TRIAL]
        (newer,) = [one for one in found.passed_over if one.hit.document.id == trial.hit.document.id]
        assert (newer.rank, newer.hit.document.version) == (trial.rank, 2)
        assert found.chosen.index(trial) == trial.rank - 1
        assert trial.propensity == pytest.approx(1 / 6, abs=0.001)


def test_the_last_slot_explores_among_the_rest_as_often_as_the_budget_says() -> None:
    found = [selection(12, f"task {number}", tried=0.3) for number in range(1500)]
    explored = [one for one in found if one.chosen[-1].slot == EXPLORATION]

    assert len(explored) / len(found) == pytest.approx(0.3, abs=0.05)
    assert {digests(one)[-1] for one in explored} == {f"p{number}v2" for number in range(3, 12)}
    assert all(digests(one)[:2] == ["p0v2", "p1v2"] and one.chosen[-1].rank > 3 for one in explored)


def test_what_may_be_good_is_tried_more_often_than_what_is_known_to_be_bad() -> None:
    bad = Score(0.2, 0.1, 0.75, weight=9.0, enough=True)
    (first, *_) = ways(6, scores={3: bad, 4: GOOD}, tried=0.5).values()
    told = {one.hit.document.digest: one.propensity for one in (*first.chosen, *first.passed_over)}

    assert told["p3v2"] < told["p5v2"]
    assert told["p3v2"] < 0.01 < told["p4v2"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_where_all_fit_or_there_is_one_slot_nothing_explores(count: int) -> None:
    for found in (*ways(count, tried=0.5).values(), *ways(9, tried=0.5, max_patterns=1).values()):
        assert {(one.slot, one.propensity) for one in found.chosen} == {(RANKED, 1.0)}


def test_what_does_not_fit_the_budget_is_neither_shown_nor_drawn() -> None:
    def fits(shown: Any) -> bool:
        return all(one.document.name != "p4" for one in shown) and len(shown) < 3

    hits, chances = [hit(number) for number in range(9)], Chances("", "t", 0.5)
    assert digests(select(hits, {}, InjectionSettings(), chances, fits=fits)) == ["p0v2", "p1v2"]
    drawn = [select(hits, {}, InjectionSettings(max_patterns=2), replace(chances, task=f"{n}"), fits=fits) for n in range(300)]
    assert {digests(one)[-1] for one in drawn} == {f"p{number}v2" for number in (1, 2, 3, 5, 6, 7, 8)}
    assert {one.propensity for found in drawn for one in found.passed_over if one.hit.document.name == "p4"} == {0.0}
    assert select(hits, {}, InjectionSettings(), chances, fits=lambda shown: False) == Selection()


@given(
    count=st.integers(0, 14),
    slots=st.integers(0, 5),
    older=st.integers(0, 5),
    shares=st.tuples(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.05, 0.5)),
    task=st.text(max_size=9),
)
def test_probabilities_add_up_to_the_slots_of_the_prompts_that_show_any(
    count: int, slots: int, older: int, shares: tuple[float, float, float], task: str
) -> None:
    holdout, trial, tried = shares
    found = selection(count, task, older=older, tried=tried, max_patterns=slots, holdout=holdout, version_trial=trial)

    everything = [*found.chosen, *found.passed_over]
    assert len({one.hit.document.digest for one in everything}) == len(everything)
    assert len(found.chosen) == min(count, slots)
    assert all(one.propensity > 0 for one in found.chosen)
    if found.chosen and not found.is_withheld:
        total = sum(round(one.propensity * TICKETS) for one in everything)
        assert total == len(found.chosen) * (TICKETS - round(holdout * TICKETS))


# the order


def ordered(relevances: list[float], scores: Mapping[int, Score]) -> list[int]:
    hits = [replace(hit(number), relevance=relevance) for number, relevance in enumerate(relevances)]
    found = by_promise(hits, {f"p{number}v2": score for number, score in scores.items()})
    return [int(one.document.name[1:]) for one in found]


def test_where_nothing_is_known_the_order_is_that_of_the_search() -> None:
    assert ordered([0.8, 0.9, 0.7, 0.95], {}) == [0, 1, 2, 3]


def test_what_works_comes_before_what_is_a_little_nearer_and_not_before_what_is_much_nearer() -> None:
    poor = Score(0.3, 0.2, 0.4, weight=20.0, enough=True)

    assert ordered([0.9, 0.85, 0.8], {0: poor, 2: GOOD}) == [2, 1, 0]
    assert ordered([0.95, 0.6], {1: GOOD}) == [0, 1]


def test_what_nobody_tried_stands_beside_what_works_in_seven_of_ten() -> None:
    assert 0.65 < promise(UNTESTED) < 0.75
    assert promise(Score(0.7, 0.62, 0.78, weight=80.0)) == pytest.approx(promise(UNTESTED), abs=0.02)


# the budget


def prompt(shown: list[int], passed_over: Sequence[int] = ()) -> Prompt:
    return Prompt([str(number) for number in shown], [str(number) for number in passed_over])


def test_evenness_is_the_entropy_of_what_was_shown_over_what_could_have_been() -> None:
    assert evenness([prompt([1, 2, 3])] * 5) == pytest.approx(1)
    assert evenness([prompt([1], [2, 3, 4])] * 5) == 0
    assert evenness([prompt([1, 2, 3], range(4, 13))] * 5) == pytest.approx(math.log(3) / math.log(12))
    assert evenness([prompt([1])]) == 1
    assert evenness([]) == 1


def test_the_budget_rises_while_always_the_same_is_shown_and_falls_while_it_is_not() -> None:
    same = [prompt([1, 2, 3], range(4, 13))] * BLOCK
    spread = [prompt([n % 12, (n + 5) % 12, (n + 7) % 12]) for n in range(BLOCK)]

    assert budget([]) == START_BUDGET
    assert budget([same]) == pytest.approx(START_BUDGET + 0.10)
    assert budget([spread]) == pytest.approx(START_BUDGET * DECAY)
    assert budget([same] * 9) == CEILING_BUDGET
    assert budget([spread] * 22) == FLOOR_BUDGET


def test_blocks_are_counted_from_the_first_injection_so_that_they_do_not_shift() -> None:
    every = [prompt([n]) for n in range(107)]

    assert blocks_of(every, 107) == [every[at : at + BLOCK] for at in range(0, 100, BLOCK)]
    assert blocks_of(every[-33:], 107) == [every[80:100]]
    assert blocks_of(every[:7], 7) == []
    assert len(blocks_of(every * 6, 642)) == BLOCKS


def test_the_ledger_replays_what_was_injected_in_the_order_of_time(tmp_path: Path) -> None:
    def item(of: int, rank: int) -> Item:
        slot: Any = "ranked" if rank < 4 else "passed"
        return Item(id="python/p", version=1, digest=f"{of:064x}", rank=rank, score=0, propensity=1000, slot=slot)

    def injected(number: int, first: int) -> Injected:
        items = [item(first + rank, rank) for rank in range(1, 13)]
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        return Injected(at=at, nonce=f"{number:016x}", items=tuple(items[:3]), passed_over=tuple(items[3:]))

    same, spread = (
        [injected(number, 0) for number in range(BLOCK)],
        [injected(number, number * 20) for number in range(BLOCK, 2 * BLOCK)],
    )
    with Ledger(tmp_path, tmp_path / "stats.db") as ledger:
        assert ledger.exploration_budget() == START_BUDGET
        ledger.record(*same[:-1])
        assert ledger.exploration_budget() == START_BUDGET, "a block is not whole yet"
        ledger.record(*spread, same[-1])
        assert ledger.exploration_budget() == pytest.approx((START_BUDGET + 0.10) * DECAY)
