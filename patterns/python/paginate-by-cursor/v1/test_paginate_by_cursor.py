from __future__ import annotations

from itertools import islice

import pytest
from paginate_by_cursor import paginate_by_cursor


class Server:
    def __init__(self, pages: dict[str | None, tuple[list[int], str | None]]) -> None:
        self.pages = pages
        self.asked: list[str | None] = []

    def fetch(self, cursor: str | None) -> tuple[list[int], str | None]:
        self.asked.append(cursor)
        return self.pages[cursor]


def test_yields_the_items_of_all_pages_in_order() -> None:
    server = Server({None: ([1, 2], "a"), "a": ([3], "b"), "b": ([4], None)})

    assert list(paginate_by_cursor(server.fetch)) == [1, 2, 3, 4]
    assert server.asked == [None, "a", "b"]


def test_an_empty_cursor_ends_the_list_too() -> None:
    assert list(paginate_by_cursor(Server({None: ([1], "")}).fetch)) == [1]


def test_an_empty_page_in_the_middle_does_not_end_the_list() -> None:
    server = Server({None: ([1], "a"), "a": ([], "b"), "b": ([2], None)})

    assert list(paginate_by_cursor(server.fetch)) == [1, 2]


def test_no_items_at_all_are_no_error() -> None:
    assert list(paginate_by_cursor(Server({None: ([], None)}).fetch)) == []


def test_a_page_is_not_fetched_before_it_is_needed() -> None:
    server = Server({None: ([1, 2], "a"), "a": ([3], None)})

    assert list(islice(paginate_by_cursor(server.fetch), 2)) == [1, 2]
    assert server.asked == [None]


def test_nothing_is_fetched_before_the_iteration_starts() -> None:
    server = Server({None: ([1], None)})

    paginate_by_cursor(server.fetch)

    assert server.asked == []


@pytest.mark.parametrize("back_to", ["a", "b"])
def test_a_repeated_cursor_is_an_error_after_the_items_that_came(back_to: str) -> None:
    server = Server({None: ([1], "a"), "a": ([2], "b"), "b": ([3], back_to)})
    items: list[int] = []

    with pytest.raises(RuntimeError, match=f"'{back_to}' twice"):
        for item in islice(paginate_by_cursor(server.fetch), 10):
            items.append(item)
    assert items == [1, 2, 3]
