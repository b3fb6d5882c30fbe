"""Opening: an engine for a folder, under the name of the documents."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

from foundry_git.errors import FoundryError
from foundry_git.execution.caches import CacheManager
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.workspace import Workspace


async def create_pattern_execution_engine(
    path: str | os.PathLike[str] | None = None, redis_url: str | None = None
) -> PatternExecutionEngine:
    """Make an engine for the library at ``path``, or the one found from the current folder upwards; as :func:`open_engine`."""
    return await asyncio.to_thread(open_engine, path, redis_url)


def open_engine(path: str | os.PathLike[str] | None = None, redis_url: str | None = None) -> PatternExecutionEngine:
    """Make an engine for the library at ``path``, or the one found from the current folder upwards, and open it.

    ``redis_url``: where answers are kept for several processes; without it what the user's own configuration says.

    Raises:
        FoundryError: the library or the configuration cannot be used.
    """
    named = os.fspath(path) if path is not None else None
    start = Path(named) if named is not None else Path.cwd()
    engine = PatternExecutionEngine(lambda: Workspace.open(start, named), CacheManager(redis_url) if redis_url else None)
    try:
        engine.start()
    except BaseException:
        with contextlib.suppress(FoundryError):
            engine.close()
        raise
    return engine
