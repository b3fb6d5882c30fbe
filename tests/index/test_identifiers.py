"""Words: identifiers are split by case and marks, and what is written without spaces is found by its parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.index.identifiers import as_pairs, split_identifiers, with_pairs
from foundry_git.search.query import words_of
from tests.index.test_lexicon import catalogue_of, found, unit


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("retryWithBackoff", "retry with backoff"),
        ("retry_with_backoff", "retry with backoff"),
        ("HTTPServer2", "http server 2"),
        ("parseURL", "parse url"),
        ("größeÄndern", "größe ändern"),
        ("ÉTATCivil", "état civil"),
        ("naïve-café", "naïve café"),
        ("Größe", "größe"),
        ("再試行する", "再試行する"),
        ("перезапустить_узел", "перезапустить узел"),
        ("{}();", ""),
    ],
)
def test_identifiers_are_split_into_words(text: str, words: str) -> None:
    assert split_identifiers(text) == words


def test_what_is_written_without_spaces_is_taken_apart() -> None:
    assert with_pairs("HTTP再試行 of it").split() == ["HTTP", "再", "試", "行", "再試", "試行", "of", "it"]
    assert as_pairs("再試行").split() == ["再試", "試行"]
    assert as_pairs("鎖").split() == ["鎖"]
    assert with_pairs("naïve") == as_pairs("naïve") == "naïve"


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("再試行", 1),
        ("指数バックオフ", 1),
        ("鎖", 2),
        ("哈希", 3),
        ("재시도 간격", 4),
        ("größe", 5),
    ],
)
def test_a_word_within_a_sentence_is_found(question: str, place: int) -> None:
    names = ["", "指数的バックオフで再試行する", "排他鎖を取る", "计算文件的哈希值", "재시도간격을 정한다", "größeÄndern"]
    catalogue = catalogue_of([unit(number, ["pad", str(number)], name=name) for number, name in enumerate(names)])

    assert next(iter(found(catalogue, words_of(question)))) == f"p{place:04}"


@given(st.text(max_size=60))
def test_any_text_is_found_by_its_own_words(text: str) -> None:
    catalogue = catalogue_of([unit(0, ["other"]), unit(1, ["pad"], name=text), *(unit(at, ["more"]) for at in range(2, 5))])
    words = [word for word in words_of(text) if word.isascii() or len(word) > 1]

    assert not words or "p0001" in found(catalogue, words)
