"""The local cache: what this process keeps, the least recently used going first."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

LOCAL_TTL = 60  # seconds
MAX_LOCAL = 1000  # entries

Value = TypeVar("Value")


class LocalCache(Generic[Value]):
    """The least recently used of ``size`` entries goes first, each after ``ttl`` seconds at the latest; threads may share it."""

    def __init__(self, size: int = MAX_LOCAL, ttl: float = LOCAL_TTL, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._ttl, self._clock = max(size, 0), ttl, clock
        self._entries: OrderedDict[str, tuple[float, Value]] = OrderedDict()
        self._guard = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> Value | None:
        """Return what is kept under a key; None where nothing is, or not any more."""
        with self._guard:
            found = self._entries.get(key)
            if found is None:
                return None
            if found[0] <= self._clock():
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            return found[1]

    def put(self, key: str, value: Value, ttl: float | None = None) -> None:
        """Keep a value for ``ttl`` seconds, and no longer than the cache keeps anything."""
        kept_for = min(self._ttl, self._ttl if ttl is None else ttl)
        if kept_for <= 0 or not self._size:
            return
        with self._guard:
            self._entries[key] = self._clock() + kept_for, value
            self._entries.move_to_end(key)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._entries.clear()
