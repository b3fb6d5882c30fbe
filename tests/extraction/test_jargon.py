"""Jargon: words that a project's names hold more often than those of other code bases do."""

from __future__ import annotations

from foundry_git.extraction.jargon import LEAST_UNITS, Jargon, general_words

NAMES = [f"{verb}_{noun}" for verb in ("start", "stop", "spawn", "feed", "kill") for noun in ("spider", "crawler", "scrape")]
GENERAL = "def split_lines(text, size):\n    return [text[at:at + size] for at in range(0, len(text), size)]\n"
OWN = "def feed_spider(crawler, spider):\n    return crawler.scrape(spider)\n"


def test_code_in_words_that_all_know_is_more_general_than_code_in_the_projects_own() -> None:
    project = Jargon(NAMES)
    general, own = project.generality(GENERAL), project.generality(OWN)

    assert general is not None and own is not None
    assert own < 0.3 < 0.7 < general <= 1


def test_the_same_code_is_general_where_others_speak_so_too() -> None:
    other = Jargon(
        [f"{name}_page" for name in ("load", "read", "write", "open", "close", "parse", "find", "list", "count", "sort")]
    )

    assert (other.generality(OWN) or 0) > (Jargon(NAMES).generality(OWN) or 0)


def test_of_a_few_names_nobody_knows_what_the_project_is_about() -> None:
    assert Jargon(NAMES[: LEAST_UNITS - 1]).generality(OWN) is None
    assert Jargon(NAMES).generality("{ ( + ) }") is None


def test_words_are_taken_from_names_one_by_one() -> None:
    project = Jargon()
    for name in NAMES:
        project.add(name)

    assert project.generality(OWN) == Jargon(NAMES).generality(OWN)


def test_the_general_words_are_those_of_many_code_bases() -> None:
    words, bases = general_words()

    assert bases >= 90 and words["error"] > 80 and "spider" not in words
    assert min(words.values()) == 3 and max(words.values()) <= bases
