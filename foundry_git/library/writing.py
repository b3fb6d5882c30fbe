"""Writing a version into a library's work tree: whole or not at all, for an ordinary commit by a person."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path

from foundry_git import atomic
from foundry_git.errors import LibraryError
from foundry_git.library import index_folder
from foundry_git.library.library import Library
from foundry_git.pattern.naming import PatternRef, parse_version
from foundry_git.system.files import sync_folder
from foundry_git.system.leftovers import is_leftover, sweep, temporary_folder


def is_taken(library: Library, id: str) -> bool:
    """Whether something stands at a pattern's place, be it a version or not; what a killed process left there is nothing."""
    folder = library.patterns / id
    return any(not is_leftover(entry.name) for entry in folder.iterdir()) if folder.is_dir() else folder.exists()


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
    sweep(target.parent)
    index_folder.make(library.root / index_folder.INDEX)
    try:
        _write_and_move(library.root / index_folder.INDEX, target, files)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _write_and_move(library.root, target, files)  # somebody keeps the index on another file system
    sync_folder(target.parent)
    return target


def _write_and_move(place: Path, target: Path, files: Mapping[str, bytes]) -> None:
    """Write the files below ``place``, which Git ignores, and put them where they belong by one renaming.

    A new pattern comes with its folder: an empty one would take its name.
    """
    with temporary_folder(place) as scratch:
        made = scratch / target.parent.name / target.name
        made.mkdir(parents=True)
        for name, content in files.items():
            atomic.write_bytes(made / name, content)
        target.parent.parent.mkdir(parents=True, exist_ok=True)
        try:
            made.parent.rename(target.parent)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EACCES):  # Windows replaces no folder, be it empty
                raise
            made.rename(target)
