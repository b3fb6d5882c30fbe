"""How many labelled questions take the route that is meant: ``python -m benchmarks.execution.routing_accuracy [--kept]``.

By itself it asks the questions of ``questions.tsv``, each of a model that was fitted without it, in five folds. ``--kept`` asks those
that were kept apart, of the model that ships, and writes ``results/routing.json``; that is done once.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.execution.learn_routing import LEARNED_FROM, VECTOR_PENALTY, WORDS_PENALTY, examples, fitted, labelled
from benchmarks.measure import write
from foundry_git.execution.definitions import ExecutionMode, PatternDefinition
from foundry_git.execution.registry import PatternRegistry
from foundry_git.execution.router import HybridDecisionRouter
from foundry_git.execution.routing_model import NONE, RoutingModel
from foundry_git.index.encoder.choose import open_encoder
from foundry_git.index.encoder.protocol import Encoder
from foundry_git.library.library import starter_library
from foundry_git.library.triggers import read_stack
from foundry_git.settings import EncoderSettings

FOLDS = 5
Labelled = Sequence[tuple[str, str]]
Vectors = NDArray[np.float64]


def main(kept: bool) -> None:
    """Measure and print; ``kept``: on the questions that were kept apart."""
    encoder = open_encoder(EncoderSettings(), Path.home() / ".cache" / "foundry-git")
    library = starter_library()
    if encoder is None or library is None:
        sys.exit("routing is measured with the weights: install them")
    registry = PatternRegistry([PatternDefinition.of_trigger(one) for one in read_stack([library])[0]])
    asked = labelled("questions_kept.tsv" if kept else "questions.tsv")
    models = (lambda at: RoutingModel.shipped()) if kept else _without(asked, encoder)
    figures: dict[str, object] = {"questions": len(asked), "kept_apart": kept, "routes": len({route for route, _ in asked})}
    for mode in (ExecutionMode.BALANCED, ExecutionMode.FAST):
        taken = [_route(registry, models(at), encoder, question, mode) for at, (_, question) in enumerate(asked)]
        figures[mode.value] = _figures(asked, taken, registry)
    print_them(figures)
    if kept:
        write("routing", figures)


def _without(asked: Labelled, encoder: Encoder) -> Callable[[int], RoutingModel]:
    """For each question the model that was fitted on all that may be learned from, but for the questions of its fold."""
    rest = [*(one for name in LEARNED_FROM[1:] for one in labelled(name)), *examples()]
    held, more = _vectors(rest, encoder), _vectors(asked, encoder)
    fold = np.random.RandomState(0).permutation(len(asked)) % FOLDS
    models = []
    for number in range(FOLDS):
        others = np.flatnonzero(fold != number)
        questions = [*rest, *(asked[int(at)] for at in others)]
        models.append(fitted(questions, np.vstack([held, more[others]]), WORDS_PENALTY, VECTOR_PENALTY))
    return lambda at: models[fold[at]]


def _vectors(asked: Labelled, encoder: Encoder) -> Vectors:
    found: Vectors = encoder.encode([question for _, question in asked]).astype(np.float64)
    return found


def _route(
    registry: PatternRegistry, model: RoutingModel, encoder: Encoder, question: str, mode: ExecutionMode
) -> tuple[str, bool]:
    """The route that a question takes, and whether a trigger told it."""
    router = HybridDecisionRouter(registry, lambda text: encoder.encode([text])[0], model=model)
    decision = router.decide(question, mode)
    return decision.route or NONE, decision.is_matched


def _figures(asked: Labelled, taken: Sequence[tuple[str, bool]], registry: PatternRegistry) -> dict[str, object]:
    def type_of(route: str) -> str:
        found = registry.get(route)
        return found.pattern_type.value if found else "none" if route == NONE else "hybrid"

    routes, types = Counter[str](), Counter[str]()
    whole_of_types = Counter(type_of(route) for route, _ in asked)
    for (wanted, _), (route, _) in zip(asked, taken, strict=True):
        routes[wanted] += wanted == route
        types[type_of(wanted)] += type_of(wanted) == type_of(route)
    whole = Counter(route for route, _ in asked)
    matched = [wanted == route for (wanted, _), (route, is_matched) in zip(asked, taken, strict=True) if is_matched]
    return {
        "type_accuracy": round(sum(types.values()) / len(asked), 4),
        "route_accuracy": round(sum(routes.values()) / len(asked), 4),
        "by_type": {name: round(types[name] / count, 4) for name, count in sorted(whole_of_types.items())},
        "by_route": {name: round(routes[name] / count, 4) for name, count in sorted(whole.items())},
        "matched_by_a_trigger": round(len(matched) / len(asked), 4),
        "of_these_right": round(sum(matched) / max(len(matched), 1), 4),
    }


def print_them(figures: dict[str, object]) -> None:
    """Print the figures, one a line."""
    for name, value in figures.items():
        if isinstance(value, dict):
            print(f"{name}:")
            for inner, figure in value.items():
                print(f"  {inner}: {figure}")
        else:
            print(f"{name}: {value}")


if __name__ == "__main__":
    main("--kept" in sys.argv[1:])
