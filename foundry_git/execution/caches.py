"""Caches: answers kept in this process, and where the user has set one up in Redis, which several processes share.

What is kept under a key holds as long as the key: it names the state of the library, so nothing has to be invalidated.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from foundry_git.execution.local_cache import LOCAL_TTL, MAX_LOCAL, LocalCache
from foundry_git.execution.redis_cache import RedisCache

REDIS_TTL = 300  # seconds


class Kept(Struct, frozen=True):
    """What was found: the bytes of an answer, and in which layer, ``local`` or ``redis``."""

    content: bytes
    layer: str


class CacheManager:
    """The layers: this process, then Redis at ``redis_url`` where one is given. Redis that does not answer costs its deadline, once.

    ``local_ttl``, ``redis_ttl``: seconds; ``max_local_size``: entries.
    """

    def __init__(
        self,
        redis_url: str | None = None,
        local_ttl: float = LOCAL_TTL,
        redis_ttl: float = REDIS_TTL,
        max_local_size: int = MAX_LOCAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.local: LocalCache[bytes] = LocalCache(max_local_size, local_ttl, clock)
        self.redis = RedisCache(redis_url, clock) if redis_url else None
        self._redis_ttl = redis_ttl
        self._hits = {"local": 0, "redis": 0}
        self._misses = 0

    def get(self, key: str) -> Kept | None:
        """Return what is kept under a key in the first layer that has it; what Redis has is kept here from then on."""
        found = self.get_local(key)
        if found is None and self.redis is not None and (shared := self.redis.get(key)) is not None:
            content, seconds = shared
            self.local.put(key, content, seconds)
            self._hits["redis"] += 1
            return Kept(content, "redis")
        if found is None:
            self._misses += 1
        return found

    def get_local(self, key: str) -> Kept | None:
        """Return what this process keeps under a key; what it does not is not counted as missing yet."""
        content = self.local.get(key)
        if content is None:
            return None
        self._hits["local"] += 1
        return Kept(content, "local")

    def put(self, key: str, content: bytes, ttl: float) -> None:
        """Keep an answer for ``ttl`` seconds in each layer, and no longer than the layer keeps anything; not at all where that is 0."""
        if ttl <= 0:
            return
        self.local.put(key, content, ttl)
        if self.redis is not None:
            self.redis.put(key, content, min(ttl, self._redis_ttl))

    def clear(self) -> None:
        """Forget what this process keeps."""
        self.local.clear()

    def get_stats(self) -> dict[str, Any]:
        """Return hits and misses by layer, how Redis stands (``off``, ``up``, ``down``), and the rate of hits in percent."""
        hits = sum(self._hits.values())
        asked = hits + self._misses
        return {
            "local_hits": self._hits["local"],
            "redis_hits": self._hits["redis"],
            "misses": self._misses,
            "hit_rate": 100.0 * hits / asked if asked else 0.0,
            "local_size": len(self.local),
            "redis": self.redis.standing if self.redis else "off",
            "redis_errors": self.redis.errors if self.redis else 0,
            "redis_said": self.redis.said if self.redis else "",
        }

    def close(self) -> None:
        """Close the connection to Redis."""
        if self.redis is not None:
            self.redis.close()
