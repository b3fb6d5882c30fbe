"""Which encoder to use."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from foundry_git.index.encoder.weights import find_weights
from foundry_git.index.settings import EncoderSettings

if TYPE_CHECKING:
    from foundry_git.index.encoder.protocol import Encoder

BULK_TEXTS = 4000  # where the 5–8 s that importing torch takes are won back


def open_encoder(settings: EncoderSettings, cache: Path) -> Encoder | None:
    """Open the encoder that the user's settings mean; None without weights, or where encoding is switched off.

    Raises:
        WeightsError: the weights are there but cannot be used.
    """
    if not settings.enabled:
        return None
    if settings.model:
        from foundry_git.index.encoder.sentence_encoder import SentenceTransformerEncoder

        return SentenceTransformerEncoder(model=settings.model)
    weights = find_weights(settings.weights, cache)
    if weights is None or importlib.util.find_spec("tokenizers") is None:
        return None
    from foundry_git.index.encoder.numpy_encoder import NumpyEncoder

    return NumpyEncoder(weights)


def for_bulk(encoder: Encoder, count: int) -> Encoder:
    """The encoder for ``count`` texts at once: the one given."""
    return encoder
