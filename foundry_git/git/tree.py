"""One commit's tree, handed from one step to the next: whatever several of them ask of it is listed once, and read by one child."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from foundry_git.errors import GitError
from foundry_git.git.objects import BlobReader, TreeEntry, TreeFile, files_of
from foundry_git.git.tree_paths import is_tree_path

if TYPE_CHECKING:
    from foundry_git.git.history import Commit

FEW = 500  # paths that are looked up folder by folder, 0.1 ms each; the whole tree of 13,000 files is listed in 13 ms


class CommitTree:
    """What a commit holds. ``id`` "" is the tree before the first commit, which is empty.

    A few paths are looked up folder by folder, by the child that also reads contents; the whole tree is listed when all of it is
    asked for, and answers everything from then on. ``known``: the commit itself, where somebody has read it already.
    """

    def __init__(self, objects: BlobReader, id: str, known: Commit | None = None) -> None:
        self.objects = objects
        self.id = id
        self._known = known
        self._folders: dict[str, Mapping[str, TreeEntry]] = {}

    @cached_property
    def commit(self) -> Commit:
        """The commit itself."""
        from foundry_git.git.history import commit_of  # 3 ms that whoever only asks for files does not pay

        return self._known or commit_of(self.objects.repository, self.id)

    @cached_property
    def files(self) -> Sequence[TreeFile]:
        """Every regular file; links and submodules are left out."""
        return files_of(self.objects.repository, self.id)

    @cached_property
    def _by_path(self) -> Mapping[str, TreeFile]:
        return {file.path: file for file in self.files}

    def at(self, paths: Collection[str]) -> dict[str, TreeFile]:
        """The regular files at some paths, in the order of a tree; nothing for paths where none is."""
        if "files" in self.__dict__ or len(paths) > FEW:
            wanted = sorted(self._by_path.keys() & paths, key=os.fsencode)
            return {path: self._by_path[path] for path in wanted}
        return {path: file for path in sorted(set(paths), key=os.fsencode) if (file := self._file(path))}

    def below(self, folder: str) -> list[TreeFile]:
        """The regular files in a folder and in those below it."""
        return [self._sized(path, entry) for path, entry in self._walk(folder)]

    def names(self, folder: str) -> list[str]:
        """The names of the regular files in a folder."""
        return [name for name, entry in self._folder(folder).items() if entry.is_regular]

    def entries(self, folder: str) -> list[str]:
        """The names of the regular files and folders in a folder, with ``/`` behind those of folders."""
        listed = self._folder(folder).items()
        return [f"{name}/" if entry.is_folder else name for name, entry in listed if entry.is_folder or entry.is_regular]

    def naming(self, word: str) -> list[TreeFile]:
        """The regular files whose text holds ``word`` as a word of its own; none where it is blank, or no word of one line."""
        if not word.strip() or "\0" in word or "\n" in word:
            return []
        try:
            printed = self.objects.repository.read("grep", "--no-color", "-l", "-z", "-I", "-w", "-F", "-e", word, self.id, "--")
        except GitError as error:
            if error.code == 1:  # nothing found
                return []
            raise
        return list(self.at([os.fsdecode(row.partition(b":")[2]) for row in printed.split(b"\0")[:-1]]).values())

    def read(self, file: TreeFile) -> bytes:
        """The content of a file; empty where it is not here."""
        return self.objects.read(file.blob) or b""

    def _file(self, path: str) -> TreeFile | None:
        if not is_tree_path(path):
            return None
        folder, _, name = path.rpartition("/")
        entry = self._folder(folder).get(name)
        return self._sized(path, entry) if entry and entry.is_regular else None

    def _sized(self, path: str, entry: TreeEntry) -> TreeFile:
        found = self.objects.find(entry.id)
        return TreeFile(path, entry.id, found.size if found else 0)

    def _walk(self, folder: str) -> Iterator[tuple[str, TreeEntry]]:
        for name, entry in self._folder(folder).items():
            path = f"{folder}/{name}" if folder else name
            if entry.is_folder:
                yield from self._walk(path)
            elif entry.is_regular:
                yield path, entry

    def _folder(self, path: str) -> Mapping[str, TreeEntry]:
        if path not in self._folders:
            self._folders[path] = self._listed(path)
        return self._folders[path]

    def _listed(self, path: str) -> Mapping[str, TreeEntry]:
        if not path:
            return (self.objects.folder(f"{self.id}^{{tree}}") or {}) if self.id else {}
        above, _, name = path.rpartition("/")
        entry = self._folder(above).get(name)
        if entry is None or not entry.is_folder:
            return {}
        found = self.objects.folder(entry.id)
        if found is None:
            raise GitError(("cat-file", entry.id), -1, f"the folder {path} of {self.id[:10]} is missing; fetch it")
        return found


def tree_of_head(objects: BlobReader) -> CommitTree:
    """The tree of the commit that is checked out now."""
    head = objects.find("HEAD^{commit}")
    return CommitTree(objects, head.id if head else "")
