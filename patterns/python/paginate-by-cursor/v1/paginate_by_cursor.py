from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def paginate_by_cursor(fetch_page: Callable[[str | None], tuple[Iterable[T], str | None]]) -> Iterator[T]:
    """Yield the items of all pages, fetching each page only when its first item is asked for.

    ``fetch_page`` gets the cursor of a page, ``None`` for the first, and returns its items and the cursor of the next
    page; ``None`` or an empty cursor means that there is none. A page without items does not end the iteration.

    Raises ``RuntimeError`` if a cursor comes back a second time, which would go on for ever.
    """
    seen: set[str] = set()
    cursor: str | None = None
    while True:
        items, cursor = fetch_page(cursor)
        yield from items
        if not cursor:
            return
        if cursor in seen:
            raise RuntimeError(f"the server returned the cursor {cursor!r} twice")
        seen.add(cursor)
