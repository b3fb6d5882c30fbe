from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


class DependencyCycleError(ValueError):
    """Some nodes depend on each other in a circle; ``cycle`` lists them, each before what it needs."""

    def __init__(self, cycle: Sequence[Hashable]) -> None:
        super().__init__("dependency cycle: " + " needs ".join(map(str, cycle)))
        self.cycle = cycle


def topological_layers(dependencies: Mapping[N, Iterable[N]]) -> list[list[N]]:
    """Return the nodes in layers, where each node needs only nodes of earlier layers, as early as possible.

    ``dependencies`` maps a node to what it needs; what is only ever needed has no key of its own and is included. The
    nodes of a layer are sorted by ``str``, so that the order does not vary with hashing or with the order of the input.

    Raises ``DependencyCycleError`` if there is no such order.
    """
    ordered = {node: sorted(set(dependencies[node]), key=str) for node in sorted(dependencies, key=str)}
    sorter = TopologicalSorter(ordered)
    try:
        sorter.prepare()
    except CycleError as error:
        raise DependencyCycleError(error.args[1][::-1]) from None
    layers: list[list[N]] = []
    while sorter.is_active():
        layers.append(sorted(sorter.get_ready(), key=str))
        sorter.done(*layers[-1])
    return layers
