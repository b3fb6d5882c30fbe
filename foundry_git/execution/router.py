"""The router: which route a question takes, how sure that is, and why.

A trigger that matches is as good as certain. Where none does, a model that was fitted on labelled questions tells the route by the
question's words, and where that is not sure and the mode allows it by its meaning too. What it says is a probability that was
calibrated on questions it had not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.execution.asking import context_of, question_of
from foundry_git.execution.definitions import (
    BUDGETS,
    ExecutionMode,
    PatternDefinition,
    PatternType,
    RoutingDecision,
    mode_named,
)
from foundry_git.execution.figures import distribution
from foundry_git.execution.local_cache import LocalCache
from foundry_git.execution.registry import Matched, PatternRegistry
from foundry_git.execution.routing_model import NONE, SEARCH, RoutingModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BY_TRIGGER = 0.95  # of 1,368 labelled questions that no trigger was written from, triggers match 455, and 433 of these are meant
SURE_BY_WORDS = 0.8  # probability from which words alone decide where a model may be asked
SURE = 0.25  # the least probability of a route that is taken; below it a question is searched for
CANNOT = 0.4  # probability of "nothing that can be answered here" from which that is said
TOO_MANY = 5  # alternatives
KEPT_SECONDS = 300  # for which a decision is remembered, as in the documents

Encode = Callable[[str], "NDArray[np.float32] | None"]


class Likely(Struct, frozen=True):
    """The routes by their probability, the likeliest first; ``by``: what told them."""

    routes: Sequence[tuple[str, float]]
    by: str


class HybridDecisionRouter:
    """Routes questions among the definitions of ``registry``; ``encode`` gives the vector of a text, None without a model.

    ``cost_of``: tokens that the answers of a route took so far, given what to say before there were any.
    """

    def __init__(
        self,
        registry: PatternRegistry,
        encode: Encode = lambda text: None,
        cost_of: Callable[[str, int], int] = lambda route, otherwise: otherwise,
        model: RoutingModel | None = None,
    ) -> None:
        self.registry = registry
        self._encode = encode
        self._cost_of = cost_of
        self._model = model or RoutingModel.shipped()
        self._routed: Counter[str] = Counter()
        self._decided_before: LocalCache[RoutingDecision] = LocalCache(ttl=KEPT_SECONDS)
        self._examples: tuple[int, Mapping[str, NDArray[np.float32]]] = -1, {}

    async def route(
        self,
        query: str,
        execution_mode: ExecutionMode | str = ExecutionMode.BALANCED,
        context: Mapping[str, Any] | None = None,
    ) -> RoutingDecision:
        """Decide where a question goes; as :meth:`decide`."""
        return self.decide(query, execution_mode, context)

    def decide(
        self,
        query: str,
        execution_mode: ExecutionMode | str = ExecutionMode.BALANCED,
        context: Mapping[str, Any] | None = None,
    ) -> RoutingDecision:
        """Decide where a question goes. ``route`` of the decision is "" where nothing here answers it.

        Raises:
            ValidationError: the question, the mode or the context cannot be taken.
        """
        question, mode = question_of(query), mode_named(execution_mode)
        context_of(context)
        key = f"{self.registry.version}:{mode}:{question}"
        decision = self._decided_before.get(key)
        if decision is None:
            found = self.registry.match(question)
            decision = self._by_trigger(found, question) if found else self._by_model(question, mode)
            self._decided_before.put(key, decision)
        self._routed[decision.pattern_type.value if decision.route else NONE] += 1
        return decision

    def get_stats(self) -> dict[str, Any]:
        """Return how many questions were routed where; shares in percent."""
        counts = dict(self._routed)
        return {"total_routes": sum(counts.values()), "routes_by_type": counts, "distribution": distribution(counts)}

    def _by_trigger(self, found: Matched, question: str) -> RoutingDecision:
        definition = found.definition
        is_named = question == definition.name
        said = (
            f"it is called {question!r}"
            if is_named
            else f"it matches the trigger {definition.name} (priority {definition.priority})"
        )
        others = [one.definition.pattern_type for one in self.registry.matches(question)[1:]]
        decided = self._decided(definition, 1.0 if is_named else BY_TRIGGER, said, others, found.arguments)
        return replace(decided, is_matched=True)

    def _by_model(self, question: str, mode: ExecutionMode) -> RoutingDecision:
        likely = self._likely(question, mode)
        route, probability = likely.routes[0]
        others = list(dict.fromkeys(type_of(name, self.registry) for name, _ in likely.routes[1:TOO_MANY] if name != NONE))
        if route == NONE and probability >= CANNOT:
            said = f"no trigger matches, and {likely.by} it is nothing that can be answered here"
            return RoutingDecision(PatternType.HYBRID, probability, said, 0, _without(others, PatternType.HYBRID))
        definition = self.registry.get(route)
        if definition is None or probability < SURE:
            sure = next((found for name, found in likely.routes if name == SEARCH), 0.0)
            said = (
                f"no trigger matches, and {likely.by} it describes code"
                if route == SEARCH
                else "no trigger matches, and no route is likely"
            )
            return RoutingDecision(
                PatternType.HYBRID,
                sure,
                said,
                self._cost(SEARCH, PatternType.HYBRID),
                _without(others, PatternType.HYBRID),
                SEARCH,
            )
        said = f"no trigger matches, and {likely.by} {definition.name} is meant"
        return self._decided(definition, probability, said, others, {})

    def _likely(self, question: str, mode: ExecutionMode) -> Likely:
        known = {one.name for one in self.registry.definitions()} | {SEARCH, NONE}
        by_words = Likely(self._model.by_words(question, known), "by its words")
        knows_all = known <= {*self._model.routes, SEARCH, NONE}  # of a trigger of one's own words alone tell nothing
        is_sure = mode is ExecutionMode.BALANCED and knows_all and by_words.routes[0][1] >= SURE_BY_WORDS
        if mode is ExecutionMode.FAST or is_sure:
            return by_words
        vector = self._encode(question)
        if vector is None:
            return by_words
        return Likely(self._model.by_meaning(question, vector, known, self._own_examples(known)), "by its meaning")

    def _own_examples(self, known: set[str]) -> Mapping[str, NDArray[np.float32]]:
        """The vectors of the examples of triggers that the model was not fitted on, by name, each float32 (n, d)."""
        if self._examples[0] != self.registry.version:
            found = {}
            for definition in self.registry.definitions():
                examples = definition.metadata.get("examples") or ()
                if definition.name not in self._model.routes and examples:
                    vectors = [self._encode(example) for example in examples]
                    found[definition.name] = self._model.stacked(vectors)
            self._examples = self.registry.version, found
        return self._examples[1]

    def _decided(
        self, definition: PatternDefinition, sure: float, said: str, others: Sequence[PatternType], arguments: Mapping[str, str]
    ) -> RoutingDecision:
        type = definition.pattern_type
        alternatives = list(dict.fromkeys([*others, *(one for one in PatternType if one is not type)]))
        alternatives = [one for one in alternatives if one is not type]
        cost = self._cost(definition.name, type, definition.cost_tokens)
        return RoutingDecision(type, sure, said, cost, alternatives, definition.name, arguments=arguments)

    def _cost(self, route: str, type: PatternType, told: int = 0) -> int:
        return self._cost_of(route, told or BUDGETS[type])


def _without(types: Sequence[PatternType], chosen: PatternType) -> list[PatternType]:
    return [one for one in types if one is not chosen]


def type_of(route: str, registry: PatternRegistry) -> PatternType:
    """The type of a route; a search is hybrid."""
    definition = registry.get(route)
    return definition.pattern_type if definition else PatternType.HYBRID
