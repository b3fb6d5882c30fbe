"""What a score says beside the rate: contexts, caps, trust, priority, drift, coverage, its trend, and nothing that was withdrawn."""

from __future__ import annotations

import math
import random
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from foundry_git.evidence.attribution import attribute
from foundry_git.evidence.events import (
    Adopted,
    Event,
    KnownEvent,
    Outcome,
    Rated,
    Sighted,
    Survived,
    Withdrawn,
    Withheld,
    by_id,
    event_id,
    hashed,
    receipt_of,
)
from foundry_git.evidence.fact_rows import rows_by_table
from foundry_git.evidence.facts import Exposure, Survival, best_survivals, facts_among, facts_of
from foundry_git.evidence.receipts import fates
from foundry_git.evidence.scoring import UNTESTED, Score, covered, score, trend
from foundry_git.evidence.scoring.coverage import evenness
from foundry_git.evidence.scoring.scores import CONTEXT_PRIOR_WEIGHT, DRIFT_NOTABLE, priority_of, variance_of
from foundry_git.evidence.scoring.verdicts import receipt_verdicts
from foundry_git.evidence.withdrawals import Withdrawal, withdrawn
from foundry_git.settings import MAX_WEIGHT_PER_AUTHOR, EvidenceSettings
from tests.evidence.test_events import AT, COMMIT, SHAPE
from tests.evidence.test_scoring import (
    DAY,
    A,
    B,
    C,
    adopted,
    histories,
    injected,
    nonce,
    passed_over,
    passes,
    ran,
    rated,
    said,
    scores,
)
from tests.evidence.test_states import uses, word


def withdrawal(of: Event | str, number: int = 0) -> Withdrawn:
    return Withdrawn(at=AT, nonce=nonce(number), event=of if isinstance(of, str) else event_id(of))


def used_in(language: str | None, framework: str | None, results: str, digest: str = A) -> list[Event]:
    """Adoptions in commits of their own at a place, each with the outcome of CI."""
    found: list[Event] = []
    for letter in results:
        commit = hashed(f"{language} {framework} {len(found)}")[:40]
        found.append(Adopted(at=AT, digest=digest, source="commit", commit=commit, language=language, framework=framework))
        found.append(
            Outcome(
                at=AT, subject=digest, result="pass" if letter == "p" else "fail", source="ci", run=hashed(commit), commit=commit
            )
        )
    return found


# what was withdrawn


@given(histories(), st.randoms(use_true_random=False))
def test_what_was_withdrawn_was_never_written(events: list[KnownEvent], chance: random.Random) -> None:
    known = by_id(each for each in events if not isinstance(each, Withdrawn))
    gone = chance.sample(sorted(known), len(known) // 2)
    kept = {name: event for name, event in known.items() if name not in gone}
    taken_back = by_id(withdrawal(name, number) for number, name in enumerate(gone))

    assert score({**known, **taken_back}, AT) == score(kept, AT)
    undone = by_id(withdrawal(event, 99) for event in taken_back.values())
    assert score({**known, **taken_back, **undone}, AT) == score(known, AT)


def test_a_withdrawal_of_a_withdrawal_of_a_withdrawal() -> None:
    failed = said(A, "fail")
    first = withdrawal(failed)
    second, third = withdrawal(first), withdrawal(withdrawal(first))
    counted = [scores(failed, *some).get(A, UNTESTED).failed for some in ([], [first], [first, second], [first, second, third])]

    assert counted == [1, 0, 1, 0]
    assert scores(failed, first, withdrawal(failed, 1), second).get(A, UNTESTED).failed == 0, "another one stands"


def test_a_chain_of_thousands_is_settled_in_any_order() -> None:
    names = [f"{number:064x}" for number in range(5001)]
    chain = [Withdrawal(name, target) for target, name in pairwise(names)]
    random.Random(1).shuffle(chain)

    assert withdrawn(chain) == set(names[-2::-2])


def test_a_withdrawn_injection_leaves_no_exposure_and_no_credit() -> None:
    shown = injected(A, B)
    found = scores(shown, injected(A, number=1), ran(shown, "pass"), withdrawal(shown))

    assert found[A] == replace(UNTESTED, injected=1)
    assert B not in found


# contexts


def test_a_context_without_uses_is_not_told_and_the_language_stands_for_a_framework() -> None:
    found = scores(*used_in("python", "flask", "ppf"), *used_in("python", None, "p"))[A]

    assert [(each.language, each.framework, each.passed, each.failed) for each in found.contexts] == [
        ("python", None, 3, 1),
        ("python", "flask", 2, 1),
    ]
    assert found.context("go") is None
    assert found.context("python", "django") == found.context("python") == found.contexts[0]
    assert found.context("python", "flask") == found.contexts[1]


def test_a_context_is_drawn_towards_the_total() -> None:
    found = scores(*used_in("python", None, "p" * 20), *used_in("go", None, "ff"))[A]
    go, python = found.context("go"), found.context("python")

    assert go is not None and python is not None
    elsewhere = (1 + python.weight) / (2 + python.weight)
    assert go.mean == pytest.approx(CONTEXT_PRIOR_WEIGHT * elsewhere / (CONTEXT_PRIOR_WEIGHT + 2))
    assert 0 < go.mean < found.mean < python.mean < 1
    assert go.interval[0] < go.mean < go.interval[1]
    assert (go.weight, go.failed) == (2.0, 2)


@given(st.integers(0, 400), st.integers(1, 3))
def test_shrinkage_lets_go_with_the_uses_of_a_context(count: int, others: int) -> None:
    found = scores(*used_in("go", None, "f" * count), *used_in("python", None, "p" * others))[A]
    go = found.context("go")

    if not count:
        assert go is None
    else:
        assert go is not None
        assert go.mean <= CONTEXT_PRIOR_WEIGHT / (CONTEXT_PRIOR_WEIGHT + count)
        assert go.mean <= found.mean


def test_one_context_alone_is_the_whole_and_counts_nothing_twice() -> None:
    found = scores(*used_in("python", None, "ppf"))[A]

    (python,) = found.contexts
    assert (python.mean, *python.interval) == pytest.approx((found.mean, found.low, found.high))


@given(histories())
def test_a_context_holds_its_own_evidence_and_a_prior_of_two_uses(events: list[KnownEvent]) -> None:
    for found in scores(*events).values():
        for each in found.contexts:
            assert each.alpha + each.beta == pytest.approx(CONTEXT_PRIOR_WEIGHT + each.weight)
            assert each.weight <= found.weight + 1e-9
            assert each.passed <= found.passed and each.failed <= found.failed


def test_the_place_of_use_counts_and_else_that_of_the_injection() -> None:
    shown = replace(injected(A), language="go", framework="gin")
    elsewhere = Adopted(at=AT, digest=A, source="commit", commit=COMMIT, receipt=receipt_of(shown), language="rust")

    def places(*events: Event) -> list[tuple[str | None, str | None]]:
        return [(each.language, each.framework) for each in scores(shown, *events, ran(shown, "pass"))[A].contexts]

    assert places() == [("go", None), ("go", "gin")]
    assert places(adopted(shown, A)) == [("go", None), ("go", "gin")]
    assert places(elsewhere) == places(elsewhere, adopted(shown, A, commit="8e" * 20)) == [("rust", None)]


# weights


def test_a_part_of_a_pattern_weighs_as_a_part() -> None:
    part = Adopted(at=AT, digest=A, source="commit", commit=COMMIT, share=250)
    tested = Outcome(at=AT, subject=A, result="fail", source="ci", run="1f" * 16, commit=COMMIT)
    found = scores(part, tested)[A]

    assert (found.weight, found.failed, found.adopted) == (0.25, 1, 1)
    more = replace(part, share=500, receipt="r-0123456789ab")
    assert scores(part, more, tested)[A].weight == 0.5, "the largest part"
    assert scores(part, replace(part, share=None), tested)[A].weight == 1.0


def test_the_commit_of_an_outcome_names_the_use_of_the_adoption() -> None:
    shown = injected(A)
    by_commit = Outcome(at=AT, subject=A, result="pass", source="ci", run="1f" * 16, commit=COMMIT)
    found = scores(shown, adopted(shown, A), by_commit, replace(by_commit, run="2f" * 16))[A]

    assert (found.adopted, found.passed, found.weight) == (1, 1, 1.0)
    other = replace(by_commit, commit="8e" * 20)
    assert scores(adopted(None, A), by_commit, other)[A].adopted == 2, "one run may build two adoptions"


def test_a_revert_takes_back_what_ci_passed() -> None:
    green = Outcome(at=AT, subject=A, result="pass", source="ci", run="1f" * 16, commit=COMMIT)
    reverted = Outcome(at=AT + DAY, subject=A, result="fail", source="revert", run="8e" * 20, commit=COMMIT)
    found = scores(adopted(None, A), green, reverted, after=DAY)[A]

    assert (found.passed, found.failed, found.weight) == (0, 1, 1.0)


def test_silence_and_a_fix_weigh_little() -> None:
    def weight(source: str, result: str) -> float:
        event = Outcome(at=AT, subject=A, result=result, source=source, run=COMMIT, commit=COMMIT)  # type: ignore[arg-type]
        return scores(event)[A].weight

    assert (weight("silence", "pass"), weight("fix", "fail"), weight("revert", "fail")) == (0.2, 0.4, 1.0)


def test_grounding_weighs_and_what_nothing_checked_is_no_result() -> None:
    tested = Outcome(at=AT, subject=A, result="pass", source="ci", run=COMMIT, grounding=300)
    assert scores(tested)[A].weight == 0.3
    unchecked = scores(replace(tested, grounding=0))[A]
    assert (unchecked.passed, unchecked.weight, unchecked.mean) == (0, 0.0, 0.5)

    weaker = replace(tested, run="1f" * 16, commit=COMMIT)
    said_so = Outcome(at=AT, subject=A, result="fail", source="tests", run="2f" * 16, commit=COMMIT)
    assert scores(weaker, said_so)[A].failed == 1, "well grounded tests are stronger than CI that checks little"


# caps


@given(st.integers(1, 60), st.integers(1, 5))
def test_an_author_weighs_at_most_the_cap(count: int, authors: int) -> None:
    found = scores(*(word("p", number, number % authors) for number in range(count)), after=0 * DAY)[A]

    assert found.passed == count, "counts are not capped"
    assert found.weight <= min(0.6 * count, MAX_WEIGHT_PER_AUTHOR * authors) + 1e-9
    unnamed = scores(*(word("p", number, None) for number in range(count)))[A]
    assert unnamed.weight == pytest.approx(min(0.6 * count, MAX_WEIGHT_PER_AUTHOR)), "who gives no name is a newcomer each time"


def test_beyond_the_cap_all_of_an_author_is_scaled_down_and_nobody_else() -> None:
    words = [word("p", number, 1) for number in range(10)]
    plain = scores(*words)[A].weight
    with_machines = scores(*words, *passes(A, 20))[A]

    assert plain == pytest.approx(3.0)
    assert with_machines.weight == pytest.approx(23.0)
    more = score(by_id(words), AT + 10 * DAY, EvidenceSettings(math.inf, 5))[A]
    assert more.weight == pytest.approx(5.0)


def test_the_cap_is_for_each_digest() -> None:
    author = nonce(7)
    rating = [Rated(at=AT, nonce=nonce(n), subject=subject, rating=5, author=author) for subject in (A, B) for n in range(20)]
    found = scores(*rating)

    assert found[A].weight == found[B].weight == pytest.approx(3.0)


# trust, priority, variance, drift


def test_trust_comes_from_uses_and_not_from_sightings() -> None:
    seen = [Sighted(at=AT, shape=SHAPE, place=f"{number:032x}", pattern=A) for number in range(50)]

    assert UNTESTED.trust == scores(injected(A), *seen)[A].trust == 0.5
    trusted = [scores(*passes(A, count))[A].trust for count in (1, 5, 20)]
    assert trusted == sorted(trusted) and 0.5 < trusted[0] < 0.7
    assert scores(*uses("p" * 40), after=40 * DAY)[A].trust > 0.85, "as the seeds asked for automatic use"
    assert scores(*uses("f" * 40), after=40 * DAY)[A].trust < 0.05
    assert scores(*passes(A, 8), after=3650 * DAY)[A].trust == pytest.approx(0.5), "what is old is forgotten"


@given(histories())
def test_all_numbers_lie_in_their_ranges(events: list[KnownEvent]) -> None:
    for found in scores(*events).values():
        assert 0 <= found.trust <= 1 and 0 <= found.priority <= 1 and 0 < found.variance <= 1 / 12
        assert found.drift is None or -1 < found.drift < 1


def test_priority_rises_with_rate_use_and_certainty() -> None:
    assert UNTESTED.priority == priority_of(0.5, 0, UNTESTED.variance) == pytest.approx(0.5 * 0.6 * 11 / 12)
    assert UNTESTED.variance == variance_of(1, 1)
    assert priority_of(0.8, 99, 0.0) == priority_of(0.8, 9_999, 0.0) == 0.8
    assert priority_of(0.8, 30, 0.0) < 0.8
    assert scores(*passes(A, 50))[A].priority > scores(*passes(A, 5))[A].priority > UNTESTED.priority


def test_drift_is_the_latest_five_against_the_five_before() -> None:
    assert scores(*uses("p" * 9))[A].drift is None
    found = scores(*uses("f" * 20 + "p" * 5 + "f" * 5), after=30 * DAY)[A]
    assert found.drift == pytest.approx(-5 / 7)
    assert found.is_drifting
    assert scores(*uses("pf" * 10))[A].drift == pytest.approx(1 / 7 * (2 - 3))
    assert not scores(*uses("pf" * 10))[A].is_drifting
    assert DRIFT_NOTABLE < 2 / 7, "two results of five are notable"


# coverage


def test_coverage_is_taken_over_what_is_eligible() -> None:
    shown = replace(injected(A, B), passed_over=passed_over(C))
    facts = facts_of(by_id([shown, injected("dd" * 32), adopted(shown, A), ran(shown, "pass")]))
    retrieved = frozenset(row.digest for row in facts_among(Exposure, rows_by_table(by_id([shown]))))
    found = covered(facts, retrieved, [A, B, C, "ee" * 32])

    assert [set(each) for each in (found.retrieved, found.injected, found.adopted, found.judged)] == [{A, B, C}, {A, B}, {A}, {A}]
    assert found.eligible - found.retrieved == {"ee" * 32}
    assert found.evenness == pytest.approx(0.5), "two of four"


def test_evenness_is_not_fooled_by_what_nobody_uses() -> None:
    assert evenness([5, 5], 2) == 1.0
    assert evenness([5, 5], 37_138) < 0.07
    assert evenness([9], 100) == evenness([], 100) == evenness([3], 1) == evenness([0, 0], 2) == 0.0
    assert evenness([1] * 100, 100) == 1.0


@given(st.lists(st.integers(0, 50), min_size=2, max_size=20))
def test_evenness_lies_between_0_and_1(counts: list[int]) -> None:
    assert 0.0 <= evenness(counts, len(counts)) <= 1.0


# trend


@given(histories())
def test_a_trend_ends_in_the_score(events: list[KnownEvent]) -> None:
    late = max(getattr(event, "at", AT) for event in events) if events else AT
    found = trend(facts_of(by_id(events)), A, [late - 50 * DAY, late])

    assert found[1] == scores(*events, after=late - AT).get(A, UNTESTED)
    before = [event for event in events if event.at <= late - 50 * DAY or isinstance(event, Withdrawn)]
    assert found[0] == scores(*before, after=late - 50 * DAY - AT).get(A, UNTESTED)


def test_a_trend_follows_what_happened() -> None:
    facts = facts_of(by_id([injected(A), *uses("p" * 10 + "f" * 10)]))
    means = [each.mean for each in trend(facts, A, [AT + day * DAY for day in (-1, 0, 9, 19)])]

    assert means[0] == 0.5
    assert means[0] < means[1] < means[2] > means[3]


# receipts


def test_a_receipt_is_resolved_open_or_unknown() -> None:
    waiting, used, told, through = (injected(A, number=number) for number in range(4))
    aside = Withheld(at=AT - DAY, nonce=nonce(8), items=waiting.items)
    by_commit = Outcome(at=AT, subject=A, result="pass", source="ci", run="1f" * 16, commit="8e" * 20)
    events: list[Event] = [
        waiting,
        used,
        told,
        through,
        aside,
        adopted(used, A),
        rated(told, 2),
        adopted(through, A, "8e" * 20),
        by_commit,
    ]
    found = {fate.receipt: fate for fate in fates(facts_of(by_id(events)), AT + 14 * DAY)}

    assert [found[receipt_of(each)].status for each in (waiting, used, told, through)] == ["open", *["resolved"] * 3]
    assert (found[receipt_of(aside)].status, found[receipt_of(aside)].arm) == ("unknown", "withheld")
    late = {fate.receipt: fate.status for fate in fates(facts_of(by_id(events)), AT + 14 * DAY + timedelta(seconds=1))}
    assert late[receipt_of(waiting)] == "unknown"
    assert found[receipt_of(used)].adopted == (A,) and found[receipt_of(used)].verdict is None
    verdict = found[receipt_of(through)].verdict
    assert verdict is not None and verdict.passed


def test_the_verdict_on_a_receipt_is_the_strongest_of_itself_and_of_its_uses() -> None:
    shown, aside = injected(A, B), Withheld(at=AT, nonce=nonce(8), items=injected(A, B).items)
    by_commit = Outcome(at=AT, subject=A, result="fail", source="ci", run="1f" * 16, commit=COMMIT)
    events: list[Event] = [shown, aside, adopted(shown, A), by_commit, said(shown, "pass"), ran(receipt_of(aside), "pass")]
    found = receipt_verdicts(attribute(facts_of(by_id(events))))

    assert found[receipt_of(shown)].success == 0.0, "CI is stronger than a person"
    assert found[receipt_of(aside)].success == 1.0
    assert {each.share for each in found.values()} == {1.0}
    assert scores(*events)[B] == replace(UNTESTED, injected=1), "what was withheld earns nothing"


def test_of_several_survivals_the_one_with_most_lines_left_counts() -> None:
    def told(left: int, days: int = 30) -> Survived:
        return Survived(at=AT, digest=A, commit=COMMIT, days=days, lines=20, left=left)

    rows = facts_among(Survival, rows_by_table(by_id([told(4), told(9), told(7), told(1, days=90)])))
    found = best_survivals(rows)

    assert [(row.days, row.lines_left) for row in found] == [(30, 9), (90, 1)]
    assert found == best_survivals(rows[::-1])


def test_a_score_of_injections_alone_is_untested() -> None:
    assert scores(injected(A)) == {A: replace(UNTESTED, injected=1)}
    assert isinstance(UNTESTED, Score) and hash(UNTESTED) == hash(replace(UNTESTED))


# mended later


def test_what_passed_and_was_mended_later_is_no_full_success() -> None:
    used = adopted(None, A, commit=COMMIT)
    green = Outcome(at=AT, subject=A, result="pass", source="ci", run="0a" * 20, commit=COMMIT)
    mended = Outcome(at=AT + DAY, subject=A, result="fail", source="fix", run="0b" * 20, commit=COMMIT)
    earlier = replace(mended, at=AT - DAY)

    plain, less, same = (scores(used, *events)[A] for events in ((green,), (green, mended), (green, earlier)))

    assert plain.mean > less.mean > 0.5
    assert (less.passed, less.failed, less.adopted) == (0, 0, 1)
    assert same == plain, "a pass after the mending is that of the mended code"
