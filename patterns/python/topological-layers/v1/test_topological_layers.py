from __future__ import annotations

import random

import pytest
from topological_layers import DependencyCycleError, topological_layers

HOUSE = {"roof": ["walls"], "walls": ["floor"], "paint": ["walls", "colour"], "door": ["walls"]}


def test_every_node_comes_after_what_it_needs_and_as_early_as_possible() -> None:
    assert topological_layers(HOUSE) == [["colour", "floor"], ["walls"], ["door", "paint", "roof"]]


def test_a_node_of_an_early_layer_may_be_needed_much_later() -> None:
    assert topological_layers({"c": ["b", "a"], "b": ["a"], "a": []}) == [["a"], ["b"], ["c"]]


def test_the_nodes_of_a_layer_are_sorted() -> None:
    assert topological_layers({"y": ["b"], "z": ["a"]}) == [["a", "b"], ["y", "z"]]


def test_an_empty_graph_has_no_layers() -> None:
    assert topological_layers({}) == []


def test_the_order_does_not_depend_on_the_order_of_the_input() -> None:
    source = random.Random(1)
    for _ in range(20):
        nodes = source.sample(list(HOUSE), k=len(HOUSE))
        shuffled = {node: source.sample(HOUSE[node], k=len(HOUSE[node])) for node in nodes}

        assert topological_layers(shuffled) == topological_layers(HOUSE)


def test_a_dependency_that_is_named_twice_counts_once() -> None:
    assert topological_layers({"b": ["a", "a"]}) == [["a"], ["b"]]


def test_a_cycle_is_reported_in_the_direction_of_need() -> None:
    with pytest.raises(DependencyCycleError) as caught:
        topological_layers({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]})

    needs = {("a", "b"), ("b", "c"), ("c", "a")}
    cycle = list(caught.value.cycle)
    assert len(cycle) == 4
    assert set(zip(cycle, cycle[1:], strict=False)) == needs
    assert " needs ".join(map(str, cycle)) in str(caught.value)


def test_a_node_that_needs_itself_is_a_cycle() -> None:
    with pytest.raises(DependencyCycleError, match="a needs a"):
        topological_layers({"a": ["a"]})


def test_a_chain_longer_than_the_recursion_limit_is_sorted() -> None:
    chain = {number: [number - 1] for number in range(1, 5000)}

    assert topological_layers(chain) == [[number] for number in range(5000)]
