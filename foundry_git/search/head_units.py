"""The units of HEAD: what stands in the repository today, reviewed or not, so that an empty library already has an answer.

They are found and pointed at, never injected. A look of their index is one source file, its stamps are Git's id of the content, so
what a commit did not touch costs nothing; blobs of commits are read, never the work tree.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from foundry_git.errors import SourceError
from foundry_git.git.attributes import FILE_NAME, Attributes, read_attributes
from foundry_git.git.objects import BlobReader, TreeFile, files_of
from foundry_git.git.repository import Repository
from foundry_git.index.catalogue import LookKey, Scanned
from foundry_git.index.document import Document
from foundry_git.index.index import Index, Look
from foundry_git.progress import Progress, silent
from foundry_git.settings import ExtractionSettings
from foundry_git.source.files import LARGEST, is_source, is_test_path, why_skipped
from foundry_git.source.languages import language_of
from foundry_git.source.privacy import scrubbed_prose
from foundry_git.source.references import Callers, FileWords, file_words, words_in
from foundry_git.workspace import Workspace

if TYPE_CHECKING:
    from foundry_git.source.units import Unit

METHOD = "method"
HEAD = "HEAD"
"""The library that units of HEAD are said to be of; no real one can be called so."""

LEAST_LINES = 5  # of code in a method that is a piece of its own; what is shorter mostly gets, sets or passes on
FORMAT = 1  # what is written of a unit; another number has every file read anew
CHUNK = 500  # about a second: whoever is interrupted goes on from there
FEW = 64
"""So many texts are encoded while somebody waits; more are left to the worker in the background."""
MANY = 300  # files from which progress is shown: that of fewer is gone before it is read
AT_ONCE = 128  # texts encoded between two writes: a few seconds


Some = TypeVar("Some")

_STATE: LookKey = (HEAD, "")  # holds no file: its stamps, in both stores, name the commit that all of them were read of


@dataclass(frozen=True, slots=True)
class _Tree:
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


def converge_units(workspace: Workspace, progress: Progress | None = None, chunk: int = CHUNK, many: int = MANY) -> int:
    """Bring the units in step with HEAD; return how many files were read. Nothing is encoded yet.

    Where HEAD has not moved that is one call of Git. ``chunk``: files between two commits to disk. ``progress`` hears of many files
    only, from ``many``.
    """
    repository, units = workspace.repository, workspace.units
    if repository is None or units is None:
        return 0
    head, settings = repository.head(), workspace.scope
    state = Look(*_STATE, f"{head} {_scope(settings)}", 0)
    if units.catalogue.stamps(_STATE) == workspace.mentions.blob(state.place) == state.stamps:
        return 0
    with BlobReader(repository) as blobs:
        tree = _tree(repository, head, settings, blobs)
        return _Convergence(workspace, units, tree, blobs, progress or silent, many).run(state, chunk)


def encode_units(workspace: Workspace, at_most: int | None = None, progress: Progress | None = None) -> int:
    """Give units their vectors, ``at_most`` so many now; return how many texts were encoded. 0 without weights."""
    return workspace.units.encode_missing(progress, at_most) if workspace.units else 0


def encode_few_units(workspace: Workspace) -> None:
    """Give units their vectors where so few lack one that nobody waits long; the worker does the rest."""
    if workspace.units and 0 < workspace.units.count_missing() <= FEW:
        encode_units(workspace)


def units_pending(workspace: Workspace) -> tuple[int, int]:
    """How many texts of units have a vector, and how many there are; all of them without weights, for then nobody waits."""
    if workspace.units is None:
        return 0, 0
    total = len({row.content_key for row in workspace.units.catalogue.rows()})
    return total - workspace.units.count_missing(), total


def callers_of(workspace: Workspace, documents: Sequence[Document]) -> dict[str, Callers]:
    """Who uses each of these units, by its place; the same numbers as those of ``References`` over the whole tree.

    Methods are left out: which of those that share a name is called, words do not tell.
    """
    found = {}
    for document in [one for one in documents if one.kind != METHOD]:
        body = Counter(words_in(document.code, document.path))
        found[document.place] = workspace.mentions.callers(document.path, document.name, body)
    return found


class _Convergence:
    """One run from what is known to what a tree holds."""

    def __init__(self, workspace: Workspace, units: Index, tree: _Tree, blobs: BlobReader, progress: Progress, many: int) -> None:
        self._units, self._mentions = units, workspace.mentions
        self._tree, self._blobs, self._progress = tree, blobs, progress
        self._done, self._total, self._many = 0, 0, many

    def run(self, state: Look, chunk: int) -> int:
        looks = self._tree.looks()
        before, words = self._units.catalogue.scanned(), self._mentions.blobs()
        stale = [look for look in looks if look.key not in before or before[look.key].stamps != look.stamps]
        unread = [file for file in self._tree.files.values() if words.get(file.path) != file.blob]
        self._total = len(stale) + len(unread)
        self._mentions.take_in([], words.keys() - self._tree.files.keys())
        for files in _chunks(unread, chunk):
            self._mentions.take_in([(file.blob, file_words(self._text(file), file.path)) for file in files])
        left = {look.key for look in stale}
        for some in _chunks(stale, chunk):
            left -= {look.key for look in some}
            self._units.converge(list(_without(looks, left, before)), self._read)
        self._units.converge([*looks, state], self._read)
        self._mentions.take_in([(state.stamps, FileWords(state.place, {}, frozenset()))])
        return self._total

    def _read(self, key: LookKey) -> list[Document]:
        file = self._tree.files.get(key[1])
        if file is None:  # the look that holds no file
            return []
        self._step()
        content = self._blobs.read(file.blob) or b""
        if why_skipped(file.path, content, self._tree.attributes.of(file.path)):
            return []
        return _documents(content, file.path)

    def _text(self, file: TreeFile) -> str:
        self._step()
        return (self._blobs.read(file.blob) or b"").decode("utf-8", "replace")

    def _step(self) -> None:
        self._done += 1
        if self._total >= self._many:
            self._progress(min(self._done, self._total), self._total)


def _without(looks: Sequence[Look], left: Collection[LookKey], before: Mapping[LookKey, Scanned]) -> Iterator[Look]:
    """The looks with those that are left for later as they are known: these are not taken for gone, and read in their turn."""
    for look in looks:
        if look.key not in left:
            yield look
        elif look.key in before:
            yield replace(look, stamps=before[look.key].stamps)


def _documents(content: bytes, path: str) -> list[Document]:
    """The units of a file, without tests and without those that hold secrets."""
    from foundry_git.source.reader import stored_code
    from foundry_git.source.secrets import find_secrets  # 10 ms that whoever reads no file does not pay; as with the units below

    units = [unit for unit in units_of(content, path) if not unit.is_test]
    if find_secrets(content.decode("utf-8", "replace")):
        units = [unit for unit in units if not find_secrets(f"{unit.symbol}\n{unit.description}\n{stored_code(unit)}")]
    return [document_of_unit(unit, path) for unit in units]


def units_of(content: bytes, path: str) -> list[Unit]:
    """The units of a file version, and the methods of its classes that are more than a line or two; none where it cannot be read."""
    try:
        return read_all(content.decode("utf-8"), path)
    except (SourceError, UnicodeDecodeError):
        return []


def read_all(text: str, path: str) -> list[Unit]:
    """The units of a file and the methods of its classes that are more than a line or two, in order of their lines.

    Raises:
        SourceError: the text is not valid source code of its language.
    """
    from foundry_git.source.reader import read_methods, read_units

    units = read_units(text, path)
    classes = {unit.symbol for unit in units if unit.kind == "class"}
    methods = read_methods(text, path) if classes else []
    kept = [one for one in methods if one.measures.lines >= LEAST_LINES and one.symbol.rpartition(".")[0] in classes]
    return sorted([*units, *kept], key=lambda unit: (unit.start_line, -unit.end_line))


def document_of_unit(unit: Unit, path: str) -> Document:
    """A unit as the index sees it; what is personal in its text is left out, for it is kept beside the repository."""
    place, code = f"{path}:{unit.symbol}", scrubbed_prose(unit.body)
    return Document(
        library=HEAD,
        place=place,
        id=place,
        version=0,
        digest=hashlib.sha256(f"{place}\n{code}".encode("utf-8", "surrogatepass")).hexdigest(),
        name=unit.name,
        kind=unit.kind,
        language=unit.language,
        framework=unit.framework,
        tags=(),
        description=scrubbed_prose(unit.description) if unit.docstring else "",
        suggested_action="",
        code=code,
        path=path,
        line=unit.start_line,
        shape=unit.shape,
    )


def attributes_of(files: Sequence[TreeFile], blobs: BlobReader) -> Attributes:
    """What the Git attributes of a tree say of its files."""
    speaking = [file for file in files if file.path.rpartition("/")[2] == FILE_NAME and file.size <= LARGEST]
    return read_attributes({file.path: (blobs.read(file.blob) or b"").decode("utf-8", "surrogateescape") for file in speaking})


def _tree(repository: Repository, head: str, settings: ExtractionSettings, blobs: BlobReader) -> _Tree:
    listed = files_of(repository, head)
    files = {file.path: file for file in listed if file.size <= LARGEST and is_source(file.path)}
    return _Tree(files, attributes_of(listed, blobs), settings)


def _scope(settings: ExtractionSettings) -> str:
    scope = repr((FORMAT, settings.paths, settings.ignore_paths, settings.languages))
    return hashlib.sha256(scope.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _chunks(whole: Sequence[Some], size: int) -> Iterator[Sequence[Some]]:
    return (whole[start : start + size] for start in range(0, len(whole), size))
