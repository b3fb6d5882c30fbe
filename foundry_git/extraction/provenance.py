"""Provenance: what a few files of a tree say of all others: Git attributes, licences, and which packages they belong to."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from foundry_git.git.attributes import FILE_NAME, Attributes, read_attributes
from foundry_git.git.objects import TreeFile
from foundry_git.git.tree import CommitTree
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
from foundry_git.source.manifests import MANIFESTS, NO_PROJECT, Project, is_manifest, project_of

HEAD = 16 * 1024  # bytes of a file that may hold its header: 30 lines
FEW = 50  # files, up to which the names that matter are looked up instead of the whole tree


class Provenance(Struct, frozen=True):
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


def provenance_at(tree: CommitTree, paths: Sequence[str]) -> Provenance:
    """What the tree of a commit says of the files at ``paths``."""
    if len(paths) > FEW:
        return provenance_of(tree)
    near = [*tree.at(list(_names_for(paths))).values(), *tree.below(TEXTS)] if paths else []
    return _of_files(tree, sorted(near, key=lambda file: os.fsencode(file.path)))


def provenance_of(tree: CommitTree) -> Provenance:
    """What the files of a tree say of each other; only those that speak of others are read."""
    return _of_files(tree, tree.files)


def on_disk(base: Path, paths: Iterable[Path]) -> Provenance:
    """What lies beside and above files below a folder of this machine says of them."""
    folders = {folder for path in paths for folder in (path.parent, *path.parent.parents) if folder.is_relative_to(base)}
    folders |= {base / TEXTS, (base / DEP5).parent}
    found = [entry for folder in folders if folder.is_dir() for entry in folder.iterdir()]
    texts = [(entry.relative_to(base).as_posix(), entry) for entry in sorted(found) if entry.is_file() and not entry.is_symlink()]
    near = ((name, entry.read_bytes()) for name, entry in texts if _speaks(name) and entry.stat().st_size <= LARGEST)
    return _provenance(near, lambda paths: _at(base, paths), lambda folder: _entries(base / folder))


def _at(base: Path, paths: Iterable[str]) -> dict[str, bytes]:
    entries = {path: base / path for path in paths}
    there = {path: entry for path, entry in entries.items() if entry.is_file() and entry.resolve().is_relative_to(base)}
    return {path: entry.read_bytes() for path, entry in there.items() if entry.stat().st_size <= LARGEST}


def _entries(folder: Path) -> list[str]:
    return [f"{entry.name}/" if entry.is_dir() else entry.name for entry in folder.iterdir()] if folder.is_dir() else []


def _of_files(tree: CommitTree, files: Iterable[TreeFile]) -> Provenance:
    near = ((file.path, tree.read(file)) for file in files if _speaks(file.path) and file.size <= LARGEST)
    return _provenance(near, lambda paths: _in_tree(tree, paths), tree.entries)


def _in_tree(tree: CommitTree, paths: Collection[str]) -> dict[str, bytes]:
    return {path: tree.read(file) for path, file in tree.at(paths).items() if file.size <= LARGEST}


def _provenance(
    texts: Iterable[tuple[str, bytes]],
    others: Callable[[Collection[str]], Mapping[str, bytes]],
    entries: Callable[[str], Iterable[str]],
) -> Provenance:
    """``others`` reads files that these name, by their paths; ``entries`` lists a folder."""
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
    return Provenance(read_attributes(attributes), licensing_of(licences), project_of(manifests, others, entries))


def _speaks(path: str) -> bool:
    return path.rpartition("/")[2] == FILE_NAME or is_licence_file(path) or is_manifest(path)


def _names_for(paths: Iterable[str]) -> Iterator[str]:
    """Every name under which a file could stand that speaks of these."""
    yield DEP5
    folders: set[str] = set()
    for path in paths:
        yield f"{path}{SIDECAR}"
        folders.update(folders_above(path))
    for folder in sorted(folders):
        for name in (*FOLDER_FILES, *MANIFESTS, FILE_NAME):
            yield f"{folder}/{name}" if folder else name


def _head(content: bytes) -> str:
    return content[:HEAD].decode("utf-8", "replace")
