"""README is what a stranger reads first: it is short, and what it names exists."""

from __future__ import annotations

import re

from foundry_git.cli.parser import build_parser
from tests import TOP
from tests.docs.front_pages import PAGES, README, TARGETS, commands_of, dead_links, targets_of


def test_it_is_short_enough_to_be_read_to_its_end() -> None:
    assert len(PAGES[README].split()) <= 700


def test_its_links_lead_to_what_exists() -> None:
    assert list(dead_links(README)) == []


def test_every_command_that_it_shows_is_understood() -> None:
    typed = commands_of(README)

    assert len(typed) == 10
    for words in typed:
        assert build_parser().parse_args(words).command == words[0]


def test_every_make_target_that_it_names_exists() -> None:
    assert {"demo", "test"} <= targets_of(README) <= TARGETS


def test_it_counts_the_starter_patterns() -> None:
    said = re.search(r"of (\d+) patterns", PAGES[README])

    assert said is not None and int(said[1]) == len(list((TOP / "patterns").glob("*/*/v1")))
