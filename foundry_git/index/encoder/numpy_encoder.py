"""The encoder in plain numpy, for every query, hook and bulk without a GPU.

A query must not wait for torch, which takes 5–8 s to import; from a cold process this has its vector in 0.2 s.
"""

from __future__ import annotations

import importlib
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from foundry_git.errors import WeightsError
from foundry_git.index.encoder.network import DIMENSION, Network, read_network
from foundry_git.index.encoder.protocol import encodable
from foundry_git.index.encoder.tuning import MOST_TOKENS, as_words, merged, read_tuning, tuned
from foundry_git.index.encoder.weights import MAX_TOKENS, MODEL_FILE, TOKENIZER_FILE, Weights
from foundry_git.index.windows import in_windows

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Floats = NDArray[np.float32]
    Tokens = NDArray[np.int32]

BATCH_TOKENS = 1024  # 16 MB of intermediate values a thread; larger batches are no faster
MAX_THREADS = 8
REMEMBERED = 256
"""Questions whose vectors are remembered, 0.4 MB: one question is routed, searched for and searched for again by its meaning."""
MANY_TEXTS = 128  # documents from which on merging the tuning into the weights pays: it takes 0.04 s, and saves them 0.1 s


class NumpyEncoder:
    """Encodes with the weights of all-MiniLM-L6-v2; equal to sentence-transformers within 1e-6. Opens its files on first use."""

    dimension = DIMENSION

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.name = weights.name
        self.fingerprint = weights.fingerprint
        self._known: OrderedDict[str, Floats] = OrderedDict()
        self._guard = threading.Lock()

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Floats:
        """See :meth:`foundry_git.index.encoder.protocol.Encoder.encode`."""
        if len(texts) > REMEMBERED or progress is not None:
            return self._encode(texts, progress)
        with self._guard:
            known = {text: self._known[text] for text in texts if text in self._known}
        if new := [text for text in dict.fromkeys(texts) if text not in known]:
            known |= dict(zip(new, self._encode(new, None), strict=True))
        with self._guard:
            for text in texts:
                self._known[text] = known[text]
                self._known.move_to_end(text)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return np.stack([known[text] for text in texts]) if texts else np.empty((0, DIMENSION), np.float32)

    def _encode(self, texts: Sequence[str], progress: Callable[[int], None] | None) -> Floats:
        return forward(self.network, [self._tokens(text) for text in texts], progress)

    def encode_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Floats:
        """See :meth:`foundry_git.index.encoder.protocol.Encoder.encode_documents`."""
        if not self.weights.is_tuned:
            return in_windows(self.encode, texts, progress)
        network = self._merged if len(texts) >= MANY_TEXTS else self._tuned
        return forward(network, [self.document_tokens(text) for text in texts], progress)

    def document_tokens(self, text: str) -> Tokens:
        """What is read of a document: the numbers of its tokens, both ends marked."""
        tokens = self._tokens(as_words(text))
        return tokens if len(tokens) <= MOST_TOKENS else np.concatenate((tokens[: MOST_TOKENS - 1], tokens[-1:]))

    def _tokens(self, text: str) -> Tokens:
        # One by one: the library's own threads gain nothing here, and make it complain in every process that forks later
        return np.array(self._tokenizer.encode(encodable(text)).ids, np.int32)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        path = self.weights.folder / TOKENIZER_FILE
        try:
            facts = path.stat()
        except OSError as error:
            raise WeightsError(str(path), f"unreadable ({error.strerror})") from error
        return _open_tokenizer(path, facts.st_mtime_ns, facts.st_size)

    @cached_property
    def network(self) -> Network:
        """The published network, by which questions are encoded."""
        path = self.weights.folder / MODEL_FILE
        return read_network(path)

    @cached_property
    def _tuned(self) -> Network:
        return tuned(self.network, read_tuning())

    @cached_property
    def _merged(self) -> Network:
        return merged(self._tuned)


def forward(network: Network, tokens: Sequence[Tokens], progress: Callable[[int], None] | None) -> Floats:
    """The vectors of tokenised texts, (n, 384), whatever is beside them."""
    vectors = np.empty((len(tokens), DIMENSION), np.float32)

    def run(batch: list[int]) -> int:
        vectors[batch] = network.forward([tokens[row] for row in batch])
        return len(batch)

    finished = 0
    with _cores as threads:
        for count in _each(run, _batches(tokens, threads), threads):
            finished += count
            if progress is not None:
                progress(finished)
    return vectors


def _batches(tokens: Sequence[Tokens], threads: int) -> list[list[int]]:
    """Split the texts' indices, longest text first, into batches of at most ``BATCH_TOKENS`` tokens, one for each thread at least."""
    batches: list[list[int]] = []
    room, most = 0, min(BATCH_TOKENS, math.ceil(sum(map(len, tokens)) / threads))
    for index in sorted(range(len(tokens)), key=lambda index: -len(tokens[index])):
        if len(tokens[index]) > room:
            batches.append([])
            room = max(most, len(tokens[index]))
        batches[-1].append(index)
        room -= len(tokens[index])
    return batches


class _Cores:
    """The cores of the machine, held for as long as anything is encoded: one BLAS thread each, one batch each.

    Left alone, BLAS spreads every product over all cores and spins until the slowest is done: with another process on one of
    them a short query took 130 ms instead of 10. And outside the products numpy uses one core anyway, so that batches side by
    side are 1.3 times as fast on 2 cores. This needs threadpoolctl, which comes with sentence-transformers; without it BLAS is
    left alone and batches go one after the other.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._limit: Any = None

    def __enter__(self) -> int:
        """Hold BLAS to one thread, and say how many batches may run side by side."""
        blas, threads = _blas()
        with self._lock:
            self._users += 1
            if self._users == 1 and blas is not None:
                self._limit = blas.limit(limits=1)
        return threads

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0 and self._limit is not None:
                self._limit.restore_original_limits()
                self._limit = None


_cores = _Cores()


@cache
def _blas() -> tuple[Any, int]:
    """Return threadpoolctl's handle on BLAS, if there is one, and the number of threads it was allowed."""
    try:
        blas = importlib.import_module("threadpoolctl").ThreadpoolController().select(user_api="blas")
    except ImportError:
        return None, 1
    return blas, min(MAX_THREADS, max((library["num_threads"] for library in blas.info()), default=1))


def _each(run: Callable[[list[int]], int], batches: Sequence[list[int]], threads: int) -> Iterator[int]:
    """Run every batch, on several threads where that pays; results in order."""
    if min(threads, len(batches)) < 2:
        yield from map(run, batches)
        return
    futures = importlib.import_module("concurrent.futures")  # 10 ms that a query does not pay
    with futures.ThreadPoolExecutor(min(threads, len(batches))) as pool:
        yield from pool.map(run, batches)


@lru_cache(maxsize=2)
def _open_tokenizer(path: Path, modified_ns: int, size: int) -> Tokenizer:
    """Read the tokenizer: 30 ms, which a process that opens many workspaces pays once while the file stays as it is."""
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise WeightsError(str(path), "the tokenizers library is not installed") from error
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises nothing more special
        raise WeightsError(str(path), f"unreadable ({error})") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer
