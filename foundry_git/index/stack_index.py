"""The index over the patterns of a stack of libraries, kept in step with their files."""

from __future__ import annotations

import difflib
import json
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from foundry_git.errors import UnknownPatternError, UsageError
from foundry_git.index.catalogue import LookKey
from foundry_git.index.document import Document, DocumentRow
from foundry_git.index.footprint import Footprint
from foundry_git.index.index import RACY_NS, Failure, Index, Look, ReadDocuments
from foundry_git.library.library import Library
from foundry_git.library.reading import Problem, Survey, VersionFolder, read_version, scan, survey
from foundry_git.library.resurvey import Resurvey, resurvey
from foundry_git.pattern.naming import is_counted, parse_reference
from foundry_git.pattern.record import Pattern
from foundry_git.progress import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foundry_git.index.cut_pieces import Cut

FEW_CHANGES = 300
"""Paths that changed, from which on all folders are listed again."""
BULK = 8
"""Fewer new texts than this are encoded without a progress bar: it would be gone before it is read."""


class StackIndex:
    """The ``index`` over the patterns of ``stack``, whose order is that of precedence.

    What it answers is as new as the last :meth:`converge`. What ``shared`` holds, an index of libraries that many stacks have, is
    taken from there: a new index has its part of the starter library in a tenth of the time.
    """

    def __init__(self, index: Index, stack: Sequence[Library], shared: StackIndex | None = None) -> None:
        self.index = index
        self.stack = stack
        self._shared = shared

    @property
    def libraries(self) -> list[str]:
        """The names of the libraries, in order of precedence."""
        return [library.name for library in self.stack]

    def converge(self) -> list[Problem]:
        """Bring the catalogue in step with the files of the stack; return what could not be read."""
        of, catalogue = json.dumps([(library.name, str(library.patterns)) for library in self.stack]), self.index.catalogue
        settled, changed_at, known = time.time_ns() - RACY_NS, catalogue.changed(), catalogue.footprint()
        now = self._with_changes(known, settled) if known is not None and known.of == of else None
        if now is None:
            now = self._listed_anew(of, settled)
        if now is not known:
            catalogue.keep_footprint(now, changed_at)
        return [*_problems(now), *(Problem(Path(path), sentence) for path, sentence in catalogue.problems())]

    def encode(self, progress: Progress | None = None) -> int:
        """Give every pattern its vector; return how many texts were encoded."""
        quiet = progress and (lambda done, total: progress(done, total) if total >= BULK else None)
        return self.index.encode_missing(quiet)

    def rows(self) -> Sequence[DocumentRow]:
        """The rows of all versions."""
        return self.index.catalogue.rows()

    def ids(self) -> frozenset[str]:
        """The ids of all patterns."""
        return frozenset(row.id for row in self.rows())

    def pattern_of(self, reference: str) -> Pattern:
        """The pattern that a person's reference means: the newest version, of the first library that has it.

        Raises:
            UsageError: the reference is not well formed.
            UnknownPatternError: nothing has that name.
        """
        wanted, rank, rows = parse_reference(reference), self._rank(), self.rows()
        meant = [row for row in rows if wanted.names(row.id, row.version, row.library) and row.library in rank]
        if not meant:
            raise UnknownPatternError(
                reference, near=[self.said(id) for id in similar_ids(wanted.slug, {row.id for row in rows})]
            )
        ids = sorted({row.id for row in meant})
        if len(ids) > 1:
            raise UsageError(f"{reference}: means {' and '.join(ids)}; name one with its language")
        return self._pattern(min(meant, key=lambda row: (row.deprecated, rank[row.library], -row.version)))

    def said(self, id: str, version: int | None = None, library: str = "") -> str:
        """An id as people are told it: one that only a number tells from others comes with the file it was taken from."""
        name = f"{library}:{id}" if library else id
        name = f"{name}@{version}" if version is not None else name
        if not is_counted(id):
            return name
        numbers = [row.number for row in sorted(self.rows(), key=lambda row: row.version) if row.id == id]
        origins = [document.origin_path for document in self.index.catalogue.documents(numbers).values() if document.origin_path]
        return f"{name} ({origins[-1]})" if origins else name

    def cut(self, rows: Sequence[DocumentRow], cut: Cut) -> Mapping[str, NDArray[np.uint64]]:
        """As :func:`foundry_git.index.cut_pieces.cut_pieces`; what other stacks share is cut once for all of them."""
        from foundry_git.index.cut_pieces import cut_pieces  # numpy

        return cut_pieces(self.index, rows, cut, self._shared.index if self._shared else None)

    def documents_by_shape(self) -> Mapping[str, Document]:
        """The newest version for each shape, the first library winning."""
        rank = self._rank()
        rows = [row for row in self.rows() if row.library in rank and row.shape]
        newest = {row.shape: row.number for row in sorted(rows, key=lambda row: (-rank[row.library], row.version))}
        documents = self.index.catalogue.documents(newest.values())
        return {shape: documents[number] for shape, number in newest.items()}

    def _rank(self) -> Mapping[str, int]:
        return {library.name: at for at, library in enumerate(self.stack)}

    def _listed_anew(self, of: str, settled: int) -> Footprint:
        """Bring the catalogue in step by listing all folders; return what it is in step with."""
        surveys = {library.name: survey(library) for library in self.stack}
        self._take_in(surveys)
        return _footprint(of, surveys.values(), settled)

    def _with_changes(self, known: Footprint, settled: int) -> Footprint | None:
        """The same by going through what changed since ``known``; None where that is not a few patterns."""
        changed = known.changed()
        if not changed:
            return known
        if len(changed) > FEW_CHANGES:
            return None
        before = Survey([], _problems(known), list(known.paths))
        parts: dict[str, Resurvey] = {}
        for library in self.stack:
            part = resurvey(library, changed, before)
            if part is None:
                return None
            parts[library.name] = part
        found = {name: part.found for name, part in parts.items()}
        self._take_in(found, [(name, pattern) for name, part in parts.items() for pattern in part.patterns])
        still = [problem for problem in before.problems if not any(part.corrects(problem) for part in parts.values())]
        fresh = _footprint(known.of, [Survey([], still, []), *found.values()], settled)
        listed = {folder for part in parts.values() for folder in part.listed}
        return known.renewed(listed, {folder for part in parts.values() for folder in part.gone_through}, fresh)

    def _take_in(self, surveys: Mapping[str, Survey], within: Collection[LookKey] | None = None) -> None:
        folders = {(name, folder.place): folder for name, found in surveys.items() for folder in found.folders}
        self.index.converge([_look(key, folder) for key, folder in folders.items()], self._reader(folders), within)

    def _reader(self, folders: Mapping[LookKey, VersionFolder]) -> ReadDocuments:
        shared = self._shared
        asked: list[Mapping[LookKey, tuple[str, Document]]] = []

        def read(key: LookKey) -> Sequence[Document] | Failure:
            if shared and key[0] in shared.libraries:
                if not asked:
                    shared.converge()
                    asked.append(shared._read_with_stamps())
                stamps, document = asked[0].get(key, ("", None))
                if document and stamps == _look(key, folders[key]).stamps:
                    return (document,)
            return _read(key[0], folders[key])

        return read

    def _read_with_stamps(self) -> Mapping[LookKey, tuple[str, Document]]:
        """Every document, with the stamps that its folder had when it was read."""
        scanned = self.index.catalogue.scanned()
        documents = self.index.catalogue.documents([row.number for row in self.rows()]).values()
        of = {(document.library, document.place): document for document in documents}
        return {key: (scanned[key].stamps, document) for key, document in of.items() if key in scanned}

    def _pattern(self, row: DocumentRow) -> Pattern:
        library = next(one for one in self.stack if one.name == row.library)
        folders = {folder.place: folder for folder in scan(library)[0]}
        read = read_version(library.name, folders[row.place])
        if isinstance(read, Problem):
            raise UnknownPatternError(row.id)
        return read


def similar_ids(slug: str, ids: Collection[str]) -> Sequence[str]:
    """The ids whose names are most like a slug, for "did you mean"."""
    by_slug = {id.partition("/")[2]: id for id in sorted(ids)}
    return [by_slug[near] for near in difflib.get_close_matches(slug, by_slug, 3, 0.5)]


def _footprint(of: str, surveys: Collection[Survey], settled: int) -> Footprint:
    problems = [(str(problem.path), problem.sentence) for found in surveys for problem in found.problems]
    return Footprint.take(of, [path for found in surveys for path in found.paths], settled, json.dumps(problems))


def _problems(footprint: Footprint) -> list[Problem]:
    """What was wrong with the folders when they were listed."""
    return [Problem(Path(path), sentence) for path, sentence in json.loads(footprint.note)]


def _look(key: LookKey, folder: VersionFolder) -> Look:
    stamps = ";".join(":".join(map(str, stamp)) for stamp in folder.stamps)
    newest = max((max(stamp[2], stamp[3]) for stamp in folder.stamps), default=0)
    return Look(*key, stamps=f"{folder.folder};{stamps}", newest=newest)


def _read(library: str, folder: VersionFolder) -> Sequence[Document] | Failure:
    # 25 ms that a search of an unchanged library does not pay
    from foundry_git.index.documents import document_of_pattern
    from foundry_git.source.secrets import find_secrets

    found = read_version(library, folder)
    if isinstance(found, Problem):
        return Failure(str(found.path), found.sentence)
    if hits := find_secrets(f"{found.manifest.description}\n{found.manifest.suggested_action}\n{found.code}"):
        return Failure(str(found.folder), f"looks like it holds a secret ({hits[0].rule}), so it is neither indexed nor shown")
    return (document_of_pattern(found, folder.place),)
