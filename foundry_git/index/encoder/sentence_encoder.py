"""An encoder through sentence-transformers: for bulk, a GPU, and any other model."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundry_git.errors import WeightsError
from foundry_git.index.encoder.numpy_encoder import MAX_TOKENS, NAME
from foundry_git.index.encoder.weights import Weights

BATCH = 64


class SentenceTransformerEncoder:
    """The encoder of :class:`Encoder` for weights on disk, or for a model named in the user's own configuration."""

    def __init__(self, weights: Weights | None = None, model: str = "") -> None:
        if weights or Path(model).is_dir():
            os.environ["HF_HUB_OFFLINE"] = "1"
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise WeightsError("sentence-transformers", "not installed") from None
        self._model = SentenceTransformer(str(weights.folder) if weights else model)
        if weights:
            self._model.max_seq_length = MAX_TOKENS
        self.name = NAME if weights else model
        self.fingerprint = weights.model_sha256[:16] if weights else hashlib.sha256(model.encode()).hexdigest()[:16]
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Encode texts: float32 (len(texts), dimension), rows normalised, in the order given."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            batch = [texts[at] for at in some]
            vectors[some] = self._model.encode(batch, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
            if progress:
                progress(start + len(some))
        return vectors
