from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
D = TypeVar("D")


class TtlLruCache(Generic[K, V]):
    """Keep at most ``max_size`` values, each for ``ttl`` seconds after it was set; the least recently used goes first.

    Expired values are dropped before live ones are evicted. Reading a value does not lengthen its life. All operations
    are thread-safe and take constant time on average.
    """

    def __init__(self, max_size: int, ttl: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        if max_size < 1 or ttl <= 0:
            raise ValueError(f"max_size and ttl must be positive, not {max_size} and {ttl}")
        self._max_size = max_size
        self._ttl = ttl
        self._clock = clock
        self._lock = threading.Lock()
        self._values: OrderedDict[K, V] = OrderedDict()  # least recently used first
        self._deadlines: OrderedDict[K, float] = OrderedDict()  # oldest first, because every value lives equally long

    def get(self, key: K, default: D) -> V | D:
        """Return the live value of the key and mark it as used, or return the default."""
        with self._lock:
            self._drop_expired()
            if key not in self._values:
                return default
            self._values.move_to_end(key)
            return self._values[key]

    def set(self, key: K, value: V) -> None:
        """Store the value for a full time to live, evicting the least recently used one if the cache is full."""
        with self._lock:
            self._drop_expired()
            self._remove(key)
            if len(self._values) >= self._max_size:
                self._remove(next(iter(self._values)))
            self._values[key] = value
            self._deadlines[key] = self._clock() + self._ttl

    def delete(self, key: K) -> None:
        """Forget the key; an unknown key is not an error."""
        with self._lock:
            self._remove(key)

    def __len__(self) -> int:
        with self._lock:
            self._drop_expired()
            return len(self._values)

    def _drop_expired(self) -> None:
        now = self._clock()
        while self._deadlines and self._deadlines[oldest := next(iter(self._deadlines))] <= now:
            self._remove(oldest)

    def _remove(self, key: K) -> None:
        self._values.pop(key, None)
        self._deadlines.pop(key, None)
