"""Provenance: what a few files of a tree say of all others: Git attributes, licences, and which packages they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from foundry_git.git.attributes import FILE_NAME, Attributes, read_attributes
from foundry_git.git.objects import BlobReader, TreeFile, files_of
from foundry_git.git.repository import Repository
from foundry_git.source.files import LARGEST, folders_above, why_skipped
from foundry_git.source.licensing import (
    DEP5,
    FOLDER_FILES,
    SIDECAR,
    TEXTS,
    Licensing,
    is_licence_file,
    licensing_of,
)
from foundry_git.source.manifests import MANIFESTS, NO_PROJECT, Project, is_manifest, read_project

HEAD = 16 * 1024  # bytes of a file that may hold its header: 30 lines
FEW = 50  # files, up to which Git is asked for the names that matter instead of for the whole tree


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a tree says of its files."""

    attributes: Attributes = field(default_factory=Attributes)
    licensing: Licensing = field(default_factory=Licensing)
    project: Project = NO_PROJECT

    def why_skipped(self, path: str, content: bytes) -> str:
        """Say why a file is no source of units: for its place or content, or because it is somebody else's; ``""`` if it is one."""
        if reason := why_skipped(path, content, self.attributes.of(path)):
            return reason
        foreign = self.licensing.why_foreign(path, _head(content))
        return f"licence: {foreign}" if foreign else ""

    def licence(self, path: str, content: bytes) -> str:
        """The SPDX expression of a file's licence, ``""`` where nothing says one."""
        return self.licensing.of(path, _head(content))


def at_commit(repository: Repository, commit: str, paths: Sequence[str], blobs: BlobReader) -> Provenance:
    """What the tree of a commit says of the files at ``paths``."""
    asked = list(_names_for(paths)) if len(paths) <= FEW else []
    return of_files(files_of(repository, commit, asked), blobs) if paths else Provenance()


def of_files(files: Iterable[TreeFile], blobs: BlobReader) -> Provenance:
    """What the files of a tree say of each other; only those that speak of others are read."""
    speaking = [file for file in files if _speaks(file.path) and file.size <= LARGEST]
    return _provenance((file.path, blobs.read(file.blob) or b"") for file in speaking)


def on_disk(base: Path, paths: Iterable[Path]) -> Provenance:
    """What lies beside and above files below a folder of this machine says of them."""
    folders = {folder for path in paths for folder in (path.parent, *path.parent.parents) if folder.is_relative_to(base)}
    folders |= {base / TEXTS, (base / DEP5).parent}
    found = [entry for folder in folders if folder.is_dir() for entry in folder.iterdir()]
    texts = [(entry.relative_to(base).as_posix(), entry) for entry in sorted(found) if entry.is_file() and not entry.is_symlink()]
    return _provenance((name, entry.read_bytes()) for name, entry in texts if _speaks(name) and entry.stat().st_size <= LARGEST)


def _provenance(texts: Iterable[tuple[str, bytes]]) -> Provenance:
    attributes: dict[str, str] = {}
    licences: dict[str, str] = {}
    manifests: dict[str, str] = {}
    for path, content in texts:
        if path.rpartition("/")[2] == FILE_NAME:
            attributes[path] = content.decode("utf-8", "surrogateescape")
        elif is_manifest(path):
            manifests[path] = content.decode("utf-8", "replace")
        else:
            licences[path] = content.decode("utf-8", "replace")
    return Provenance(read_attributes(attributes), licensing_of(licences), read_project(manifests))


def _speaks(path: str) -> bool:
    return path.rpartition("/")[2] == FILE_NAME or is_licence_file(path) or is_manifest(path)


def _names_for(paths: Iterable[str]) -> Iterator[str]:
    """Every name under which a file could stand that speaks of these."""
    yield from (DEP5, TEXTS)
    folders: set[str] = set()
    for path in paths:
        yield f"{path}{SIDECAR}"
        folders.update(folders_above(path))
    for folder in sorted(folders):
        for name in (*FOLDER_FILES, *MANIFESTS, FILE_NAME):
            yield f"{folder}/{name}" if folder else name


def _head(content: bytes) -> str:
    return content[:HEAD].decode("utf-8", "replace")
