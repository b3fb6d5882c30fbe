from __future__ import annotations

import threading
import time
from collections.abc import Callable


class TokenBucket:
    """Limit calls to a steady rate with bursts up to a capacity; safe to share between threads.

    ``rate`` is in tokens per second. The bucket starts full and never holds more than ``capacity`` tokens.
    """

    def __init__(
        self,
        rate: float,
        capacity: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if rate <= 0 or capacity <= 0:
            raise ValueError(f"rate and capacity must be positive, not {rate} and {capacity}")
        self._rate = rate
        self._capacity = capacity
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._tokens = capacity
        self._filled_at = clock()

    def try_acquire(self, tokens: float = 1.0) -> bool:
        """Take the tokens if they are there now, and say whether they were."""
        self._require_possible(tokens)
        with self._lock:
            self._refill()
            if self._tokens < tokens:
                return False
            self._tokens -= tokens
            return True

    def acquire(self, tokens: float = 1.0) -> float:
        """Take the tokens, sleep until they are due, and return the seconds slept.

        Waiters are served in the order in which they ask: each reserves its tokens first and sleeps without the lock.
        """
        self._require_possible(tokens)
        with self._lock:
            self._refill()
            self._tokens -= tokens  # below zero: tokens that are promised but not there yet
            wait = max(0.0, -self._tokens / self._rate)
        if wait > 0:
            self._sleep(wait)
        return wait

    def _require_possible(self, tokens: float) -> None:
        if not 0 < tokens <= self._capacity:
            raise ValueError(f"tokens must be above 0 and at most {self._capacity}, not {tokens}")

    def _refill(self) -> None:
        now = self._clock()
        elapsed = max(0.0, now - self._filled_at)
        self._tokens = min(self._capacity, self._tokens + elapsed * self._rate)
        self._filled_at = now
