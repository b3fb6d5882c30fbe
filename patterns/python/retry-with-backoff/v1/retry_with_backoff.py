from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def retry_with_backoff(
    operation: Callable[[], T],
    *,
    retry_on: tuple[type[Exception], ...],
    attempts: int = 5,
    base_delay: float = 0.1,
    max_delay: float = 30.0,
    sleep: Callable[[float], object] = time.sleep,
    uniform: Callable[[float, float], float] = random.uniform,
) -> T:
    """Call an operation until it succeeds, waiting a random part of an exponentially growing limit between attempts.

    The wait before retry n (from 0) is drawn evenly from 0 to ``min(max_delay, base_delay * 2**n)`` seconds ("full
    jitter"), so that many clients that failed together do not come back together. The operation must be safe to repeat.

    Raises the error of the last attempt, and at once every error that ``retry_on`` does not name.
    """
    if attempts < 1:
        raise ValueError(f"attempts must be at least 1, not {attempts}")
    limit = min(base_delay, max_delay)
    for _ in range(attempts - 1):
        try:
            return operation()
        except retry_on:
            pass  # wait outside the handler, so that an interrupt does not look like a consequence of this error
        sleep(uniform(0.0, limit))
        limit = min(limit * 2, max_delay)
    return operation()
