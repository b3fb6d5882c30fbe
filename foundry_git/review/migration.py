"""Migration: the manifests of a library as this version writes them. What is published stays as it is: a version never changes."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from foundry_git import atomic
from foundry_git.errors import GitError, LibraryError, NotARepositoryError
from foundry_git.git.objects import files_of
from foundry_git.git.repository import Repository
from foundry_git.library.library import Library
from foundry_git.library.reading import read_library
from foundry_git.pattern.manifest import FILE_NAME, write_manifest
from foundry_git.review.check import published_commit


class Migration(Struct, frozen=True):
    """What a migration found: manifests that it writes anew, and those that it leaves, because others have them already."""

    written: tuple[Path, ...]
    published: tuple[Path, ...]


def migrate(library: Library, store: bool = True) -> Migration:
    """Write each manifest that this version would write otherwise, unless it is published; ``store`` False only tells.

    Raises:
        LibraryError: the library is read-only.
    """
    if library.read_only:
        raise LibraryError(library.root, "is read-only", "migrate it where it lives")
    patterns, _ = read_library(library)
    texts = {pattern.folder / FILE_NAME: write_manifest(pattern.manifest) for pattern in patterns}
    others = {path: text for path, text in texts.items() if path.read_bytes() != text.encode()}
    there = _published(library) if others else frozenset[Path]()
    mine = {path: text for path, text in others.items() if path.resolve() not in there}
    for path, text in mine.items() if store else ():
        atomic.write_text(path, text)
    return Migration(tuple(sorted(mine)), tuple(sorted(others.keys() - mine.keys())))


def _published(library: Library) -> frozenset[Path]:
    """The files of the library that others can have."""
    try:
        repository = Repository.at(library.root)
        commit = published_commit(repository)
    except (NotARepositoryError, GitError):
        return frozenset()
    top = repository.top.resolve() if repository.top else None
    if not commit or top is None or not library.patterns.resolve().is_relative_to(top):
        return frozenset()
    inside = library.patterns.resolve().relative_to(top).as_posix()
    return frozenset(top / file.path for file in files_of(repository, commit, [inside]))
