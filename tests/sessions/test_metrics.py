"""What sessions come to: metrics, prices, advice, comparison, association."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from foundry_git import config
from foundry_git.errors import ConfigurationError
from foundry_git.sessions import advice
from foundry_git.sessions.advice import advise, advise_all
from foundry_git.sessions.comparison import compare
from foundry_git.sessions.learned import associate
from foundry_git.sessions.log import SessionLog, TokenCounts, Turn
from foundry_git.sessions.metrics import Checks, Metrics, PatternFacts, PatternUse, UnitedTokens, measure
from foundry_git.sessions.prices import estimate, shipped_prices
from tests import TOP

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SONNET = "claude-sonnet-4-5-20250929"
USE = PatternUse("r-0123456789ab", "python/retry", 1, "a" * 64, "ranked", True, "pass", 0.75, 0.5, 0.9, 4, 5)


def log(**more: object) -> SessionLog:
    return replace(SessionLog("one", "transcript", AT), **more)


def measured(**more: object) -> Metrics:
    return measure(log(**more), shipped_prices())


# metrics


def test_a_session_of_which_nothing_is_known_has_metrics_all_the_same() -> None:
    metrics = measured()

    assert (metrics.completion, metrics.tasks, metrics.rating) == (0.0, 0, None)
    assert (metrics.context.average, metrics.context.max, metrics.tests.coverage) == (None, None, None)
    assert (metrics.time.total, metrics.time.avg_per_task, metrics.tokens.per_task) == (None, None, None)
    assert (metrics.tokens.total, metrics.cost.usd) == (None, None), "not 0 and $0.00"
    assert metrics.patterns.effectiveness is None
    assert advise(metrics) == []


def test_the_seven_groups() -> None:
    turns = (
        Turn("m1", SONNET, TokenCounts(1000, 2000, 60_000, 4000, 0)),
        Turn("m2", SONNET, TokenCounts(0, 500, 100_000), is_main=False),
    )

    metrics = measured(completed=3, remaining=1, turns=turns, seconds=7200, active_seconds=5400, compactions=2)

    assert metrics.completion == 75.0
    assert metrics.context.average == metrics.context.max == pytest.approx(32.5), (
        "65,000 of 200,000; a sub-agent has its own window"
    )
    assert (metrics.time.total, metrics.time.active, metrics.time.avg_per_task) == (120.0, 90.0, 30.0)
    assert (metrics.tokens.total, metrics.tokens.per_task) == (167_500, 55_833)
    assert metrics.tokens.by_model == ((SONNET, 167_500),)
    expected = 1000 * 3 + 2500 * 15 + 160_000 * 0.3 + 4000 * 3.75
    assert metrics.cost.usd == pytest.approx(expected / 1e6)


@pytest.mark.parametrize(
    ("done", "rating"), [(100, 5), (90, 5), (89, 4), (70, 4), (69, 3), (50, 3), (49, 2), (30, 2), (29, 1), (0, 1)]
)
def test_completion_rates(done: int, rating: int) -> None:
    assert measured(completed=done, remaining=100 - done).rating == rating


def test_a_prompt_larger_than_its_window_tells_of_a_larger_one() -> None:
    turns = (Turn("m1", SONNET, TokenCounts(input=100_000)), Turn("m2", SONNET, TokenCounts(input=500_000)))

    assert measured(turns=turns).context.series == (10.0, 50.0)
    assert measured(turns=(Turn("m1", "claude-opus-5", TokenCounts(input=100_000)),)).context.series == (10.0,)
    assert measured(turns=(Turn("m1", f"{SONNET}[1m]", TokenCounts(input=100_000)),)).context.series == (10.0,)


def test_what_the_log_states_wins() -> None:
    metrics = measured(
        cost=1.25, turns=(Turn("#0", SONNET, TokenCounts(input=9), context=40.0), Turn("#1", SONNET, TokenCounts(), context=60.0))
    )

    assert (metrics.cost.usd, metrics.cost.is_estimate) == (1.25, False)
    assert metrics.context.series == (40.0, 60.0)


def test_a_message_in_two_sessions_is_counted_once_together() -> None:
    first = log(name="a", turns=(Turn("m1", SONNET, TokenCounts(input=5)), Turn("#0", SONNET, TokenCounts(input=1))))
    second = log(name="b", turns=(Turn("m1", SONNET, TokenCounts(input=7)), Turn("#0", SONNET, TokenCounts(input=1))))

    together = UnitedTokens()
    for one in (first, second):
        together.take(one)

    assert together.total == 9


def test_effectiveness_is_of_what_was_adopted_and_decided() -> None:
    other = replace(USE, digest="b" * 64, result="fail")
    facts = PatternFacts((USE, other, replace(USE, digest="c" * 64, result=""), replace(USE, digest="d" * 64, adopted=False)))

    assert facts.effectiveness == 50.0
    assert (len(facts.injected), len(facts.adopted)) == (4, 3)
    assert PatternFacts((replace(USE, mean=None),)).top() == []


def test_the_most_effective_are_those_that_helped_here_or_are_better_than_the_untried() -> None:
    bad = replace(USE, digest="b" * 64, id="python/bad", mean=0.2, result="fail")
    helped = replace(USE, digest="c" * 64, id="python/helped", mean=0.4, result="pass")
    idle = replace(USE, digest="d" * 64, id="python/idle", mean=0.5, adopted=False, result="")
    good = replace(USE, digest="e" * 64, id="python/good", mean=0.9, adopted=False, result="")
    facts = PatternFacts((bad, helped, idle, good))

    assert [use.id for use in facts.top()] == ["python/good", "python/helped"]
    assert [use.id for use in facts.known()] == ["python/good", "python/idle", "python/helped", "python/bad"]


def test_a_model_without_a_charge_costs_nothing_and_one_without_tokens_is_not_known() -> None:
    free = shipped_prices().with_own({"ours": {"input": 0.0, "output": 0.0, "window": 1000}})
    turns = (Turn("1", "ours", TokenCounts(input=10)),)

    assert measure(log(turns=turns), free).cost.usd == 0.0
    assert measure(log(turns=(Turn("1", "ours", TokenCounts()),)), free).cost.usd is None


# prices


def test_the_price_table_says_when_and_where_it_is_from() -> None:
    table = shipped_prices()

    assert datetime.fromisoformat(table.date).year >= 2026
    assert table.source.startswith("https://")
    for name, price in table.models.items():
        rates = price.rates
        assert 0 < rates.cache_read < rates.input < rates.cache_write < rates.cache_write_hour, name
        assert rates.output > rates.input


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("us.anthropic.claude-opus-4-1-20250805-v1:0", "claude-opus-4-1"),
        ("anthropic/claude-opus-5[1m]", "claude-opus-5"),
        ("claude-haiku-4-5@20251001", "claude-haiku-4-5"),
        ("claude-opus-4-20250514", "claude-opus-4"),
        ("Claude-3-5-Haiku-latest", "claude-3-5-haiku"),
    ],
)
def test_a_model_is_known_under_its_other_names(name: str, model: str) -> None:
    assert shipped_prices().price(name) is shipped_prices().models[model]


@pytest.mark.parametrize("name", ["claude-opus-4-9", "claude-sonnet-9", "gpt-5", "unknown", "claude-opus-5-fast", ""])
def test_another_version_is_another_model(name: str) -> None:
    assert shipped_prices().price(name) is None


def test_tokens_without_a_price_are_counted_not_guessed() -> None:
    found = estimate(
        [Turn("1", "gpt-9", TokenCounts(input=10)), Turn("2", SONNET, TokenCounts(input=1000, other=7))], shipped_prices()
    )

    assert (found.microdollars, found.unpriced) == (3000, 17)
    assert measured(turns=(Turn("1", "gpt-9", TokenCounts(input=10)),)).cost.usd is None


def test_a_long_prompt_has_its_own_rates() -> None:
    table = shipped_prices()
    short, long = (
        Turn("1", "claude-haiku-5-5", TokenCounts(input=100_000)),
        Turn("2", "claude-haiku-5-5", TokenCounts(input=100_001)),
    )

    assert estimate([short], table).microdollars == 10_000
    assert estimate([long], table).microdollars == 50_000


def test_a_users_own_prices_win(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        "sessions:\n  prices:\n    claude-opus-5: {input: 1, output: 2.5}\n"
        "    Ours: {input: 0.5, output: 1, window: 64000, cache_read: 0}\n",
        encoding="utf-8",
    )

    table = shipped_prices().with_own(config.load(None, file, {}).sessions.prices)

    assert estimate([Turn("1", "claude-opus-5", TokenCounts(1000, 1000, 1000))], table).microdollars == 3600
    assert (table.window("ours"), estimate([Turn("1", "ours", TokenCounts(cache_read=5))], table).microdollars) == (64_000, 0)
    assert "config.yaml" in table.source
    assert estimate([Turn("1", SONNET, TokenCounts(input=1))], table).microdollars == 3


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("m: {input: 1}", r"sessions\.prices\.m\.output: is missing"),
        ("m: {input: -1, output: 1}", r"m\.input: '-1' is not a price"),
        ("m: {input: nan, output: 1}", r"m\.input: 'nan' is not a price"),
        ("m: {input: 1, output: 1, cached: 1}", r"m\.cached: unknown key"),
        ("m: 3", r"sessions\.prices\.m: must be a mapping"),
    ],
)
def test_a_price_that_cannot_be_used_is_named(tmp_path: Path, body: str, problem: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"sessions:\n  prices:\n    {body}\n", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=problem):
        config.load(None, file, {})


# advice, comparison, association


def test_every_rule_is_broken_just_beyond_its_bound() -> None:
    bad = measure(
        log(
            completed=6,
            remaining=4,
            active_seconds=6 * 31 * 60,
            compactions=6,
            tool_calls=20,
            tool_errors=5,
            turns=(Turn("1", "m", TokenCounts(), context=40.1),),
        ),
        shipped_prices(),
        Checks(79.9, 4, 1),
        PatternFacts((replace(USE, adopted=False),)),
    )

    found = advise(bad)

    rules = ["completion", "context", "compactions", "tests", "coverage", "time", "tools", "adoption"]
    assert [one.rule for one in found] == rules
    assert "completion is 60 % (6 of 10 tasks) (at least 70 %)" in found[0].sentence
    assert "31 minutes" in found[5].finding and "at most 30" in found[5].bound


def test_no_rule_is_broken_at_its_bound() -> None:
    good = measure(
        log(
            completed=7,
            remaining=3,
            active_seconds=7 * 30 * 60,
            compactions=5,
            tool_calls=20,
            tool_errors=4,
            turns=(Turn("1", "m", TokenCounts(), context=40.0),),
        ),
        shipped_prices(),
        Checks(80.0, 4, 0),
        PatternFacts((USE,)),
    )

    assert advise(good) == []
    assert advise(measured(tool_calls=19, tool_errors=19)) == []


def test_several_sessions_are_advised_by_rule_the_most_broken_first() -> None:
    late = [measured(name=f"s{number}", completed=1, remaining=9, compactions=9 * (number < 2)) for number in range(5)]

    first, second = advise_all([*late, measured(completed=1, remaining=0)])

    assert (first.advice.rule, first.finding) == ("completion", "5 of 6 sessions: s0, s1, s2 and 2 more")
    assert (second.advice.rule, second.finding) == ("compactions", "2 of 6 sessions: s0, s1")


def test_the_docs_name_every_rule_and_constant() -> None:
    page = (TOP / "docs" / "sessions.md").read_text(encoding="utf-8")
    constants = [name for name in vars(advice) if name.isupper()]

    assert len(constants) == 8
    assert all(f"`{name}`" in page for name in constants)


def test_a_comparison_says_what_is_better_only_where_that_is_known() -> None:
    deltas = {
        d.name: d
        for d in compare(measured(completed=1, remaining=1, compactions=3), measured(completed=2, remaining=0, compactions=3))
    }

    assert (deltas["completion"].change, deltas["completion"].is_better) == (50.0, True)
    assert (deltas["compactions"].change, deltas["compactions"].is_better) == (0.0, None)
    assert (deltas["test coverage"].change, deltas["test coverage"].is_better) == (None, None)
    assert deltas["tokens"].is_better is None


def test_an_association_needs_three_sessions_of_each_kind() -> None:
    def sessions(adopting: list[int], others: list[int]) -> list[Metrics]:
        facts = [(done, PatternFacts((USE,))) for done in adopting] + [(done, PatternFacts()) for done in others]
        return [measure(log(completed=done, remaining=10 - done), shipped_prices(), None, one) for done, one in facts]

    few, enough = associate(sessions([9, 9], [1, 1, 1])), associate(sessions([10, 10, 10], [0, 0, 0]))

    assert (few.adopting, few.others, few.difference) == (2, 3, None)
    assert enough.difference == 100.0
    assert enough.correlation == pytest.approx(1.0)
    same = associate(sessions([5, 5, 5], [5, 5, 5]))
    assert (same.difference, same.correlation) == (0.0, None)
    assert associate([measured(at=AT + timedelta(days=1))]).others == 0, "a session without tasks has no completion"
