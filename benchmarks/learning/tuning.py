"""Training the tuning of documents: matrices of low rank that change the layers of the network (LoRA), by torch.

What is minimised is 1 − cos of the student's vector and the teacher's, plus a share of the cross entropy with which the questions of a
piece are told from others by the student's vector, and the piece from others by its question (InfoNCE: van den Oord et al. 2018).
The questions' vectors, and those of the other pieces, are the teacher's, which stay as they are, so that thousands cost nothing.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.learning.mining import Piece
from foundry_git.index.encoder.network import DIMENSION, EPSILON, HEAD_SIZE, HEADS, Network, Norm
from foundry_git.index.encoder.tuning import PARTS

Floats = NDArray[np.float32]
Tokens = NDArray[np.int32]

RANK = 24
EPOCHS, STEP, WARM_UP = 2.3, 1.2e-3, 30
TOKENS = 4096  # of a batch, padding included
SORTED = 1024  # pieces that are sorted by length before they are cut into batches
QUESTIONS = 0.03  # what telling questions apart counts, beside being like the teacher
TEMPERATURE, OTHERS = 0.05, 2000
SEED = 7


class _Dense(nn.Module):
    """A dense part, of which the change alone is learnt."""

    def __init__(self, weight: Floats, bias: Floats) -> None:
        super().__init__()
        self.weight, self.bias = torch.from_numpy(weight.copy()), torch.from_numpy(bias.copy())
        self.a = nn.Parameter(torch.randn(RANK, weight.shape[1]) / math.sqrt(weight.shape[1]))
        self.b = nn.Parameter(torch.zeros(weight.shape[0], RANK))

    def forward(self, values: Tensor) -> Tensor:
        changed = functional.linear(functional.linear(values, self.a), self.b)
        return functional.linear(values, self.weight, self.bias) + changed


class Student(nn.Module):
    """A network with a change of low rank to each dense part."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._words = torch.from_numpy(network.words.copy())
        self._places = torch.from_numpy(network.positions + network.kind)
        self._norm = _norm(network.norm)
        self._norms = [(_norm(layer.merge_norm), _norm(layer.narrow_norm)) for layer in network.layers]
        dense = [{part: getattr(layer, part) for part in PARTS} for layer in network.layers]
        self.layers = nn.ModuleList(
            nn.ModuleDict({part: _Dense(one.weight, one.bias) for part, one in parts.items()}) for parts in dense
        )

    def forward(self, texts: Sequence[Tokens]) -> Tensor:
        """The vectors of tokenised texts, (n, 384), rows normalised."""
        lengths = torch.tensor([len(text) for text in texts])
        longest = int(lengths.max())
        tokens = torch.zeros(len(texts), longest, dtype=torch.long)
        for row, text in enumerate(texts):
            tokens[row, : len(text)] = torch.from_numpy(text.astype(np.int64))
        there = torch.arange(longest) < lengths[:, None]
        x = functional.layer_norm(self._words[tokens] + self._places[:longest], (DIMENSION,), *self._norm, eps=EPSILON)
        for layer, norms in zip(self.layers, self._norms, strict=True):
            x = _transformed(layer, norms, x, there)
        return functional.normalize((x * there[..., None]).sum(1), dim=1)

    def changes(self) -> dict[str, NDArray[Any]]:
        """What :func:`foundry_git.index.encoder.tuning.tuned` reads."""
        return {name: value.detach().numpy().astype(np.float16) for name, value in self.layers.named_parameters()}


def trained(network: Network, pieces: Sequence[Piece], tokens: Sequence[Tokens], teacher: Floats, questions: Floats) -> Student:
    """Train a student on the pieces that are not held out.

    ``tokens`` of each piece; ``teacher``: its vectors (n, 384); ``questions`` (k, m, 384): those of the m pieces that have any, in k
    wordings.
    """
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    student = Student(network)
    learn = [at for at, piece in enumerate(pieces) if not piece.source.held_out]
    optimizer = torch.optim.AdamW(student.parameters(), lr=STEP, weight_decay=0.0, betas=(0.9, 0.98))
    steps, step = int(EPOCHS * len(list(_batches(learn, tokens, draw)))), 0
    loss_of = _Loss(pieces, learn, torch.from_numpy(teacher), torch.from_numpy(questions), draw)
    while step < steps:
        for batch in _batches(learn, tokens, draw):
            rate = STEP * min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / steps))
            for group in optimizer.param_groups:
                group["lr"] = rate
            loss = loss_of(batch, student([tokens[at] for at in batch]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            print(f"\rstep {step} of {steps}: {float(loss):.4f}", end="", file=sys.stderr, flush=True)
            if step == steps:
                break
    return student


class _Loss:
    def __init__(
        self, pieces: Sequence[Piece], learn: Sequence[int], teacher: Tensor, questions: Tensor, draw: random.Random
    ) -> None:
        asked = [at for at, piece in enumerate(pieces) if piece.questions]
        self._column = {at: column for column, at in enumerate(asked)}
        self._learnt = [self._column[at] for at in learn if at in self._column]
        self._learn, self._teacher, self._questions, self._draw = list(learn), teacher, questions, draw

    def __call__(self, batch: Sequence[int], vectors: Tensor) -> Tensor:
        likeness = (vectors * self._teacher[list(batch)]).sum(1)
        loss = (1 - likeness).mean()
        rows = [row for row, at in enumerate(batch) if at in self._column]
        if not rows:
            return loss
        wording = [self._draw.randrange(len(self._questions)) for _ in rows]
        own, code = self._questions[wording, [self._column[batch[row]] for row in rows]], vectors[rows]
        right = (own * code).sum(1, keepdim=True)
        pieces = self._teacher[self._draw.sample(self._learn, min(OTHERS, len(self._learn)))]
        others = self._questions[0, self._draw.sample(self._learnt, min(OTHERS, len(self._learnt)))]
        return loss + QUESTIONS * (_entropy(right, own @ pieces.T) + _entropy(right, code @ others.T)) / 2


def _entropy(right: Tensor, wrong: Tensor) -> Tensor:
    """The cross entropy of telling what is right, (n, 1), from what is wrong, (n, k)."""
    logits = torch.cat([right, wrong], 1) / TEMPERATURE
    return functional.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))


def _batches(learn: Sequence[int], tokens: Sequence[Tokens], draw: random.Random) -> Iterator[list[int]]:
    """Batches of pieces of about one length, in random order."""
    shuffled, batches = draw.sample(list(learn), len(learn)), list[list[int]]()
    for start in range(0, len(shuffled), SORTED):
        batch: list[int] = []
        for at in sorted(shuffled[start : start + SORTED], key=lambda at: len(tokens[at])):
            if batch and (len(batch) + 1) * len(tokens[at]) > TOKENS:
                batches.append(batch)
                batch = []
            batch.append(at)
        batches.append(batch)
    draw.shuffle(batches)
    yield from batches


def _transformed(layer: Any, norms: tuple[tuple[Tensor, Tensor], ...], x: Tensor, there: Tensor) -> Tensor:
    query, key, value = (layer[part](x).unflatten(-1, (HEADS, HEAD_SIZE)).transpose(1, 2) for part in ("query", "key", "value"))
    context = functional.scaled_dot_product_attention(query, key, value, there[:, None, None, :]).transpose(1, 2).flatten(2)
    x = functional.layer_norm(x + layer["merge"](context), (DIMENSION,), *norms[0], eps=EPSILON)
    return functional.layer_norm(x + layer["narrow"](functional.gelu(layer["widen"](x))), (DIMENSION,), *norms[1], eps=EPSILON)


def _norm(norm: Norm) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(norm.scale.copy()), torch.from_numpy(norm.shift.copy())
