from __future__ import annotations

import copy
from types import MappingProxyType
from typing import Any

import pytest
from deep_merge import deep_merge

DEFAULTS: dict[str, Any] = {"server": {"host": "localhost", "ports": [80, 443]}, "debug": False}


def test_nested_mappings_are_merged_key_by_key() -> None:
    assert deep_merge(DEFAULTS, {"server": {"host": "example.org"}}) == {
        "server": {"host": "example.org", "ports": [80, 443]},
        "debug": False,
    }


def test_lists_are_replaced() -> None:
    assert deep_merge(DEFAULTS, {"server": {"ports": [8080]}})["server"]["ports"] == [8080]


@pytest.mark.parametrize(
    ("lower", "upper"),
    [({"a": {"b": 1}}, {"a": 2}), ({"a": 2}, {"a": {"b": 1}}), ({"a": {"b": 1}}, {"a": None}), ({"a": 1}, {"a": 0})],
)
def test_the_later_layer_wins_where_kinds_differ(lower: dict[str, Any], upper: dict[str, Any]) -> None:
    assert deep_merge(lower, upper) == upper


def test_an_empty_mapping_does_not_erase_the_earlier_one() -> None:
    assert deep_merge({"a": {"b": 1}}, {"a": {}}) == {"a": {"b": 1}}


def test_any_number_of_layers_can_be_merged() -> None:
    assert deep_merge() == {}
    assert deep_merge({"a": 1}, {"b": 2}, {"a": 3}, {"c": {"d": 4}}) == {"a": 3, "b": 2, "c": {"d": 4}}


def test_the_layers_are_not_changed() -> None:
    lower, upper = copy.deepcopy(DEFAULTS), {"server": {"name": "x"}}

    deep_merge(lower, upper)

    assert lower == DEFAULTS
    assert upper == {"server": {"name": "x"}}


def test_changing_the_result_does_not_change_the_layers() -> None:
    lower = copy.deepcopy(DEFAULTS)
    upper = {"extra": {"list": [1]}}

    merged = deep_merge(lower, upper)
    merged["server"]["ports"].append(1)
    merged["server"]["host"] = "changed"
    merged["extra"]["list"].append(2)

    assert lower == DEFAULTS
    assert upper == {"extra": {"list": [1]}}


def test_any_kind_of_mapping_is_merged_into_plain_dictionaries() -> None:
    merged = deep_merge(MappingProxyType({"a": MappingProxyType({"b": 1})}), {"a": {"c": 2}})

    assert merged == {"a": {"b": 1, "c": 2}}
    assert type(merged["a"]) is dict
