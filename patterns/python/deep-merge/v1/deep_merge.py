from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any


def deep_merge(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Merge mappings into a new one: where two layers hold mappings they are merged, otherwise the later value wins.

    Lists are replaced, not joined, and ``None`` is a value like any other. The result shares nothing with the layers,
    so that changing it later cannot change the defaults it came from.
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            if isinstance(value, Mapping):
                present = merged.get(key)
                merged[key] = deep_merge(present if isinstance(present, Mapping) else {}, value)
            else:
                merged[key] = copy.deepcopy(value)
    return merged
