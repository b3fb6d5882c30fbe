"""Periods: which stretch of time a question means by its words. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from msgspec import Struct

RECENT_DAYS = 30
MAX_COUNT = 9999

_UNITS = {"hour": 1 / 24, "day": 1, "week": 7, "fortnight": 14, "sprint": 14, "month": 30, "quarter": 91, "year": 365}
_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "ten": 10,
    "few": 3,
    "couple": 2,
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_COUNT = rf"(?P<count>\d{{1,4}}|{'|'.join(_NUMBERS)})"
_UNIT = rf"(?P<unit>{'|'.join(_UNITS)})s?"
_SPAN = re.compile(
    rf"\b(?:last|past|previous|within|in the last|over the)?\s*(?:the\s+)?(?:last\s+|past\s+)?{_COUNT}\s+(?:of\s+)?{_UNIT}\b"
    r"(?P<ago>\s+ago)?"
)
_NAMED = re.compile(rf"\b(?P<which>this|last|past|previous|current)\s+{_UNIT}\b")
_DATE = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?\b")
_MONTH_NAMES = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS if name != "may")  # which is a verb, too
_MONTH = re.compile(
    rf"\b(?P<name>{_MONTH_NAMES}|may(?= \d)|(?<=in )may|(?<=since )may)\b"
    r"(?:\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?!\d))?(?:,?\s+(?P<year>\d{4}))?"
)
_WEEKDAY = re.compile(rf"\b(?P<name>{'|'.join(_WEEKDAYS)})\b")
_FROM = re.compile(r"\b(?:since|after|starting)\b")
_BEFORE = re.compile(r"\b(?:before|until|prior to|older than)\b")


class Period(Struct, frozen=True):
    """From ``since`` up to, and without, ``until``; ``said`` is how the question put it."""

    since: datetime
    until: datetime
    said: str


def period_in(text: str, now: datetime) -> Period | None:
    """Return the period that a question names, as people in UTC would mean it at ``now``; None where it names none."""
    lowered = text.lower()
    for look in (_of_words, _of_dates, _of_date, _of_span, _of_named, _of_weekday, _of_month):
        try:
            found = look(lowered, now)
        except OverflowError:  # a year that no calendar has
            continue
        if found:
            return found if found.since <= found.until else Period(found.since, found.since, found.said)
    return None


def recent(now: datetime) -> Period:
    """The period that is meant where a question says no more than that something is new."""
    return Period(now - timedelta(days=RECENT_DAYS), now, f"the last {RECENT_DAYS} days")


def _of_words(text: str, now: datetime) -> Period | None:
    today = _midnight(now)
    is_before = bool(_BEFORE.search(text))
    if re.search(r"\btoday\b|\bthis (?:morning|afternoon|evening)\b|\btonight\b", text):
        return Period(_EPOCH, today, "before today") if is_before else Period(today, now, "today")
    if re.search(r"\byesterday\b", text):
        begin = today - timedelta(days=1)
        if is_before:
            return Period(_EPOCH, begin, "before yesterday")
        return Period(begin, now if _FROM.search(text) else today, "yesterday")
    return None


def _of_dates(text: str, now: datetime) -> Period | None:
    """The stretch between two dates, both included."""
    found = list(_DATE.finditer(text))
    if len(found) != 2 or not re.search(r"\b(?:between|from)\b", text):
        return None
    first, last = (_of_date(each[0], now) for each in found)
    return Period(first.since, last.until, f"{found[0][0]} to {found[1][0]}") if first and last else None


def _of_date(text: str, now: datetime) -> Period | None:
    found = _DATE.search(text)
    if found is None:
        return None
    try:
        begin = datetime(int(found["year"]), int(found["month"]), int(found["day"] or 1), tzinfo=UTC)
    except ValueError:
        return None
    return _bounded(text, begin, begin + timedelta(days=1) if found["day"] else _next_month(begin), now, found[0])


def _of_span(text: str, now: datetime) -> Period | None:
    found = _SPAN.search(text)
    if found is None:
        return None
    count = int(found["count"]) if found["count"].isdigit() else _NUMBERS[found["count"]]
    begin = _earlier(now, min(count, MAX_COUNT) * _UNITS[found["unit"]])
    if _BEFORE.search(text):
        return Period(_EPOCH, begin, found[0].strip())
    return Period(begin, now, found[0].strip())


def _of_named(text: str, now: datetime) -> Period | None:
    found = _NAMED.search(text)
    if found is None:
        return None
    unit, today = found["unit"], _midnight(now)
    if (
        unit in ("hour", "sprint", "fortnight", "quarter")
        or found["which"] == "past"
        or (found["which"] == "previous" and unit == "day")
    ):
        return Period(_earlier(now, _UNITS[unit]), now, found[0])
    begin = {
        "day": today,
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }[unit]
    if _BEFORE.search(text):
        is_this = found["which"] in ("this", "current")
        return Period(_EPOCH, begin if is_this else _one_before(unit, begin), f"before {found[0]}")
    if found["which"] in ("this", "current"):
        return Period(begin, now, found[0])
    before = _one_before(unit, begin)
    return Period(before, now if _FROM.search(text) else begin, found[0])


def _one_before(unit: str, begin: datetime) -> datetime:
    """The beginning of the day, week, month or year before the one that begins then."""
    match unit:
        case "day" | "week":
            return begin - timedelta(days=1 if unit == "day" else 7)
        case "month":
            return (begin - timedelta(days=1)).replace(day=1)
        case _:
            return begin.replace(year=begin.year - 1)


def _of_weekday(text: str, now: datetime) -> Period | None:
    found = _WEEKDAY.search(text)
    if found is None:
        return None
    today = _midnight(now)
    begin = today - timedelta(days=(today.weekday() - _WEEKDAYS.index(found["name"])) % 7 or 7)
    return _bounded(text, begin, begin + timedelta(days=1), now, found[0])


def _of_month(text: str, now: datetime) -> Period | None:
    found = _MONTH.search(text)
    if found is None:
        return None
    month = next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(found["name"][:3]))
    year = int(found["year"]) if found["year"] else now.year - (month > now.month)
    try:
        begin = datetime(year, month, int(found["day"] or 1), tzinfo=UTC)
        if begin > now and not found["year"]:
            begin = begin.replace(year=year - 1)
    except ValueError:
        return None
    return _bounded(text, begin, begin + timedelta(days=1) if found["day"] else _next_month(begin), now, found[0])


def _bounded(text: str, begin: datetime, end: datetime, now: datetime, said: str) -> Period:
    """The period of a day or month that was named, or what lies before or after it."""
    if _BEFORE.search(text):
        return Period(_EPOCH, begin, f"before {said}")
    return Period(begin, now, f"since {said}") if _FROM.search(text) else Period(begin, min(end, now), said)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _midnight(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _earlier(now: datetime, days: float) -> datetime:
    try:
        return max(_EPOCH, now - timedelta(days=days))
    except OverflowError:
        return _EPOCH


def _next_month(begin: datetime) -> datetime:
    return (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
