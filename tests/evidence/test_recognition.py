"""Recognition: what is told from its bytes is what parsing would take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_git.evidence.events import Event, Survived, canonical, parse
from foundry_git.evidence.recognition import is_event
from tests.evidence.test_events import AT, DIGEST, KNOWN, NONCE, SAMPLES

BYTES = (b"0", b"1", b"9", b"f", b"-", b'"', b",", b"{", b"}", b"[", b"]", b":", b" ", b"r", b"\xc3")
CUTS = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 3), st.sampled_from([*BYTES, b"", None])), max_size=3)
"""Where, how many bytes go, and what comes in their place; None: what follows there, twice."""


@given(KNOWN, CUTS)
@settings(deadline=None, max_examples=400)
def test_what_is_recognised_can_be_parsed_however_its_bytes_were_changed(
    event: Event, cuts: list[tuple[int, int, bytes | None]]
) -> None:
    line = canonical(event)
    for place, length, new in cuts:
        start = place % (len(line) + 1)
        line = line[:start] + (line[start : start + 40] if new is None else new) + line[start + length :]

    if is_event(line):
        parse(line)


@given(KNOWN, KNOWN, st.integers(0, 99), st.integers(0, 99))
@settings(deadline=None, max_examples=150)
def test_fields_of_two_events_mixed_are_recognised_only_if_they_parse(one: Event, other: Event, here: int, there: int) -> None:
    parts, foreign = canonical(one).split(b","), canonical(other).split(b",")
    parts[here % len(parts)] = foreign[there % len(foreign)]
    line = b",".join(parts)

    if is_event(line):
        parse(line)


@pytest.mark.parametrize("kind", ["sighted", "injected", "adopted", "outcome", "rated", "survived", "session"])
def test_the_common_kinds_are_recognised(kind: str) -> None:
    """Else nothing is wrong, only slow."""
    named = [event for name, event in SAMPLES.items() if name.partition("-")[0] == kind]
    seen = [event for event in named if is_event(canonical(event))]

    assert named and seen


def test_every_day_that_is_recognised_exists() -> None:
    line = canonical(SAMPLES["sighted"]).decode()
    days = [f"2026-{month:02d}-{day:02d}" for month in range(14) for day in range(33)]
    told = [day for day in days if is_event(line.replace(line[7:17], day).encode())]

    first = datetime(2026, 1, 1, tzinfo=UTC)
    assert told == [f"{first + timedelta(days=number):%Y-%m-%d}" for number in range(365)]


@pytest.mark.parametrize(("lines", "left", "is_one"), [(40, 40, True), (40, 41, False), (9, 10, False), (1, 0, True)])
def test_no_more_lines_survive_than_came(lines: int, left: int, is_one: bool) -> None:
    event = Survived(at=AT, digest=DIGEST, commit="a" * 40, days=30, lines=lines, left=0)
    line = canonical(event).replace(b'"left":0', b'"left":%d' % left)

    assert is_event(line) is is_one


def test_an_injection_names_no_digest_twice() -> None:
    line = canonical(SAMPLES["injected"])
    item = line[line.index(b"[") + 1 : line.index(b"}") + 1]

    assert is_event(line)
    assert not is_event(line.replace(item, item + b"," + item, 1))


def test_what_is_nearly_an_event_is_not_recognised() -> None:
    good = canonical(SAMPLES["rated"])
    assert is_event(good)
    for bad in (
        b"",
        b"{}",
        good + b"\n",
        good + b" ",
        good.replace(NONCE.encode(), NONCE.upper().encode()),
        good[:-1] + b',"x":1}',
    ):
        assert not is_event(bad)
