"""Scores follow the evidence, credit what was used, and drift towards the prior."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from foundry_git.errors import UnknownPatternError
from foundry_git.evidence import beta, receipts
from foundry_git.evidence.events import (
    Accepted,
    Adopted,
    Decided,
    Event,
    Injected,
    Item,
    KnownEvent,
    Outcome,
    Rated,
    Sighted,
    Unknown,
    Withdrawn,
    Withheld,
    by_id,
    event_id,
    hashed,
    receipt_of,
)
from foundry_git.evidence.kinds.uses import OutcomeSource, Result
from foundry_git.evidence.scoring import HALF_LIFE_DAYS, MIN_USES, UNTESTED, Score, score, sentence
from foundry_git.settings import EvidenceSettings
from tests.evidence.test_events import AT, COMMIT, ITEM, SHAPE

A, B, C = "aa" * 32, "bb" * 32, "cc" * 32
DAY = timedelta(days=1)

# Quantiles at 5 % and 95 %, computed with scipy.stats.beta(a, b).ppf of SciPy 1.17.1
SCIPY_BETA = [
    (1, 1, 0.05, 0.95),
    (2, 1, 0.22360679775, 0.974679434481),
    (1, 2, 0.0253205655191, 0.77639320225),
    (4.2, 1, 0.490039348058, 0.987861583086),
    (3.8, 1.4, 0.390992222387, 0.964082555514),
    (1.01, 1, 0.0515052488044, 0.950482584211),
    (12.5, 3.25, 0.611371173611, 0.932591081613),
    (101, 1, 0.970774846461, 0.999492274536),
    (1, 101, 0.000507725463659, 0.029225153539),
    (250.75, 249.5, 0.464507157414, 0.537985907625),
    (1000, 4000, 0.190764823142, 0.209371631748),
    (100001, 1, 0.999970043426, 0.999999487072),
]


def nonce(number: int) -> str:
    return f"{number:016x}"


def injected(*digests: str, number: int = 0) -> Injected:
    items = (
        Item(id=ITEM.id, version=1, digest=digest, rank=rank, score=500, propensity=900) for rank, digest in enumerate(digests, 1)
    )
    return Injected(at=AT, nonce=nonce(number), items=tuple(items))


def passed_over(*digests: str) -> tuple[Item, ...]:
    return tuple(Item(id=ITEM.id, version=1, digest=each, rank=9, score=400, propensity=0, slot="passed") for each in digests)


def adopted(of: Injected | None, digest: str, commit: str = COMMIT) -> Adopted:
    return Adopted(at=AT, digest=digest, source="commit", receipt=receipt_of(of) if of else None, commit=commit)


def said(
    subject: Injected | str, result: Result, number: int = 0, source: OutcomeSource = "person", at: datetime = AT
) -> Outcome:
    return Outcome(at=at, subject=_subject(subject), result=result, source=source, nonce=nonce(number))


def ran(subject: Injected | str, result: Result, run: str = COMMIT, at: datetime = AT) -> Outcome:
    return Outcome(at=at, subject=_subject(subject), result=result, source="ci", run=run)


def rated(subject: Injected | str, rating: int, number: int = 0, session: str | None = None, at: datetime = AT) -> Rated:
    told = hashed(session) if session else None
    return Rated(at=at, nonce=nonce(number), subject=_subject(subject), rating=rating, session=told)


def scores(*events: Event, after: timedelta = timedelta(0), half_life: float = HALF_LIFE_DAYS) -> dict[str, Score]:
    return score(by_id(events), AT + after, EvidenceSettings(half_life_days=half_life))


def passes(digest: str, count: int) -> list[Event]:
    return [ran(digest, "pass", run=f"{number:032x}") for number in range(count)]


def _subject(subject: Injected | str) -> str:
    return receipt_of(subject) if isinstance(subject, Injected) else subject


@dataclass(frozen=True, slots=True)
class OfShown:
    """Stands for the receipt of something that was shown, or for ``otherwise`` where nothing was."""

    number: int
    otherwise: str | None

    def among(self, receipts: Sequence[str]) -> str | None:
        return receipts[self.number % len(receipts)] if receipts else self.otherwise


def _facts(
    of: type[KnownEvent], **facts: st.SearchStrategy[object]
) -> st.SearchStrategy[tuple[type[KnownEvent], dict[str, object]]]:
    return st.tuples(st.just(of), st.fixed_dictionaries({"at": MOMENTS, **facts}))


DIGESTS, COMMITS = st.sampled_from([A, B, C]), st.sampled_from([COMMIT, "8e" * 20, "7d" * 20])
MOMENTS = st.integers(-300, 10).map(lambda days: AT + days * DAY)
SUBJECTS = st.sampled_from([A, B, "r-ffffffffffff", *(OfShown(number, A) for number in range(4))])
RECEIPTS = st.sampled_from([None, *(OfShown(number, None) for number in range(4))])
AUTHORS = st.sampled_from([None, nonce(100), nonce(101)])
RESULTS, NUMBERS = st.sampled_from(["pass", "fail"]), st.integers(0, 5).map(nonce)
SHOWN = st.lists(st.lists(DIGESTS, min_size=1, max_size=3, unique=True), max_size=3)
LATER = st.lists(
    st.one_of(
        _facts(Adopted, digest=DIGESTS, source=st.just("commit"), commit=COMMITS, receipt=RECEIPTS),
        _facts(Adopted, digest=DIGESTS, source=st.just("person"), nonce=NUMBERS, receipt=RECEIPTS),
        _facts(
            Adopted,
            digest=DIGESTS,
            source=st.just("commit"),
            commit=COMMITS,
            receipt=RECEIPTS,
            share=st.sampled_from([None, 300, 1000]),
            language=st.sampled_from([None, "python", "go"]),
            framework=st.sampled_from([None, "flask"]),
        ),
        _facts(
            Outcome,
            subject=DIGESTS,
            result=RESULTS,
            source=st.sampled_from(["revert", "fix", "silence", "ci"]),
            run=COMMITS,
            commit=st.none() | COMMITS,
            grounding=st.sampled_from([None, 0, 400, 1000]),
        ),
        _facts(Outcome, subject=SUBJECTS, result=RESULTS, source=st.just("person"), nonce=NUMBERS, author=AUTHORS),
        _facts(
            Decided,
            nonce=NUMBERS,
            digest=DIGESTS,
            state=st.sampled_from(["pending", "validated", "quarantined"]),
            reason=st.just("tested"),
        ),
        _facts(Outcome, subject=SUBJECTS, result=RESULTS, source=st.sampled_from(["ci", "tests"]), run=COMMITS),
        _facts(Outcome, subject=SUBJECTS, result=RESULTS, source=st.just("person"), nonce=NUMBERS),
        _facts(Rated, nonce=NUMBERS, subject=SUBJECTS, rating=st.integers(1, 5), session=st.sampled_from([None, A])),
        _facts(Sighted, shape=st.just(SHAPE), place=st.sampled_from(["0d" * 16, "0e" * 16]), pattern=st.none() | DIGESTS),
        _facts(Accepted, nonce=NUMBERS, id=st.just("python/retry"), version=st.just(1), digest=DIGESTS),
    ),
    max_size=12,
)
WITHDRAWN = st.lists(st.integers(0, 20), max_size=3)
"""All made once: a strategy that is made anew for each history costs half the time of the test."""


@st.composite
def histories(draw: st.DrawFn) -> list[KnownEvent]:
    """Events that speak of each other: few digests, receipts, commits, places, authors and sessions; some are withdrawn."""
    shown: list[Injected | Withheld] = [injected(*digests, number=number) for number, digests in enumerate(draw(SHOWN))]
    if draw(st.booleans()):
        shown.append(Withheld(at=AT, nonce=nonce(9), items=injected(A, B).items, language="go"))
    if draw(st.booleans()):
        shown.append(replace(injected(A, C, number=7), passed_over=passed_over(B), language="python", framework="flask"))
    receipts = [receipt_of(each) for each in shown]
    told: list[KnownEvent] = [*shown]
    for of, facts in draw(LATER):
        known = {name: fact.among(receipts) if isinstance(fact, OfShown) else fact for name, fact in facts.items()}
        told.append(of(**known))
    for number, at in enumerate(draw(WITHDRAWN)):
        ids = [*map(event_id, told), "ee" * 32]
        told.append(Withdrawn(at=AT, nonce=nonce(number), event=ids[at % len(ids)]))
    return told


@pytest.mark.parametrize(("a", "b", "low", "high"), SCIPY_BETA)
def test_the_interval_is_the_one_of_scipy(a: float, b: float, low: float, high: float) -> None:
    assert beta.interval(a, b, 0.90) == pytest.approx((low, high), abs=1e-9)


@given(st.floats(1, 1e4), st.floats(1, 1e4))
def test_the_interval_holds_its_mass_and_mirrors(a: float, b: float) -> None:
    low, high = beta.interval(a, b, 0.90)

    assert beta.cumulative(high, a, b) - beta.cumulative(low, a, b) == pytest.approx(0.90, abs=1e-5)
    assert beta.interval(b, a, 0.90) == pytest.approx((1 - high, 1 - low), abs=2e-9)


def test_without_evidence_a_score_is_the_neutral_prior() -> None:
    assert scores() == {}
    assert scores(injected(A, B))[A] == Score(0.5, 0.05, 0.95, injected=1)
    assert (UNTESTED.mean, UNTESTED.enough, sentence(UNTESTED)) == (0.5, False, "untested")


@given(histories(), st.randoms(use_true_random=False))
def test_order_and_duplicates_change_no_bit(events: list[KnownEvent], chance: random.Random) -> None:
    shuffled = chance.sample(events * 2, len(events) * 2)

    assert _bits(scores(*shuffled)) == _bits(scores(*events))


@given(histories(), histories())
def test_the_union_of_two_clones_is_the_same_from_either_side(mine: list[KnownEvent], theirs: list[KnownEvent]) -> None:
    here, there = by_id(mine), by_id(theirs)

    assert _bits(score({**here, **there}, AT)) == _bits(score({**there, **here}, AT))


@given(histories())
def test_every_score_is_a_sane_one(events: list[KnownEvent]) -> None:
    for each in scores(*events).values():
        assert 0 < each.low < each.mean < each.high < 1
        assert each.weight <= each.passed + each.failed + len(events)
        assert each.enough == (each.passed + each.failed >= MIN_USES)


@given(histories(), st.integers(11, 4000), st.integers(1, 4000))
def test_time_moves_a_score_towards_the_prior_and_never_past_it(events: list[KnownEvent], days: int, more: int) -> None:
    soon, late = scores(*events, after=days * DAY), scores(*events, after=(days + more) * DAY)

    for digest, each in late.items():
        was = soon[digest].mean
        assert min(was, 0.5) - 1e-12 <= each.mean <= max(was, 0.5) + 1e-12
        assert each.weight <= soon[digest].weight
        assert (each.passed, each.failed, each.adopted) == (soon[digest].passed, soon[digest].failed, soon[digest].adopted)


def test_a_perfect_pattern_that_lies_idle_stays_above_the_prior() -> None:
    means = [scores(*passes(A, 100), after=days * DAY)[A].mean for days in (0, 145, 343, 3650)]

    assert means == sorted(means, reverse=True)
    assert means[0] > 0.98
    assert means[2] > 0.5  # where the old formula quarantined it
    assert means[3] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("days", "weight"), [(0, 1.0), (30, 0.5), (60, 0.25), (-400, 1.0), (15, 0.5**0.5), (100, 0.5 ** (10 / 3))]
)
def test_evidence_halves_with_the_half_life_and_the_future_counts_as_now(days: int, weight: float) -> None:
    found = scores(*passes(A, 1), after=days * DAY)[A]

    assert found.weight == pytest.approx(weight, rel=1e-15)
    assert found.mean == pytest.approx((1 + weight) / (2 + weight), rel=1e-15)


def test_the_half_life_can_be_chosen() -> None:
    assert scores(*passes(A, 1), after=7 * DAY, half_life=7)[A].weight == 0.5
    assert scores(*passes(A, 1), after=7 * DAY, half_life=float("inf"))[A].weight == 1.0
    assert scores(*passes(A, 1), after=365_000 * DAY)[A].weight == 0.0


def test_the_bits_of_a_score_are_those_of_the_first_version() -> None:
    events = [*passes(A, 7), said(A, "fail", at=AT - 11 * DAY), rated(A, 4, session="s", at=AT - 3 * DAY)]
    found = scores(*events, after=17 * DAY)[A]

    assert (found.mean.hex(), found.weight.hex()) == ("0x1.9f4ec8305263fp-1", "0x1.52b6a2fd94f4fp+2")
    assert (found.low, found.high) == (0.545286275, 0.977396302)


def test_sources_weigh_by_their_strength() -> None:
    weights = [
        scores(event)[A].weight for event in (ran(A, "pass"), said(A, "pass", source="tests"), said(A, "pass"), rated(A, 5))
    ]

    assert weights == [1.0, 0.8, 0.6, 0.4]


def test_an_outcome_goes_whole_to_what_was_adopted_and_not_to_the_rest() -> None:
    shown = injected(A, B, C)
    found = scores(shown, adopted(shown, A), adopted(shown, B), ran(shown, "pass"))

    assert [(found[each].weight, found[each].passed, found[each].adopted) for each in (A, B, C)] == [
        (1, 1, 1),
        (1, 1, 1),
        (0, 0, 0),
    ]


def test_an_outcome_without_known_adoption_is_shared_out() -> None:
    shown = injected(A, B)
    found = scores(shown, ran(shown, "pass"))

    assert found[A].weight == found[B].weight == 0.5
    assert (found[A].passed, found[A].adopted, found[A].enough) == (0, 0, False)
    assert sentence(found[A]) == "adoption unknown · not enough evidence"


def test_any_number_of_shared_outcomes_proves_nothing_of_one_digest() -> None:
    shown = [injected(A, B, number=number) for number in range(50)]
    found = scores(*shown, *(ran(each, "pass") for each in shown))

    assert not found[A].enough


def test_a_receipt_of_one_item_gets_its_outcome_whole() -> None:
    shown = injected(A)
    found = scores(shown, ran(shown, "fail"))[A]

    assert (found.weight, found.failed, found.adopted, found.injected) == (1, 1, 0, 1)


def test_an_outcome_waits_for_its_receipt() -> None:
    shown = injected(A)

    assert scores(ran(shown, "pass")) == {}
    assert scores(ran(shown, "pass"), shown)[A].passed == 1


def test_an_outcome_of_a_digest_counts_as_a_use_of_it() -> None:
    found = scores(said(A, "pass"), said(A, "fail", number=1, at=AT + DAY))[A]

    assert (found.adopted, found.passed, found.failed, found.last_used) == (2, 1, 1, AT + DAY)


def test_a_run_of_the_commit_that_adopted_is_the_same_use() -> None:
    shown = injected(A, B)
    found = scores(shown, adopted(shown, A), adopted(None, A), ran(A, "pass", run=COMMIT))[A]

    assert (found.adopted, found.passed) == (1, 1)


def test_five_prompts_that_end_in_one_commit_are_one_use() -> None:
    shown = [injected(A, B, number=number) for number in range(5)]
    found = scores(*shown, *(adopted(each, A) for each in shown), *(ran(each, "pass") for each in shown))[A]

    assert (found.injected, found.adopted, found.passed, found.weight) == (5, 1, 1, 1.0)


@given(st.permutations(range(6)))
def test_a_pattern_was_last_used_when_it_was_used_last(days: list[int]) -> None:
    shown = injected(A)
    uses = [Adopted(at=AT + day * DAY, digest=A, source="person", nonce=nonce(day), receipt=receipt_of(shown)) for day in days]

    assert scores(shown, *uses)[A].last_used == AT + 5 * DAY
    assert scores(shown, *uses)[A].adopted == 1


def test_a_rebase_adopts_nothing_anew() -> None:
    shown = injected(A)

    assert scores(shown, adopted(shown, A), adopted(shown, A, commit="8e" * 20))[A].adopted == 1


def test_the_strongest_source_decides_a_use_and_of_equals_the_latest() -> None:
    shown = injected(A)
    broken, repaired = ran(shown, "fail", run="1f" * 16), ran(shown, "pass", run="2f" * 16, at=AT + DAY)
    disagreed = said(shown, "fail", at=AT + 2 * DAY)
    found = scores(shown, broken, repaired, disagreed, after=DAY)[A]

    assert (found.passed, found.failed, found.weight) == (1, 0, 1.0)


def test_a_rating_gives_a_part_and_four_counts_as_passed() -> None:
    counted = {rating: scores(rated(A, rating))[A] for rating in range(1, 6)}

    assert [counted[rating].passed for rating in counted] == [0, 0, 0, 1, 1]
    assert [counted[rating].failed for rating in counted] == [1, 1, 0, 0, 0]
    assert [counted[rating].mean for rating in counted] == pytest.approx([1 / 2.4, 1.1 / 2.4, 0.5, 1.3 / 2.4, 1.4 / 2.4])


def test_the_mean_rating_takes_the_latest_of_each_session() -> None:
    changed = [rated(A, 1, session="one"), rated(A, 5, number=1, session="one", at=AT + DAY)]
    found = scores(*changed, rated(A, 4, number=2, session="two"), rated(A, 3, number=3))[A]

    assert (found.ratings, found.mean_rating) == (3, 4.0)


def test_a_rating_of_several_items_rates_none_of_them() -> None:
    shown = injected(A, B)
    found = scores(shown, rated(shown, 5))[A]

    assert (found.ratings, found.mean_rating, found.weight) == (0, None, 0.2)


def test_a_score_says_counts_first_and_no_rate_before_three_uses() -> None:
    assert sentence(scores(*passes(A, 4))[A]) == "adopted 4, passed 4, failed 0 · 0.83 [0.55–0.99]"
    assert sentence(scores(*passes(A, 1))[A]) == "adopted 1, passed 1 · not enough evidence"
    assert sentence(scores(adopted(None, A))[A]) == "adopted 1 · not enough evidence"
    assert not scores(*passes(A, MIN_USES - 1))[A].enough
    assert scores(*passes(A, MIN_USES))[A].enough


@given(histories())
def test_what_this_version_does_not_know_scores_nothing(events: list[KnownEvent]) -> None:
    unknown = Unknown(kind="lifted", raw=b'{"kind":"lifted","schema":1}')

    assert scores(*events, unknown) == scores(*events)


def test_a_moment_without_zone_or_a_half_life_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        score({}, AT.replace(tzinfo=None))
    for days in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="half_life_days"):
            score({}, AT, EvidenceSettings(half_life_days=days))


def test_a_receipt_is_found_by_its_first_letters() -> None:
    shown = injected(A)
    events = by_id([shown, said(A, "pass")])

    for length in (8, 11, 14):
        assert receipts.resolve(receipt_of(shown)[:length].upper(), events) == shown


@pytest.mark.parametrize("reference", ["", "r-", "r-12345", "r-000000", "0123456789ab", "r-0123456789abc", "r-zzzzzz"])
def test_what_is_no_receipt_is_refused_with_a_sentence(reference: str) -> None:
    with pytest.raises(UnknownPatternError, match="no such receipt"):
        receipts.resolve(reference, by_id([injected(A)]))


def test_an_ambiguous_receipt_names_those_it_may_mean() -> None:
    events = {"abcdef1" + "0" * 57: injected(A), "abcdef2" + "0" * 57: injected(B)}

    with pytest.raises(UnknownPatternError, match="r-abcdef100000, r-abcdef200000"):
        receipts.resolve("r-abcdef", events)
    assert receipts.resolve("r-abcdef2", events) == injected(B)


def _bits(found: dict[str, Score]) -> Iterable[object]:
    return [
        (digest, each, *(value.hex() for value in (each.mean, each.weight, each.low, each.variance, each.priority, each.trust)))
        for digest, each in found.items()
    ]
