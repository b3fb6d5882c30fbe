"""Python's collector of what refers to itself."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """Look after 20,000 new objects where Python does after 700: modules and syntax trees stay, and to look through them again and
    again takes 5 % of a short command and 8 % of an extraction.
    """
    gc.set_threshold(20_000, 20, 20)
