"""Periods: which stretch of time the words of a question mean, on a Wednesday afternoon in March."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.execution.periods import RECENT_DAYS, Period, period_in, recent

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PAST = st.dates(date(1970, 1, 1), date(2026, 3, 10))
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
UNITS = {"hour": timedelta(hours=1), "day": DAY, "week": 7 * DAY, "fortnight": 14 * DAY, "sprint": 14 * DAY, "month": 30 * DAY}


def at(text: str) -> datetime:
    """A moment of UTC, ``now`` that of the question."""
    return NOW if text == "now" else datetime.fromisoformat(text).replace(tzinfo=UTC)


def begin_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def found(text: str, now: datetime = NOW) -> Period:
    period = period_in(text, now)
    assert period is not None, text
    return period


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("what was added today?", "2026-03-11", "now"),
        ("what came this morning", "2026-03-11", "now"),
        ("new this afternoon", "2026-03-11", "now"),
        ("used yesterday", "2026-03-10", "2026-03-11"),
        ("changed since yesterday", "2026-03-10", "now"),
        ("this week", "2026-03-09", "now"),
        ("last week", "2026-03-02", "2026-03-09"),
        ("since last week", "2026-03-02", "now"),
        ("this month", "2026-03-01", "now"),
        ("current month", "2026-03-01", "now"),
        ("last month", "2026-02-01", "2026-03-01"),
        ("previous month", "2026-02-01", "2026-03-01"),
        ("this year", "2026-01-01", "now"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("since last year", "2025-01-01", "now"),
        ("this day", "2026-03-11", "now"),
        ("last day", "2026-03-10", "2026-03-11"),
        ("past day", "2026-03-10T15:30", "now"),
        ("last hour", "2026-03-11T14:30", "now"),
        ("last sprint", "2026-02-25T15:30", "now"),
        ("last fortnight", "2026-02-25T15:30", "now"),
        ("last quarter", "2025-12-10T15:30", "now"),
        ("monday", "2026-03-09", "2026-03-10"),
        ("what changed since monday?", "2026-03-09", "now"),
        ("last friday", "2026-03-06", "2026-03-07"),
        ("wednesday", "2026-03-04", "2026-03-05"),
        ("before friday", "1970-01-01", "2026-03-06"),
        ("in march", "2026-03-01", "now"),
        ("in february", "2026-02-01", "2026-03-01"),
        ("accepted in October", "2025-10-01", "2025-11-01"),
        ("in dec", "2025-12-01", "2026-01-01"),
        ("since january", "2026-01-01", "now"),
        ("before march", "1970-01-01", "2026-03-01"),
        ("MARCH 2025", "2025-03-01", "2025-04-01"),
        ("march 5", "2026-03-05", "2026-03-06"),
        ("march 5th, 2024", "2024-03-05", "2024-03-06"),
        ("february 29 2024", "2024-02-29", "2024-03-01"),
        ("since march 1st", "2026-03-01", "now"),
        ("in may", "2025-05-01", "2025-06-01"),
        ("since may", "2025-05-01", "now"),
        ("may 5", "2025-05-05", "2025-05-06"),
        ("may 2024", "2024-05-01", "2024-06-01"),
        ("in 2026-02", "2026-02-01", "2026-03-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("on 2026-1-5", "2026-01-05", "2026-01-06"),
        ("since 2026-01-05", "2026-01-05", "now"),
        ("before 2026-01-05", "1970-01-01", "2026-01-05"),
        ("older than 2 weeks", "1970-01-01", "2026-02-25T15:30"),
        ("until 3 days ago", "1970-01-01", "2026-03-08T15:30"),
        ("in the last 24 hours", "2026-03-10T15:30", "now"),
        ("patterns that came in the last 14 days", "2026-02-25T15:30", "now"),
        ("over the past three weeks", "2026-02-18T15:30", "now"),
        ("within a week", "2026-03-04T15:30", "now"),
        ("a couple of months", "2026-01-10T15:30", "now"),
        ("the last few days", "2026-03-08T15:30", "now"),
        ("two sprints", "2026-02-11T15:30", "now"),
        ("the last 2 quarters", "2025-09-10T15:30", "now"),
        ("within 2 years", "2024-03-11T15:30", "now"),
    ],
)  # fmt: skip
def test_words_mean_a_stretch_of_time(text: str, since: str, until: str) -> None:
    period = found(text)

    assert (period.since, period.until) == (at(since), at(until))


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "retry with backoff", "you may use it", "2026-13-01", "2026-02-30", "0000-01-01", "february 30", "march 0",
        "march 0000", "the last parsec", "marching orders", "12-05",
    ],
)  # fmt: skip
def test_without_a_time_there_is_no_period(text: str) -> None:
    assert period_in(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Added TODAY", "today"),
        ("since yesterday", "yesterday"),
        ("what came in the last 3 days?", "in the last 3 days"),
        ("used 2 weeks ago", "2 weeks ago"),
        ("used last Week", "last week"),
        ("on 2026-01-05", "2026-01-05"),
        ("since 2026-01-05", "since 2026-01-05"),
        ("before monday", "before monday"),
        ("on Monday", "monday"),
        ("older than 2 weeks", "2 weeks"),
        ("this month", "this month"),
        ("in the last sprint", "last sprint"),
        ("in march", "march"),
        ("march 5th, 2024", "march 5th, 2024"),
    ],
)
def test_a_period_says_how_the_question_put_it(text: str, said: str) -> None:
    assert found(text).said == said


@given(day=PAST)
def test_a_day_is_from_its_midnight_to_the_next(day: date) -> None:
    assert found(f"what was added on {day.isoformat()}") == Period(begin_of(day), begin_of(day) + DAY, day.isoformat())


@given(day=PAST)
def test_before_and_since_meet_at_a_day(day: date) -> None:
    assert found(f"before {day}").until == found(f"since {day}").since == begin_of(day)
    assert (found(f"before {day}").since, found(f"since {day}").until) == (EPOCH, NOW)


@given(day=PAST)
def test_a_date_is_written_in_numbers_or_in_words(day: date) -> None:
    in_words = found(f"on {MONTHS[day.month - 1]} {day.day} {day.year}")
    in_short = found(f"on {MONTHS[day.month - 1][:3]} {day.day}, {day.year}")
    in_numbers = found(str(day))

    assert (in_words.since, in_words.until) == (in_short.since, in_short.until) == (in_numbers.since, in_numbers.until)


@given(day=PAST)
def test_a_month_is_from_its_first_day_to_the_first_of_the_next(day: date) -> None:
    period = found(f"in {MONTHS[day.month - 1]} {day.year}")

    assert period.since == begin_of(day.replace(day=1))
    assert period.until == min(NOW, begin_of((day.replace(day=28) + 4 * DAY).replace(day=1)))


@given(count=st.integers(1, 200), unit=st.sampled_from(sorted(UNITS)))
def test_a_span_ends_now_and_is_as_long_as_it_says(count: int, unit: str) -> None:
    period = found(f"what was used in the last {count} {unit}s")

    assert period.until == NOW
    assert period.until - period.since == count * UNITS[unit]


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("a", 1), ("an", 1), ("one", 1), ("two", 2), ("a couple of", 2), ("three", 3), ("a few", 3), ("four", 4), ("five", 5),
        ("six", 6), ("seven", 7), ("ten", 10),
    ],
)  # fmt: skip
def test_a_number_may_be_a_word(word: str, count: int) -> None:
    assert found(f"added within {word} days").since == NOW - count * DAY


@pytest.mark.parametrize("text", ["the last 9999 years", "the last 9999 quarters", "older than 9999 years"])
def test_nothing_is_older_than_the_clock_of_computers(text: str) -> None:
    assert found(text).since == EPOCH


def test_what_lies_before_all_time_is_the_first_moment_of_computers() -> None:
    assert found("the last 9999 years", datetime(1971, 1, 1, tzinfo=UTC)).since == EPOCH


@pytest.mark.parametrize("text", ["today", "yesterday", "this week", "monday", "last 3 days", "last month"])
@pytest.mark.parametrize("hours", [-11, 2, 14])
def test_days_are_those_of_utc_wherever_the_clock_is(text: str, hours: int) -> None:
    assert found(text, NOW.astimezone(timezone(timedelta(hours=hours)))) == found(text)


@pytest.mark.parametrize("now", ["2026-01-15T10:00", "2026-03-01T00:00", "2026-12-31T23:59"])
def test_the_last_month_ends_where_this_one_begins(now: str) -> None:
    last, this = found("last month", at(now)), found("this month", at(now))

    assert last.until == this.since == at(now).replace(day=1, hour=0, minute=0)
    assert (last.since.day, last.since.month) == (1, (at(now).month - 2) % 12 + 1)


@pytest.mark.parametrize(
    ("now", "since"), [("2026-03-11", "2026-03-04"), ("2026-03-12", "2026-03-11"), ("2026-03-10", "2026-03-04")]
)
def test_a_weekday_is_the_last_one_that_is_over(now: str, since: str) -> None:
    assert found("on wednesday", at(now)).since == at(since)


def test_what_is_only_called_recent_is_of_the_last_thirty_days() -> None:
    assert recent(NOW) == Period(NOW - RECENT_DAYS * DAY, NOW, "the last 30 days")


@pytest.mark.parametrize(
    ("asked", "since", "until"),
    [
        ("before last week", "1970-01-01", "2026-11-23"),
        ("before yesterday", "1970-01-01", "2026-11-30"),
        ("patterns from last month", "2026-11-01", "2026-12-01"),
        ("between 2026-01-01 and 2026-02-01", "2026-01-01", "2026-02-02"),
        ("added on december 25", "2025-12-25", "2025-12-26"),
    ],
)
def test_a_period_lies_where_people_put_it(asked: str, since: str, until: str) -> None:
    found = period_in(asked, datetime(2026, 12, 1, 10, tzinfo=UTC))

    assert found is not None
    assert (str(found.since)[:10], str(found.until)[:10]) == (since, until)


@pytest.mark.parametrize("asked", ["9999-12-31", "december 9999", "since 2030-01-01", "before 1900-01-01"])
def test_a_period_that_no_calendar_or_library_reaches_is_none_or_empty(asked: str) -> None:
    found = period_in(asked, datetime(2026, 12, 1, 10, tzinfo=UTC))

    assert found is None or found.since <= found.until
