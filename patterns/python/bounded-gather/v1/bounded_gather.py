from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def bounded_gather(function: Callable[[T], Awaitable[R]], items: Iterable[T], *, limit: int) -> list[R]:
    """Await ``function(item)`` for every item, at most ``limit`` at a time, and return the results in item order.

    Items are taken one by one as places become free, so that a long or lazy iterable costs no memory in advance.

    Raises the first error of a call or of the iterable; before it does, every other call is cancelled and has ended.
    """
    if limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    results: dict[int, R] = {}
    waiting = enumerate(items)  # shared: each worker takes the next item, and no await lies between take and call

    async def work() -> None:
        for index, item in waiting:
            results[index] = await function(item)

    workers = [asyncio.create_task(work()) for _ in range(limit)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return [results[index] for index in range(len(results))]
