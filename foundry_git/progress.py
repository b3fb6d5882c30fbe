"""Progress: who hears how far something long has come."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (done, in all)."""

Bars = Callable[[str], Progress]
"""Opens a bar for what is counted: commits, files."""


def silent(done: int, total: int) -> None:
    """Show nothing."""


def no_bar(what: str) -> Progress:
    """Open no bar."""
    return silent
