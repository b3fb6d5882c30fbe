from __future__ import annotations

from datetime import timedelta

import pytest
from parse_duration import parse_duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("1h", timedelta(hours=1)),
        ("2d", timedelta(days=2)),
        ("3w", timedelta(weeks=3)),
        ("250ms", timedelta(milliseconds=250)),
        ("0s", timedelta(0)),
    ],
)
def test_reads_each_unit(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


def test_units_add_up() -> None:
    assert parse_duration("1d 2h3m4s 5ms") == timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5)


def test_minutes_and_milliseconds_are_told_apart() -> None:
    assert parse_duration("5m5ms") == timedelta(minutes=5, milliseconds=5)
    assert parse_duration("5ms") == timedelta(milliseconds=5)


def test_decimals_are_allowed() -> None:
    assert parse_duration("1.5h") == timedelta(minutes=90)


def test_spaces_and_capitals_are_allowed() -> None:
    assert parse_duration("  1 H  30 m ") == timedelta(minutes=90)


@pytest.mark.parametrize(
    "text",
    ["", " ", "90", "-5m", "+5m", "5x", "m", "1m1h", "5m5m", "1.h", ".5h", "1,5h", "1h30", "1e3s", "٣s", "1 0s", "inf"],
)
def test_refuses_everything_else_and_shows_the_text(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration") as caught:
        parse_duration(text)
    assert repr(text) in str(caught.value)


def test_a_hostile_text_is_refused_in_linear_time() -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration("1w" + " " * 5_000 + "!")


@pytest.mark.parametrize("text", ["9999999999w", "9" * 400 + "s"])
def test_refuses_what_a_timedelta_cannot_hold(text: str) -> None:
    with pytest.raises(ValueError, match="too long"):
        parse_duration(text)
