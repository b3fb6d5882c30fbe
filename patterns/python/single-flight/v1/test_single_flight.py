from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from single_flight import SingleFlight

PATIENCE = 30.0  # seconds before a deadlock fails the test; never waited for when the code is right


class Key:
    """A key that tells when somebody has looked it up: from then on that caller has joined the flight."""

    def __init__(self) -> None:
        self.lookups = threading.Semaphore(0)

    def __hash__(self) -> int:
        self.lookups.release()
        return 1

    def __eq__(self, other: object) -> bool:
        return self is other


def run_together(key: Key, callers: int, function: Callable[[], int]) -> list[Future[int]]:
    """Start one caller that is inside the function, let the others join it, and only then let the function end."""
    group: SingleFlight[Key, int] = SingleFlight()
    entered, leave = threading.Event(), threading.Event()

    def gated() -> int:
        entered.set()
        assert leave.wait(PATIENCE)
        return function()

    with ThreadPoolExecutor(callers) as pool:
        futures = [pool.submit(group.do, key, gated)]
        assert entered.wait(PATIENCE)
        while key.lookups.acquire(blocking=False):
            pass
        for _ in range(callers - 1):
            futures.append(pool.submit(group.do, key, gated))
            assert key.lookups.acquire(timeout=PATIENCE)
        leave.set()
    return futures


def test_concurrent_calls_share_one_execution_and_its_result() -> None:
    calls: list[int] = []

    def compute() -> int:
        calls.append(1)
        return 42

    futures = run_together(Key(), 5, compute)

    assert [future.result() for future in futures] == [42] * 5
    assert len(calls) == 1


def test_every_waiting_caller_receives_the_error() -> None:
    def fail() -> int:
        raise LookupError("gone")

    futures = run_together(Key(), 3, fail)

    assert [str(future.exception()) for future in futures] == ["gone"] * 3


def test_a_later_call_executes_again() -> None:
    group: SingleFlight[str, int] = SingleFlight()
    numbers = iter(range(10))

    assert [group.do("key", lambda: next(numbers)) for _ in range(3)] == [0, 1, 2]


def test_a_call_after_an_error_executes_again() -> None:
    group: SingleFlight[str, int] = SingleFlight()

    def fail() -> int:
        raise OSError("down")

    with pytest.raises(OSError, match="down"):
        group.do("key", fail)
    assert group.do("key", lambda: 7) == 7


def test_calls_with_different_keys_do_not_wait_for_each_other() -> None:
    group: SingleFlight[str, int] = SingleFlight()
    entered, leave = threading.Event(), threading.Event()

    def slow() -> int:
        entered.set()
        assert leave.wait(PATIENCE)
        return 1

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(group.do, "slow", slow)
        assert entered.wait(PATIENCE)
        second = group.do("quick", lambda: 2)
        leave.set()

    assert (first.result(), second) == (1, 2)


def test_an_interrupt_is_raised_and_does_not_leave_the_key_blocked() -> None:
    group: SingleFlight[str, int] = SingleFlight()

    def interrupted() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        group.do("key", interrupted)
    assert group.do("key", lambda: 7) == 7
