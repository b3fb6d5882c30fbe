"""foundry-git: a Git-native library of reusable code patterns that learns from what a team really ships."""

from __future__ import annotations

TYPE_CHECKING = False  # to import `typing` takes as long as to start Python, and `foundry --help` would wait for it

__version__ = "0.2.0"

_PUBLIC = {
    "PatternLibrary": "foundry_git.api.classes",
    "PatternExtractor": "foundry_git.api.classes",
    "PatternInjector": "foundry_git.api.classes",
    "PatternProvenance": "foundry_git.api.stored",
    "PatternStore": "foundry_git.api.store",
    "SessionAnalyzer": "foundry_git.api.classes",
    "FoundryError": "foundry_git.errors",
}

__all__ = [
    "FoundryError",
    "PatternExtractor",
    "PatternInjector",
    "PatternLibrary",
    "PatternProvenance",
    "PatternStore",
    "SessionAnalyzer",
    "__version__",
]

if TYPE_CHECKING:
    from foundry_git.api.classes import (
        PatternExtractor,
        PatternInjector,
        PatternLibrary,
        SessionAnalyzer,
    )
    from foundry_git.api.store import PatternStore
    from foundry_git.api.stored import PatternProvenance
    from foundry_git.errors import FoundryError


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: ``import foundry_git`` alone costs nothing."""
    import importlib

    if name not in _PUBLIC:
        raise AttributeError(f"module 'foundry_git' has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_PUBLIC[name]), name)
    return found
