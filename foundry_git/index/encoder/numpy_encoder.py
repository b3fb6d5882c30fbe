"""all-MiniLM-L6-v2 in numpy: the forward pass over the memory-mapped weights, for every query, hook and small batch.

A cold process has its first vector in about a third of a second; through torch it takes five to eight.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundry_git.errors import WeightsError
from foundry_git.index.encoder.weights import Weights

Array = NDArray[np.float32]

NAME = "sentence-transformers/all-MiniLM-L6-v2"
LAYERS, HEADS, DIMENSION = 6, 12, 384
MAX_TOKENS = 256  # what the model was trained on; the tokenizer file itself says 128
BATCH_TOKENS = 2048  # padded tokens of one batch: its activations stay in the caches of two cores
NORM_EPSILON = 1e-12


class NumpyEncoder:
    """The encoder of :class:`Encoder` for these weights; not to be shared between threads."""

    def __init__(self, weights: Weights) -> None:
        from tokenizers import Tokenizer

        self._tensors = _read_safetensors(weights.folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(weights.folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self.name = NAME
        self.fingerprint = weights.model_sha256[:16]
        self.dimension = DIMENSION

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Array:
        """Encode texts: float32 (len(texts), 384), rows normalised, in the order given."""
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch([_encodable(text) for text in texts])]
        done = 0
        for batch in _batches(tokens):
            vectors[batch] = self._forward([tokens[at] for at in batch])
            done += len(batch)
            if progress:
                progress(done)
        return vectors

    def _forward(self, tokens: Sequence[Sequence[int]]) -> Array:
        """Vectors of one batch: float32 (len(tokens), 384), normalised means of the last hidden states over the real tokens."""
        longest = max(map(len, tokens))
        ids = np.zeros((len(tokens), longest), np.int64)
        mask = np.zeros((len(tokens), longest), np.float32)
        for row, one in enumerate(tokens):
            ids[row, : len(one)] = one
            mask[row, : len(one)] = 1.0
        hidden = self._embed(ids)
        bias = None if mask.all() else ((1.0 - mask) * np.float32(-1e9))[:, None, None, :]
        for layer in range(LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden, bias)
        pooled: Array = np.einsum("bth,bt->bh", hidden, mask) / mask.sum(1, keepdims=True)
        pooled /= np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), NORM_EPSILON)
        return pooled

    def _embed(self, ids: NDArray[np.int64]) -> Array:
        words, tensors = self._tensors["embeddings.word_embeddings.weight"][ids], self._tensors
        words = words + tensors["embeddings.position_embeddings.weight"][: ids.shape[1]]
        words += tensors["embeddings.token_type_embeddings.weight"][0]
        return self._normalised("embeddings.LayerNorm.", words)

    def _layer(self, prefix: str, hidden: Array, bias: Array | None) -> Array:
        attended = self._linear(f"{prefix}attention.output.dense.", self._attention(f"{prefix}attention.self.", hidden, bias))
        attended += hidden
        attended = self._normalised(f"{prefix}attention.output.LayerNorm.", attended)
        wide = _gelu(self._linear(f"{prefix}intermediate.dense.", attended))
        narrow = self._linear(f"{prefix}output.dense.", wide)
        narrow += attended
        return self._normalised(f"{prefix}output.LayerNorm.", narrow)

    def _attention(self, prefix: str, hidden: Array, bias: Array | None) -> Array:
        """Scaled dot-product attention of Vaswani et al. 2017, equation 1, over 12 heads of 32."""
        batch, length, width = hidden.shape
        split = (batch, length, HEADS, width // HEADS)
        query, key, value = (
            self._linear(f"{prefix}{name}.", hidden).reshape(split).transpose(0, 2, 1, 3) for name in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2)
        scores *= np.float32(1 / math.sqrt(width // HEADS))
        if bias is not None:
            scores += bias
        scores -= scores.max(-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(-1, keepdims=True)
        mixed: Array = (scores @ value).transpose(0, 2, 1, 3).reshape(batch, length, width)
        return mixed

    def _linear(self, prefix: str, inputs: Array) -> Array:
        weight, bias = self._tensors[f"{prefix}weight"], self._tensors[f"{prefix}bias"]
        flat = inputs.reshape(-1, inputs.shape[-1]) @ weight.T
        flat += bias
        result: Array = flat.reshape(*inputs.shape[:-1], -1)
        return result

    def _normalised(self, prefix: str, values: Array) -> Array:
        """Layer normalisation of Ba et al. 2016, in place."""
        values -= values.mean(-1, keepdims=True)
        spread = np.einsum("bth,bth->bt", values, values)[..., None] / np.float32(values.shape[-1])
        values /= np.sqrt(spread + np.float32(NORM_EPSILON))
        values *= self._tensors[f"{prefix}weight"]
        values += self._tensors[f"{prefix}bias"]
        return values


def _gelu(values: Array) -> Array:
    """x·Φ(x), with erf by Abramowitz and Stegun 7.1.26 (absolute error below 1.5e-7)."""
    x = np.abs(values) * np.float32(1 / math.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * x)
    polynomial = np.float32(1.061405429) * t
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        polynomial += np.float32(coefficient)
        polynomial *= t
    np.multiply(x, -x, out=x)
    polynomial *= np.exp(x, out=x)
    erf = np.copysign(1 - polynomial, values)
    erf += 1
    erf *= values
    erf *= np.float32(0.5)
    return erf


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Positions of texts of like length, so that little is padding; at least one text each."""
    order = sorted(range(len(tokens)), key=lambda at: len(tokens[at]))
    batch: list[int] = []
    for at in order:
        if batch and (len(batch) + 1) * len(tokens[at]) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _encodable(text: str) -> str:
    """The text without lone surrogates, which have no UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _read_safetensors(path: Path) -> Mapping[str, Array]:
    """Map a safetensors file: eight bytes with the header's length, a JSON header, the tensors' bytes."""
    try:
        whole = np.memmap(path, np.uint8, mode="r")
        length = int.from_bytes(whole[:8].tobytes(), "little")
        header = json.loads(whole[8 : 8 + length].tobytes())
        found = {name: _tensor(whole, 8 + length, facts) for name, facts in header.items() if facts.get("dtype") == "F32"}
    except (OSError, ValueError, KeyError, AttributeError):
        raise WeightsError(str(path), "not a readable safetensors file") from None
    return found


def _tensor(whole: NDArray[np.uint8], start: int, facts: Mapping[str, Sequence[int]]) -> Array:
    begin, end = facts["data_offsets"]
    return np.frombuffer(whole, np.float32, (end - begin) // 4, start + begin).reshape(tuple(facts["shape"]))
