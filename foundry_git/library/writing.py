"""Writing a version into a library's work tree: whole or not at all, for an ordinary commit by a person."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from foundry_git import atomic
from foundry_git.errors import LibraryError
from foundry_git.library.library import Library
from foundry_git.pattern.naming import PatternRef, parse_version
from foundry_git.system.files import sync_folder


def next_version(library: Library, id: str) -> int:
    """The number after the newest version of ``id``; 1 for a new pattern."""
    folder = library.patterns / id
    versions = [parse_version(entry.name) or 0 for entry in folder.iterdir()] if folder.is_dir() else []
    return max(versions, default=0) + 1


def write_version(library: Library, ref: PatternRef, files: Mapping[str, bytes]) -> Path:
    """Write the files of a new version and return its folder.

    Raises:
        LibraryError: the library cannot be written to, or the version is there already.
    """
    if library.read_only:
        raise LibraryError(library.root, "is read-only", "run `foundry init` in your own repository to have a library there")
    target = library.patterns / ref.id / f"v{ref.version}"
    if target.exists():
        raise LibraryError(target, "exists already, and a version never changes", f"write v{ref.version + 1} instead")
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=atomic.TEMPORARY_PREFIX, dir=target.parent))
    try:
        for name, content in files.items():
            atomic.write_bytes(scratch / name, content)
        scratch.chmod(0o755)
        scratch.rename(target)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    sync_folder(target.parent)
    return target
