from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunked(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of ``size``, in order; the last list may be shorter and is never empty.

    Takes no more items from the source than the next list needs, so that it works on endless and one-pass iterables.
    A wrong size is reported by the call itself, not by the first step of the iteration.
    """
    if size < 1:
        raise ValueError(f"size must be at least 1, not {size}")
    source = iter(items)
    return iter(lambda: list(islice(source, size)), [])
