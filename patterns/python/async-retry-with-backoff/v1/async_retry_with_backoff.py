from __future__ import annotations

import asyncio
import functools
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def async_retry(
    *,
    retry_on: tuple[type[Exception], ...],
    attempts: int = 5,
    attempt_timeout: float | None = None,
    base_delay: float = 0.1,
    max_delay: float = 30.0,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    uniform: Callable[[float, float], float] = random.uniform,
) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Coroutine[Any, Any, T]]]:
    """Decorate a coroutine function so that it is called again after transient errors, with backoff and full jitter.

    An attempt that takes longer than ``attempt_timeout`` seconds is cancelled and fails with ``TimeoutError``, which is
    retried if ``retry_on`` names it or ``OSError``. Cancelling the caller is never taken for a failed attempt.

    Raises the error of the last attempt, and at once every error that ``retry_on`` does not name.
    """
    if attempts < 1:
        raise ValueError(f"attempts must be at least 1, not {attempts}")

    def decorate(function: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
        async def attempt(*args: P.args, **kwargs: P.kwargs) -> T:
            async with asyncio.timeout(attempt_timeout):
                return await function(*args, **kwargs)

        @functools.wraps(function)
        async def retrying(*args: P.args, **kwargs: P.kwargs) -> T:
            limit = min(base_delay, max_delay)
            for _ in range(attempts - 1):
                try:
                    return await attempt(*args, **kwargs)
                except retry_on:
                    pass
                await sleep(uniform(0.0, limit))
                limit = min(limit * 2, max_delay)
            return await attempt(*args, **kwargs)

        return retrying

    return decorate
