from __future__ import annotations

from collections.abc import Iterator, Mapping


def flatten_mapping(nested: Mapping[str, object], *, separator: str = ".") -> dict[str, object]:
    """Return one level of keys, each the path to a value joined by the separator, in the order of the input.

    Values that are not mappings, lists included, are kept as they are. An empty mapping is a value too, so that nothing
    is lost.

    Raises ``ValueError`` for a key that contains the separator: two paths could become the same key.
    """
    if not separator:
        raise ValueError("separator must not be empty")
    return dict(_leaves(nested, "", separator))


def _leaves(nested: Mapping[str, object], prefix: str, separator: str) -> Iterator[tuple[str, object]]:
    for key, value in nested.items():
        if separator in key:
            raise ValueError(f"key {key!r} below {prefix!r} contains the separator {separator!r}")
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{prefix}{key}{separator}", separator)
        else:
            yield f"{prefix}{key}", value
