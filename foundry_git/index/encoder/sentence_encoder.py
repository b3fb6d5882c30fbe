"""An encoder over sentence-transformers: for a GPU, and for any other model.

Importing torch takes 5–8 s, so nothing heavy is imported before the first text, or the first question about the model.
"""

from __future__ import annotations

import hashlib
import importlib
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from foundry_git.errors import WeightsError
from foundry_git.index.encoder.protocol import encodable
from foundry_git.index.encoder.tuning import MOST_TOKENS, PARTS, as_words, change_of, read_tuning
from foundry_git.index.encoder.weights import MAX_TOKENS, Weights
from foundry_git.index.windows import in_windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH_TEXTS = 32
PROGRESS_TEXTS = 512  # one call's worth: the library sorts by length within a call, so fewer would cost padding


class SentenceTransformerEncoder:
    """Encodes with verified ``Weights`` of all-MiniLM-L6-v2, or with a model that the user configured by name or folder.

    Weights and a folder are read without network. A name may be fetched from the hub: only the user's own settings name one.
    """

    def __init__(self, model: str | Weights, device: str | None = None) -> None:
        self._source = model
        self._device = device
        self._tuned: Any = None
        self.name = model.name if isinstance(model, Weights) else model

    @cached_property
    def fingerprint(self) -> str:
        """First 16 hex digits of the weights' SHA-256; of a model without verified file, of its parameters in order of name."""
        if isinstance(self._source, Weights):
            return self._source.fingerprint
        digest = hashlib.sha256()
        for name, parameter in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(parameter.detach().cpu().float().contiguous().numpy())
        return digest.hexdigest()[:16]

    @cached_property
    def dimension(self) -> int:
        """Length of a vector, as the model says."""
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """See :meth:`foundry_git.index.encoder.protocol.Encoder.encode`."""
        return self._encoded(self._model, texts, progress)

    def encode_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """See :meth:`foundry_git.index.encoder.protocol.Encoder.encode_documents`."""
        if isinstance(self._source, Weights) and self._source.is_tuned:
            self._tuned = self._tuned or _tuned(_load(str(self._source.folder), self._device, offline=True))
            return self._encoded(self._tuned, [as_words(text) for text in texts], progress)
        return in_windows(self.encode, texts, progress)

    def _encoded(self, model: Any, texts: Sequence[str], progress: Callable[[int], None] | None) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), PROGRESS_TEXTS):
            some = [encodable(text) for text in texts[start : start + PROGRESS_TEXTS]]
            vectors[start : start + len(some)] = model.encode(
                some, batch_size=BATCH_TEXTS, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
            if progress is not None:
                progress(start + len(some))
        return vectors

    @cached_property
    def _model(self) -> Any:
        if isinstance(self._source, Weights):
            model = _load(str(self._source.folder), self._device, offline=True)
            model.max_seq_length = MAX_TOKENS
            return model
        return _load(self._source, self._device, offline=Path(self._source).is_dir())


def _tuned(model: Any) -> Any:
    """The model with changed layers: see :func:`foundry_git.index.encoder.tuning.tuned`."""
    torch, changes = importlib.import_module("torch"), read_tuning()
    model.max_seq_length = MOST_TOKENS
    with torch.no_grad():
        for at, layer in enumerate(model[0].auto_model.encoder.layer):
            for part, dense in zip(PARTS, _parts_of(layer), strict=True):
                b, a = change_of(changes, at, part)
                dense.weight += torch.from_numpy(b @ a).to(dense.weight.device)
    return model


def _parts_of(layer: Any) -> list[Any]:
    own = layer.attention.self
    return [own.query, own.key, own.value, layer.attention.output.dense, layer.intermediate.dense, layer.output.dense]


def _load(source: str, device: str | None, offline: bool) -> Any:
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when huggingface_hub is imported
    try:
        library = importlib.import_module("sentence_transformers")
        logging = importlib.import_module("transformers.utils.logging")
    except ImportError as error:
        raise WeightsError(source, "the sentence-transformers library is not installed", "'foundry-git[other-models]'") from error
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        return library.SentenceTransformer(source, device=device, local_files_only=offline)
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(source, f"sentence-transformers cannot load it ({str(error).partition(chr(10))[0]})") from error
    finally:
        if shown:
            logging.enable_progress_bar()
