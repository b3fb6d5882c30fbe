from __future__ import annotations

import asyncio

import pytest
from async_retry_with_backoff import async_retry


class Waits:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


def longest(low: float, high: float) -> float:
    return low + high


def test_retries_until_the_coroutine_succeeds() -> None:
    calls: list[int] = []

    @async_retry(retry_on=(ConnectionError,), sleep=Waits().sleep)
    async def fetch(page: int) -> str:
        calls.append(page)
        if len(calls) < 3:
            raise ConnectionResetError
        return "body"

    assert asyncio.run(fetch(7)) == "body"
    assert calls == [7, 7, 7]


def test_the_limit_of_the_wait_doubles_up_to_the_maximum() -> None:
    waits = Waits()

    @async_retry(retry_on=(OSError,), attempts=5, base_delay=1.0, max_delay=3.0, sleep=waits.sleep, uniform=longest)
    async def fetch() -> None:
        raise OSError("down")

    with pytest.raises(OSError, match="down"):
        asyncio.run(fetch())
    assert waits.seconds == [1.0, 2.0, 3.0, 3.0]


def test_other_errors_are_not_retried() -> None:
    waits = Waits()

    @async_retry(retry_on=(OSError,), sleep=waits.sleep)
    async def fetch() -> None:
        raise ValueError("bug")

    with pytest.raises(ValueError, match="bug"):
        asyncio.run(fetch())
    assert waits.seconds == []


def test_an_attempt_that_hangs_is_cancelled_and_retried() -> None:
    cancelled: list[bool] = []

    @async_retry(retry_on=(TimeoutError,), attempts=3, attempt_timeout=0, sleep=Waits().sleep)
    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with pytest.raises(TimeoutError):
        asyncio.run(hang())
    assert cancelled == [True, True, True]


def test_cancelling_the_caller_stops_the_retries() -> None:
    calls: list[bool] = []

    @async_retry(retry_on=(Exception,), sleep=Waits().sleep)
    async def hang() -> None:
        calls.append(True)
        await asyncio.Event().wait()

    async def main() -> None:
        task = asyncio.create_task(hang())
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert calls == [True]


def test_keeps_the_name_of_the_function() -> None:
    @async_retry(retry_on=(OSError,))
    async def fetch_invoice() -> None: ...

    assert fetch_invoice.__name__ == "fetch_invoice"


def test_refuses_fewer_than_one_attempt_when_decorating() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        async_retry(retry_on=(OSError,), attempts=0)
