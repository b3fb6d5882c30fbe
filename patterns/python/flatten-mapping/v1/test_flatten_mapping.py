from __future__ import annotations

import pytest
from flatten_mapping import flatten_mapping


def test_keys_are_the_joined_paths_in_order() -> None:
    nested = {"z": {"b": {"c": 1}, "a": 2}, "a": 3}

    assert list(flatten_mapping(nested).items()) == [("z.b.c", 1), ("z.a", 2), ("a", 3)]


def test_another_separator_can_be_used() -> None:
    assert flatten_mapping({"a": {"b": 1}}, separator="__") == {"a__b": 1}


def test_lists_and_none_are_values() -> None:
    assert flatten_mapping({"a": {"b": [{"c": 1}], "d": None}}) == {"a.b": [{"c": 1}], "a.d": None}


def test_an_empty_mapping_is_kept_as_a_value() -> None:
    assert flatten_mapping({"a": {"b": {}}}) == {"a.b": {}}


def test_nothing_flattens_to_nothing() -> None:
    assert flatten_mapping({}) == {}


def test_empty_keys_stay_distinct() -> None:
    assert flatten_mapping({"": {"a": 1}, "a": {"": 2}}) == {".a": 1, "a.": 2}


def test_a_key_that_contains_the_separator_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"'b\.c' below 'a\.'"):
        flatten_mapping({"a": {"b": {"c": 1}, "b.c": 2}})


def test_a_key_with_a_dot_is_fine_under_another_separator() -> None:
    assert flatten_mapping({"a": {"b.c": 1}}, separator="/") == {"a/b.c": 1}


def test_an_empty_separator_is_refused() -> None:
    with pytest.raises(ValueError, match="separator"):
        flatten_mapping({"a": 1}, separator="")
