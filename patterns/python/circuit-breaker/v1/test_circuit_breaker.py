from __future__ import annotations

import pytest
from circuit_breaker import CircuitBreaker, CircuitOpenError


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Service:
    def __init__(self) -> None:
        self.error: BaseException | None = ConnectionError("down")
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.error:
            raise self.error
        return "up"


def fail(breaker: CircuitBreaker, service: Service, times: int) -> None:
    for _ in range(times):
        with pytest.raises(ConnectionError):
            breaker.call(service)


def opened(clock: Clock, service: Service) -> CircuitBreaker:
    breaker = CircuitBreaker(failures=3, recovery_time=30, counted=(OSError,), clock=clock)
    fail(breaker, service, 3)
    return breaker


def test_opens_after_the_given_number_of_failures_and_stops_calling() -> None:
    service = Service()
    breaker = opened(Clock(), service)

    with pytest.raises(CircuitOpenError, match=r"30\.0 s"):
        breaker.call(service)
    assert service.calls == 3


def test_a_success_in_between_starts_the_count_anew() -> None:
    service = Service()
    breaker = CircuitBreaker(failures=3, clock=Clock())
    fail(breaker, service, 2)
    breaker.call(lambda: None)

    fail(breaker, service, 2)

    assert breaker.call(lambda: "still closed") == "still closed"


def test_a_successful_trial_closes_the_circuit() -> None:
    clock, service = Clock(), Service()
    breaker = opened(clock, service)

    clock.now, service.error = 30.0, None

    assert [breaker.call(service) for _ in range(2)] == ["up", "up"]


def test_a_failed_trial_opens_the_circuit_for_another_recovery_time() -> None:
    clock, service = Clock(), Service()
    breaker = opened(clock, service)

    clock.now = 30.0
    fail(breaker, service, 1)
    clock.now = 59.9

    with pytest.raises(CircuitOpenError):
        breaker.call(service)
    assert service.calls == 4


def test_after_a_successful_trial_the_full_number_of_failures_is_needed_again() -> None:
    clock, service = Clock(), Service()
    breaker = opened(clock, service)
    clock.now = 30.0
    breaker.call(lambda: None)

    fail(breaker, service, 2)

    assert breaker.call(lambda: "closed") == "closed"


def test_only_one_trial_runs_at_a_time() -> None:
    clock, service = Clock(), Service()
    breaker = opened(clock, service)
    clock.now = 30.0

    def trial() -> str:
        with pytest.raises(CircuitOpenError):
            breaker.call(service)
        return "one trial"

    assert breaker.call(trial) == "one trial"


def test_errors_that_are_not_counted_never_open_the_circuit() -> None:
    breaker = CircuitBreaker(failures=1, counted=(OSError,), clock=Clock())

    def not_found() -> None:
        raise KeyError("no such user")

    for _ in range(3):
        with pytest.raises(KeyError):
            breaker.call(not_found)
    assert breaker.call(lambda: "closed") == "closed"


def test_an_answer_with_an_uncounted_error_closes_the_circuit_as_a_trial() -> None:
    clock, service = Clock(), Service()
    breaker = opened(clock, service)
    clock.now, service.error = 30.0, KeyError("no such user")

    with pytest.raises(KeyError):
        breaker.call(service)

    assert breaker.call(lambda: "closed") == "closed"


def test_an_interrupted_trial_leaves_the_circuit_open_but_not_stuck() -> None:
    clock, service = Clock(), Service()
    breaker = opened(clock, service)
    clock.now, service.error = 30.0, SystemExit()
    with pytest.raises(SystemExit):
        breaker.call(service)

    with pytest.raises(CircuitOpenError):
        breaker.call(service)
    clock.now, service.error = 60.0, None
    assert breaker.call(service) == "up"


def test_a_late_success_of_an_older_call_does_not_close_the_circuit() -> None:
    service = Service()
    breaker = CircuitBreaker(failures=2, clock=Clock())

    def older_call() -> str:
        fail(breaker, service, 2)
        return "late"

    assert breaker.call(older_call) == "late"
    with pytest.raises(CircuitOpenError):
        breaker.call(service)


def test_refuses_a_threshold_below_one() -> None:
    with pytest.raises(ValueError, match="failures"):
        CircuitBreaker(failures=0)
