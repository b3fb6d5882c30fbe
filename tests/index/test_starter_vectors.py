"""Starter vectors and shapes: what ships is known without encoding or reading code, and is what that would give."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.starter_vectors import shapes, texts
from benchmarks.starter_vectors import shipped as documents_shipped
from foundry_git.index.document import Document
from foundry_git.index.encoder.choose import open_encoder
from foundry_git.index.encoder.weights import FINGERPRINT, find_weights
from foundry_git.index.starter_shapes import starter_shapes
from foundry_git.index.starter_vectors import FILE, starter_vectors
from foundry_git.index.vector_store import VectorStore
from foundry_git.settings import EncoderSettings


class Idle:
    """An encoder of the shipped space that has never to do anything."""

    name, fingerprint, dimension = "idle", FINGERPRINT, 384

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        raise AssertionError(f"{len(texts)} texts were encoded")

    encode_documents = encode


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    """Every pattern of the starter library."""
    return documents_shipped()


@pytest.fixture(scope="module")
def shipped(documents: list[Document]) -> dict[str, str]:
    """Content key → text of every pattern of the starter library."""
    return texts(documents)


def test_every_shipped_pattern_has_the_shape_that_its_code_gives(documents: list[Document]) -> None:
    assert starter_shapes() == shapes(documents), "run `python -m benchmarks.starter_vectors`"
    assert {one.digest: one.shape for one in documents} == starter_shapes()


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"a": 1}', b"\xff", b"[" * 100_000])
def test_without_a_good_file_the_shapes_are_read_again(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "starter.json"
    if content is not None:
        file.write_bytes(content)

    assert starter_shapes(file) == {}


def test_every_shipped_pattern_has_its_vector_and_nothing_else_has(shipped: dict[str, str]) -> None:
    assert starter_vectors(FINGERPRINT).keys() == shipped.keys(), "run `python -m benchmarks.starter_vectors`"
    assert FILE.stat().st_size < 150_000


@pytest.mark.skipif(find_weights(None, Path("/nowhere")) is None, reason="the weights are not installed")
def test_the_vectors_are_those_that_the_encoder_gives(shipped: dict[str, str], tmp_path: Path) -> None:
    encoder = open_encoder(EncoderSettings(), tmp_path)
    some = list(shipped)[::10]
    assert encoder is not None and len(some) > 4

    found = starter_vectors(encoder.fingerprint)

    np.testing.assert_allclose([found[key] for key in some], encoder.encode_documents([shipped[key] for key in some]), atol=1e-5)


def test_the_starter_library_is_never_encoded(shipped: dict[str, str], tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "index", tmp_path / "cache", Idle())
    keys = {key: number for number, key in enumerate(shipped)}

    assert store.count_unencoded(shipped) == 0
    assert store.fill(keys, lambda some: {key: shipped[key] for key in some}, None, None) == 0
    assert store.is_complete(keys)
    assert store.of_texts(shipped).shape == (len(shipped), 384)


def test_another_space_has_none_of_them() -> None:
    assert starter_vectors("0" * 16) == {}


@pytest.mark.parametrize("content", [None, b"", b"not a file of numpy", b"PK\x03\x04 cut short"])
def test_without_a_good_file_the_patterns_are_encoded_again(
    content: bytes | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "starter.npz"
    if content is not None:
        file.write_bytes(content)

    with caplog.at_level(logging.WARNING):
        assert starter_vectors(FINGERPRINT, file) == {}

    assert "encoded again" in caplog.text and str(file) in caplog.text


@given(st.data())
def test_no_changed_byte_of_the_file_is_more_than_a_warning(data: st.DataObject) -> None:
    content = bytearray(FILE.read_bytes())
    at = data.draw(st.one_of(st.integers(0, 400), st.integers(len(content) - 600, len(content) - 1)))
    content[at] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "starter.npz")
        file.write_bytes(content)

        found, whole = starter_vectors(FINGERPRINT, file), starter_vectors(FINGERPRINT)

    assert not found or (found.keys() == whole.keys() and all(np.array_equal(found[key], whole[key]) for key in whole))


def test_a_file_of_objects_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "starter.npz"
    np.savez(file, fingerprint=np.array(FINGERPRINT), keys=np.array(["a"], object), vectors=np.zeros((1, 384)))

    assert starter_vectors(FINGERPRINT, file) == {}
