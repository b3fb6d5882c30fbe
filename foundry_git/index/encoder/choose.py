"""Which encoder to use: numpy for the model that comes along, sentence-transformers for any other and for a GPU."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from foundry_git.index.encoder.weights import MODEL_NAME, find_weights
from foundry_git.settings import EncoderSettings

if TYPE_CHECKING:
    from foundry_git.index.encoder.protocol import Encoder

# numpy takes 8–12 ms a text on 2 cores; importing torch and loading the model takes 5–8 s, which is even at 500–1,000 texts.
# Twice that, for the start of CUDA comes on top and has not been measured.
GPU_TEXTS = 2000
_GPU_DRIVER = Path("/proc/driver/nvidia/version")


def open_encoder(settings: EncoderSettings, cache: Path) -> Encoder | None:
    """Open the encoder that the user's settings name; ``None``: search by words only.

    ``None`` means that encoding is switched off, that no weights are installed, or that nothing is there to tokenise with. A
    model's name in the settings is the only thing that may make sentence-transformers ask the hub.

    Raises:
        WeightsError: the weights are there, but cannot be used.
    """
    if not settings.enabled:
        return None
    if settings.model and settings.model not in (MODEL_NAME, MODEL_NAME.rpartition("/")[2]):
        return _named(settings.model)
    weights = find_weights(settings.weights, cache)
    if weights is None:
        return _named(MODEL_NAME) if settings.model else None
    if importlib.util.find_spec("tokenizers") is None:
        return None
    from foundry_git.index.encoder.numpy_encoder import NumpyEncoder

    return NumpyEncoder(weights)


def for_bulk(encoder: Encoder, count: int) -> Encoder:
    """Choose what encodes ``count`` texts soonest, in the same vector space.

    Without a GPU that is numpy at any count: 500 texts of 88 tokens took it 5.7 s, sentence-transformers 6.6 s, without the
    import. Whether there is a GPU is asked of the driver first, and of torch only where one can be.
    """
    from foundry_git.index.encoder.numpy_encoder import NumpyEncoder

    if count < GPU_TEXTS or not isinstance(encoder, NumpyEncoder) or not _GPU_DRIVER.exists():
        return encoder
    if importlib.util.find_spec("sentence_transformers") is None or not importlib.import_module("torch").cuda.is_available():
        return encoder
    from foundry_git.index.encoder.sentence_encoder import SentenceTransformerEncoder

    return SentenceTransformerEncoder(encoder.weights, device="cuda")


def _named(model: str) -> Encoder:
    from foundry_git.index.encoder.sentence_encoder import SentenceTransformerEncoder

    return SentenceTransformerEncoder(model)
