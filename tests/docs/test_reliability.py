"""The table of docs/reliability.md says what the results say."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.measure import RESULTS
from tests import TOP

PAGE = (TOP / "docs/reliability.md").read_text(encoding="utf-8")


def figures(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["figures"]


def row(start: str) -> str:
    return next(line for line in PAGE.splitlines() if line.startswith(f"| {start}"))


def test_the_conditions_are_those_measured() -> None:
    found = figures("conditions")

    assert f"under {found['conditions']} conditions" in row("commits under")
    assert f"{found['unnoticed']:,} of {found['commits']:,}" in row("commits under")
    assert f"{found['a hook that talks']['said']} of {found['a hook that talks']['commits']} say" in row("commits under")
    assert f"{found['added_median_ms']} ms" in row("what the hook adds")
    assert f"{found['a hook that waits']['median_ms']:.0f} ms" in row("what the hook adds")


def test_the_bursts_are_those_measured() -> None:
    found = figures("bursts")
    ours, other, none = found["hook"], found["other_hook"], found["none"]
    in_a_row, rebase, workers = row("500 commits"), row("a rebase of 200"), row("workers alive")

    assert (found["commits"], found["rebased"]) == (500, 200)
    assert f"{ours['median_ms']:g} ms and {ours['p99_ms']:.0f} ms" in in_a_row
    assert f"{none['median_ms']} ms and {none['p99_ms']} ms" in in_a_row
    assert f"{other['median_ms']:.0f} ms and {other['p99_ms']:.0f} ms" in in_a_row
    assert f"| {ours['rebase_to_empty_hook']} |" in rebase and f": {other['rebase_to_empty_hook']} |" in rebase
    assert f"| {ours['most_workers']}; {ours['last_worker_gone_after_s']} s |" in workers
    assert f": {other['most_workers']}; {other['last_worker_gone_after_s']} s |" in workers


def test_the_subjects_are_those_measured() -> None:
    kept = next(part for name, part in figures("subjects").items() if name.replace("-", "_") == "held_out")
    rates = [kept["rule"][of]["rate"] for of in ("precision", "recall")]

    assert f"| {rates[0]:.2f}, {rates[1]:.2f} |" in row("subjects of fixes")
