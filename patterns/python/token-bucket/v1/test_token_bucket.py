from __future__ import annotations

import threading

import pytest
from token_bucket import TokenBucket


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_allows_a_burst_up_to_the_capacity_and_refuses_the_next() -> None:
    bucket = TokenBucket(rate=1, capacity=3, clock=Clock())

    assert [bucket.try_acquire() for _ in range(4)] == [True, True, True, False]


def test_refills_at_the_rate() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=2, capacity=2, clock=clock)
    bucket.try_acquire(2)

    clock.now += 0.25
    assert not bucket.try_acquire()
    clock.now += 0.25
    assert bucket.try_acquire()


def test_never_holds_more_than_the_capacity() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=10, capacity=2, clock=clock)

    clock.now += 3600

    assert [bucket.try_acquire() for _ in range(3)] == [True, True, False]


def test_acquire_sleeps_exactly_until_the_tokens_are_due() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=4, capacity=1, clock=clock, sleep=clock.sleep)

    assert [bucket.acquire() for _ in range(3)] == [0.0, 0.25, 0.25]


def test_waiters_queue_behind_each_other() -> None:
    bucket = TokenBucket(rate=1, capacity=1, clock=Clock(), sleep=lambda seconds: None)

    assert [bucket.acquire() for _ in range(4)] == [0.0, 1.0, 2.0, 3.0]


def test_a_refused_call_takes_nothing() -> None:
    bucket = TokenBucket(rate=1, capacity=3, clock=Clock())
    bucket.try_acquire(2)

    assert not bucket.try_acquire(2)
    assert bucket.try_acquire(1)


def test_a_clock_that_goes_back_does_not_take_tokens_away() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=1, capacity=5, clock=clock)

    clock.now -= 50

    assert bucket.try_acquire(5)


def test_threads_together_get_no_more_than_the_capacity() -> None:
    bucket = TokenBucket(rate=1, capacity=50, clock=Clock())
    granted: list[bool] = []

    def take() -> None:
        for _ in range(20):
            granted.append(bucket.try_acquire())

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert granted.count(True) == 50


@pytest.mark.parametrize("tokens", [0, -1, 4])
def test_refuses_an_amount_that_can_never_be_granted(tokens: float) -> None:
    bucket = TokenBucket(rate=1, capacity=3, clock=Clock())

    with pytest.raises(ValueError, match="tokens"):
        bucket.acquire(tokens)
    with pytest.raises(ValueError, match="tokens"):
        bucket.try_acquire(tokens)


@pytest.mark.parametrize(("rate", "capacity"), [(0, 1), (1, 0), (-1, 1)])
def test_refuses_a_rate_or_capacity_that_is_not_positive(rate: float, capacity: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        TokenBucket(rate, capacity)
