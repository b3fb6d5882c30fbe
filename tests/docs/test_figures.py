"""The page of figures says what the results say, and names for each of them a command that exists."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from benchmarks.figure_rows import COMMANDS, TOPICS
from benchmarks.figures_page import Figures, duration, page
from benchmarks.measure import RESULTS
from tests import TOP

PAGE = TOP / "docs/figures.md"
ELSEWHERE = {"structure"}
"""Results that another page shows: docs/architecture.md."""


def test_the_page_of_figures_says_what_the_results_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_a_new_measurement_changes_the_page(tmp_path: Path) -> None:
    shutil.copytree(RESULTS, tmp_path / "results")
    cold = json.loads((RESULTS / "cold.json").read_text(encoding="utf-8"))
    cold["figures"]["search"]["median_ms"] = 712.3
    (tmp_path / "results/cold.json").write_text(json.dumps(cold), encoding="utf-8")

    lines = zip(page().splitlines(), page(tmp_path / "results").splitlines(), strict=True)
    assert [(old != new, "| 0.71 s, " in new) for old, new in lines if old != new or "| 0.71 s, " in new] == [(True, True)]


def test_every_result_is_shown_with_its_command() -> None:
    written = {path.stem for path in RESULTS.glob("*.json")}

    assert {row.result for rows in TOPICS.values() for row in rows} == set(COMMANDS) == written - ELSEWHERE


@pytest.mark.parametrize("command", COMMANDS.values())
def test_every_command_of_the_page_is_a_module(command: str) -> None:
    python, option, module, *_ = command.split()

    assert (python, option) == ("python", "-m")
    assert importlib.util.find_spec(module) is not None


def test_times_have_two_digits_and_a_unit_that_fits() -> None:
    shown = [duration(milliseconds) for milliseconds in (0.2154, 2.94, 45.456, 99.6, 355.9, 11388.2, 544_000)]

    assert shown == ["0.22 ms", "2.9 ms", "45 ms", "0.1 s", "0.36 s", "11 s", "544 s"]


def test_a_field_is_found_by_key_number_repository_or_extreme() -> None:
    figures = Figures({"all": [{"repository": "koa", "most": 7}], "by": {"3": 0.91, "5": 0.94}, "pair": [1, 2]})

    assert figures.format("{all/koa/most} {by/least:share} {by/most:share1} {pair/1}") == "7 91 % 94.0 % 2"
    with pytest.raises(KeyError):
        figures.format("{all/koa/fewest}")
