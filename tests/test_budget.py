"""The budget: a week brings a few candidates, the most worth first, unless somebody asked."""

from __future__ import annotations

import pytest

from foundry_git.extraction.budget import LEAST_WORTH, inbox, week_of
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.record import Manifest


def candidate(name: str, worth: int, week: str = "2026-W01", supersedes: str = "") -> Candidate:
    manifest = Manifest(name=name, kind="function", description=name, language="python", code=f"{name}.py")
    return Candidate(f"python/{name}", manifest, "", f"py1:{name}", "b" * 40, "main", worth, week=week, supersedes=supersedes)


def shown(waiting: list[Candidate], per_week: int) -> list[str]:
    return [one.manifest.name for one in inbox(sorted(waiting, key=lambda one: -one.worth), per_week)]


def test_each_week_brings_its_best_only() -> None:
    waiting = [candidate("a", 60), candidate("b", 80), candidate("c", 70), candidate("d", 65, week="2026-W02")]

    assert shown(waiting, per_week=2) == ["b", "c", "d"]


def test_what_is_worth_little_waits_in_every_week() -> None:
    assert shown([candidate("a", LEAST_WORTH - 1), candidate("b", LEAST_WORTH)], per_week=5) == ["b"]


def test_what_a_command_asked_for_and_new_versions_are_always_shown() -> None:
    asked = [candidate("a", 10, week=""), candidate("b", 20, supersedes="python/b@1"), candidate("c", 90)]

    assert shown(asked, per_week=0) == ["b", "a"]


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
