"""Gathering: which versions of which files to look at, and which units in them a commit touched.

Blobs of commits are read, never the work tree: what is not committed is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from foundry_git.errors import SourceError
from foundry_git.extraction.settings import ExtractionSettings
from foundry_git.git.history import Change, Commit, changes_of
from foundry_git.git.objects import BlobReader, TreeFile, files_of
from foundry_git.git.repository import Repository
from foundry_git.source.files import LARGEST, why_skipped
from foundry_git.source.languages import language_of, reader_of
from foundry_git.source.units import read_units

MAX_FILES_PER_COMMIT = 200  # of an import or a reformatting the first ones do; `foundry extract --all` takes every file


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file version to look at; ``changed`` maps a symbol to the commit that touched it (None: every unit counts).

    ``skip`` is a reason not to look inside.
    """

    path: str
    blob: str
    content: bytes
    commit: str
    author_date: str
    changed: Mapping[str, Commit] | None = None
    skip: str = ""


@dataclass(slots=True)
class _Touched:
    """What the commits of a range did to one path: the symbols they changed, newest commit last."""

    last: Commit
    symbols: dict[str, Commit] = field(default_factory=dict)


def of_commits(repository: Repository, commits: Sequence[Commit], at: str, settings: ExtractionSettings) -> Iterator[SourceFile]:
    """The files that ``commits`` changed, as they are at the commit ``at``, with the symbols they touched.

    Merges are passed over: what they bring was somebody's commit.
    """
    known = {commit.id: commit for commit in commits if len(commit.parents) < 2}
    changes = changes_of(repository, list(known.values()))
    with BlobReader(repository) as blobs:
        touched = _touched(changes, known, blobs, settings)
        there = {file.path: file for file in _files_at(repository, at, list(touched))}
        for path, found in touched.items():
            file = there.get(path)
            if file is not None:
                yield _source_file(file, blobs, found.last, settings, found.symbols)


def of_tree(repository: Repository, commit: Commit, settings: ExtractionSettings) -> tuple[int, Iterator[SourceFile]]:
    """How many source files a commit's tree holds, and each of them."""
    files = [file for file in files_of(repository, commit.id) if language_of(file.path)]
    return len(files), _of_tree(repository, files, commit, settings)


def of_folder(folder: Path, settings: ExtractionSettings, top: Path | None = None) -> tuple[int, Iterator[SourceFile]]:
    """How many source files lie below a folder of this machine (or are the one file named), and each of them.

    Their paths are given from ``top``, the repository they lie in; without one from the folder.
    """
    files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if _is_source(path))
    base = (top or (folder.parent if folder.is_file() else folder)).resolve()
    return len(files), (_from_disk(path, path.resolve().relative_to(base).as_posix(), settings) for path in files)


def _is_source(path: Path) -> bool:
    return language_of(path.name) is not None and path.is_file() and not path.is_symlink()


def _of_tree(
    repository: Repository, files: Sequence[TreeFile], commit: Commit, settings: ExtractionSettings
) -> Iterator[SourceFile]:
    with BlobReader(repository) as blobs:
        for file in files:
            yield _source_file(file, blobs, commit, settings, None)


def _from_disk(path: Path, relative: str, settings: ExtractionSettings) -> SourceFile:
    unread = _why_unread(relative, path.stat().st_size, settings)
    if unread:
        return SourceFile(relative, "", b"", "", "", skip=unread)
    content = path.read_bytes()
    return SourceFile(relative, "", content, "", "", skip=why_skipped(relative, content) or "")


def _source_file(
    file: TreeFile, blobs: BlobReader, commit: Commit, settings: ExtractionSettings, changed: Mapping[str, Commit] | None
) -> SourceFile:
    skip = _why_unread(file.path, file.size, settings)
    content = b"" if skip else blobs.read(file.blob) or b""
    skip = skip or why_skipped(file.path, content) or ""
    return SourceFile(file.path, file.blob, content, commit.id, commit.author_date, changed, skip)


def _why_unread(path: str, size: int, settings: ExtractionSettings) -> str:
    if not settings.covers(path):
        return "out-of-scope"
    language = language_of(path)
    if language not in settings.languages:
        return "language"
    if language is None or reader_of(language) is None:
        return "no-reader"
    return "too-large" if size > LARGEST else ""


def _touched(
    changes: Sequence[Change], commits: Mapping[str, Commit], blobs: BlobReader, settings: ExtractionSettings
) -> dict[str, _Touched]:
    found: dict[str, _Touched] = {}
    counted: dict[str, int] = {}
    for change in changes:
        counted[change.commit] = counted.get(change.commit, 0) + 1
        if counted[change.commit] > MAX_FILES_PER_COMMIT or not language_of(change.path):
            continue
        commit = commits[change.commit]
        entry = found.setdefault(change.path, _Touched(commit))
        entry.last = commit
        if settings.covers(change.path):
            entry.symbols |= dict.fromkeys(_changed_symbols(change, blobs), commit)
    return found


def _changed_symbols(change: Change, blobs: BlobReader) -> set[str]:
    before = _bodies(change.path, blobs.read(change.old_blob) if change.old_blob else None)
    after = _bodies(change.path, blobs.read(change.new_blob))
    return {symbol for symbol, body in after.items() if before.get(symbol) != body}


def _bodies(path: str, content: bytes | None) -> dict[str, str]:
    if not content or why_skipped(path, content):
        return {}
    try:
        return {unit.symbol: unit.body for unit in read_units(content.decode("utf-8"), path)}
    except (SourceError, UnicodeDecodeError):
        return {}


def _files_at(repository: Repository, commit: str, paths: Sequence[str]) -> list[TreeFile]:
    wanted = set(paths)
    if not wanted:
        return []
    few = list(paths) if len(paths) <= MAX_FILES_PER_COMMIT else []
    return [file for file in files_of(repository, commit, few) if file.path in wanted]
