"""The answerer: finds the answer to one question after the other, of one thread, which owns the workspace."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.errors import ConfigurationError, FoundryError, NotFoundError, WriteRefusedError
from foundry_git.execution.answers.known import ANSWERS
from foundry_git.execution.asking import MAX_QUESTION, Asked, Job
from foundry_git.execution.definitions import (
    BUDGETS,
    REAL_TIME,
    ExecutionMode,
    ExecutionResult,
    PatternDefinition,
    RoutingDecision,
)
from foundry_git.execution.desk import Desk
from foundry_git.execution.figures import Figures
from foundry_git.execution.library_state import Generation, LibraryState, StateReader, due
from foundry_git.execution.other_handlers import named_handlers, reply_of
from foundry_git.execution.registry import PatternRegistry
from foundry_git.execution.reply import Answering, Reply
from foundry_git.execution.router import HybridDecisionRouter
from foundry_git.execution.routing_model import SEARCH
from foundry_git.execution.token_counts import within
from foundry_git.library.reading import Problem
from foundry_git.library.triggers import DEFAULT_TTL, Trigger
from foundry_git.search.query import words_of
from foundry_git.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SURE_TO_WRITE = 0.9  # the least probability at which something is stored that no trigger asked for
MANY_AT_ONCE = 250  # questions encoded together: the encoder remembers 256
ESCALATES_BELOW = 0.3
"""The probability of a look-up's best answer from which on a search is not tried after it."""


class Looked(Struct, frozen=True):
    """A state of the library, when it was looked at and for how long, in seconds, and the generation that was current then."""

    state: LibraryState
    at: float
    took: float
    generation: int

    def is_due(self, generation: Generation) -> bool:
        """Tell whether it is to be looked at again."""
        return due(self.at, self.took, generation, self.generation)

    @property
    def ms_ago(self) -> float:
        """How long ago that was."""
        return round((time.monotonic() - self.at) * 1000.0, 1)


class Answerer:
    """Answers with a workspace that ``open_workspace`` opens; ``service`` tells what the engine did, for whoever asks about that."""

    def __init__(
        self,
        open_workspace: Callable[[], Workspace],
        now: Callable[[], datetime],
        figures: Figures,
        service: Callable[[], Mapping[str, Any]],
    ) -> None:
        self.registry = PatternRegistry(took=figures.matching.add)
        self.router = HybridDecisionRouter(self.registry, self._encoded, figures.cost_of)
        self.generation = Generation()
        self.looked: Looked | None = None
        self._reader = StateReader(open_workspace, now)
        self._figures, self._service = figures, service
        self._answers: dict[str, Answering] = dict(ANSWERS)
        self._desk: tuple[LibraryState, Desk] | None = None
        self._triggers: Sequence[Trigger] | None = None

    @property
    def workspace(self) -> Workspace:
        """The workspace."""
        return self._reader.workspace

    @property
    def problems(self) -> list[Problem]:
        """What could not be read at the last look."""
        return list(self._reader.problems)

    def look(self) -> Looked:
        """Return the state of the library; the files are looked at again only where that is due.

        Raises:
            FoundryError: the library or the configuration cannot be used.
        """
        looked, generation = self.looked, self.generation.number
        if looked is not None and not looked.is_due(self.generation):
            return looked
        try:
            _ = self.workspace  # to open it is not to look at it
            began = time.monotonic()
            state = self._reader.look()
            if (triggers := self._reader.triggers()) is not self._triggers:
                self.registry.set_files([PatternDefinition.of_trigger(one) for one in triggers])
                self._triggers = triggers
            if looked is None or looked.state.settings != state.settings:
                self._answers = {**ANSWERS, **named_handlers(self.workspace.settings.answers.handlers)}
        except FoundryError:
            self.looked = self._desk = self._triggers = None
            self._reader.close()
            raise
        now = time.monotonic()
        self.looked = Looked(state, now, now - began, generation)
        return self.looked

    def desk(self) -> Desk:
        """Return the desk for the state that was last looked at."""
        looked = self.looked or self.look()
        if self._desk is None or self._desk[0] != looked.state or self._desk[1].workspace is not self.workspace:
            self._desk = looked.state, Desk(self.workspace, looked.state.as_of, self._service, self._triggers_told)
        return self._desk[1]

    def answer(self, job: Job, looked: Looked, began: float) -> tuple[ExecutionResult, int]:
        """Return the answer to a question, and for how many seconds it may be kept.

        Raises:
            NotFoundError: it is nothing that can be answered here. WriteRefusedError: it would write, and may not.
        """
        decision = self._routed(job)
        if not decision.route:
            raise NotFoundError(job.question, self._nearest_example(job.question))
        definition = self.registry.get(decision.route)
        if definition is not None and definition.writes and _is_meant(decision):
            if not job.may_write:
                raise WriteRefusedError(definition.name)
            self.generation.move()  # whoever asks next sees what was stored
        reply, error, by = self._replied(job, decision, definition)
        budget = job.context.max_tokens or BUDGETS[decision.pattern_type]
        text, tokens = within(reply.lines, budget) if reply else ("", 0)
        result = ExecutionResult(
            pattern_name=decision.route,
            success=error is None,
            result=reply.facts if reply else {},
            execution_time_ms=(time.perf_counter() - began) * 1000.0,
            tokens_used=tokens,
            cache_hit=False,
            error=error,
            metadata=_metadata(job, decision, by, looked),
            text=text,
        )
        return result, 0 if error else self._ttl(definition)

    def writes(self, question: str) -> bool:
        """Tell whether answering a question would write something."""
        found = self.registry.match(question)
        return found is not None and found.definition.writes

    def encode_ahead(self, questions: Sequence[str]) -> None:
        """Make the vectors of many questions at once; the encoder remembers them until they are asked for."""
        self.look()
        encoder = self.workspace.index.encoder
        texts = {" ".join(question.split()) for question in questions if len(question) <= MAX_QUESTION}
        if encoder is not None and 1 < len(texts) <= MANY_AT_ONCE:
            encoder.encode(sorted(texts))

    def close(self) -> None:
        """Close the workspace."""
        self._reader.close()

    def _routed(self, job: Job) -> RoutingDecision:
        began = time.perf_counter()
        decision = self.router.decide(job.question, job.mode)
        self._figures.routing.add((time.perf_counter() - began) * 1000.0)
        return decision

    def _replied(
        self, job: Job, decision: RoutingDecision, definition: PatternDefinition | None
    ) -> tuple[Reply | None, str | None, str]:
        """The reply with the name of what gave it, or why there is none; where a look-up found nothing sure, that of a search."""
        asked = Asked(job.question, job.mode, job.context, decision.arguments)
        name = self._answer_name(definition) if definition else SEARCH
        try:
            desk = self.desk()
            reply = self._called(desk, asked, decision, definition)
            if name == "recall" and (instead := self._escalated(desk, asked, reply)):
                return instead, None, SEARCH
        except FoundryError as error:
            return None, str(error), name
        return reply, None, name

    def _escalated(self, desk: Desk, asked: Asked, reply: Reply) -> Reply | None:
        """What a search finds where a look-up found nothing that is sure, if that is surer."""
        if asked.mode is ExecutionMode.FAST or (reply.is_found and reply.sure >= ESCALATES_BELOW):
            return None
        topic = asked.subject() or asked.topic()
        found = self._answers[SEARCH](desk, replace(asked, question=topic))
        if not found.is_found or found.sure <= reply.sure:
            return None
        return Reply(found.facts | {"memories": found.facts["hits"], "topic": topic}, found.lines, found.sure)

    def _called(self, desk: Desk, asked: Asked, decision: RoutingDecision, definition: PatternDefinition | None) -> Reply:
        answers = definition.answers if definition else SEARCH
        if definition and definition.writes and not _is_meant(decision):
            return Reply(
                {"stored": None},
                ["Nothing was stored, for that was only a guess; to store it begin with `store` or `remember:`."],
                is_found=False,
            )
        if not isinstance(answers, str):
            return reply_of(answers, asked)
        known = self._answers.get(answers)
        if known is None:
            said = f"handler {answers!r} comes with neither foundry-git nor answers.handlers of your own config.yaml"
            raise ConfigurationError(f"trigger {definition.name if definition else ''}", [said])
        return known(desk, asked)

    def _ttl(self, definition: PatternDefinition | None) -> int:
        if definition is None:
            return DEFAULT_TTL
        return 0 if definition.writes or self._answer_name(definition) in REAL_TIME else definition.cache_ttl

    def _answer_name(self, definition: PatternDefinition) -> str:
        answers = definition.answers
        return answers if isinstance(answers, str) else definition.name

    def _triggers_told(self) -> list[dict[str, Any]]:
        return [
            {
                "name": one.name,
                "type": one.pattern_type.value,
                "description": one.metadata.get("description", ""),
                "priority": one.priority,
            }
            for one in self.registry.definitions()
        ]

    def _encoded(self, text: str) -> NDArray[np.float32] | None:
        encoder = self.workspace.index.encoder
        return encoder.encode([text])[0] if encoder else None

    def _nearest_example(self, question: str) -> str:
        """The example of a trigger that shares most words with a question; "" where none shares two."""
        words = set(words_of(question))
        examples = [example for one in self.registry.definitions() for example in one.metadata.get("examples", ())]
        shared = max(((len(words & set(words_of(example))), example) for example in examples), default=(0, ""))
        return shared[1] if shared[0] > 1 else ""


def _is_meant(decision: RoutingDecision) -> bool:
    """Whether somebody surely asked for this: what is stored on a guess is in everybody's way."""
    return decision.is_matched or decision.confidence >= SURE_TO_WRITE


def _metadata(job: Job, decision: RoutingDecision, by: str, looked: Looked) -> dict[str, Any]:
    return {
        "pattern_type": decision.pattern_type.value,
        "mode": job.mode.value,
        "answered_by": by,
        "confidence": round(decision.confidence, 4),
        "reasoning": decision.reasoning,
        "matched": decision.is_matched,
        "estimated_cost": decision.estimated_cost,
        "arguments": dict(decision.arguments),
        "state": looked.state.told(),
        "looked_ms_ago": looked.ms_ago,
        "cache": "none",
    }
