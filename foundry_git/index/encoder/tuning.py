"""The document tuning: how the published weights read code in a quarter of the tokens.

A document is read as its words, each once and in the order of its first use, identifiers split and punctuation left out, by layers
whose weights are changed by matrices of low rank (LoRA: Hu et al. 2021, arXiv 2106.09685). They were fitted (``python -m
benchmarks.learning``) so that a document gets the vector that the published network gives to all of it, and lies nearer to what its
documentation says. Questions are encoded by the published network as it is.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace

from foundry_git.errors import WeightsError
from foundry_git.index.encoder.network import Dense, Layer, Network
from foundry_git.index.encoder.weights import TUNING_SHA256
from foundry_git.index.identifiers import split_identifiers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]

FILE = Path(__file__).with_name("tuning.npz")
MOST_TOKENS = 192  # of a document, with both ends; more different words has one in a hundred functions
CHARACTERS = 40_000  # of a text that are looked through
PARTS = ("query", "key", "value", "merge", "widen", "narrow")
"""The dense parts of a layer."""


def as_words(text: str) -> str:
    """What is read of a document: its words, each once, in the order of their first use."""
    return " ".join(list(dict.fromkeys(split_identifiers(text[:CHARACTERS]).split()))[:MOST_TOKENS])


def tuned(network: Network, changes: Arrays) -> Network:
    """The network that documents are encoded by.

    ``changes`` has, of the i-th layer, ``i.PART.b`` (out, rank) and ``i.PART.a`` (rank, in) of each dense part, float16, whose weight
    W (out, in) becomes W + b·a.
    """
    return replace(network, layers=tuple(_changed(layer, at, changes) for at, layer in enumerate(network.layers)))


def merged(network: Network) -> Network:
    """The same network with its changes in the weights themselves: 42 MB that are its own, and a tenth less work."""

    def dense(part: Dense) -> Dense:
        return part if part.change is None else Dense(part.weight + part.change[0] @ part.change[1], part.bias)

    layers = (replace(layer, **{part: dense(getattr(layer, part)) for part in PARTS}) for layer in network.layers)
    return replace(network, layers=tuple(layers))


def change_of(changes: Arrays, at: int, part: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The b (out, rank) and a (rank, in) of a part of the ``at``-th layer."""
    b, a = (changes[f"{at}.{part}.{side}"].astype(np.float32) for side in "ba")
    return b, a


def read_tuning(file: Path = FILE) -> Arrays:
    """Read what :func:`tuned` changes.

    Raises:
        WeightsError: it is missing or damaged.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise WeightsError(str(file), f"unreadable ({error.strerror}); install foundry-git again") from error
    if hashlib.sha256(content).hexdigest() != TUNING_SHA256:
        raise WeightsError(str(file), "damaged: its SHA-256 is not the published one; install foundry-git again")
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def _changed(layer: Layer, at: int, changes: Arrays) -> Layer:
    def dense(part: str) -> Dense:
        before: Dense = getattr(layer, part)
        return replace(before, change=change_of(changes, at, part))

    return replace(layer, **{part: dense(part) for part in PARTS})
