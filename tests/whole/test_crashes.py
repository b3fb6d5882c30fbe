"""Whatever is killed, or refused by the disk, is old or new, and the next command goes on from there: a part of the benchmark."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import pytest

from benchmarks.reliability.crashes import OPERATIONS, Tally, Trial, at_calls, at_random, begin, torn_by_naive_saves
from tests.apart import apart

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
NAMED = {operation.name: operation for operation in OPERATIONS}
STRACE = pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")


@pytest.fixture(scope="module")
def acceptance(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return begin(NAMED["accept"], tmp_path_factory.mktemp("accept"))


@STRACE
@pytest.mark.parametrize(("fault", "points"), [("kill", 2), ("ENOSPC", 1)])
def test_an_acceptance_disturbed_at_a_call_that_writes_is_old_or_new(acceptance: Trial, fault: str, points: int) -> None:
    tally = at_calls(acceptance, fault, points, random.Random(14))

    assert (tally.points, tally.wrong) == (points, [])


def killed_at_random(folder: Path) -> Tally:
    return at_random(begin(NAMED["accept"], folder), 3, random.Random(14))


def test_an_acceptance_killed_at_any_moment_is_old_or_new(tmp_path: Path) -> None:
    tally = apart(killed_at_random, tmp_path)

    assert (tally.points, tally.wrong) == (3, [])


def test_a_save_in_place_is_torn_by_a_kill() -> None:
    assert apart(torn_by_naive_saves, 6, random.Random(14)) > 0
