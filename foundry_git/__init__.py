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
    "CacheManager": "foundry_git.execution.caches",
    "ExecutionMode": "foundry_git.execution.definitions",
    "ExecutionResult": "foundry_git.execution.definitions",
    "HybridDecisionRouter": "foundry_git.execution.router",
    "NotFoundError": "foundry_git.errors",
    "PatternDefinition": "foundry_git.execution.definitions",
    "PatternExecutionEngine": "foundry_git.execution.engine",
    "PatternRegistry": "foundry_git.execution.registry",
    "PatternType": "foundry_git.execution.definitions",
    "RoutingDecision": "foundry_git.execution.definitions",
    "ValidationError": "foundry_git.errors",
    "create_pattern_execution_engine": "foundry_git.execution.opening",
    "open_engine": "foundry_git.execution.opening",
    "FoundryError": "foundry_git.errors",
}

__all__ = [
    "CacheManager",
    "ExecutionMode",
    "ExecutionResult",
    "FoundryError",
    "HybridDecisionRouter",
    "NotFoundError",
    "PatternDefinition",
    "PatternExecutionEngine",
    "PatternExtractor",
    "PatternInjector",
    "PatternLibrary",
    "PatternProvenance",
    "PatternRegistry",
    "PatternStore",
    "PatternType",
    "RoutingDecision",
    "SessionAnalyzer",
    "ValidationError",
    "__version__",
    "create_pattern_execution_engine",
    "open_engine",
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
    from foundry_git.errors import FoundryError, NotFoundError, ValidationError
    from foundry_git.execution.caches import CacheManager
    from foundry_git.execution.definitions import ExecutionMode, ExecutionResult, PatternDefinition, PatternType, RoutingDecision
    from foundry_git.execution.engine import PatternExecutionEngine
    from foundry_git.execution.opening import create_pattern_execution_engine, open_engine
    from foundry_git.execution.registry import PatternRegistry
    from foundry_git.execution.router import HybridDecisionRouter


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: ``import foundry_git`` alone costs nothing."""
    import importlib

    if name not in _PUBLIC:
        raise AttributeError(f"module 'foundry_git' has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_PUBLIC[name]), name)
    return found
