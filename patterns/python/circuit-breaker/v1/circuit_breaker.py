from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class CircuitOpenError(RuntimeError):
    """The call was not made, because the service failed too often a short time ago."""


class CircuitBreaker:
    """Refuse calls to a service that keeps failing, and try it again with a single call after a recovery time.

    ``failures`` errors in a row open the circuit; only errors of the types in ``counted`` are failures of the service,
    any other ``Exception`` is an answer from it. Thread-safe: calls run in parallel, but only one trial at a time.
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        recovery_time: float = 30.0,
        counted: tuple[type[Exception], ...] = (Exception,),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if failures < 1:
            raise ValueError(f"failures must be at least 1, not {failures}")
        self._threshold = failures
        self._recovery_time = recovery_time
        self._counted = counted
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._trial_runs = False

    def call(self, operation: Callable[[], T]) -> T:
        """Return ``operation()`` and remember how it went; raise ``CircuitOpenError`` without calling it if open."""
        trial = self._admit()
        try:
            result = operation()
        except BaseException as error:
            # An interrupt says nothing about the service, so a trial that it ends must not close the circuit.
            self._settle(trial, failed=isinstance(error, self._counted) or not isinstance(error, Exception))
            raise
        self._settle(trial, failed=False)
        return result

    def _admit(self) -> bool:
        """Return whether this call is the trial."""
        with self._lock:
            if self._opened_at is None:
                return False
            left = self._opened_at + self._recovery_time - self._clock()
            if self._trial_runs or left > 0:
                raise CircuitOpenError(f"circuit is open, next trial in {max(0.0, left):.1f} s")
            self._trial_runs = True
            return True

    def _settle(self, trial: bool, *, failed: bool) -> None:
        with self._lock:
            if trial:
                self._trial_runs = False
            elif self._opened_at is not None:
                return  # begun before the circuit opened: older news than what opened it
            self._failures = self._failures + 1 if failed else 0
            self._opened_at = self._clock() if failed and (trial or self._failures >= self._threshold) else None
