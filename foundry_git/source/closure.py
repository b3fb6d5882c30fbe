"""A closure: a unit together with what it needs of its project, as one text that stands alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from msgspec import Struct

MOST_HELPERS = 8
MOST_HELPER_LINES = 80
"""Lines of text: twice the median of a candidate. What needs more is a part of its project, and better read there."""

ReadText = Callable[[str], str | None]
"""The text of a file of the same project by its path; None where it is not there, or is no text.

Of a path that ends in ``/``, the names of the files in that folder, each on a line; ``/`` is the top.
"""


class Closure(Struct, frozen=True):
    """``code`` is the text of a pattern's code file.

    ``helpers``: names of the project's definitions that it holds beside the unit, in the order in which they stand.
    ``missing``: what the unit needs and the text does not hold, each in a few words; empty for what stands alone.
    ``left_out``: the modules of the project that something in it imports within itself, which the text does not.
    ``conditions``: lines on its top that say for which systems it is, as something around the unit does.
    """

    code: str
    helpers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


def nothing_else(path: str) -> str | None:
    """A :data:`ReadText` for one file of which the surroundings are not known."""
    return None


class HoldsAll:
    """A :data:`ReadText` for the units of one text that is to hold all they need, however much that is.

    ``seen``: the statements of it whose needs were looked at already, for another of its units.
    """

    __slots__ = ("__weakref__", "seen")

    def __init__(self) -> None:
        self.seen: set[int] = set()

    def __call__(self, path: str) -> str | None:
        """There is nothing else."""
        return None


def in_order(first: str, reads: Mapping[str, Collection[str]]) -> list[str]:
    """The files from ``first`` on, each behind those from which it needs something, as far as they do not need each other.

    ``reads``: file → the files from which it needs something, in the order in which that was found.
    """
    order: dict[str, None] = {}
    begun: set[str] = set()
    todo = [(first, False)]
    while todo:
        path, is_done = todo.pop()
        if is_done:
            order.setdefault(path)
        elif path not in begun:
            begun.add(path)
            todo += [(path, True), *((one, False) for one in reversed([*reads.get(path, ())]))]
    return list(order)
