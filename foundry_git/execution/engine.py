"""The engine: takes a question in ordinary words, has it answered, and keeps the answer where that is right.

One thread finds all answers; numpy uses the other cores by itself. What is kept is answered without that thread, and questions that
are equal while one of them is being answered wait for that one answer.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from foundry_git.errors import EngineError, FoundryError, NotFoundError
from foundry_git.execution.answerer import Answerer, Looked
from foundry_git.execution.asking import Job
from foundry_git.execution.caches import CacheManager, Kept
from foundry_git.execution.definitions import ExecutionMode, ExecutionResult, PatternType, mode_named
from foundry_git.execution.desk import Desk
from foundry_git.execution.figures import SLOW_MS, Done, Figures
from foundry_git.execution.library_state import Generation, LibraryState
from foundry_git.execution.question_log import QuestionLog
from foundry_git.execution.registry import PatternRegistry
from foundry_git.execution.router import HybridDecisionRouter
from foundry_git.execution.routing_model import NONE
from foundry_git.git.state_folder import StateFolder
from foundry_git.library.reading import Problem
from foundry_git.library.triggers import DEFAULT_TTL
from foundry_git.workspace import Workspace

log = logging.getLogger("foundry_git.execution")

_NO_CACHE = CacheManager(max_local_size=0)
"""Before the first look, which tells where answers are kept."""

_ENCODER, _DECODER = msgspec.json.Encoder(enc_hook=str), msgspec.json.Decoder(ExecutionResult)


class PatternExecutionEngine:
    """Answers questions about the library and repository of a folder; threads and event loops may share it.

    ``open_workspace``: opens what is asked about; ``cache``: where answers are kept, made from the settings where none is given;
    ``now``: the moment that evidence is weighed at.
    """

    def __init__(
        self,
        open_workspace: Callable[[], Workspace],
        cache: CacheManager | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.figures = Figures()
        self._answerer = Answerer(open_workspace, now, self.figures, self.get_stats)
        self._cache = cache
        self._log = QuestionLog(None)
        self._guard = threading.Lock()
        self._is_closed = False
        self._ident = 0
        self._running: dict[str, Future[ExecutionResult]] = {}
        self._thread = ThreadPoolExecutor(1, "foundry-answers")

    @property
    def registry(self) -> PatternRegistry:
        """The definitions that questions are matched against."""
        return self._answerer.registry

    @property
    def router(self) -> HybridDecisionRouter:
        """What decides where a question goes."""
        return self._answerer.router

    @property
    def generation(self) -> Generation:
        """What a watcher moves."""
        return self._answerer.generation

    @property
    def workspace(self) -> Workspace:
        """The workspace, which belongs to the thread of answers: what is asked of it elsewhere must open no index."""
        return self._answerer.workspace

    @property
    def cache(self) -> CacheManager:
        """Where answers are kept."""
        return self._cache or _NO_CACHE

    def start(self) -> None:
        """Open everything now; without it the first question does.

        Raises:
            FoundryError: the library or the configuration cannot be used.
        """
        self._submit(self._look).result()

    async def execute(
        self,
        query: str,
        execution_mode: ExecutionMode | str = ExecutionMode.BALANCED,
        context: Mapping[str, Any] | None = None,
        use_cache: bool = True,
        may_write: bool = True,
    ) -> ExecutionResult:
        """Answer a question; as :meth:`execute_sync`."""
        began = time.perf_counter()
        job = Job.of(query, execution_mode, context, use_cache, may_write)
        if kept := self._kept_now(job, began):
            return kept
        return await asyncio.shield(asyncio.wrap_future(self._submitted(job, began)))  # others may wait for the same

    def execute_sync(
        self,
        query: str,
        execution_mode: ExecutionMode | str = ExecutionMode.BALANCED,
        context: Mapping[str, Any] | None = None,
        use_cache: bool = True,
        may_write: bool = True,
    ) -> ExecutionResult:
        """Answer a question.

        An answer that could not be found has ``success`` False and an ``error`` that says why; that there is nothing of the kind is an
        answer. ``use_cache`` False neither takes a kept answer nor keeps this one; ``may_write`` False stores nothing.

        Raises:
            ValidationError: the question, the mode or the context cannot be taken.
            NotFoundError: it is nothing that can be answered here. WriteRefusedError: it would store something, and may not.
            FoundryError: the library or the configuration cannot be used.
        """
        began = time.perf_counter()
        job = Job.of(query, execution_mode, context, use_cache, may_write)
        return self._kept_now(job, began) or self._submitted(job, began).result()

    async def execute_many(
        self,
        queries: Sequence[str],
        execution_mode: ExecutionMode | str = ExecutionMode.BALANCED,
        context: Mapping[str, Any] | None = None,
        use_cache: bool = True,
    ) -> dict[str, Any]:
        """Answer many questions; as :meth:`execute_many_sync`."""
        return await asyncio.to_thread(self.execute_many_sync, queries, execution_mode, context, use_cache)

    def execute_many_sync(
        self,
        queries: Sequence[str],
        execution_mode: ExecutionMode | str = ExecutionMode.BALANCED,
        context: Mapping[str, Any] | None = None,
        use_cache: bool = True,
    ) -> dict[str, Any]:
        """Answer many questions: their vectors are made together, and what fails stops none of the others.

        Returns ``results`` in the order of the questions, an exception where one was raised, ``successful`` and ``failed``, the latter
        as pairs of question and sentence, and ``success_rate``, 0 to 1.
        """
        if mode_named(execution_mode) is not ExecutionMode.FAST:
            texts = [query for query in queries if isinstance(query, str)]
            self._submit(self._encode_ahead, texts).result()
        results = [self._executed(query, execution_mode, context, use_cache) for query in queries]
        successful = [one for one in results if isinstance(one, ExecutionResult) and one.success]
        failed = [
            (query, one.error if isinstance(one, ExecutionResult) else str(one))
            for query, one in zip(queries, results, strict=True)
            if not (isinstance(one, ExecutionResult) and one.success)
        ]
        rate = len(successful) / len(results) if results else 0.0
        return {"results": results, "successful": successful, "failed": failed, "success_rate": rate}

    def get_stats(self) -> dict[str, Any]:
        """Return what was done since the engine began; rates in percent, times in milliseconds."""
        return self.figures.told() | {
            "registry_stats": self.registry.get_stats(),
            "router_stats": self.router.get_stats(),
            "cache_stats": self.cache.get_stats(),
            "redis": self.cache.redis.standing if self.cache.redis else "off",
            "problems": len(self._answerer.problems),
            "waiting": len(self._running),
        }

    @property
    def looked_at(self) -> LibraryState | None:
        """The state that was last looked at."""
        looked = self._answerer.looked
        return looked.state if looked else None

    def state(self) -> LibraryState:
        """Return the state of the library as it is now."""
        looked: Looked = self._submit(self._look).result()
        return looked.state

    def at_desk(self, ask: Callable[[Desk], Any]) -> Future[Any]:
        """Have the thread of answers ask something of the desk as it stands now."""

        def done() -> Any:
            self._look()
            return ask(self._answerer.desk())

        return self._submit(done)

    def problems(self) -> list[Problem]:
        """Return what could not be read at the last look."""
        return self._answerer.problems

    def close(self) -> None:
        """Finish what is being answered, and close everything; a second time does nothing."""
        with self._guard:
            if self._is_closed:
                return
            self._is_closed = True
        self._thread.submit(self._answerer.close).result()
        self._thread.shutdown()
        self._log.flush()
        if self._cache is not None:
            self._cache.close()

    def __enter__(self) -> PatternExecutionEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> PatternExecutionEngine:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)

    def _executed(
        self, query: str, mode: ExecutionMode | str, context: Mapping[str, Any] | None, use_cache: bool
    ) -> ExecutionResult | FoundryError:
        try:
            return self.execute_sync(query, mode, context, use_cache)
        except FoundryError as error:
            return error

    def _kept_now(self, job: Job, began: float) -> ExecutionResult | None:
        """The answer that this process keeps, where the library was looked at just now."""
        looked = self._answerer.looked
        if not job.use_cache or looked is None or looked.is_due(self.generation):
            return None
        kept = self.cache.get_local(self._key(job, looked.state))
        return self._told(job, kept, looked, began) if kept else None

    def _submitted(self, job: Job, began: float) -> Future[ExecutionResult]:
        """The answer that is being found; one and the same for all that ask the same meanwhile."""
        if not job.use_cache or self._answerer.writes(job.question):
            return self._submit(self._answer, job, began)
        name = job.whole_name
        with self._guard:
            running = self._running.get(name)
            if running is None:
                mine = self._running[name] = self._submit(self._answer, job, began)
        if running is None:  # outside of the guard: what is done already calls back at once
            mine.add_done_callback(lambda _: self._running.pop(name, None))
            return mine
        shared: Future[ExecutionResult] = Future()
        running.add_done_callback(lambda one: self._share(one, shared, job, began))
        return shared

    def _submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Have the thread of answers do something.

        Raises:
            EngineError: the engine is closed, or that thread itself asks, which would wait for itself.
        """
        if threading.get_ident() == self._ident:
            raise EngineError("a handler cannot ask the engine that waits for it; give what it needs to the question's context")
        try:
            return self._thread.submit(function, *arguments)
        except RuntimeError:
            raise EngineError("the engine is closed; make another") from None

    def _share(self, one: Future[ExecutionResult], shared: Future[ExecutionResult], job: Job, began: float) -> None:
        if not shared.set_running_or_notify_cancel():
            return
        if one.cancelled():
            shared.set_exception(EngineError("the engine was closed while this was being answered; ask another"))
        elif (error := one.exception()) is not None:
            shared.set_exception(error)
        else:
            found = one.result()
            ms = (time.perf_counter() - began) * 1000.0
            told = replace(found, execution_time_ms=ms, metadata={**found.metadata, "cache": "shared"})
            self._count(job, told, "shared", bypassed=False)
            shared.set_result(told)

    def _answer(self, job: Job, began: float) -> ExecutionResult:
        """Answer a question on the thread of answers."""
        at_work = time.perf_counter()
        try:
            looked = self._look()
            key = self._key(job, looked.state)
            if job.use_cache and (kept := self.cache.get(key)) and (told := self._told(job, kept, looked, began)):
                return told
            result, ttl = self._found(job, looked, began)
            if job.use_cache and ttl > 0:
                self.cache.put(key, _ENCODER.encode(result), ttl)
            self._count(job, result, "", bypassed=not job.use_cache or ttl <= 0)
            return _answered(job, result)
        finally:
            self.figures.worked(time.perf_counter() - at_work)

    def _found(self, job: Job, looked: Looked, began: float) -> tuple[ExecutionResult, int]:
        """The answer, and for how many seconds it may be kept; that nothing here answers is kept like any other."""
        try:
            return self._answerer.answer(job, looked, began)
        except NotFoundError as error:
            ms = (time.perf_counter() - began) * 1000.0
            metadata = {"pattern_type": PatternType.HYBRID.value, "matched": False, "nearest": error.nearest, "cache": "none"}
            return ExecutionResult(NONE, True, {}, ms, 0, False, str(error), metadata), DEFAULT_TTL

    def _encode_ahead(self, texts: Sequence[str]) -> None:
        self._look()
        self._answerer.encode_ahead(texts)

    def _look(self) -> Looked:
        is_first, self._ident = self._answerer.looked is None, threading.get_ident()
        looked = self._answerer.look()
        if is_first:
            workspace = self._answerer.workspace
            self._log.flush()
            self._log = QuestionLog(StateFolder(workspace.state).questions)
            if self._cache is None:
                self._cache = CacheManager(workspace.settings.answers.redis_url or None)
        return looked

    def _told(self, job: Job, kept: Kept, looked: Looked, began: float) -> ExecutionResult | None:
        """A kept answer as it is given now; None where it is none, as anybody may have put it into Redis."""
        try:
            found = _DECODER.decode(kept.content)
            PatternType(found.metadata["pattern_type"]), found.metadata["matched"], found.metadata.get("nearest")
        except (ValueError, KeyError):
            return None
        metadata = {**found.metadata, "cache": kept.layer, "looked_ms_ago": looked.ms_ago}
        ms = (time.perf_counter() - began) * 1000.0
        told = replace(found, cache_hit=True, execution_time_ms=ms, metadata=metadata)
        self._count(job, told, kept.layer, bypassed=False)
        return _answered(job, told)

    def _count(self, job: Job, told: ExecutionResult, layer: str, bypassed: bool) -> None:
        type, ms = PatternType(told.metadata["pattern_type"]), told.execution_time_ms
        done = Done(job.question, type, told.pattern_name, job.mode.value, layer, told.success, ms, told.tokens_used, bypassed)
        self._note(done, job, is_missed=not told.metadata["matched"])
        if ms > SLOW_MS:
            log.warning("slow question: %.0f ms for %r (%s)", ms, job.question[:120], told.pattern_name)

    def _note(self, done: Done, job: Job, is_missed: bool) -> None:
        self.figures.add(done)
        self._log.add(done, job.context, is_missed)

    def _key(self, job: Job, state: LibraryState) -> str:
        name = job.whole_name if self.registry.has_functions else job.name
        return f"{state.key}:{self.registry.fingerprint}:{name}"


def _answered(job: Job, result: ExecutionResult) -> ExecutionResult:
    """The result; raises NotFoundError where it is that nothing here answers."""
    if result.pattern_name == NONE:
        raise NotFoundError(job.question, str(result.metadata["nearest"]))
    return result
