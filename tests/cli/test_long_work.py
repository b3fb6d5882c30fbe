"""Where no terminal shows a bar, something long says that it begins and that it has ended."""

from __future__ import annotations

import re

import pytest

from foundry_git.cli.output import LONG, ProgressBar


def said(capsys: pytest.CaptureFixture[str], steps: list[tuple[int, int]], patience: float = 0.0) -> list[str]:
    bar = ProgressBar("reading code", patience)
    for done, total in steps:
        bar(done, total)
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


def test_something_long_says_so_and_that_it_has_ended_once_each(capsys: pytest.CaptureFixture[str]) -> None:
    total = LONG + 7
    begins, ends = said(capsys, [(done, total) for done in (1, 2, total - 1, total, total)])

    assert begins == f"foundry: reading code: {total} to do"
    assert re.fullmatch(r"foundry: reading code: done, \d+ s", ends)


@pytest.mark.parametrize("steps", [[(1, LONG - 1), (LONG - 1, LONG - 1)], [(LONG, LONG)], [(0, 0)]])
def test_nothing_is_said_of_what_is_short_or_over_at_once(
    capsys: pytest.CaptureFixture[str], steps: list[tuple[int, int]]
) -> None:
    assert said(capsys, steps) == []


def test_nothing_is_said_before_somebody_has_waited(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, [(1, LONG), (LONG - 1, LONG), (LONG, LONG)], patience=3600.0) == []
