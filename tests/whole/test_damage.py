"""Damaged files give the same answer and are said; nothing that was acknowledged is lost: a part of the benchmark."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from benchmarks.reliability.damage import (
    Shelf,
    damaged,
    killed_while_writing,
    opened_as_they_are,
    refused_when_deferred,
    written_at_once,
)
from tests.apart import apart

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks and kills by signal")


def test_damage_anywhere_gives_the_same_answer(tmp_path: Path) -> None:
    shelf, chance = Shelf.make(tmp_path, by_meaning=False), random.Random(14)

    seen, wrong = damaged(shelf, 16, chance)

    assert wrong == []
    assert seen["set aside"] > 3
    plain = opened_as_they_are(shelf, 20, chance)
    assert plain["errors"] + plain["wrong"] > 0, "opened as it is, a damaged file answers wrongly or not at all"


def test_eight_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    seen = apart(written_at_once, tmp_path, 8, 5)

    assert (seen["lost"], seen["set_aside"]) == (0, 0)


def test_no_acknowledged_event_is_lost_by_a_kill(tmp_path: Path) -> None:
    seen = apart(killed_while_writing, tmp_path, 20, random.Random(14))

    assert (seen["lost"], seen["lost_in_view"], seen["set_aside"]) == (0, 0, 0)


def test_a_transaction_that_begins_with_reading_is_refused_at_once(tmp_path: Path) -> None:
    assert apart(refused_when_deferred, tmp_path, 8, 50) > 0
