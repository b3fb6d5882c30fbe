"""Files that come with foundry-git beside its code: hooks and the starter library."""

from __future__ import annotations

from pathlib import Path


def shipped(name: str) -> Path | None:
    """The place of a shipped file or folder: inside an installed package, or at the top of a checkout; None when left out."""
    package = Path(__file__).resolve().parent
    for root in (package / "_data", package.parent):
        if (root / name).exists():
            return root / name
    return None
