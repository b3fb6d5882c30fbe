"""The query adapter: what it does to a vector, and when it leaves one alone."""

from __future__ import annotations

import hashlib
import logging
import random
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.learning.adapter import Encoded, gradient, reciprocal_rank, trained, turned
from benchmarks.learning.mining import SOURCES, Piece, Source, bare, mine, read_sources
from benchmarks.learning.rewording import reworded
from foundry_git.index.encoder.adapter import ADAPTER, ADAPTER_SHA256, adapted
from foundry_git.index.encoder.weights import FINGERPRINT
from tests.gitrepo import GitRepo

SIZE = 384


@pytest.fixture
def question() -> NDArray[np.float32]:
    one: NDArray[np.float32] = _normalised(np.random.default_rng(0).normal(size=(1, SIZE)))[0]
    return one


def test_shipped_map_is_the_pinned_one_and_small() -> None:
    assert hashlib.sha256(ADAPTER.read_bytes()).hexdigest() == ADAPTER_SHA256
    assert np.load(ADAPTER, allow_pickle=False).shape == (SIZE, SIZE)
    assert ADAPTER.stat().st_size < 300_000


def test_question_is_turned_and_stays_normalised(question: NDArray[np.float32]) -> None:
    turned_question = adapted(question, FINGERPRINT)

    assert turned_question.shape == (SIZE,)
    assert turned_question.dtype == np.float32
    assert np.linalg.norm(turned_question) == pytest.approx(1, abs=1e-6)
    assert 0.8 < turned_question @ question < 0.9999


def test_question_is_turned_by_the_map_of_the_file(question: NDArray[np.float32]) -> None:
    expected = question + np.load(ADAPTER, allow_pickle=False).astype(np.float64) @ question

    assert adapted(question, FINGERPRINT) == pytest.approx(expected / np.linalg.norm(expected), abs=1e-6)


def test_same_question_is_turned_the_same_and_not_in_place(question: NDArray[np.float32]) -> None:
    before = question.copy()

    assert np.array_equal(adapted(question, FINGERPRINT), adapted(question, FINGERPRINT))
    assert np.array_equal(question, before)


def test_vector_of_another_space_is_left_alone(question: NDArray[np.float32]) -> None:
    assert adapted(question, "0123456789abcdef") is question


@pytest.mark.parametrize("content", [b"", b"no array", ADAPTER.read_bytes()[:-1], ADAPTER.read_bytes()[:-1] + b"\x01"])
def test_damaged_map_leaves_the_question_alone_and_warns_once(
    content: bytes, question: NDArray[np.float32], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = tmp_path / "adapter.npy"
    damaged.write_bytes(content)

    with caplog.at_level(logging.WARNING, logger="foundry_git"):
        assert adapted(question, FINGERPRINT, damaged) is question
        assert adapted(question, FINGERPRINT, damaged) is question

    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [str(damaged)]
    assert "damaged" in caplog.text


def test_missing_map_leaves_the_question_alone_and_warns(
    question: NDArray[np.float32], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="foundry_git"):
        assert adapted(question, FINGERPRINT, tmp_path / "none.npy") is question

    assert "unreadable" in caplog.text


def test_gradient_of_the_training_is_that_of_its_loss() -> None:
    draw = np.random.default_rng(1)
    weights, along = draw.normal(size=(2, 8, 8)) * 0.1
    questions, code = draw.normal(size=(2, 20, 8))
    questions /= np.linalg.norm(questions, axis=1, keepdims=True)
    code /= np.linalg.norm(code, axis=1, keepdims=True)

    measured = (_loss(weights + 1e-6 * along, questions, code) - _loss(weights - 1e-6 * along, questions, code)) / 2e-6

    assert np.sum(gradient(weights, questions, code) * along) == pytest.approx(measured, rel=1e-4)


def test_training_undoes_a_rotation_on_pairs_it_has_not_seen_and_repeats_itself() -> None:
    draw = np.random.default_rng(2)
    code = _normalised(draw.normal(size=(900, 16)))
    noise = np.asarray(draw.normal(size=(16, 16)), np.float32) * np.float32(0.25)
    questions = _normalised(code + code @ noise + draw.normal(size=(900, 16)) * 0.1)[None]
    learn = Encoded(questions, code, {"go": np.arange(600)})
    judge = Encoded(questions, code, {"go": np.arange(600, 900)})

    weights = trained(learn, judge, seeds=(0,))

    assert reciprocal_rank(weights, judge) > reciprocal_rank(np.zeros_like(weights), judge)
    assert np.array_equal(weights, trained(learn, judge, seeds=(0,)))


DOCUMENTED = '''
def pick(rows, key):
    """Returns the row that has the given key.

    Raises LookupError.
    """
    return next(row for row in rows if row.key == key)


class Basket:
    def add(self, fruit):
        """Put a fruit into the basket, unless it is full."""
        if len(self.fruits) < 9:
            self.fruits.append(fruit)
'''
GO = """package shelf

// Take removes the book from the shelf and returns it.
func Take(shelf map[string]Book, title string) Book {
	book := shelf[title]
	delete(shelf, title)
	return book
}
"""


def test_mined_are_sentences_and_code_without_them(tmp_path: Path) -> None:
    assert {(pair.name, pair.sentence) for pair in _asked(_mined(tmp_path, {"rows.py": DOCUMENTED, "shelf.go": GO}))} == {
        ("pick", "Returns the row that has the given key."),
        ("add", "Put a fruit into the basket, unless it is full."),
        ("Take", "Removes the book from the shelf and returns it."),
    }


def test_mined_code_holds_no_documentation(tmp_path: Path) -> None:
    for pair in _asked(_mined(tmp_path, {"rows.py": DOCUMENTED, "shelf.go": GO})):
        assert not set(pair.sentence.lower().split()[:4]) <= set(pair.code.lower().split())
        assert pair.code.startswith(("def ", "func "))


def test_files_under_another_licence_tests_and_foreign_code_are_not_mined(tmp_path: Path) -> None:
    files = {
        "copied.py": "# SPDX-License-Identifier: LGPL-2.1+\n" + DOCUMENTED,
        "tests/rows.py": DOCUMENTED,
        "vendor/rows.py": DOCUMENTED,
    }

    assert _mined(tmp_path, files) == []


def test_what_shall_judge_is_not_mined(tmp_path: Path) -> None:
    asked = bare("put a fruit into the basket unless it is full")

    assert [pair.name for pair in _asked(_mined(tmp_path, {"rows.py": DOCUMENTED}, {asked}))] == ["pick"]


def test_sources_are_whole_commits_under_permissive_licences() -> None:
    permissive = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "Unlicense"}

    sources = read_sources(SOURCES)

    assert {part for source in sources for part in re.split(" OR | AND ", source.licence)} <= permissive
    assert {len(source.commit) for source in sources} == {40}
    assert 0 < sum(source.held_out for source in sources) < len(sources) / 2


def test_questions_ask_for_what_the_sentence_says() -> None:
    draw = random.Random(0)

    questions = {reworded("Returns the Nth item of a list.", "nthItem", "go", draw) for _ in range(2000)}

    assert {"Returns the Nth item of a list", "return the nth item of a list", "return nth item of list"} <= questions
    assert {"how to return the nth item of a list", "return nth item list", "nth item", "go nth item"} <= questions


def _mined(folder: Path, files: dict[str, str], excluded: set[str] | None = None) -> list[Piece]:
    commit = GitRepo.create(folder / "owner" / "name.git").commit(files)
    return mine([Source("owner/name", commit, "MIT", held_out=False)], folder, excluded or set())


def _asked(pieces: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.questions]


def _loss(weights: NDArray[np.float64], questions: NDArray[np.float64], code: NDArray[np.float64]) -> float:
    """The mean cross entropy and what it costs to leave the identity, written without regard to overflow."""
    adapted_questions, _ = turned(weights, questions)  # type: ignore[arg-type]
    scores = adapted_questions @ code.T / 0.02
    return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores.diagonal()) + 40 * np.sum(weights**2) / len(weights))


def _normalised(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
