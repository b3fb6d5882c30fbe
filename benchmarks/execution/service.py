"""The execution service: ``python -m benchmarks.execution.service``.

1,000 patterns and 200 triggers in files, 2,000 different real questions drawn by Zipf; beside ours, in the same run, the documents' own
design. Times are of one process on the machine that the result names; over HTTP the client is a process of its own.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.corpus import own_environment
from benchmarks.execution.documents_design import DocumentsEngine
from benchmarks.execution.material import make_library, questions, requests, triggers
from benchmarks.measure import write
from foundry_git.errors import FoundryError
from foundry_git.execution.caches import CacheManager
from foundry_git.execution.definitions import PatternDefinition, PatternType
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.execution.registry import PatternRegistry
from foundry_git.execution.router import HybridDecisionRouter
from foundry_git.index.encoder.choose import open_encoder
from foundry_git.search.trigger_matching import TriggerMatcher
from foundry_git.settings import EncoderSettings
from foundry_git.workspace import Workspace

PATTERNS, TRIGGERS, MANY_TRIGGERS, REQUESTS, CLIENTS = 1000, 200, 1000, 10_000, 4
CUBIC = (r"(recall|find|get)\s+.*\s+(tagged|tag)\s+(\w+)", r"(analyze|examine|investigate)\s+.*\s+(pattern|system|performance)")
HOSTILE_LENGTHS, BASELINE_SPACES = (1_000, 2_000, 5_000, 10_000), 500
Figures = dict[str, object]


def main() -> None:
    """Measure, print and write ``results/execution.json``."""
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        folder = Path(scratch)
        os.environ.update(own_environment(folder))
        library, asked = folder / "library", questions()
        make_library(library, PATTERNS, TRIGGERS)
        _commit(library)
        figures: Figures = {"patterns": PATTERNS, "triggers": TRIGGERS, "questions": len(asked), "requests": REQUESTS}
        figures["matching"] = _matching(library, asked)
        figures["hostile"] = _hostile(library)
        figures["routing"] = _routing(library, asked, folder)
        figures |= _in_process(library, asked)
        figures["documents_design"] = _documents_design(library, asked)
        figures["redis"] = _redis(library, asked, folder)
        figures["http"] = _over_http(library, asked)
    write("execution", figures)


def quantiles(ms: Sequence[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile of milliseconds, and how many there are."""
    ordered = sorted(ms)
    at = {
        name: ordered[min(len(ordered) - 1, int(share * len(ordered)))]
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }
    return {f"{name}_ms": round(value, 4) for name, value in at.items()} | {"count": len(ordered)}


def each(call: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """The milliseconds of a call for each question."""
    taken = []
    for question in asked:
        began = time.perf_counter()
        call(question)
        taken.append((time.perf_counter() - began) * 1000.0)
    return taken


def _matching(library: Path, asked: Sequence[str]) -> Figures:
    """Ours and a list of compiled ``re``, 1,000 triggers, the same questions in turns."""
    many = triggers(MANY_TRIGGERS, library)
    matcher, theirs = TriggerMatcher(many), DocumentsEngine(many, [])
    cold = each(matcher.first, asked)
    ours, other = each(matcher.first, asked), each(theirs.match, asked)
    wrong = sum(
        (found.trigger.name if (found := matcher.first(question)) else None) != theirs.match(question) for question in asked[:300]
    )
    ratio = sorted(other)[len(other) // 2] / sorted(ours)[len(ours) // 2]
    at_95 = quantiles(other)["p95_ms"] / quantiles(ours)["p95_ms"]
    return {
        "triggers": MANY_TRIGGERS, "first_time": quantiles(cold), "ours": quantiles(ours), "list_of_re": quantiles(other),
        "times_faster_at_the_median": round(ratio, 1), "times_faster_at_95": round(at_95, 1), "different_answers_of_300": wrong,
    }  # fmt: skip


def _hostile(library: Path) -> Figures:
    """10 kB made to hurt, the documents' two cubic regexes among 1,000 triggers; theirs at 500 spaces only, for it takes so long."""
    cubic = [
        PatternDefinition(name=f"cubic-{at}", pattern_type=PatternType.MEMORY, trigger_regex=regex, priority=90).as_trigger()
        for at, regex in enumerate(CUBIC)
    ]
    matcher = TriggerMatcher([*triggers(MANY_TRIGGERS, library), *cubic])
    chance = random.Random(1)
    words = [word for trigger in matcher.triggers for word in re.findall(r"[a-z]{4,}", " ".join(trigger.regexes))]
    made: Mapping[str, Callable[[int], str]] = {
        "spaces": lambda length: "get" + " " * length,
        "tags": lambda length: "get " + "tagged " * (length // 7),
        "systems": lambda length: "analyze " + "a " * (length // 2),
        "words_of_the_triggers": lambda length: " ".join(chance.choice(words) for _ in range(length // 7))[:length],
    }
    found: Figures = {}
    for name, make in made.items():
        found[name] = {str(length): min(each(matcher.first, [make(length)] * 5)) for length in HOSTILE_LENGTHS}
    for at, (regex, text) in enumerate(zip(CUBIC, ("get", "analyze"), strict=True)):
        pattern = re.compile(regex, re.IGNORECASE)
        found[f"re_cubic_{at}_at_{BASELINE_SPACES}_spaces_ms"] = round(each(pattern.search, [text + " " * BASELINE_SPACES])[0], 1)
    return found


def _routing(library: Path, asked: Sequence[str], folder: Path) -> Figures:
    """Deciding where a question goes: by triggers and words, and with a vector that is there; making that is timed by itself."""
    encoder = open_encoder(EncoderSettings(), folder / "cache")
    registry = PatternRegistry([PatternDefinition.of_trigger(one) for one in triggers(TRIGGERS, library)])
    by_words = HybridDecisionRouter(registry)
    figures: Figures = {"by_words": quantiles(_decisions(by_words, asked))}
    if encoder is not None:
        vectors = dict(zip(asked, encoder.encode(list(asked)), strict=True))
        figures["by_meaning_with_its_vector"] = quantiles(_decisions(HybridDecisionRouter(registry, vectors.get), asked))
        figures["making_a_vector"] = quantiles(each(lambda one: encoder.encode([one]), asked[:1000]))
    return figures


def _decisions(router: HybridDecisionRouter, asked: Sequence[str]) -> list[float]:
    """The milliseconds of each decision, after the match, which the registry remembers from just before."""
    taken = []
    for question in asked:
        router.registry.match(question)
        taken += each(router.decide, [question])
    return taken


def _in_process(library: Path, asked: Sequence[str]) -> Figures:
    drawn = requests(list(asked), REQUESTS)
    with _engine(library) as engine:
        _ask_all(
            engine, ["list languages", "recall caching", "parse a date", "what can we learn from the parsers", "compare a and b"]
        )
    with _engine(library) as engine:
        began = time.perf_counter()
        _ask_all(engine, drawn)
        seconds, stats = time.perf_counter() - began, engine.get_stats()
        hits = each(lambda one: engine.execute_sync(one), ["list languages"] * 2001)[1:]
        matched = _where_a_trigger_matches(engine, asked)
    uncached = {
        name: {key: told[key] for key in ("p50_ms", "p95_ms", "p99_ms", "count")}
        for name, told in stats["latency_uncached"].items()
    }
    return {
        "mixed_load": {
            "requests_per_second": round(REQUESTS / seconds, 1),
            "hit_rate": round(stats["cache_hit_rate"], 2),
            "hits": stats["cache_hits"],
            "misses": stats["cache_misses"],
            "never_kept": stats["cache_bypassed"],
            "all": {key: stats["latency"][key] for key in stats["latency"]},
        },
        "uncached": uncached,
        "uncached_where_a_trigger_matches": matched,
        "match_time": stats["match_time"],
        "routing_time": stats["routing_time"],
        "local_hit": quantiles(hits),
    }


def _where_a_trigger_matches(engine: PatternExecutionEngine, asked: Sequence[str]) -> Figures:
    """Questions that need no model to be routed, each found anew."""
    found: dict[str, list[float]] = {str(type): [] for type in PatternType}
    for question in asked:
        definition = engine.registry.find_matching_pattern(question)
        if definition is not None and not definition.writes:
            found[definition.pattern_type] += each(lambda one: engine.execute_sync(one, use_cache=False), [question])
    return {name: quantiles(taken) for name, taken in found.items()}


def _documents_design(library: Path, asked: Sequence[str]) -> Figures:
    """Theirs under the same load."""
    with _engine(library) as engine:
        rows = engine.at_desk(
            lambda desk: [(one.id, one.description, one.code) for one in desk.documents(list(desk.rows))]
        ).result()
    theirs = DocumentsEngine(triggers(TRIGGERS, library), rows)
    drawn = requests(list(asked), REQUESTS)
    began = time.perf_counter()
    taken = each(theirs.execute, drawn)
    return {"requests_per_second": round(REQUESTS / (time.perf_counter() - began), 1), "all": quantiles(taken),
            "answers_with_anything": round(sum(bool(theirs.execute(one)) for one in asked) / len(asked), 4)}  # fmt: skip


def _redis(library: Path, asked: Sequence[str], folder: Path) -> Figures | str:
    """A hit in Redis: answers that another engine put there."""
    program = shutil.which("redis-server")
    if program is None:
        return "redis-server is not installed"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = (program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            url, some = f"redis://127.0.0.1:{port}", [one for one in asked if not one.startswith(("store", "save"))][:1000]
            with _engine(library, CacheManager(url, redis_ttl=3600)) as engine:
                _ask_all(engine, some)
            cache = CacheManager(url, local_ttl=0)
            with _engine(library, cache) as engine:
                _ask_all(engine, some)
                first = engine.get_stats()["cache_stats"]["redis_hits"]
                known = [one for one in some if _layer(engine, one) == "redis"]
                taken = each(lambda one: engine.execute_sync(one, may_write=False), known)
            return {"hits": first, "hit": quantiles(taken)}
        finally:
            server.terminate()


def _layer(engine: PatternExecutionEngine, question: str) -> str:
    try:
        return str(engine.execute_sync(question, may_write=False).metadata["cache"])
    except FoundryError:
        return ""


def _over_http(library: Path, asked: Sequence[str]) -> Figures:
    """The mixed load through ``foundry serve``, a process of its own; its clients are threads of this one."""
    drawn = requests(list(asked), REQUESTS)
    command = (sys.executable, "-P", "-m", "foundry_git", "serve", "--port", "0")
    with subprocess.Popen(command, cwd=library, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline().rpartition(":")[2])
            _post(http.client.HTTPConnection("127.0.0.1", port), "parse a date")
            taken, statuses = list[float](), list[int]()
            parts = [drawn[at::CLIENTS] for at in range(CLIENTS)]
            threads = [threading.Thread(target=_client, args=(port, part, taken, statuses)) for part in parts]
            began = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            seconds = time.perf_counter() - began
        finally:
            server.terminate()
    worse = sum(status >= 500 for status in statuses)
    return {
        "requests_per_second": round(len(drawn) / seconds, 1),
        "clients": CLIENTS,
        "all": quantiles(taken),
        "server_errors": worse,
    }


def _client(port: int, part: Sequence[str], taken: list[float], statuses: list[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for question in part:
        began = time.perf_counter()
        statuses.append(_post(connection, question))
        taken.append((time.perf_counter() - began) * 1000.0)
    connection.close()


def _post(connection: http.client.HTTPConnection, question: str) -> int:
    body = json.dumps({"query": question}).encode()
    connection.request("POST", "/api/v1/pattern/execute", body, {"content-type": "application/json"})
    response = connection.getresponse()
    response.read()
    return response.status


def _ask_all(engine: PatternExecutionEngine, asked: Sequence[str]) -> None:
    for question in asked:
        try:
            engine.execute_sync(question, may_write=False)
        except FoundryError:
            continue


@contextmanager
def _engine(library: Path, cache: CacheManager | None = None) -> Iterator[PatternExecutionEngine]:
    with PatternExecutionEngine(lambda: Workspace.open(library), cache) as engine:
        engine.start()
        engine.at_desk(lambda desk: desk.rows).result()
        yield engine


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10.0
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.02)


def _commit(library: Path) -> None:
    for command in (("add", "--all"), ("commit", "--quiet", "-m", "measured")):
        subprocess.run(["git", "-C", str(library), *command], check=True)


if __name__ == "__main__":
    main()
