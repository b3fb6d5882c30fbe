"""Starter vectors: those of the patterns that ship with foundry-git, so that nobody has to encode them.

``python -m benchmarks.starter_vectors`` writes the file when a shipped pattern has changed.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger("foundry_git.index")

FILE = Path(__file__).with_name("starter_vectors.npz")


@lru_cache(maxsize=4)
def starter_vectors(fingerprint: str, file: Path = FILE) -> Mapping[str, NDArray[np.float32]]:
    """Content key → vector, float32 (d,), of the space that ``fingerprint`` names; none where the file is of another one or damaged."""
    try:
        content = io.BytesIO(file.read_bytes())
        if damaged := zipfile.ZipFile(content).testzip():  # numpy checks no sum where a changed header has it read less
            raise ValueError(f"{damaged} is damaged")
        content.seek(0)
        with np.load(content, allow_pickle=False) as found:
            if str(found["fingerprint"]) != fingerprint:
                return {}
            keys, vectors = found["keys"].tolist(), found["vectors"].astype(np.float32, copy=False)
            if vectors.ndim != 2 or len(keys) != len(vectors) or not all(isinstance(key, str) for key in keys):
                raise ValueError(f"{len(keys)} keys for {vectors.shape}")
    except Exception as error:  # noqa: BLE001 - a changed byte of a header raises whatever numpy and Python parse with it
        log.warning("%s: unreadable (%s); the patterns that ship are encoded again", file, error or type(error).__name__)
        return {}
    return dict(zip(keys, vectors, strict=True))
