"""Finding: the index kept in step with the libraries, and searches over it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from foundry_git.errors import UnknownPatternError, UsageError
from foundry_git.index.catalogue import Key
from foundry_git.index.document import Document
from foundry_git.index.index import Failure, Look, Progress
from foundry_git.library.reading import Problem, VersionFolder, read_version, scan
from foundry_git.pattern.naming import parse_reference
from foundry_git.pattern.record import Pattern
from foundry_git.search.query import Filters
from foundry_git.search.search import Answer, search
from foundry_git.search.settings import SearchSettings
from foundry_git.source.secrets import find_secrets
from foundry_git.workspace.workspace import Workspace

BULK = 8
"""Fewer new texts than this are encoded without a progress bar: it would be gone before it is read."""


def converge(workspace: Workspace) -> list[Problem]:
    """Bring the catalogue in step with the files of the stack; return what could not be read."""
    folders: dict[Key, VersionFolder] = {}
    problems: list[Problem] = []
    for library in workspace.stack:
        found, bad = scan(library)
        problems += bad
        folders.update(((library.name, folder.place), folder) for folder in found)
    workspace.index.converge([_look(key, folder) for key, folder in folders.items()], _reader(folders))
    problems += [Problem(Path(path), sentence) for path, sentence in workspace.index.catalogue.problems()]
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
) -> tuple[Answer, list[Problem]]:
    """Search the stack; the answer is in step with the files as they are now."""
    problems = converge(workspace)
    encode(workspace, progress)
    worth = {digest: score.mean for digest, score in workspace.scores().items()}
    names = [library.name for library in workspace.stack]
    answer = search(workspace.index, query, names, worth, settings or workspace.settings.search, filters, limit)
    return answer, problems


def refuse_unknown_filters(workspace: Workspace, filters: Filters) -> None:
    """Raise UsageError for a filter that no pattern of the stack could pass, naming those that some do."""
    converge(workspace)
    documents = [row.document for row in workspace.index.catalogue.rows()]
    asked = {
        "library": (filters.library, {document.library for document in documents}),
        "kind": (filters.kind, {document.kind for document in documents}),
        "framework": (filters.framework, {document.framework for document in documents}),
        "tag": (filters.tag, {tag for document in documents for tag in document.tags}),
        "language": ("".join(filters.languages), {document.language for document in documents}),
    }
    for name, (value, known) in asked.items():
        if value and value not in known:
            raise UsageError(f"{name} {value}: no pattern has it; there are {', '.join(sorted(known - {''}))}")


def pattern_of(workspace: Workspace, reference: str) -> Pattern:
    """The pattern that a person's reference means: the newest version, of the first library that has it.

    Raises:
        UsageError: the reference is not well formed.
        UnknownPatternError: nothing has that name.
    """
    wanted = parse_reference(reference)
    rank = {library.name: at for at, library in enumerate(workspace.stack)}
    documents = [row.document for row in workspace.index.catalogue.rows()]
    meant = [d for d in documents if wanted.names(d.id, d.version, d.library) and d.library in rank]
    if not meant:
        raise UnknownPatternError(reference, near=similar(wanted.slug, {d.id for d in documents}))
    ids = sorted({document.id for document in meant})
    if len(ids) > 1:
        raise UsageError(f"{reference}: means {' and '.join(ids)}; name one with its language")
    best = min(meant, key=lambda d: (d.deprecated, rank[d.library], -d.version))
    return _pattern(workspace, best)


def documents_by_shape(workspace: Workspace) -> Mapping[str, Document]:
    """The newest version for each shape in the stack, the first library winning."""
    rank = {library.name: at for at, library in enumerate(workspace.stack)}
    documents = [row.document for row in workspace.index.catalogue.rows() if row.document.library in rank]
    ordered = sorted(documents, key=lambda d: (-rank[d.library], d.version))
    return {document.shape: document for document in ordered if document.shape}


def pattern_ids(workspace: Workspace) -> frozenset[str]:
    """The ids of all patterns of the stack."""
    return frozenset(row.document.id for row in workspace.index.catalogue.rows())


def _pattern(workspace: Workspace, document: Document) -> Pattern:
    library = next(one for one in workspace.stack if one.name == document.library)
    folders = {folder.place: folder for folder in scan(library)[0]}
    read = read_version(library.name, folders[document.place])
    if isinstance(read, Problem):
        raise UnknownPatternError(document.id)
    return read


def _look(key: Key, folder: VersionFolder) -> Look:
    stamps = ";".join(":".join(map(str, stamp)) for stamp in folder.stamps)
    newest = max((max(stamp[2], stamp[3]) for stamp in folder.stamps), default=0)
    return Look(*key, stamps=f"{folder.folder};{stamps}", newest=newest)


def _reader(folders: Mapping[Key, VersionFolder]) -> Callable[[Key], Document | Failure]:
    def read(key: Key) -> Document | Failure:
        found = read_version(key[0], folders[key])
        if isinstance(found, Problem):
            return Failure(str(found.path), found.sentence)
        if hits := find_secrets(f"{found.manifest.description}\n{found.manifest.suggested_action}\n{found.code}"):
            return Failure(
                str(found.folder), f"looks like it holds a secret ({hits[0].rule}), so it is neither indexed nor shown"
            )
        return document_of(found, folders[key].place)

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
