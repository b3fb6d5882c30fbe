from __future__ import annotations

from collections.abc import Callable

import pytest
from retry_with_backoff import retry_with_backoff


def longest(low: float, high: float) -> float:
    assert low == 0.0
    return high


class Flaky:
    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def no_sleep() -> tuple[list[float], Callable[[float], object]]:
    waits: list[float] = []
    return waits, waits.append


def test_returns_at_once_without_waiting_when_the_first_call_succeeds() -> None:
    waits, sleep = no_sleep()

    assert retry_with_backoff(Flaky(), retry_on=(OSError,), sleep=sleep) == "done"
    assert waits == []


def test_retries_until_the_call_succeeds() -> None:
    waits, sleep = no_sleep()
    flaky = Flaky(OSError(), ConnectionError())

    assert retry_with_backoff(flaky, retry_on=(OSError,), sleep=sleep) == "done"
    assert flaky.calls == 3
    assert len(waits) == 2


def test_the_limit_of_the_wait_doubles_up_to_the_maximum() -> None:
    waits, sleep = no_sleep()
    flaky = Flaky(*[OSError() for _ in range(5)])

    retry_with_backoff(
        flaky, retry_on=(OSError,), attempts=6, base_delay=1.0, max_delay=5.0, sleep=sleep, uniform=longest
    )

    assert waits == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_the_wait_is_what_the_random_source_draws() -> None:
    waits, sleep = no_sleep()

    retry_with_backoff(
        Flaky(OSError()), retry_on=(OSError,), base_delay=8.0, sleep=sleep, uniform=lambda low, high: high / 4
    )

    assert waits == [2.0]


def test_a_base_delay_above_the_maximum_is_capped() -> None:
    waits, sleep = no_sleep()

    retry_with_backoff(
        Flaky(OSError()), retry_on=(OSError,), base_delay=60.0, max_delay=5.0, sleep=sleep, uniform=longest
    )

    assert waits == [5.0]


def test_raises_the_last_error_without_a_wait_after_it() -> None:
    waits, sleep = no_sleep()
    flaky = Flaky(OSError("first"), OSError("second"), OSError("third"))

    with pytest.raises(OSError, match="third"):
        retry_with_backoff(flaky, retry_on=(OSError,), attempts=3, sleep=sleep)
    assert len(waits) == 2


def test_other_errors_are_not_retried() -> None:
    flaky = Flaky(KeyError("bug"))

    with pytest.raises(KeyError):
        retry_with_backoff(flaky, retry_on=(OSError,), sleep=no_sleep()[1])
    assert flaky.calls == 1


def test_thousands_of_attempts_do_not_overflow() -> None:
    waits, sleep = no_sleep()
    flaky = Flaky(*[OSError() for _ in range(3000)])

    retry_with_backoff(flaky, retry_on=(OSError,), attempts=3001, max_delay=7.0, sleep=sleep, uniform=longest)

    assert waits[-1] == 7.0


def test_refuses_fewer_than_one_attempt() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        retry_with_backoff(Flaky(), retry_on=(OSError,), attempts=0)
