"""A library as it was: its files at a commit, in a folder of their own.

Nothing is checked out: the objects are read, so the work tree, the Git index and HEAD stay as they are.
"""

from __future__ import annotations

from errno import EEXIST, EILSEQ, EINVAL, EISDIR, ENAMETOOLONG, ENOENT, ENOTDIR
from pathlib import Path, PurePosixPath

from foundry_git.errors import LibraryError, ManifestError, UsageError
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.git.tree_paths import is_tree_path
from foundry_git.library import queries
from foundry_git.library.library import FILE_NAME, Library, open_library

_NO_SUCH_NAME = frozenset({ENAMETOOLONG, ENOENT, ENOTDIR, EISDIR, EEXIST, EINVAL, EILSEQ})
DEEPEST = 5
"""Parts of a path in a library: ``patterns/python/retry/v1/retry.py``."""
_PARTS = (FILE_NAME, queries.FILE_NAME, "patterns")


def library_at(library: Library, repository: Repository, commit: str, folder: Path) -> Library:
    """Write what ``library`` was at ``commit`` of the repository it lies in into ``folder``, and open that.

    Raises:
        UsageError: there was no usable library in its place.
    """
    top = (repository.top or library.root).resolve()
    inside = PurePosixPath(library.root.relative_to(top).as_posix())
    place = f"{commit[:10]}:{inside / FILE_NAME}"
    _write(repository, commit, inside, folder)
    if not (folder / FILE_NAME).is_file():
        raise UsageError(f"{place}: no library was there; name a revision that has it")
    try:
        found = open_library(folder, read_only=True)
    except ManifestError as error:
        raise UsageError(f"{place}: {'; '.join(error.problems)}; name another revision") from None
    except LibraryError:
        found = None
    if found is None or found.root != folder.resolve():
        raise UsageError(f"{place}: only pointed at a library; name another revision")
    return found


def _write(repository: Repository, commit: str, inside: PurePosixPath, folder: Path) -> None:
    with BlobReader(repository) as blobs:
        for file in files_of(repository, commit, [str(inside / part) for part in _PARTS]):
            path = PurePosixPath(file.path).relative_to(inside)
            if is_tree_path(file.path) and len(path.parts) <= DEEPEST:  # Git writes no odd tree, but can be made to hold one
                _put(folder / path, blobs.read(file.blob) or b"")


def _put(target: Path, content: bytes) -> None:
    """Write a file; one that no folder here could hold, beside or under that name, is left out."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        if error.errno not in _NO_SUCH_NAME:
            raise
