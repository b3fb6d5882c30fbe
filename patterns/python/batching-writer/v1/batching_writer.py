from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class BatchingWriter(Generic[T]):
    """Pass items to ``write`` in order, in lists of at most ``max_items``; thread-safe.

    The end of a ``with`` block writes what is left, also after an error. A batch is written when it is full, or when
    its oldest item is ``max_age`` seconds old. Age is looked at on every ``add`` and ``flush_if_due``; call the latter
    from a timer if items may stop coming. If ``write`` raises, the error reaches the caller and the batch stays first
    in line for the next attempt.
    """

    def __init__(
        self,
        write: Callable[[list[T]], object],
        *,
        max_items: int = 500,
        max_age: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if max_items < 1:
            raise ValueError(f"max_items must be at least 1, not {max_items}")
        self._write = write
        self._max_items = max_items
        self._max_age = max_age
        self._clock = clock
        self._lock = threading.RLock()  # held while writing, so that batches keep their order
        self._waiting: list[tuple[float, T]] = []  # when it came, and the item

    def add(self, item: T) -> None:
        """Take an item, and write what is due."""
        with self._lock:
            self._waiting.append((self._clock(), item))
            self.flush_if_due()

    def flush_if_due(self) -> None:
        """Write everything that waits if a batch is full or the oldest item has waited long enough."""
        with self._lock:
            full = len(self._waiting) >= self._max_items
            if full or (self._waiting and self._clock() - self._waiting[0][0] >= self._max_age):
                self.flush()

    def flush(self) -> None:
        """Write everything that waits."""
        with self._lock:
            while self._waiting:
                batch = [item for _, item in self._waiting[: self._max_items]]
                self._write(batch)
                del self._waiting[: len(batch)]  # only now: a batch that failed is not lost

    def __enter__(self) -> BatchingWriter[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.flush()
