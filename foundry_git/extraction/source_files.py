"""Source files: which versions of which files to look at, and which units in them a commit touched.

Blobs of commits are read, never the work tree: what is not committed is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from foundry_git.extraction.limits import Allowance
from foundry_git.extraction.provenance import Provenance, on_disk, provenance_at, provenance_of
from foundry_git.git.history import Change, Commit, CommitChanges
from foundry_git.git.objects import BlobReader, TreeFile
from foundry_git.git.tree import CommitTree
from foundry_git.settings import ExtractionSettings
from foundry_git.source.closure import ReadText, nothing_else
from foundry_git.source.files import LARGEST
from foundry_git.source.languages import language_of
from foundry_git.source.manifests import NO_PROJECT, Project
from foundry_git.source.reader import sections_in

MOST_TEXTS = 200  # kept of one tree


class SourceFile(Struct, frozen=True):
    """One file version to look at; ``changed`` maps a symbol to the commit that touched it (None: every unit counts).

    ``touched`` names the commit that last touched a symbol, where history is known. ``skip`` is a reason not to look inside.
    ``licence``: an SPDX expression, from its header or what stands around it; "" when nothing says one. ``project``: what the
    repository's manifests say. ``read`` gives other files of the same tree.
    """

    path: str
    blob: str
    content: bytes
    commit: str
    author_date: str
    changed: Mapping[str, Commit] | None = None
    skip: str = ""
    touched: Mapping[str, Commit] = field(default_factory=dict)
    licence: str = ""
    project: Project = NO_PROJECT
    read: ReadText = nothing_else

    def touched_by(self, symbol: str) -> tuple[str, str]:
        """The commit that touched a unit, and its author date; the file's own where that is not known."""
        commit = (self.changed or {}).get(symbol) or self.touched.get(symbol)
        return (commit.id, commit.author_date) if commit else (self.commit, self.author_date)


LastTouched = Callable[[str], Mapping[str, Commit]]
"""Path → symbol → the commit that last touched it."""


class _Touched(Struct):
    """What the commits of a range did to one path: the symbols they changed, newest commit last, and what was left out."""

    last: Commit
    symbols: dict[str, Commit] = field(default_factory=dict)
    refused: list[SourceFile] = field(default_factory=list)
    looked_at: bool = False


def of_commits(tree: CommitTree, done: CommitChanges, settings: ExtractionSettings) -> Iterator[SourceFile]:
    """The files that commits changed, as they are in ``tree``, with the symbols they touched.

    What a commit is too large for is given as a file to skip.
    """
    changes = [change for change in done.changes if change.new_blob and language_of(change.path)]
    provenance = provenance_at(tree, sorted({change.path for change in changes}))
    read = _texts_in(tree)
    touched = _touched(changes, done.by_id, tree.objects, settings, provenance)
    there = tree.at(touched)
    for path, found in touched.items():
        file = there.get(path)
        if file is not None and found.looked_at:
            yield _source_file(file, tree, found.last, settings, provenance, read, found.symbols)
        yield from found.refused


def of_tree(
    tree: CommitTree,
    settings: ExtractionSettings,
    last: LastTouched | None = None,
    since: datetime | None = None,
) -> tuple[int, Iterator[SourceFile]]:
    """How many source files a commit's tree holds, and each of them; ``since``: only units that ``last`` says were touched later."""
    files = [file for file in tree.files if language_of(file.path)]
    return len(files), (_with_history(file, last, since) for file in _of_files(tree, files, settings))


def _with_history(file: SourceFile, last: LastTouched | None, since: datetime | None) -> SourceFile:
    if last is None or file.skip:
        return file
    touched = last(file.path)
    recent = {
        symbol: commit for symbol, commit in touched.items() if since and datetime.fromisoformat(commit.commit_date) >= since
    }
    return replace(file, touched=touched, changed=recent if since else None)


def of_folder(folder: Path, settings: ExtractionSettings, top: Path | None = None) -> tuple[int, Iterator[SourceFile]]:
    """How many source files lie below a folder of this machine (or are the one file named), and each of them.

    Their paths are given from ``top``, the repository they lie in; without one from the folder.
    """
    files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if _is_source(path))
    base = (top or (folder.parent if folder.is_file() else folder)).resolve()
    provenance = on_disk(base, [path.resolve() for path in files])
    read = _texts_below(base)
    return len(files), (
        _from_disk(path, path.resolve().relative_to(base).as_posix(), settings, provenance, read) for path in files
    )


def _is_source(path: Path) -> bool:
    return language_of(path.name) is not None and path.is_file() and not path.is_symlink()


def _of_files(tree: CommitTree, files: Sequence[TreeFile], settings: ExtractionSettings) -> Iterator[SourceFile]:
    provenance = provenance_of(tree)
    read = _texts_in(tree)
    for file in files:
        yield _source_file(file, tree, tree.commit, settings, provenance, read)


def _texts_in(tree: CommitTree) -> ReadText:
    """Read files of a tree by their paths; what many units need is read once."""

    @lru_cache(maxsize=MOST_TEXTS)
    def read(path: str) -> str | None:
        if path.endswith("/"):
            return "\n".join(tree.names(path.strip("/")))
        file = tree.at([path]).get(path)
        return _text(tree.read(file)) if file and file.size <= LARGEST else None

    return read


def _texts_below(base: Path) -> ReadText:
    """Read files below a folder by their paths."""

    @lru_cache(maxsize=MOST_TEXTS)
    def read(path: str) -> str | None:
        if path.endswith("/"):
            folder = base / path.strip("/")
            return "\n".join(sorted(one.name for one in folder.iterdir() if one.is_file())) if folder.is_dir() else None
        file = base / path
        is_there = file.is_file() and file.resolve().is_relative_to(base) and file.stat().st_size <= LARGEST
        return _text(file.read_bytes()) if is_there else None

    return read


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _from_disk(path: Path, relative: str, settings: ExtractionSettings, provenance: Provenance, read: ReadText) -> SourceFile:
    unread = _why_unread(relative, path.stat().st_size, settings)
    if unread:
        return SourceFile(relative, "", b"", "", "", skip=unread)
    content = path.read_bytes()
    skip, licence = provenance.why_skipped(relative, content), provenance.licence(relative, content)
    return SourceFile(relative, "", content, "", "", skip=skip, licence=licence, project=provenance.project, read=read)


def _source_file(
    file: TreeFile,
    tree: CommitTree,
    commit: Commit,
    settings: ExtractionSettings,
    provenance: Provenance,
    read: ReadText,
    changed: Mapping[str, Commit] | None = None,
) -> SourceFile:
    skip = _why_unread(file.path, file.size, settings)
    content = b"" if skip else tree.read(file)
    skip = skip or provenance.why_skipped(file.path, content)
    licence = "" if skip else provenance.licence(file.path, content)
    return SourceFile(
        file.path,
        file.blob,
        content,
        commit.id,
        commit.author_date,
        changed,
        skip,
        licence=licence,
        project=provenance.project,
        read=read,
    )


def _why_unread(path: str, size: int, settings: ExtractionSettings) -> str:
    if not settings.covers(path):
        return "out-of-scope"
    language = language_of(path)
    if language not in settings.languages:
        return "language"
    return "too-large" if size > LARGEST else ""


def _touched(
    changes: Sequence[Change],
    commits: Mapping[str, Commit],
    blobs: BlobReader,
    settings: ExtractionSettings,
    provenance: Provenance,
) -> dict[str, _Touched]:
    found: dict[str, _Touched] = {}
    allowance = Allowance()
    for change in changes:
        commit = commits[change.commit]
        entry = found.setdefault(change.path, _Touched(commit))
        if not _why_unread(change.path, 0, settings):
            before, after = (blobs.read(blob) if blob else None for blob in (change.old_blob, change.new_blob))
            if reason := allowance.take(commit.id, before, after):
                entry.refused.append(_refused(change, commit, reason))
                continue
            entry.symbols |= dict.fromkeys(_changed_symbols(change.path, before, after, provenance), commit)
        entry.last, entry.looked_at = commit, True
    return found


def _refused(change: Change, commit: Commit, reason: str) -> SourceFile:
    return SourceFile(change.path, change.new_blob, b"", commit.id, commit.author_date, skip=f"commit-too-large: {reason}")


def _changed_symbols(path: str, before: bytes | None, after: bytes | None, provenance: Provenance) -> set[str]:
    old, new = _bodies(path, before, provenance), _bodies(path, after, provenance)
    return {symbol for symbol, body in new.items() if old.get(symbol) != body}


def _bodies(path: str, content: bytes | None, provenance: Provenance) -> dict[str, str]:
    if not content or provenance.why_skipped(path, content):
        return {}
    return {section.symbol: section.body for section in sections_in(content, path)}
