"""Paths of a tree: whether one could stand in it. A manifest or a report names paths too, and may be anybody's. Pure."""

from __future__ import annotations

LONGEST = 4096  # bytes of a path on Linux and macOS; a hundred of them fit a command line
DEEPEST = 500  # folders; each is looked up in the one above
_ODD = frozenset({"", ".", "..", ".git"})


def is_tree_path(path: str) -> bool:
    """Say whether a tree could hold a file there: not above the top, not from the root, and with an end."""
    parts = path.split("/")
    return len(path) <= LONGEST and len(parts) <= DEEPEST and "\0" not in path and _ODD.isdisjoint(parts)
