"""Figures: what an engine has done since it began, counted and never estimated; they take the same memory however much it does."""

from __future__ import annotations

import heapq
import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from foundry_git.execution.definitions import PatternType

SLOW_MS = 200.0
"""Milliseconds from which a question is warned of, as in the documents."""
MOST_SLOW = 20
QUANTILES = (0.5, 0.95, 0.99)

_LEAST_MS, _STEP = 0.001, 1.05  # a bucket is 5 % wide, so a quantile is within 2.5 %
_LOG_STEP = math.log(_STEP)
_BUCKETS = 400  # up to five minutes

BOUNDS_MS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 200.0, 300.0, 1000.0)
"""The upper bounds of the histograms that monitoring reads."""


class Latencies:
    """How long things took, in milliseconds."""

    def __init__(self) -> None:
        self.count = 0
        self.total_ms = 0.0
        self._buckets = [0] * _BUCKETS

    def add(self, ms: float) -> None:
        """Count one."""
        self.count += 1
        self.total_ms += ms
        at = math.ceil(math.log(ms / _LEAST_MS) / _LOG_STEP) if ms > _LEAST_MS else 0
        self._buckets[min(at, _BUCKETS - 1)] += 1

    def quantile(self, share: float) -> float:
        """Return the milliseconds below which that share of them lies, within 2.5 %; 0 where there are none."""
        wanted, seen = share * self.count, 0
        for at, count in enumerate(self._buckets):
            seen += count
            if count and seen >= wanted:
                return _LEAST_MS * _STEP ** (at - 0.5) if at else _LEAST_MS
        return 0.0

    def below(self, ms: float) -> int:
        """Return how many took at most so long."""
        at = math.ceil(math.log(ms / _LEAST_MS) / _LOG_STEP) if ms > _LEAST_MS else 0
        return sum(self._buckets[: at + 1])

    def take_in(self, other: Latencies) -> None:
        """Add those of another."""
        self.count += other.count
        self.total_ms += other.total_ms
        self._buckets = [one + more for one, more in zip(self._buckets, other._buckets, strict=True)]

    def kept(self) -> dict[str, Any]:
        """As what can be written and read again."""
        return {"total": round(self.total_ms, 4), "buckets": {str(at): count for at, count in enumerate(self._buckets) if count}}

    @classmethod
    def of_kept(cls, kept: Mapping[str, Any]) -> Latencies:
        """Those that were written; raises ValueError, TypeError or LookupError for what was not."""
        found = cls()
        for at, count in kept["buckets"].items():
            found._buckets[min(max(int(at), 0), _BUCKETS - 1)] += int(count)
        found.count, found.total_ms = sum(found._buckets), float(kept["total"])
        return found

    def told(self) -> dict[str, float]:
        """As plain values."""
        mean = self.total_ms / self.count if self.count else 0.0
        return {"count": self.count, "mean_ms": round(mean, 4)} | {
            f"p{round(share * 100)}_ms": round(self.quantile(share), 4) for share in QUANTILES
        }


class Done(Struct, frozen=True):
    """One question that was answered, or was not; ``layer``: of which cache, "" for none, ``shared`` for another's computation."""

    question: str
    type: PatternType
    route: str
    mode: str
    layer: str
    ok: bool
    ms: float
    tokens: int
    bypassed: bool = False


class Figures:
    """What was done; threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._guard = threading.Lock()
        self._clock = clock
        self._began = clock()
        self._busy = 0.0
        self.counts: Counter[str] = Counter()
        self.tokens = 0
        self.by_type: Mapping[str, Latencies] = {str(type): Latencies() for type in PatternType}
        self.uncached: Mapping[str, Latencies] = {str(type): Latencies() for type in PatternType}
        self.matching, self.routing = Latencies(), Latencies()
        self.routes: Counter[str] = Counter()
        self._tokens_of: dict[str, tuple[int, int]] = {}
        self._slow: list[tuple[float, int, str, str]] = []

    def add(self, done: Done) -> None:
        """Count a question."""
        with self._guard:
            self.counts["total"] += 1
            self.counts["successful" if done.ok else "failed"] += 1
            self.counts[f"layer:{done.layer or ('bypassed' if done.bypassed else 'none')}"] += 1
            self.tokens += done.tokens
            self.by_type[done.type].add(done.ms)
            self.routes[done.route] += 1
            if not done.layer:
                self.uncached[done.type].add(done.ms)
                count, whole = self._tokens_of.get(done.route, (0, 0))
                self._tokens_of[done.route] = count + 1, whole + done.tokens
            if done.ms > SLOW_MS:
                self.counts["slow"] += 1
                heapq.heappush(self._slow, (done.ms, self.counts["total"], done.route, done.question[:120]))
                if len(self._slow) > MOST_SLOW:
                    heapq.heappop(self._slow)

    def worked(self, seconds: float) -> None:
        """Count time for which the thread of answers was at work."""
        with self._guard:
            self._busy += seconds

    def cost_of(self, route: str, otherwise: int) -> int:
        """Return how many tokens the answers of a route took on average; ``otherwise`` before there was one."""
        count, whole = self._tokens_of.get(route, (0, 0))
        return round(whole / count) if count else otherwise

    @property
    def seconds(self) -> float:
        """Since the engine began."""
        return max(self._clock() - self._began, 1e-9)

    @property
    def utilisation(self) -> float:
        """The share of the time that the thread of answers was at work, in percent, at most 100."""
        return min(100.0, 100.0 * self._busy / self.seconds)

    def slowest(self) -> list[dict[str, Any]]:
        """The questions that took longest, of those that took too long, the slowest first."""
        return [{"ms": round(ms, 1), "route": route, "question": said} for ms, _, route, said in sorted(self._slow, reverse=True)]

    def hit_rate(self) -> float:
        """Hits in percent of the questions whose answers may be kept."""
        hits, misses = self._hits(), self.counts["layer:none"]
        return 100.0 * hits / (hits + misses) if hits + misses else 0.0

    @property
    def could_keep(self) -> bool:
        """Whether there was a question whose answer may be kept."""
        return bool(self._hits() + self.counts["layer:none"])

    def error_rate(self) -> float:
        """Failures in percent of all questions."""
        return 100.0 * self.counts["failed"] / self.counts["total"] if self.counts["total"] else 0.0

    def all_latencies(self) -> Latencies:
        """Those of all types."""
        return joined(self.by_type.values())

    def _hits(self) -> int:
        return sum(self.counts[f"layer:{layer}"] for layer in ("local", "redis", "shared"))

    def told(self) -> dict[str, Any]:
        """The keys that the documents name, and what stands beside them; rates in percent."""
        total, latencies = self.counts["total"], self.all_latencies()
        return {
            "total_executions": total,
            "successful_executions": self.counts["successful"],
            "failed_executions": self.counts["failed"],
            "successful": self.counts["successful"],
            "failed": self.counts["failed"],
            "cache_hits": self._hits(),
            "cache_misses": self.counts["layer:none"],
            "cache_bypassed": self.counts["layer:bypassed"],
            "avg_execution_time_ms": latencies.total_ms / total if total else 0.0,
            "total_tokens_used": self.tokens,
            "success_rate": 100.0 * self.counts["successful"] / total if total else 0.0,
            "error_rate": self.error_rate(),
            "cache_hit_rate": self.hit_rate(),
            "slow_queries": self.counts["slow"],
            "latency": {name: one.told() for name, one in self.by_type.items()},
            "latency_uncached": {name: one.told() for name, one in self.uncached.items()},
            "match_time": self.matching.told(),
            "routing_time": self.routing.told(),
            "utilisation": self.utilisation,
            "requests_per_second": total / self.seconds,
            "routes": dict(self.routes.most_common()),
            "slowest": self.slowest(),
            "uptime_seconds": self.seconds,
        }


def joined(some: Iterable[Latencies]) -> Latencies:
    """Several as one."""
    whole = Latencies()
    for one in some:
        whole.take_in(one)
    return whole


def distribution(counts: Mapping[str, int]) -> dict[str, float]:
    """Counts as percentages of their sum."""
    whole = sum(counts.values())
    found: dict[str, float] = defaultdict(float)
    for name, count in counts.items():
        found[name] = 100.0 * count / whole if whole else 0.0
    return dict(found)
