"""What an encoder is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns texts into vectors of one space."""

    @property
    def name(self) -> str:
        """The model's id."""

    @property
    def fingerprint(self) -> str:
        """What names the vector space: 16 hex digits of the SHA-256 of the weights."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Encode texts: float32 (len(texts), dimension), rows normalised, in the order given; ``progress`` hears how many are done."""
