"""What a user may set about encoding; only ever in the user's own configuration, never in a tracked file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """``weights``: a folder with the weights to use; ``model``: another sentence-transformers model; ``enabled`` False: words only."""

    weights: Path | None = None
    model: str = ""
    enabled: bool = True
