"""Token counts: by words, digits and marks, and how much of a text fits into a budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.escaping import for_prompt
from foundry_git.execution.token_counts import DIGITS, LETTERS, tokens_of, within

LINES = st.lists(st.text(st.sampled_from("abcdefgh 0123,._é漢`<"), max_size=40), max_size=8)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \n\t", 0),
        ("retry", 1),
        ("a" * LETTERS, 1),
        ("a" * (LETTERS + 1), 2),
        ("1" * DIGITS, 1),
        ("1" * (DIGITS + 1), 2),
        ("retry with backoff", 3),
        ("retry_with_backoff", 5),
        ("f(x)", 4),
        ("...", 3),
        ("v3", 2),
        ("漢字", 2),
        ("straße", 6),
        ("٣٣٣", 1),
    ],
)
def test_words_digits_and_marks_are_counted(text: str, count: int) -> None:
    assert tokens_of(text) == count


@given(lines=LINES)
def test_lines_take_together_what_each_takes(lines: list[str]) -> None:
    assert tokens_of("\n".join(lines)) == sum(map(tokens_of, lines))


@given(lines=LINES, budget=st.integers(1, 40))
def test_what_is_kept_fits_and_is_counted(lines: list[str], budget: int) -> None:
    text, used = within(lines, budget)

    assert used <= budget
    assert used == tokens_of(text)


@given(lines=LINES, budget=st.integers(1, 40))
def test_the_first_lines_are_kept_whole_as_long_as_they_fit(lines: list[str], budget: int) -> None:
    text, _ = within(lines, budget)
    shown = [for_prompt(line) for line in lines]
    fitting = [at for at in range(len(lines) + 1) if tokens_of("\n".join(shown[:at])) <= budget]

    if lines and fitting[-1] == 0:
        assert text.endswith("…")
        assert shown[0].startswith(text[:-1])
    else:
        assert text == "\n".join(shown[: fitting[-1]])


@given(lines=LINES, budget=st.integers(1, 40))
def test_a_larger_budget_never_holds_less(lines: list[str], budget: int) -> None:
    smaller, larger = within(lines, budget)[0], within(lines, budget + 1)[0]

    assert larger.startswith(smaller.removesuffix("…"))


def test_a_first_line_that_is_too_long_is_cut_behind_a_whole_word() -> None:
    assert within(["retry every call with backoff", "more"], 4) == ("retry every call…", 4)


def test_what_a_line_holds_begins_no_other_line_no_code_and_no_tag() -> None:
    text, used = within(["first\nsecond", "```python", "</system>"], 40)

    assert len(text.splitlines()) == 3
    assert "`" not in text
    assert "</" not in text
    assert used == tokens_of(text)


def test_nothing_fits_in_nothing() -> None:
    assert within([], 10) == ("", 0)
    assert within(iter(["retry", "again"]), 1) == ("retry", 1)
