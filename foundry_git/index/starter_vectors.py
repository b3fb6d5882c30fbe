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
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as found:
            if str(found["fingerprint"]) != fingerprint:
                return {}
            keys, vectors = found["keys"], found["vectors"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning("%s: unreadable (%s); the patterns that ship are encoded again", file, error)
        return {}
    return dict(zip(keys.tolist(), vectors.astype(np.float32, copy=False), strict=True))
