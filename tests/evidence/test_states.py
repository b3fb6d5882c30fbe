"""States follow the evidence by claims that hold however often one looks, unless a person decided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from foundry_git.evidence.events import Decided, Event, KnownEvent, Outcome, Withdrawn, by_id, event_id
from foundry_git.evidence.facts import facts_of
from foundry_git.evidence.kinds.reviews import DecidedState
from foundry_git.evidence.scoring import UNDECIDED_USES, VersionState, score, standings
from foundry_git.settings import EvidenceSettings
from tests.evidence.test_events import AT
from tests.evidence.test_scoring import DAY, A, B, C, histories, injected, nonce, ran, said


def uses(results: str, start: int = 0, digest: str = A) -> list[Event]:
    """One use by CI for each letter, a day apart: p passed, f failed."""
    return [
        ran(digest, "pass" if letter == "p" else "fail", run=f"{number:032x}", at=AT + number * DAY)
        for number, letter in enumerate(results, start)
    ]


def word(result: str, number: int, author: int | None) -> Outcome:
    by = nonce(900 + author) if author is not None else None
    return Outcome(
        at=AT + number * DAY,
        subject=A,
        result="pass" if result == "p" else "fail",
        source="person",
        nonce=nonce(number),
        author=by,
    )


def decided(state: DecidedState, day: float, number: int = 0, author: int = 0, answers: Sequence[Decided] = ()) -> Decided:
    return Decided(
        at=AT + day * DAY,
        nonce=nonce(number),
        digest=A,
        state=state,
        reason="tested",
        author=nonce(author),
        answers=tuple(sorted(map(event_id, answers))) or None,
    )


def standing(*events: Event, most: float = 3.0, after: timedelta = timedelta(0)) -> VersionState:
    settings = EvidenceSettings(max_weight_per_author=most)
    return standings(facts_of(by_id(events)), AT + after, settings).get(A, VersionState())


def test_nothing_known_is_pending() -> None:
    assert standing() == VersionState()
    assert standing(injected(A)) == VersionState()


def test_nine_passes_validate_and_eleven_failures_quarantine() -> None:
    assert standing(*uses("p" * 8)).state == "pending"
    found = standing(*uses("p" * 9))
    assert (found.state, found.since, found.judged) == ("validated", AT + 8 * DAY, 9)
    assert found.reason == "above 0.60 after 9 judged uses: passed 9, failed 0"
    assert standing(*uses("f" * 10)).state == "pending"
    found = standing(*uses("f" * 11))
    assert (found.state, found.since) == ("quarantined", AT + 10 * DAY)
    assert found.reason == "below 0.35 after 11 judged uses: passed 0, failed 11"


def test_what_was_validated_is_degraded_by_what_came_since() -> None:
    found = standing(*uses("p" * 9 + "f" * 13))

    assert [(each.state, each.by, each.at) for each in found.transitions] == [
        ("validated", "evidence", AT + 8 * DAY),
        ("quarantined", "evidence", found.since),
    ]
    assert found.reason == "below 0.30 after 13 judged uses: passed 0, failed 13"
    assert standing(*uses("p" * 9 + "f" * 12)).state == "validated"


def test_what_went_well_for_long_and_then_breaks_drifts_before_it_is_degraded() -> None:
    events = uses("p" * 40 + "f" * 5)
    found = score(by_id(events), AT + 45 * DAY)[A]

    assert (found.state, found.is_drifting) == ("validated", True)


def test_time_alone_changes_no_state() -> None:
    assert standing(*uses("p" * 9), after=3650 * DAY) == standing(*uses("p" * 9), after=9 * DAY)


def test_what_stands_between_the_bars_is_listed_for_a_person() -> None:
    found = standing(*uses("pf" * (UNDECIDED_USES // 2)))

    assert (found.state, found.judged) == ("pending", UNDECIDED_USES)
    assert found.is_undecided() and not found.is_undecided(UNDECIDED_USES + 1)
    assert not standing(*uses("pf" * (UNDECIDED_USES // 2 - 1))).is_undecided()
    assert not standing(*uses("p" * 90)).is_undecided()
    assert not standing(*uses("pf" * 30), decided("validated", 70)).is_undecided()


def test_a_persons_decision_wins_and_the_latest_counts() -> None:
    found = standing(*uses("p" * 20), decided("quarantined", 3))
    assert (found.state, found.since, found.reason) == ("quarantined", AT + 3 * DAY, "a person decided: tested")
    assert found.transitions[-1].by == "person"

    both = [decided("quarantined", 3), decided("validated", 4, number=1)]
    assert standing(*both).state == standing(*both[::-1]).state == "validated"
    assert standing(*uses("f" * 30), *both).state == "validated"


def test_who_decides_after_seeing_a_decision_wins_whatever_the_clocks_say() -> None:
    wrong_clock = decided("quarantined", 2_900_000, author=1)
    answer = decided("validated", 3, number=1, author=2, answers=[wrong_clock])
    found = standing(wrong_clock, answer)

    assert (found.state, found.disputed) == ("validated", ())
    assert found.transitions[-1].at == wrong_clock.at  # it cannot have been made before what it answers
    again = decided("pending", 4, number=2, author=1, answers=[answer])
    assert standing(wrong_clock, answer, again).state == "pending"


def test_the_last_word_by_the_clock_would_stand_for_ever() -> None:
    """A control: the rule before, the latest by time, on decisions of which each answers the one before."""
    wrong_clock = decided("quarantined", 2_900_000, author=1)
    later: list[Decided] = []
    for day in range(1, 6):
        later.append(decided("validated", day, day, author=2, answers=[*later[-1:], wrong_clock]))

    assert max([wrong_clock, *later], key=lambda each: each.at).state == "quarantined"
    assert standing(wrong_clock, *later).state == "validated"


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [("quarantined", "validated", "quarantined"), ("pending", "validated", "pending"), ("quarantined", "pending", "quarantined")],
)
def test_decisions_unseen_by_each_other_are_in_conflict_and_the_cautious_one_holds(
    first: DecidedState, second: DecidedState, holds: DecidedState
) -> None:
    both = [decided(first, 3, author=0xA1), decided(second, 4, number=1, author=0xB2)]
    found = standing(*uses("p" * 3), *both)

    assert found.state == holds == standing(*both[::-1]).state
    assert {each.author for each in found.disputed} == {nonce(0xA1), nonce(0xB2)}
    assert f"{first} by 00000000" in found.reason and f"{second} by 00000000" in found.reason
    assert found.is_undecided()

    settled = standing(*both, decided(second, 1, number=2, author=0xC3, answers=both))
    assert (settled.state, settled.disputed) == (second, ())


def test_people_who_agree_unseen_by_each_other_are_in_no_conflict() -> None:
    found = standing(decided("validated", 3, author=1), decided("validated", 4, number=1, author=2))

    assert (found.state, found.disputed) == ("validated", ())


def test_an_answer_binds_what_it_saw_through_decisions_that_were_withdrawn_or_never_came() -> None:
    first = decided("quarantined", 1, author=1)
    between = decided("pending", 2, number=1, author=2, answers=[first])
    last = decided("validated", 3, number=2, author=3, answers=[between])
    withdrawal = Withdrawn(at=AT, nonce=nonce(9), event=event_id(between))

    assert standing(first, between, last, withdrawal).state == "validated"
    assert standing(first, between, withdrawal).state == "quarantined"
    assert standing(first, last).disputed  # who comes to know of neither cannot tell


@given(st.permutations(range(6)), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8, unique=True))
def test_the_order_in_which_decisions_come_and_their_clocks_change_nothing_but_the_moment(
    days: list[int], pairs: list[tuple[int, int]]
) -> None:
    states: tuple[DecidedState, ...] = ("validated", "quarantined", "pending")

    def story(clocks: Sequence[int]) -> list[Decided]:
        made: list[Decided] = []
        for number in range(6):
            seen = [made[early] for early, late in pairs if early < late == number]
            made.append(decided(states[number % 3], clocks[number], number, number + 1, seen))
        return made

    found, steady = standing(*story(days)), standing(*story(range(6)))

    assert found.state == steady.state == standing(*story(days)[::-1]).state
    assert len(found.disputed) == len(steady.disputed)


def test_two_decisions_of_one_moment_have_one_winner() -> None:
    both = {event_id(each): each for each in (decided("quarantined", 3), decided("validated", 3, number=1))}

    assert standing(*both.values()).state == both[max(both)].state


def test_pending_takes_a_decision_back_and_the_evidence_begins_anew() -> None:
    events = [*uses("f" * 11), decided("pending", 10.5)]
    found = standing(*events)
    assert (found.state, found.since, found.judged, found.transitions[-1].by) == ("pending", AT + 10.5 * DAY, 0, "person")

    assert standing(*events, *uses("p" * 9, start=11)).state == "validated"
    assert standing(*events, *uses("f" * 10, start=11)).state == "pending"


def test_a_withdrawn_decision_was_never_made() -> None:
    decision = decided("quarantined", 3)
    events = [*uses("p" * 9), decision, Withdrawn(at=AT, nonce=nonce(1), event=event_id(decision))]

    assert standing(*events) == standing(*uses("p" * 9))


def test_one_person_cannot_make_a_claim_and_three_can() -> None:
    assert standing(*(word("p", number, 0) for number in range(200))).state == "pending"
    assert standing(*(word("f", number, 0) for number in range(200))).state == "pending"
    assert standing(*(word("p", number, number % 2) for number in range(200))).state == "pending"
    assert standing(*(word("p", number, number % 3) for number in range(30))).state == "validated"
    assert standing(*(word("p", number, 0) for number in range(40)), most=20.0).state == "validated"
    assert standing(*(word("p", number, None) for number in range(400))).state == "pending", "who gives no name is new each time"


@pytest.mark.parametrize("result", ["p", "f"])
@pytest.mark.parametrize("words", [1, 5])
def test_however_many_authors_somebody_makes_up_they_make_no_claim(result: str, words: int) -> None:
    crowd = [word(result, number, number % (3000 // words)) for number in range(3000)]
    found = standing(*crowd)

    assert found.state == "pending"
    weight = score(by_id(crowd), AT + 4000 * DAY, EvidenceSettings(math.inf))[A].weight
    assert weight == pytest.approx(3.0 if words == 1 else 9.0), "newcomers weigh as one person, all people as three"


def test_people_alone_quarantine_nothing_and_with_a_machine_they_do() -> None:
    known = [word("f", number, number % 40) for number in range(800)]
    assert standing(*known).state == "pending"

    assert standing(*known, *uses("f" * 2, start=900)).state == "quarantined"


def test_who_was_heard_five_times_in_the_library_is_no_newcomer() -> None:
    elsewhere = [replace(word("p", number, number % 3), subject=B) for number in range(15)]
    later = [word("p", 20 + number, number % 3) for number in range(15)]

    assert standing(*later).state == "pending"
    assert standing(*elsewhere, *later).state == "validated"


def test_shared_credit_makes_no_claim() -> None:
    shown = [injected(A, B, number=number) for number in range(60)]

    assert standing(*shown, *(ran(each, "fail") for each in shown)) == VersionState()


def test_an_outcome_of_weak_sources_takes_longer() -> None:
    silent = [said(A, "pass", number, source="tests", at=AT + number * DAY) for number in range(11)]

    assert standing(*silent[:10]).state == "pending"
    assert standing(*silent).state == "validated"


@given(histories())
def test_a_score_shows_the_state_of_its_digest(events: list[KnownEvent]) -> None:
    known = by_id(events)
    states = standings(facts_of(known), AT)

    for digest, each in score(known, AT).items():
        found = states.get(digest, VersionState())
        assert (each.state, each.since, each.reason) == (found.state, found.since, found.reason)


@given(histories())
def test_every_transition_changes_the_state_or_is_a_decision(events: list[KnownEvent]) -> None:
    for found in standings(facts_of(by_id(events)), AT).values():
        state = "pending"
        for each in found.transitions:
            assert each.by == "person" or each.state != state
            state = each.state
        assert state == found.state
        assert [each.at for each in found.transitions] == sorted(each.at for each in found.transitions)


@pytest.mark.parametrize("results", ["", "p", "ppff", "pppppppppfff"])
@given(st.data())
def test_uses_of_another_digest_change_nothing(results: str, data: st.DataObject) -> None:
    others = uses(data.draw(st.text("pf", max_size=15)), start=100, digest=C)

    assert standing(*uses(results), *others) == standing(*uses(results))
