"""Helper words: words that readers' verdicts speak for or against, as they were fitted."""

from __future__ import annotations

import pytest

from foundry_git.extraction.helper_words import MUCH, helper_share, helper_words

SPLITS = "def split_escaped(text, size):\n    if not text.strip():\n        return None\n    yield text[:size].lower()\n"
CONFIGURES = "def configure(self, app, options):\n    self.config = options.settings\n    app.state.context = self\n"


def test_code_of_a_helper_speaks_otherwise_than_the_glue_of_a_project() -> None:
    assert helper_share(CONFIGURES) < 0.4 < 0.5 < helper_share(SPLITS)


@pytest.mark.parametrize("code", ["", "{ ( + ) }", "zyxwv(qponm)"])
def test_words_that_nobody_knows_tell_nothing(code: str) -> None:
    assert helper_share(code) == 0.5


def test_a_word_counts_once_however_often_and_in_whatever_identifier_it_stands() -> None:
    weights = {"split": 1.0, "config": -0.5}

    assert helper_share("split(text)", weights) == 0.5 + 1 / (2 * MUCH)
    assert helper_share("splitText(split, SPLIT_TEXT)", weights) == helper_share("split(text)", weights)
    assert helper_share("split(config)", weights) == 0.5 + 0.5 / (2 * MUCH)


def test_the_share_stays_within_nothing_and_all() -> None:
    assert helper_share("split", {"split": 9.0}) == 1
    assert helper_share("split", {"split": -9.0}) == 0


def test_the_words_that_ship_are_many_and_none_outweighs_the_rest() -> None:
    words = helper_words()

    assert len(words) > 1_000
    assert max(abs(weight) for weight in words.values()) < MUCH / 3
    assert words["split"] > 0 > words["config"]
