"""The units of HEAD: what stands in the repository today, reviewed or not, so that an empty library already has an answer.

They are found and pointed at, never injected. A look of their index is one source file, its stamps are Git's id of the content, so
what a commit did not touch costs nothing; blobs of commits are read, never the work tree.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from foundry_git.errors import GitError
from foundry_git.git.attributes import FILE_NAME, Attributes, attributes_files
from foundry_git.git.differences import changed_paths
from foundry_git.git.objects import BlobReader, TreeFile, files_of, lacking_of
from foundry_git.git.repository import Repository
from foundry_git.git.tree import CommitTree
from foundry_git.index.catalogue import LookKey
from foundry_git.index.document import HEAD, Document
from foundry_git.index.index import Index, Look
from foundry_git.index.mentions import Mentions
from foundry_git.progress import Progress, silent
from foundry_git.search.file_reading import FileReading, ToRead, read_files
from foundry_git.search.file_units import attributes_of
from foundry_git.settings import ExtractionSettings
from foundry_git.source.callers import Callers
from foundry_git.source.files import LARGEST, is_source, is_test_path
from foundry_git.source.languages import family_of, language_of
from foundry_git.workspace import Workspace

if TYPE_CHECKING:
    from foundry_git.source.file_words import FileWords
    from foundry_git.source.manifests import Project

FORMAT = 3  # what is written of a unit; another number has every file read anew
CHUNK = 500  # about a second: whoever is interrupted goes on from there
FEW = 64
"""So many texts are encoded while somebody waits; more are left to the worker in the background."""
METHOD = "method"
MANY = 300  # files from which progress is shown: that of fewer is gone before it is read
FEW_FILES = 400  # that changed; of more, all are gone through
AT_ONCE = 128  # texts encoded between two writes: a few seconds


log = logging.getLogger("foundry_git.search")

_STATE: LookKey = (HEAD, "")  # holds no file: its stamps, in both stores, name the commit that all of them were read of


class HeadUnits(Struct, frozen=True):
    """The units of HEAD of a repository.

    ``index`` holds them, ``mentions`` the words that tell who uses them, and ``settings`` say which files count.
    """

    repository: Repository
    index: Index
    mentions: Mentions
    settings: ExtractionSettings

    @classmethod
    def of(cls, workspace: Workspace) -> HeadUnits | None:
        """The units of a workspace; None without a repository."""
        repository, index = workspace.repository, workspace.units
        return cls(repository, index, workspace.mentions, workspace.scope) if repository and index else None

    def converge(self, progress: Progress | None = None, chunk: int = CHUNK, many: int = MANY) -> int:
        """Bring the units in step with HEAD; return how many files were read. Nothing is encoded yet.

        Where HEAD has not moved that is one call of Git. ``chunk``: files between two commits to disk. ``progress`` hears of many
        files only, from ``many``.
        """
        head = self.repository.head()
        state = Look(*_STATE, f"{head} {_scope(self.settings)}", 0)
        self.index.catalogue.check()
        self.mentions.check()
        known = self.index.catalogue.stamps(_STATE) or ""
        in_step = known == self.mentions.blob(state.place)
        if in_step and known == state.stamps:
            return 0
        changed = self._changed(known, state) if in_step else None
        with BlobReader(self.repository) as blobs:
            tree = _tree(self.repository, head, self.settings, blobs, changed)
        run = _Convergence(self, tree, progress or silent, many)
        return run.whole(state, chunk) if changed is None else run.part(state, changed)

    def _changed(self, known: str, state: Look) -> Collection[str] | None:
        """The paths that changed since both stores were in step; None where all of them are to be gone through."""
        (before, scope), (head, now) = (stamps.partition(" ")[::2] for stamps in (known, state.stamps))
        if scope != now or not (before and head):
            return None
        try:
            paths = changed_paths(self.repository, before, head)
        except GitError:  # the old commit is not here any more
            return None
        return None if len(paths) > FEW_FILES or any(_is_attributes(path) for path in paths) else paths

    def count_lacking(self, head: str) -> int:
        """How many source files of HEAD a partial clone has not."""
        return sum(map(is_source, lacking_of(self.repository, head)))

    def encode_few(self) -> None:
        """Give units their vectors where so few lack one that nobody waits long; the worker does the rest."""
        if 0 < self.index.count_missing() <= FEW:
            self.index.encode_missing()

    def prepare(self, progress: Progress | None = None) -> None:
        """Have the units ready for being asked about: in step with HEAD, and a few that are new encoded."""
        if self.converge(progress) and (lacking := self.count_lacking(self.repository.head())):
            files = "1 source file of HEAD is" if lacking == 1 else f"{lacking:,} source files of HEAD are"
            log.warning("%s not in this partial clone: left out", files)
        self.encode_few()

    def encoded(self) -> tuple[int, int]:
        """How many texts of units have a vector, and how many there are; all of them without weights, for then nobody waits."""
        total = len({row.content_key for row in self.index.catalogue.rows()})
        return total - self.index.count_missing(), total

    def project(self) -> Project:
        """What the manifests of HEAD say."""
        return _Manifests(self.repository).project()

    def callers(self, documents: Sequence[Document]) -> dict[str, Callers]:
        """Who uses each of these units outside of its file, by its place; the numbers are those of ``References`` over all files.

        Methods are left out: which of those that share a name is called, words do not tell.
        """
        head = _Manifests(self.repository)
        lookup = self.mentions.lookup(head.project, head.text)
        return {one.place: lookup.callers(one.path, one.name) for one in documents if not _is_method(one)}


def _is_attributes(path: str) -> bool:
    return path.rpartition("/")[2] == FILE_NAME


def _is_method(document: Document) -> bool:
    """Say whether a unit is a method, also one that is put on an object: ``res.send = function …``."""
    is_put_on = document.kind == "function" and family_of(document.language) == "javascript"
    return document.kind == METHOD or (is_put_on and document.place.endswith(f".{document.name}"))


class _Manifests:
    """What the manifests of HEAD say, read when it is first asked for: most questions need none."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def project(self) -> Project:
        return self._read[0]

    def text(self, path: str) -> str | None:
        return self._read[1].get(path)

    @cached_property
    def _read(self) -> tuple[Project, Mapping[str, str]]:
        from foundry_git.source.manifests import is_manifest, project_of  # 10 ms, see above

        with BlobReader(self._repository) as objects:
            tree = CommitTree(objects, self._repository.head())
            found = _small(tree, [file.path for file in tree.files if is_manifest(file.path)])
            texts = {path: content.decode("utf-8", "replace") for path, content in found.items()}
            return project_of(texts, lambda paths: _small(tree, paths), tree.entries), texts


class _Tree(Struct, frozen=True):
    """The source files of one commit, and what says which of them hold units."""

    files: Mapping[str, TreeFile]
    attributes: Attributes
    settings: ExtractionSettings

    def looks(self) -> list[Look]:
        return [
            Look(HEAD, file.path, f"{file.blob} {','.join(sorted(self.attributes.of(file.path)))}", 0)
            for file in self.files.values()
            if not is_test_path(file.path) and self.settings.covers(file.path) and self._is_wanted(file.path)
        ]

    def _is_wanted(self, path: str) -> bool:
        return language_of(path) in self.settings.languages


class _Convergence:
    """One run from what is known to what a tree holds."""

    def __init__(self, units: HeadUnits, tree: _Tree, progress: Progress, many: int) -> None:
        self._units, self._mentions, self._repository = units.index, units.mentions, units.repository
        self._tree, self._progress, self._many = tree, progress, many
        self._read: dict[str, Sequence[Document]] = {}

    def part(self, state: Look, changed: Collection[str]) -> int:
        """Take in what became of some paths. One write to each store: whoever is interrupted between finds them out of step."""
        looks = [look for look in self._tree.looks() if look.place in changed]
        words = {path: blob for path in changed if (blob := self._mentions.blob(path))}
        wanted = self._wanted(looks, {path for path in self._tree.files if path in changed}, words)
        readings = list(self._readings(wanted))
        self._units.converge([*looks, state], self._documents, [(HEAD, path) for path in (*changed, state.place)])
        self._mentions.take_in([*_words(readings), _no_words(state)], words.keys() - self._tree.files.keys())
        return len(wanted)

    def whole(self, state: Look, chunk: int) -> int:
        """Go through all files, some at a time: whoever is interrupted goes on from there."""
        looks = self._tree.looks()
        before, words = self._units.catalogue.scanned(), self._mentions.blobs()
        stale = [look for look in looks if look.key not in before or before[look.key].stamps != look.stamps]
        self._mentions.take_in([], words.keys() - self._tree.files.keys())
        wanted = self._wanted(stale, self._tree.files, words)
        of = {look.key: look for look in stale}
        with closing(self._readings(wanted)) as readings:
            while some := list(islice(readings, chunk)):
                self._mentions.take_in(_words(some))
                keys = [(HEAD, one.file.path) for one, _ in some if one.units]
                # no others: what another process took in meanwhile stays; without the state: until the end all are out of step
                self._units.converge([of[key] for key in keys], self._documents, [*keys, state.key])
        self._units.converge([*looks, state], self._documents)
        self._mentions.take_in([_no_words(state)])
        return len(wanted)

    def _wanted(self, stale: Sequence[Look], among: Collection[str], words: Mapping[str, str]) -> list[ToRead]:
        """What is to be read of which files: units of those whose look is stale, words of those that have another blob now."""
        places = {look.place for look in stale}
        asked = {
            path: (path in places, path in among and words.get(path) != file.blob) for path, file in self._tree.files.items()
        }
        attributes = self._tree.attributes.of
        return [
            ToRead(self._tree.files[path], attributes(path) if units else (), units, new)
            for path, (units, new) in asked.items()
            if units or new
        ]

    def _readings(self, wanted: Sequence[ToRead]) -> Generator[tuple[ToRead, FileReading]]:
        with closing(read_files(self._repository, wanted)) as readings:
            for at, (one, reading) in enumerate(readings, 1):
                if one.units:
                    self._read[one.file.path] = reading.documents
                if len(wanted) >= self._many:
                    self._progress(at, len(wanted))
                yield one, reading

    def _documents(self, key: LookKey) -> Sequence[Document]:
        """What was read of a file, once; of one that turned stale only now, what is read of it now."""
        path = key[1]
        if path not in self._read and path in self._tree.files:  # the look of the state is no file
            list(self._readings([ToRead(self._tree.files[path], self._tree.attributes.of(path), units=True, words=False)]))
        return self._read.pop(path, ())


def _words(readings: Iterable[tuple[ToRead, FileReading]]) -> list[tuple[str, FileWords]]:
    return [(one.file.blob, reading.words) for one, reading in readings if reading.words is not None]


def _no_words(state: Look) -> tuple[str, FileWords]:
    """What the mentions remember a state by: a file without words, whose blob is the state."""
    from foundry_git.source.file_words import FileWords

    return state.stamps, FileWords(state.place, {}, frozenset())


def _tree(
    repository: Repository, head: str, settings: ExtractionSettings, blobs: BlobReader, among: Collection[str] | None = None
) -> _Tree:
    """The source files of HEAD, or those ``among`` some paths."""
    from foundry_git.source.private_names import withheld  # 25 ms that whoever reads no file does not pay

    listed = files_of(repository, head, () if among is None else [*among, *attributes_files(among)])
    files = {file.path: file for file in listed if file.size <= LARGEST and is_source(file.path) and not withheld(file.path)}
    return _Tree(files, attributes_of(listed, blobs), settings)


def _small(tree: CommitTree, paths: Iterable[str]) -> dict[str, bytes]:
    return {path: tree.read(file) for path, file in tree.at(set(paths)).items() if file.size <= LARGEST}


def _scope(settings: ExtractionSettings) -> str:
    scope = repr((FORMAT, settings.paths, settings.ignore_paths, settings.languages))
    return hashlib.sha256(scope.encode("utf-8", "surrogatepass")).hexdigest()[:16]
