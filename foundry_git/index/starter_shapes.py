"""Starter shapes: those of the patterns that ship with foundry-git, so that the first search need not read code of five languages.

``python -m benchmarks.starter_vectors`` writes the file when a shipped pattern has changed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

log = logging.getLogger("foundry_git.index")

FILE = Path(__file__).with_name("starter_shapes.json")


@lru_cache(maxsize=4)
def starter_shapes(file: Path = FILE) -> Mapping[str, str]:
    """Digest of a shipped pattern → the shape of its code; none where the file is damaged."""
    try:
        found = json.loads(file.read_bytes())
        if not (isinstance(found, dict) and all(isinstance(shape, str) for shape in found.values())):
            raise ValueError("no digests and shapes")
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s: unreadable (%s); the code of the patterns that ship is read again", file, error)
        return {}
    return found
