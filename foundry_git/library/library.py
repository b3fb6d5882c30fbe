"""One library: a folder that holds ``foundry.yaml`` and ``patterns/``; and how it is found."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import platformdirs
from msgspec import Struct

from foundry_git.errors import LibraryError, ManifestError, NoLibraryError
from foundry_git.git.identity import main_work_tree
from foundry_git.pattern import yamltext
from foundry_git.pattern.naming import library_name
from foundry_git.shipped import shipped
from foundry_git.system.files import expanded

FILE_NAME = "foundry.yaml"
FOLDER_NAME = ".foundry"
"""Where a product's repository keeps its library: test runners and linters pass dotted folders by."""

STARTER_ID, STARTER_NAME = "6f6d3c5e-2b0c-4c8e-9b1e-3f5f6a2d7c10", "starter"
"""The library that comes with foundry-git, which is in every stack: no other one is called so there."""

_URL = re.compile(r"([a-z][a-z0-9+.-]*://|[^/\s]+@[^/\s:]+:)")


class Library(Struct, frozen=True):
    """A library that was found; ``document`` is its whole ``foundry.yaml``, ``file`` where that stands.

    ``id`` is what it is known by. ``name`` is what references call it; where the document has none, its folder, or in a linked work
    tree that of the main one.
    """

    name: str
    id: str
    root: Path
    document: dict[str, yamltext.Value]
    read_only: bool = False

    @property
    def file(self) -> Path:
        """The library's ``foundry.yaml``."""
        return self.root / FILE_NAME

    @property
    def patterns(self) -> Path:
        """The folder of its patterns."""
        return self.root / "patterns"


def find_library(start: Path, ceiling: Path | None = None) -> Library:
    """Find the library for ``start``: in it or above it, up to and including ``ceiling``; a pointer is followed.

    Raises:
        NoLibraryError: there is none.
        LibraryError: the nearest one cannot be used.
    """
    for folder in _upwards(start, ceiling):
        for root in (folder, folder / FOLDER_NAME):
            if (root / FILE_NAME).is_file():
                return open_library(root)
    raise NoLibraryError(start)


def open_named(place: Path) -> Library:
    """Open the library a person named: its folder, its ``foundry.yaml``, or a folder whose ``.foundry/`` it is.

    Raises:
        NoLibraryError: there is none.
    """
    folder = place.parent if place.name == FILE_NAME else place
    for root in (folder, folder / FOLDER_NAME):
        if (root / FILE_NAME).is_file():
            return open_library(root)
    raise NoLibraryError(place)


def open_library(root: Path, read_only: bool = False) -> Library:
    """Open the library at ``root``, or the one that its ``foundry.yaml`` points at.

    Raises:
        LibraryError: the pointer leads nowhere, in a circle or to a URL; the file has no usable ``library_id``.
        ManifestError: the file breaks the YAML guard.
    """
    seen: list[Path] = []
    while True:
        root = root.resolve()
        if root in seen:
            raise LibraryError(seen[0] / FILE_NAME, "points at itself in a circle", "let one of the files hold `library_id`")
        seen.append(root)
        document = _read_file(root)
        target = document.get("library", "")
        if not target:
            return _library(root, document, read_only)
        root = _target(root, target)


def starter_library() -> Library | None:
    """The library that comes with foundry-git; None where it was left out of the installation."""
    file, patterns = shipped(FILE_NAME), shipped("patterns")
    return open_library(file.parent, read_only=True) if file and patterns else None


def new_library_id() -> str:
    """A fresh identity for a library."""
    return str(uuid.uuid4())


def default_name(folder: str) -> str:
    """What a library is called by the name of a folder or a repository."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.lower().removesuffix(".git")).strip("-") or "library"
    return _told_apart(name) if name == STARTER_NAME else name


def clone_of(url: str) -> Path:
    """Where the clone of a library's URL is kept for this user, whether it is there or not."""
    name = re.sub(r"[^a-z0-9]+", "-", url.rstrip("/").rpartition("/")[2].removesuffix(".git").lower()).strip("-") or "library"
    return platformdirs.user_data_path("foundry-git") / "libraries" / f"{name}-{hashlib.sha256(url.encode()).hexdigest()[:10]}"


def is_url(text: str) -> bool:
    """Tell a URL or ``user@host:path`` from a path of this machine."""
    return bool(_URL.match(text))


def _upwards(start: Path, ceiling: Path | None) -> Iterator[Path]:
    folder = start.resolve()
    last = ceiling.resolve() if ceiling else None
    yield folder
    for above in folder.parents:
        if folder == last:
            return
        folder = above
        yield above


def _read_file(root: Path) -> dict[str, yamltext.Value]:
    file = root / FILE_NAME
    try:
        return yamltext.read(file.read_bytes(), file)
    except OSError as error:
        raise LibraryError(
            file, f"cannot be read ({error.strerror})", "make it readable, or name another with --library"
        ) from None


def _library(root: Path, document: dict[str, yamltext.Value], read_only: bool) -> Library:
    id, name = document.get("library_id", ""), document.get("name", "")
    if not isinstance(id, str) or not _is_uuid(id):
        raise ManifestError(root / FILE_NAME, ["library_id: is missing or not a UUID; `foundry init` writes one"])
    if not isinstance(name, str):
        raise ManifestError(root / FILE_NAME, ["name: must be text"])
    folder = root.parent if root.name == FOLDER_NAME else root
    known_as = library_name(name) or default_name(main_work_tree(folder).name)
    known_as = _told_apart(known_as) if known_as == STARTER_NAME and id != STARTER_ID else known_as
    return Library(known_as, id, root, document, read_only or not os.access(root, os.W_OK))


def _told_apart(name: str) -> str:
    return f"{name}-library"


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _target(root: Path, target: yamltext.Value) -> Path:
    file = root / FILE_NAME
    if not isinstance(target, str):
        raise ManifestError(file, ["library: must be a path"])
    if is_url(target):
        clone = clone_of(target)
        if not (clone / FILE_NAME).is_file():
            raise LibraryError(
                file, f"points at {target}, which is not on this machine yet", f"run `foundry init --library {target}`"
            )
        return clone
    with contextlib.suppress(OSError):  # a name too long
        place = root / expanded(target)
        for found in (place, place / FOLDER_NAME):
            if (found / FILE_NAME).is_file():
                return found
    raise LibraryError(file, f"points at {target}, where there is no library", "correct `library:`, or clone the library there")
