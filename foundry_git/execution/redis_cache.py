"""The cache in Redis: asked within a deadline and never twice, so whatever becomes of it costs an answer no more than that.

Its client retries by default and blocks for 3 s where nobody listens (redis-py 8.1.0); here it does not, and a Redis that failed is
left alone for a while. What it holds is data of others: an answer is taken only if its digest, which stands before it, is its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from foundry_git.errors import ConfigurationError

log = logging.getLogger("foundry_git.execution")

DEADLINE = 0.05  # seconds for one call; on this machine a hit takes 0.2 ms, and an answer without Redis some 10 ms
REST = 2.0  # seconds for which a Redis that failed is not asked
MAX_CONTENT = 1024 * 1024  # bytes of one answer
PREFIX = "foundry:1:"
_DIGEST, _MOMENT = 32, 8  # bytes of SHA-256, and of the moment until which it holds, in milliseconds since 1970
_HEAD = _DIGEST + _MOMENT
_SCHEMES = ("redis", "rediss", "unix")


class RedisCache:
    """Answers by key in the Redis at ``url``; threads may share it. Nothing is connected before it is first asked.

    Raises:
        ConfigurationError: the URL is none of Redis, or its client is not installed.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        if urlsplit(url).scheme not in _SCHEMES:
            raise ConfigurationError(
                "config.yaml", [f"answers.redis_url: {url!r:.60} begins with none of redis://, rediss://, unix://"]
            )
        if importlib.util.find_spec("redis") is None:
            raise ConfigurationError("config.yaml", ["answers.redis_url: needs the client: pip install 'foundry-git[redis]'"])
        self._url, self._clock = url, clock
        self._client: Any = None
        self._until = 0.0
        self._thread = ThreadPoolExecutor(1, "foundry-redis")
        self.errors = 0
        self.said = ""
        """What the last failure was."""
        self._asked = False

    @property
    def standing(self) -> str:
        """``up``, ``down`` while it is left alone after a failure, ``not asked`` before the first question."""
        if not self._asked:
            return "not asked"
        return "down" if self._until else "up"

    def get(self, key: str) -> tuple[bytes, float] | None:
        """Return what is kept under a key, and for how many seconds still; None where nothing is, or Redis does not answer.

        What is there and is not what was put under that key counts as nothing.
        """
        found = self._call(lambda client: client.get(PREFIX + key))
        if not isinstance(found, bytes) or len(found) <= _HEAD or len(found) > MAX_CONTENT:
            return None
        digest, rest = found[:_DIGEST], found[_DIGEST:]
        left = int.from_bytes(rest[:_MOMENT], "big") / 1000.0 - time.time()
        if left <= 0 or hashlib.sha256(key.encode() + rest).digest() != digest:
            return None
        return rest[_MOMENT:], left

    def put(self, key: str, content: bytes, ttl: float) -> None:
        """Keep an answer for some seconds; one that is too large, or that Redis does not take, is not kept."""
        if len(content) < MAX_CONTENT - _HEAD:
            rest = int((time.time() + ttl) * 1000).to_bytes(_MOMENT, "big") + content
            value = hashlib.sha256(key.encode() + rest).digest() + rest
            self._call(lambda client: client.set(PREFIX + key, value, px=max(1, int(ttl * 1000))))

    def close(self) -> None:
        """Close the connections."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._let_go()

    def _call(self, ask: Callable[[Any], Any]) -> Any:
        """Ask in a thread of its own, one question at a time: a Redis that sends a byte now and then keeps that one waiting, not us."""
        if self._is_resting():
            return None
        self._asked = True
        _failures()  # imports the client, which takes longer than the deadline
        try:
            asking = self._thread.submit(self._ask, ask)
        except RuntimeError:  # it was closed, by another engine that shared it
            return None
        try:
            found = asking.result(DEADLINE)
        except _failures() as error:  # TimeoutError is an OSError
            asking.cancel()
            self._failed(error)
            return None
        self._until = 0.0
        return found

    def _ask(self, ask: Callable[[Any], Any]) -> Any:
        return None if self._is_resting() else ask(self._connected())

    def _is_resting(self) -> bool:
        return self._clock() < self._until

    def _connected(self) -> Any:
        if self._client is None:
            redis, retry, backoff = (importlib.import_module(name) for name in ("redis", "redis.retry", "redis.backoff"))
            self._client = redis.Redis.from_url(
                self._url,
                socket_timeout=DEADLINE,
                socket_connect_timeout=DEADLINE,
                retry=retry.Retry(backoff.NoBackoff(), 0),
                protocol=2,  # no greeting before the first question
            )
        return self._client

    def _failed(self, error: Exception) -> None:
        self.errors += 1
        self._until = self._clock() + REST
        said = f"{type(error).__name__}: {error}"[:200]
        if said != self.said:
            log.warning("Redis does not answer (%s); answers are found without it", said)
        self.said = said
        self._let_go()  # what is left in its sockets belongs to the question that failed

    def _let_go(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*_failures()):
                client.close()


def _failures() -> tuple[type[Exception], ...]:
    """What a client raises when the other side is gone, slow, full, of another mind, or speaks nonsense."""
    return importlib.import_module("redis").RedisError, OSError, ValueError, IndexError, TypeError, AttributeError, RecursionError
