"""Metrics: the figures of an engine as the text that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.execution.figures import BOUNDS_MS, Latencies
from foundry_git.execution.monitoring import THRESHOLDS, alerts

PREFIX = "foundry_"


def exposition(engine: PatternExecutionEngine) -> str:
    """Return the eight metrics of the documents, and what stands beside them, in the text format 0.0.4."""
    return "\n".join(_lines(engine)) + "\n"


def values_of(engine: PatternExecutionEngine) -> dict[str, float]:
    """Return what thresholds are about."""
    figures = engine.figures
    values = {
        "p95_ms": figures.all_latencies().quantile(0.95),
        "error_rate": figures.error_rate(),
        "utilisation": figures.utilisation,
    }
    return values | ({"cache_hit_rate": figures.hit_rate()} if figures.could_keep else {})


def _lines(engine: PatternExecutionEngine) -> Iterator[str]:
    figures, stats = engine.figures, engine.get_stats()
    yield from _histogram("execution_seconds", "time for an answer, by type", figures.by_type)
    yield from _histogram("match_seconds", "time to match a question against the triggers", {"": figures.matching})
    yield from _histogram("routing_seconds", "time to decide where a question goes", {"": figures.routing})
    yield from _one(
        "executions_total", "counter", "questions", {(("result", one),): figures.counts[one] for one in ("successful", "failed")}
    )
    layers = {(("layer", one),): figures.counts[f"layer:{one}"] for one in ("local", "redis", "shared", "none", "bypassed")}
    yield from _one("cache_lookups_total", "counter", "where answers came from; none: they were found", layers)
    yield from _one(
        "cache_hit_rate", "gauge", "hits as a share of the questions whose answers may be kept", {(): figures.hit_rate() / 100.0}
    )
    yield from _one("tokens_total", "counter", "tokens of all answers", {(): figures.tokens})
    yield from _one("error_rate", "gauge", "failures as a share of all questions", {(): figures.error_rate() / 100.0})
    yield from _one(
        "answers_utilisation",
        "gauge",
        "share of the time that the thread of answers is at work",
        {(): figures.utilisation / 100.0},
    )
    redis = {(("state", one),): int(stats["redis"] == one) for one in ("off", "not asked", "up", "down")}
    yield from _one("redis_state", "gauge", "how Redis stands", redis)
    yield from _one(
        "redis_errors_total", "counter", "calls that Redis did not answer", {(): stats["cache_stats"]["redis_errors"]}
    )
    yield from _one(
        "routing_accuracy",
        "gauge",
        "share of the examples of all triggers that reach their own",
        {(): engine.registry.accuracy()},
    )
    routes = {(("route", name),): count for name, count in sorted(figures.routes.items())}
    yield from _one("routes_total", "counter", "questions by route", routes)
    yield from _one("slow_total", "counter", "questions that took longer than 200 ms", {(): figures.counts["slow"]})
    yield from _one("uptime_seconds", "gauge", "seconds since the engine began", {(): figures.seconds})
    passed = {(one.metric, one.level) for one in alerts(values_of(engine), figures.counts["total"])}
    states = {(("metric", one.metric), ("level", one.level)): int((one.metric, one.level) in passed) for one in THRESHOLDS}
    yield from _one("alert", "gauge", "1 where a threshold is passed", states)


def _histogram(name: str, said: str, by: Mapping[str, Latencies]) -> Iterator[str]:
    yield f"# HELP {PREFIX}{name} {said}"
    yield f"# TYPE {PREFIX}{name} histogram"
    for kind, latencies in by.items():
        labels = [("type", kind)] if kind else []
        for bound in BOUNDS_MS:
            yield _sample(f"{name}_bucket", [*labels, ("le", f"{bound / 1000.0:g}")], latencies.below(bound))
        yield _sample(f"{name}_bucket", [*labels, ("le", "+Inf")], latencies.count)
        yield _sample(f"{name}_sum", labels, latencies.total_ms / 1000.0)
        yield _sample(f"{name}_count", labels, latencies.count)


def _one(name: str, kind: str, said: str, values: Mapping[Any, float]) -> Iterator[str]:
    yield f"# HELP {PREFIX}{name} {said}"
    yield f"# TYPE {PREFIX}{name} {kind}"
    for labels, value in values.items():
        yield _sample(name, labels, value)


def _sample(name: str, labels: Any, value: Any) -> str:
    told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{PREFIX}{name}{f'{{{told}}}' if told else ''} {float(value):.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
