"""Questions that a library comes with, asked at once: the same answers as one by one, and encoded once for each user."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from foundry_git.index.index import Index
from foundry_git.search.query import Question
from foundry_git.search.search import Corpus, corpus_of, encoded

LONG = "what is asked in very many words " * 60


class CountingEncoder:
    """A vector for each text, which says how often it was seen first."""

    name, fingerprint, dimension = "counting", "c0c0c0c0c0c0c0c0", 4

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        self.texts.extend(texts)
        return np.array([[len(text), text.count("a"), text.count("e"), 1.0] for text in texts], np.float32).reshape(-1, 4)

    def encode_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        raise AssertionError("questions are no documents")


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def index(tmp_path: Path, encoder: CountingEncoder) -> Iterator[Index]:
    made = Index(tmp_path / "index", tmp_path / "cache", lambda: encoder)
    yield made
    made.close()


@pytest.fixture
def corpus() -> Corpus:
    return corpus_of([])


@pytest.mark.parametrize("texts", [("one a", "two e"), ("one a", "one a", "two e"), ("one a", LONG), (LONG, LONG)])
def test_each_gets_the_vector_it_gets_alone(index: Index, corpus: Corpus, texts: tuple[str, ...]) -> None:
    questions = [Question.of(text) for text in texts]
    alone = [encoded(index, [question], corpus)[0] for question in questions]

    for _ in range(2):
        at_once = encoded(index, questions, corpus)
        assert np.array_equal(np.array(at_once), np.array(alone))


def test_they_are_encoded_once_and_what_a_person_asks_is_not_kept(index: Index, corpus: Corpus, encoder: CountingEncoder) -> None:
    questions = [Question.of("one a"), Question.of("two e")]

    encoded(index, questions, corpus)
    encoded(index, questions, corpus)
    assert encoder.texts == ["one a", "two e"]

    encoded(index, [Question.of("mine")], corpus)
    encoded(index, [Question.of("mine")], corpus)
    assert encoder.texts == ["one a", "two e", "mine", "mine"]


def test_without_an_encoder_there_are_no_vectors(tmp_path: Path, corpus: Corpus) -> None:
    index = Index(None, tmp_path / "cache", lambda: None)
    assert encoded(index, [Question.of("one"), Question.of("two")], corpus) == [None, None]
    assert encoded(index, [], corpus) == []
    index.close()
