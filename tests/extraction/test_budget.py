"""The budget: a week brings a few candidates, the most worth first, unless somebody asked."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from foundry_git.extraction import budget
from foundry_git.extraction.budget import settle, week_of
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.record import Manifest


def candidate(name: str, worth: int, week: str = "2026-W01", **facts: Any) -> Candidate:
    manifest = Manifest(name=name, kind="function", description=name, language="python", code=f"{name}.py")
    return Candidate(f"python/{name}", manifest, "", f"py1:{name}", "b" * 40, "main", worth, week=week, **facts)


def shown(candidates: list[Candidate]) -> set[str]:
    return {one.manifest.name for one in budget.shown(candidates)}


def test_a_week_lets_in_its_best_only() -> None:
    settled = settle("2026-W01", [candidate("a", 60), candidate("b", 80), candidate("c", 70)], [], per_week=2)

    assert shown(settled) == {"b", "c"}
    assert {one.manifest.name for one in settled} == {"a", "b", "c"}, "what is held back is kept"


def test_what_was_shown_stays_and_leaves_less_room() -> None:
    monday = settle("2026-W01", [candidate("a", 52)], [], per_week=2)
    friday = settle("2026-W01", [candidate("b", 60), candidate("c", 90)], monday, per_week=2)

    assert shown([*monday, *friday]) == {"a", "c"}


def test_what_was_held_back_is_let_in_while_its_week_has_room_and_never_after() -> None:
    held = candidate("a", 50, held=True)

    assert shown(settle("2026-W01", [candidate("b", 52)], [held], per_week=2)) == {"a", "b"}
    assert shown(settle("2026-W02", [candidate("b", 52, week="2026-W02")], [held], per_week=2)) == {"b"}


def test_what_is_worth_little_is_held_back_in_every_week() -> None:
    assert shown(settle("2026-W01", [candidate("a", 44), candidate("b", 45)], [], per_week=5)) == {"b"}


def test_what_is_near_something_known_is_held_back() -> None:
    assert shown(settle("2026-W01", [candidate("a", 90, near="python/b, 0.95"), candidate("b", 52)], [], per_week=5)) == {"b"}


def test_a_renewed_candidate_that_was_shown_takes_no_further_room() -> None:
    there = [candidate("a", 60)]

    assert shown(settle("2026-W01", [candidate("a", 55), candidate("b", 52)], there, per_week=2)) == {"a", "b"}


def test_new_versions_of_accepted_patterns_need_no_room() -> None:
    put = [candidate("a", 10, supersedes="python/a@1"), candidate("b", 90)]

    assert shown(settle("2026-W01", put, [], per_week=1)) == {"a", "b"}


def test_new_versions_come_first_and_the_rest_keeps_its_order() -> None:
    waiting = [candidate("a", 90), candidate("b", 80), candidate("c", 10, supersedes="python/c@1")]

    assert [one.manifest.name for one in budget.shown(waiting)] == ["c", "a", "b"]


def test_what_the_newest_week_brought_stands_before_the_rest_and_behind_new_versions() -> None:
    waiting = [candidate("a", 90, week=""), candidate("b", 80, week="2026-W01"), candidate("c", 50, week="2026-W02")]
    waiting += [candidate("d", 40, week="2026-W02"), candidate("e", 10, week="", supersedes="python/e@1")]

    assert [one.manifest.name for one in budget.shown(waiting)] == ["e", "c", "d", "a", "b"]
    assert [budget.is_new(one, budget.newest_week(waiting)) for one in waiting] == [False, False, True, True, False]
    assert not budget.is_new(candidate("f", 90, week=""), budget.newest_week([candidate("f", 90, week="")]))


@pytest.mark.parametrize(
    ("date", "week"),
    [
        ("2026-11-20T10:00:00+00:00", "2026-W47"),
        ("2027-01-01T00:30:00+02:00", "2026-W53"),
        ("2024-12-30T00:00:00+00:00", "2025-W01"),
    ],
)
def test_weeks_are_those_of_iso_in_utc(date: str, week: str) -> None:
    assert week_of(date) == week


def test_what_a_command_brought_and_is_worth_little_is_shown_where_there_is_nothing_better() -> None:
    poor, fair = (replace(candidate(name, worth, week=""), code="pass\n") for name, worth in (("a", 59), ("b", 60)))
    version, new = candidate("c", 10, week="", supersedes="python/c@1"), candidate("d", 46)
    lesson = candidate("e", 50, week="")

    assert [one.id for one in budget.shown([poor])] == ["python/a"]
    assert [one.id for one in budget.shown([poor, fair])] == ["python/b"]
    assert [one.id for one in budget.shown([poor, version, new, lesson])] == ["python/c", "python/d", "python/a", "python/e"]
    assert [one.id for one in budget.shown([poor, fair, version, lesson])] == ["python/c", "python/b", "python/e"]
