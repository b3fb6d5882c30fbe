"""The grammar of every value that an event may hold: digests, names, enumerations and bounded numbers.

What is shared must not carry task text, paths, e-mail or host names, so there is no rule for free text: a value that fits none of
these cannot enter an event. A refusal never repeats the value, for it may be the private text itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import force_setattr

_SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
_DIGEST = "[0-9a-f]{64}"
_RECEIPT = "r-[0-9a-f]{12}"


class Rule(Struct, frozen=True):
    """What a text value must look like, for the machine and in words."""

    pattern: re.Pattern[str]
    words: str


DIGEST = Rule(re.compile(_DIGEST), "64 lower-case hex digits")
SHAPE = Rule(
    re.compile(r"(?=[^:]{1,32}:)[a-z][a-z0-9]*(?:-[a-z0-9]+)*:[0-9a-f]{16,64}"),
    "an algorithm's name, a colon and 16 to 64 hex digits",
)
PLACE = Rule(re.compile("[0-9a-f]{32}"), "32 lower-case hex digits")
NONCE = Rule(re.compile("[0-9a-f]{16}"), "16 lower-case hex digits")
COMMIT = Rule(re.compile("[0-9a-f]{40}|[0-9a-f]{64}"), "a full commit id")
RUN = Rule(re.compile("[0-9a-f]{32,64}"), "a commit id or a hashed run id of 32 to 64 hex digits")
RECEIPT = Rule(re.compile(_RECEIPT), "a receipt, r- and 12 hex digits")
SUBJECT = Rule(re.compile(f"{_DIGEST}|{_RECEIPT}"), "a digest or a receipt")
PATTERN_ID = Rule(re.compile(rf"(?=[^/]{{1,16}}/[^/]{{1,64}}\Z){_SLUG}/{_SLUG}"), "<language>/<slug>")
SLUG = Rule(re.compile(rf"(?=[^ ]{{1,32}}\Z){_SLUG}"), "a lower-case word with single hyphens")
KIND = Rule(re.compile("[a-z][a-z-]{0,31}"), "a short lower-case word")
MOMENT = Rule(re.compile(r"[0-9]{4}(?:-[0-9]{2}){2}T[0-9]{2}(?::[0-9]{2}){2}\.[0-9]{3}Z"), "like 2026-11-20T14:36:13.000Z")
NAME = Rule(re.compile("[a-z][a-z0-9_]{0,31}"), "a short lower-case name")
_TEXTS = (DIGEST, SHAPE, RUN, NONCE, RECEIPT, PATTERN_ID, SLUG, MOMENT)


def expect(rule: Rule, **values: object) -> None:
    """Check that every value is text after ``rule``.

    Raises:
        ValueError: one is not; the sentence names the field, never the value.
    """
    for name, value in values.items():
        if not (isinstance(value, str) and rule.pattern.fullmatch(value)):
            raise ValueError(f"{name} must be {rule.words}")


def expect_if_any(rule: Rule, **values: object) -> None:
    """Check every value that is not ``None`` like :func:`expect`."""
    expect(rule, **{name: value for name, value in values.items() if value is not None})


def expect_one_of(words: Collection[str], **values: object) -> None:
    """Check that every value is one of ``words``, or raise ``ValueError``."""
    for name, value in values.items():
        if not (isinstance(value, str) and value in words):
            raise ValueError(f"{name} must be one of {', '.join(words)}")


def expect_whole(low: int, high: int, **values: object) -> None:
    """Check that every value is a whole number from ``low`` to ``high``, or raise ``ValueError``; ``True`` is no number."""
    for name, value in values.items():
        if type(value) is not int or not low <= value <= high:
            raise ValueError(f"{name} must be a whole number from {low} to {high}")


def expect_no_free_text(facts: object) -> None:
    """Check that everything in the JSON value ``facts``, however deep, is a number or a text that some field of an event may hold.

    Raises:
        ValueError: there is another text.
    """
    left = [facts]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            expect(NAME, **{f"key {number}": name for number, name in enumerate(value)})
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and not any(rule.pattern.fullmatch(value) for rule in _TEXTS):
            raise ValueError("what this version does not know must be numbers, ids, times and short words, and no other text")


def moment(value: object) -> datetime:
    """Return an aware time in UTC, cut to whole milliseconds.

    Raises:
        ValueError: it is no ``datetime``, or a naive one, whose zone two machines would guess differently.
    """
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValueError("at must be a time with its zone")
    try:
        utc = value.astimezone(UTC)
        return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
    except OverflowError:
        raise ValueError("at must lie in the years 1 to 9999 in UTC") from None


def settle_time(event: Struct) -> None:
    """Keep the ``at`` of a frozen record as :func:`moment` gives it."""
    force_setattr(event, "at", moment(event.at))  # type: ignore[attr-defined]  # every kind has it


def moment_text(at: datetime) -> str:
    """Write a time of :func:`moment` as ``2026-11-20T14:36:13.000Z``: always as long, so that texts sort like times."""
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def read_moment(text: object) -> datetime:
    """Read what :func:`moment_text` writes, and nothing else, or raise ``ValueError``."""
    if not (isinstance(text, str) and MOMENT.pattern.fullmatch(text)):
        raise ValueError(f"at must read {MOMENT.words}")
    return datetime.fromisoformat(text)
