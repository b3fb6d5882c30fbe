from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class SingleFlight(Generic[K, V]):
    """Let concurrent calls with the same key share one execution; safe for threads.

    Nothing is cached: the next call after the shared one has ended executes again. A function must not call ``do`` with
    its own key, because it would wait for itself.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[K, Future[V]] = {}

    def do(self, key: K, function: Callable[[], V]) -> V:
        """Return the result of ``function()``, or that of the call for the same key which is already under way.

        Raises what the shared call raised, in every thread that waited for it.
        """
        with self._lock:
            joined = self._flights.get(key)
            if joined is None:
                flight: Future[V] = Future()
                self._flights[key] = flight
        if joined is not None:
            return joined.result()
        try:
            result = function()
        except BaseException as error:
            self._land(key)
            flight.set_exception(error)
            raise
        self._land(key)
        flight.set_result(result)
        return result

    def _land(self, key: K) -> None:
        """Close the flight to newcomers before its result is known, so that nobody receives an old result."""
        with self._lock:
            del self._flights[key]
