from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from bounded_gather import bounded_gather


async def double(number: int) -> int:
    await asyncio.sleep(0)
    return number * 2


def test_results_keep_the_order_of_the_items_when_later_calls_end_first() -> None:
    async def slower_first(number: int) -> int:
        for _ in range(10 - number):
            await asyncio.sleep(0)
        return number

    assert asyncio.run(bounded_gather(slower_first, range(10), limit=10)) == list(range(10))


def test_never_runs_more_calls_than_the_limit_and_reaches_it() -> None:
    running = 0
    seen: list[int] = []

    async def count(_: int) -> None:
        nonlocal running
        running += 1
        seen.append(running)
        await asyncio.sleep(0)
        running -= 1

    asyncio.run(bounded_gather(count, range(20), limit=3))

    assert max(seen) == 3


def test_an_empty_iterable_gives_an_empty_list() -> None:
    assert asyncio.run(bounded_gather(double, [], limit=4)) == []


def test_a_limit_above_the_number_of_items_is_fine() -> None:
    assert asyncio.run(bounded_gather(double, [1, 2], limit=50)) == [2, 4]


def test_an_error_is_raised_as_it_is_and_the_other_calls_are_cancelled() -> None:
    cancelled: list[int] = []

    async def fail_on_two(number: int) -> None:
        if number == 2:
            await asyncio.sleep(0)
            raise KeyError("two")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(number)
            raise

    with pytest.raises(KeyError, match="two"):
        asyncio.run(bounded_gather(fail_on_two, range(4), limit=3))
    assert cancelled == [0, 1]


def test_items_are_not_taken_before_a_place_is_free() -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    async def fail(number: int) -> None:
        raise ValueError(number)

    with pytest.raises(ValueError, match="0"):
        asyncio.run(bounded_gather(fail, numbers(), limit=2))
    assert len(taken) <= 2


def test_cancelling_the_caller_cancels_the_calls() -> None:
    cancelled: list[int] = []

    async def hang(number: int) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(number)
            raise

    async def main() -> None:
        task = asyncio.create_task(bounded_gather(hang, [1, 2, 3], limit=2))
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert cancelled == [1, 2]


def test_refuses_a_limit_below_one() -> None:
    with pytest.raises(ValueError, match="limit"):
        asyncio.run(bounded_gather(double, [1], limit=0))
