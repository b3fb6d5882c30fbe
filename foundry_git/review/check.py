"""Checking: every problem of every file of a library, in one list."""

from __future__ import annotations

import ast
import difflib
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from foundry_git.errors import ConfigurationError, GitError, ManifestError, NotARepositoryError, UsageError
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.index.stack_index import similar_ids
from foundry_git.library.library import STARTER_NAME, Library
from foundry_git.library.queries import Query, queries_file, read_queries
from foundry_git.library.reading import Problem, read_library
from foundry_git.library.triggers import read_stack, read_triggers, triggers_folder
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.naming import PatternRef, parse_reference
from foundry_git.pattern.record import Pattern
from foundry_git.pattern.vocabulary import NEEDS, TAGS
from foundry_git.review.trigger_check import trigger_problems
from foundry_git.settings import Settings
from foundry_git.source.reader import left_open
from foundry_git.source.secrets import find_secrets
from foundry_git.workspace import Workspace


def check(workspace: Workspace) -> tuple[int, list[Problem]]:
    """How many versions were read, and everything that is wrong with the project's own library."""
    library = workspace.need_library()
    patterns, problems = read_library(library)
    problems += _configuration(lambda: workspace.settings)
    problems += _name(library)
    refs, tags = {pattern.ref for pattern in patterns}, _known_tags(library)
    for pattern in patterns:
        problems += _of_pattern(pattern, tags, refs)
    problems += _same_names(patterns)
    problems += _changed_versions(library, patterns)
    problems += _queries(library, patterns)
    problems += _triggers(workspace, library)
    return len(patterns), sorted(set(problems), key=lambda problem: (str(problem.path), problem.sentence))


def _configuration(load: Callable[[], Settings]) -> Iterator[Problem]:
    try:
        load()
    except ConfigurationError as error:
        yield from (Problem(Path(error.place), sentence) for sentence in error.problems)
    except ManifestError as error:
        yield Problem(error.path, "; ".join(error.problems))


def _name(library: Library) -> Iterator[Problem]:
    """A name that no reference could hold is not the one that the library is called by."""
    written = library.document.get("name", "")
    if written not in ("", library.name):
        why = "is that of the library which comes along" if written == STARTER_NAME else "cannot stand in a reference"
        yield Problem(library.file, f"name: {written!r} {why}, so this library is {library.name}; write that")


def _of_pattern(pattern: Pattern, tags: frozenset[str], refs: set[PatternRef]) -> Iterator[Problem]:
    manifest, file = pattern.manifest, pattern.folder / "pattern.yaml"
    for tag in manifest.tags:
        if tag not in tags:
            yield Problem(file, f"tags: {tag!r} is not in the vocabulary; add it to `tags` in foundry.yaml, or use a known one")
    if file.read_bytes() != write_manifest(manifest).encode():
        yield Problem(file, "not in the order and style that foundry writes, so saving it would change it")
    yield from _secrets(pattern)
    yield from _syntax(pattern)
    yield from _left_open(pattern)
    for other in (*manifest.requires, *manifest.conflicts, *manifest.supersedes):
        wanted = parse_reference(other) if _is_reference(other) else None
        if wanted is None or not any(wanted.names(ref.id, ref.version, pattern.library) for ref in refs):
            yield Problem(file, f"names {other!r}, which is no pattern of this library")


def _secrets(pattern: Pattern) -> Iterator[Problem]:
    for path in sorted(path for path in pattern.folder.iterdir() if path.is_file()):  # running its tests leaves a __pycache__
        for hit in find_secrets(path.read_bytes().decode("utf-8", "replace")):
            yield Problem(path, f"line {hit.line}: looks like a secret ({hit.rule}); take it out and rotate it")


def _known_tags(library: Library) -> frozenset[str]:
    own = library.document.get("tags", [])
    return TAGS | frozenset(tag for tag in own if isinstance(tag, str)) if isinstance(own, list) else TAGS


def _syntax(pattern: Pattern) -> Iterator[Problem]:
    if pattern.language != "python":
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(pattern.code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f"line {error.lineno}: " if isinstance(error, SyntaxError) and error.lineno else ""
        yield Problem(pattern.code_path, f"{line}not valid Python ({getattr(error, 'msg', error)})")


def _left_open(pattern: Pattern) -> Iterator[Problem]:
    """A pattern that does not stand alone, and does not say so."""
    if NEEDS in pattern.manifest.suggested_action or pattern.manifest.kind == "test":
        return
    origin = pattern.manifest.origin.path if pattern.manifest.origin else ""
    if lacking := left_open(pattern.code, pattern.language, origin):
        yield Problem(pattern.code_path, f"does not stand alone: needs {'; '.join(lacking)}")


def _same_names(patterns: Iterable[Pattern]) -> Iterator[Problem]:
    first: dict[tuple[str, str], Pattern] = {}
    for pattern in patterns:
        key = pattern.language, " ".join(pattern.manifest.name.lower().split())
        held = first.setdefault(key, pattern)
        if held.ref.id != pattern.ref.id:
            yield Problem(pattern.folder / "pattern.yaml", f"has the same name as {held.ref.id}; one of them needs another")


def _changed_versions(library: Library, patterns: Iterable[Pattern]) -> Iterator[Problem]:
    """Versions that differ from what is published: a version never changes once others can have it."""
    try:
        repository = Repository.at(library.root)
        published = published_commit(repository)
    except (NotARepositoryError, GitError):
        return
    if not published or repository.top is None:
        return
    top = repository.top.resolve()
    inside = library.patterns.relative_to(top).as_posix() if library.patterns.is_relative_to(top) else ""
    there: dict[str, dict[str, str]] = {}
    for file in files_of(repository, published, [inside]) if inside else []:
        folder, _, name = file.path.rpartition("/")
        if not name.startswith("."):
            there.setdefault(folder, {})[name] = file.blob
    with BlobReader(repository) as blobs:
        for pattern in patterns:
            files = there.get(pattern.folder.relative_to(top).as_posix())
            if files and digest_of({name: blobs.read(blob) or b"" for name, blob in files.items()}) != pattern.digest:
                yield Problem(pattern.folder, f"changed since it was published; write v{pattern.ref.version + 1} instead")


def _queries(library: Library, patterns: Iterable[Pattern]) -> Iterator[Problem]:
    """What is wrong with ``queries.yaml``, where there is one: what cannot be read, and names that the library does not have."""
    queries, problems = read_queries(library)
    yield from problems
    served = {pattern.ref.id for pattern in patterns if pattern.deprecation is None}
    deprecated = {pattern.ref.id for pattern in patterns} - served
    languages = {id.partition("/")[0] for id in served}
    for query in queries.asked:
        for sentence in _unknown_names(query, served, deprecated, languages):
            yield Problem(queries_file(library), f"{query.ask!r}: {sentence}")


def _triggers(workspace: Workspace, library: Library) -> Iterator[Problem]:
    """What is wrong with the library's own triggers, each held against all that questions are matched against."""
    own, problems = read_triggers(library)
    yield from problems
    if not own:
        return
    every, _ = read_stack(workspace.stack)
    try:
        handlers = workspace.settings.answers.handlers
    except (ConfigurationError, ManifestError):  # said by another check
        handlers = ()
    for name, sentence in trigger_problems(own, every, handlers):
        yield Problem(triggers_folder(library) / f"{name}.yaml", sentence)


def _unknown_names(query: Query, served: set[str], deprecated: set[str], languages: set[str]) -> Iterator[str]:
    for id in query.expect:
        near = similar_ids(id.rpartition("/")[2], served)
        hint = f"; did you mean {near[0]}?" if near else ""
        if id in deprecated:
            yield f"expects {id!r}, which is deprecated, so search does not show it{hint}"
        elif id not in served:
            yield f"expects {id!r}, which is no pattern of this library{hint}"
    if query.language and query.language not in languages:
        near = difflib.get_close_matches(query.language, languages, 1)
        yield f"language: no pattern of this library is {query.language!r}" + (f"; did you mean {near[0]}?" if near else "")


def published_commit(repository: Repository) -> str:
    """Where work that others have ends: the fork point from the remote's default branch, or HEAD where there is no remote."""
    for name in ("@{upstream}", "refs/remotes/origin/HEAD"):
        try:
            return repository.text("merge-base", "HEAD", name)
        except GitError:
            continue
    return repository.head()


def _is_reference(text: str) -> bool:
    try:
        parse_reference(text)
    except UsageError:
        return False
    return True


def readable(problem: Problem, top: Path) -> str:
    """A problem with its path relative to ``top`` where it lies below."""
    path = problem.path.relative_to(top) if problem.path.is_relative_to(top) else problem.path
    return f"{path}: {problem.sentence}"
