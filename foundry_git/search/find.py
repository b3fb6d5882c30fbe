"""Finding: the index kept in step with the libraries, and searches over it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from foundry_git.errors import UnknownPatternError, UsageError
from foundry_git.index.catalogue import LookKey
from foundry_git.index.document import Document, DocumentRow
from foundry_git.index.footprint import Footprint
from foundry_git.index.index import (
    RACY_NS,
    Failure,
    Index,
    Look,
)
from foundry_git.library.reading import Problem, VersionFolder, read_version, scan, survey
from foundry_git.pattern.naming import parse_reference
from foundry_git.pattern.record import Pattern
from foundry_git.progress import Progress
from foundry_git.search.query import Filters
from foundry_git.search.search import Answer, search
from foundry_git.settings import SearchSettings
from foundry_git.workspace import Workspace

BULK = 8
"""Fewer new texts than this are encoded without a progress bar: it would be gone before it is read."""


def converge(workspace: Workspace) -> list[Problem]:
    """Bring the catalogue in step with the files of the stack; return what could not be read."""
    catalogue = workspace.index.catalogue
    of = json.dumps([(library.name, str(library.patterns)) for library in workspace.stack])
    known = catalogue.footprint()
    if known is not None and known.of == of and known.is_current():
        problems = json.loads(known.note)
    else:
        problems = _scan_and_converge(workspace, of)
    return [Problem(Path(path), sentence) for path, sentence in (*problems, *catalogue.problems())]


def _scan_and_converge(workspace: Workspace, of: str) -> list[tuple[str, str]]:
    """Bring the catalogue in step by listing all folders; return what is wrong with those, as (path, sentence)."""
    settled = time.time_ns() - RACY_NS
    surveys = {library.name: survey(library) for library in workspace.stack}
    folders = {(name, folder.place): folder for name, found in surveys.items() for folder in found.folders}
    problems = [(str(problem.path), problem.sentence) for found in surveys.values() for problem in found.problems]

    def take() -> Footprint | None:
        return Footprint.take(of, [path for found in surveys.values() for path in found.paths], settled, json.dumps(problems))

    workspace.index.converge([_look(key, folder) for key, folder in folders.items()], _reader(folders), take)
    return problems


def encode(workspace: Workspace, progress: Progress | None = None) -> int:
    """Give every pattern its vector; return how many texts were encoded."""
    quiet = progress and (lambda done, total: progress(done, total) if total >= BULK else None)
    return workspace.index.encode_missing(quiet)


def find(
    workspace: Workspace,
    query: str,
    filters: Filters | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
    settings: SearchSettings | None = None,
    reading: Progress | None = None,
    with_units: bool = False,
) -> tuple[Answer, list[Problem]]:
    """Search the stack, and ``with_units`` what stands at HEAD unreviewed; the answer is in step with both as they are now.

    ``progress`` hears of texts encoded, ``reading`` of files of HEAD read, which only takes long the first time.
    """
    problems = converge(workspace)
    encode(workspace, progress)
    units = _units_in_step(workspace, reading) if with_units else None
    worth = {digest: score.mean for digest, score in workspace.scores().items()}
    names = [library.name for library in workspace.stack]
    answer = search(workspace.index, query, names, worth, settings or workspace.settings.search, filters, limit, units)
    return answer, problems


def _units_in_step(workspace: Workspace, progress: Progress | None) -> Index | None:
    if workspace.units is None:
        return None
    from foundry_git.search.head_units import converge_units, encode_few_units

    converge_units(workspace, progress)
    encode_few_units(workspace)
    return workspace.units


def refuse_unknown_filters(workspace: Workspace, filters: Filters, with_units: bool = False) -> None:
    """Raise UsageError for a filter that no pattern of the stack could pass, nor a unit of HEAD, naming those that some do."""
    if filters == Filters():
        return
    converge(workspace)
    units = _units_in_step(workspace, None) if with_units else None
    rows = [*workspace.index.catalogue.rows(), *(units.catalogue.rows() if units else ())]
    asked = {
        "library": (filters.library, {row.library for row in rows}),
        "kind": (filters.kind, {row.kind for row in rows}),
        "framework": (filters.framework, {row.framework for row in rows}),
        "tag": (filters.tag, {tag for row in rows for tag in row.tags}),
        "language": ("".join(filters.languages), {row.language for row in rows}),
    }
    for name, (value, known) in asked.items():
        if value and value not in known:
            raise UsageError(f"{name} {value}: nothing here has it; there are {', '.join(sorted(known - {''}))}")


def pattern_of(workspace: Workspace, reference: str) -> Pattern:
    """The pattern that a person's reference means: the newest version, of the first library that has it.

    Raises:
        UsageError: the reference is not well formed.
        UnknownPatternError: nothing has that name.
    """
    wanted = parse_reference(reference)
    rank = {library.name: at for at, library in enumerate(workspace.stack)}
    rows = workspace.index.catalogue.rows()
    meant = [row for row in rows if wanted.names(row.id, row.version, row.library) and row.library in rank]
    if not meant:
        raise UnknownPatternError(reference, near=similar(wanted.slug, {row.id for row in rows}))
    ids = sorted({row.id for row in meant})
    if len(ids) > 1:
        raise UsageError(f"{reference}: means {' and '.join(ids)}; name one with its language")
    best = min(meant, key=lambda row: (row.deprecated, rank[row.library], -row.version))
    return _pattern(workspace, best)


def documents_by_shape(workspace: Workspace) -> Mapping[str, Document]:
    """The newest version for each shape in the stack, the first library winning."""
    rank = {library.name: at for at, library in enumerate(workspace.stack)}
    rows = [row for row in workspace.index.catalogue.rows() if row.library in rank and row.shape]
    newest = {row.shape: row.number for row in sorted(rows, key=lambda row: (-rank[row.library], row.version))}
    documents = workspace.index.catalogue.documents(newest.values())
    return {shape: documents[number] for shape, number in newest.items()}


def pattern_ids(workspace: Workspace) -> frozenset[str]:
    """The ids of all patterns of the stack."""
    return frozenset(row.id for row in workspace.index.catalogue.rows())


def _pattern(workspace: Workspace, row: DocumentRow) -> Pattern:
    library = next(one for one in workspace.stack if one.name == row.library)
    folders = {folder.place: folder for folder in scan(library)[0]}
    read = read_version(library.name, folders[row.place])
    if isinstance(read, Problem):
        raise UnknownPatternError(row.id)
    return read


def _look(key: LookKey, folder: VersionFolder) -> Look:
    stamps = ";".join(":".join(map(str, stamp)) for stamp in folder.stamps)
    newest = max((max(stamp[2], stamp[3]) for stamp in folder.stamps), default=0)
    return Look(*key, stamps=f"{folder.folder};{stamps}", newest=newest)


def _reader(folders: Mapping[LookKey, VersionFolder]) -> Callable[[LookKey], Sequence[Document] | Failure]:
    from foundry_git.source.secrets import find_secrets  # 10 ms that a search of an unchanged library does not pay

    def read(key: LookKey) -> Sequence[Document] | Failure:
        found = read_version(key[0], folders[key])
        if isinstance(found, Problem):
            return Failure(str(found.path), found.sentence)
        if hits := find_secrets(f"{found.manifest.description}\n{found.manifest.suggested_action}\n{found.code}"):
            return Failure(
                str(found.folder), f"looks like it holds a secret ({hits[0].rule}), so it is neither indexed nor shown"
            )
        return (document_of(found, folders[key].place),)

    return read


def document_of(pattern: Pattern, place: str) -> Document:
    """A pattern as the index sees it."""
    from foundry_git.source.shapes import shape_of

    manifest, origin = pattern.manifest, pattern.manifest.origin
    return Document(
        library=pattern.library,
        place=place,
        id=pattern.ref.id,
        version=pattern.ref.version,
        digest=pattern.digest,
        name=manifest.name,
        kind=manifest.kind,
        language=manifest.language,
        framework=manifest.framework,
        tags=manifest.tags,
        description=manifest.description,
        suggested_action=manifest.suggested_action,
        code=pattern.code,
        path=str(pattern.code_path),
        shape=shape_of(pattern.code, manifest.language) if pattern.code else "",
        origin_repository=origin.repository if origin else "",
        origin_path=origin.path if origin else "",
        origin_symbol=origin.symbol if origin else "",
        deprecated=pattern.deprecation is not None,
    )


def similar(slug: str, ids: set[str]) -> Sequence[str]:
    """The ids whose names are most like a slug, for "did you mean"."""
    import difflib

    by_slug = {id.partition("/")[2]: id for id in sorted(ids)}
    return [by_slug[near] for near in difflib.get_close_matches(slug, by_slug, 3, 0.5)]
