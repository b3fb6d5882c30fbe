from __future__ import annotations

import re

import pytest
from slugify_text import slugify


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World!", "hello-world"),
        ("  --Already--Hyphened__text-- ", "already-hyphened-text"),
        ("Crème Brûlée", "creme-brulee"),
        ("Straße nach Łódź", "strasse-nach-lodz"),
        ("ÆØÅ", "aeoa"),
        ("İstanbul", "istanbul"),
        ("Don't & won\u2019t", "dont-wont"),
        ("Version 2.0 (final)", "version-2-0-final"),
        ("ﬁle №５", "file-no5"),
        ("東京 Tower", "tower"),
    ],
)
def test_words_become_ascii_joined_by_hyphens(text: str, expected: str) -> None:
    assert slugify(text) == expected


def test_composed_and_decomposed_letters_give_the_same_slug() -> None:
    assert slugify("caf\u00e9") == slugify("cafe\u0301") == "cafe"


def test_a_slug_is_its_own_slug() -> None:
    slug = slugify("Some Long, Complicated Title -- with 100% Ümläuts")

    assert slugify(slug) == slug


def test_a_long_text_is_cut_between_words() -> None:
    assert slugify("one two three four", max_length=12) == "one-two"


def test_a_word_that_ends_exactly_at_the_limit_is_kept() -> None:
    assert slugify("abcde fghijk lmn", max_length=12) == "abcde-fghijk"


def test_a_word_longer_than_the_limit_is_cut_inside() -> None:
    assert slugify("a" * 30, max_length=12) == "a" * 12


@pytest.mark.parametrize("text", ["", "!!!", "東京", "\ud800", "🎉"])
def test_a_text_without_latin_letters_gets_a_stable_digest(text: str) -> None:
    assert re.fullmatch("[0-9a-f]{12}", slugify(text))
    assert slugify(text) == slugify(text)


def test_different_texts_without_latin_letters_get_different_slugs() -> None:
    assert slugify("東京") != slugify("大阪")


def test_the_digest_never_changes_between_releases() -> None:
    assert slugify("") == "e3b0c44298fc"


def test_a_limit_too_small_for_the_digest_is_refused() -> None:
    with pytest.raises(ValueError, match="max_length"):
        slugify("text", max_length=11)
