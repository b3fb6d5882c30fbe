"""Reading a library: patterns and problems, never an exception for a bad file.

One bad file is reported loudly and stops nothing else. A library is data from other people, so nothing is followed out of it: links
are refused, and a manifest can only name a plain file beside itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from foundry_git.errors import ManifestError, NewerSchemaError
from foundry_git.library.library import Library
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.manifest import DEPRECATED_FILE, FILE_NAME, read_deprecation, read_manifest
from foundry_git.pattern.naming import PatternRef, is_slug, parse_version
from foundry_git.pattern.record import Deprecation, Manifest, Pattern
from foundry_git.system.files import open_itself
from foundry_git.system.leftovers import is_leftover

MAX_BYTES = 256 * 1024
MAX_FILES = 32
TRIGGERS = "triggers"
_LINK = "a symbolic link; links are not followed, put the files themselves here"

_LEFT = "what a command that was killed has left behind; delete it"

Stamp = tuple[str, int, int, int, int]
"""What tells a changed file without reading it: name, size, mtime and ctime in nanoseconds, inode."""


class Problem(Struct, frozen=True):
    """One thing wrong with one file or folder of a library."""

    path: Path
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}"


class VersionFolder(Struct, frozen=True):
    """One version's folder as found on disk, not yet read; ``place`` is its path inside ``patterns/``."""

    place: str
    folder: Path
    ref: PatternRef
    stamps: tuple[Stamp, ...]


class Survey(Struct, frozen=True):
    """What a library holds, or a part of it: its version folders, what is wrong with it, and every path that this depends on."""

    folders: list[VersionFolder]
    problems: list[Problem]
    paths: list[str]


def read_library(library: Library) -> tuple[list[Pattern], list[Problem]]:
    """Read every version of every pattern: the good ones, and a problem for each bad file."""
    folders, problems = scan(library)
    patterns = []
    for folder in folders:
        read = read_version(library.name, folder)
        if isinstance(read, Pattern):
            patterns.append(read)
        else:
            problems.append(read)
    return patterns, problems


def scan(library: Library) -> tuple[list[VersionFolder], list[Problem]]:
    """List the version folders with the stamps of their files, and the problems; nothing is opened."""
    found = survey(library)
    return found.folders, found.problems


def survey(library: Library) -> Survey:
    """Go through the folders of a library; nothing is opened. 1,000 patterns take about 30 ms."""
    found = Survey([], [], [])
    if library.patterns.is_symlink():
        return Survey([], [Problem(library.patterns, _LINK)], [str(library.patterns)])
    for language in _folders(library.patterns, found):
        if language.name != TRIGGERS:
            for slug in slugs(language.name, language.path, found):
                found.folders.extend(versions(language.name, slug.name, slug.path, found))
    return found


def slugs(language: str, folder: str, found: Survey) -> Iterator[os.DirEntry[str]]:
    """The folders of the patterns of a language; what else is there goes into ``found``."""
    for slug in _folders(folder, found):
        if is_slug(language) and is_slug(slug.name):
            yield slug
        else:
            sentence = "not LANGUAGE/SLUG in lower-case letters, digits and single hyphens"
            found.problems.append(Problem(Path(slug.path), sentence))


def versions(language: str, slug: str, folder: str, found: Survey) -> Iterator[VersionFolder]:
    """The versions of a pattern; what else is there goes into ``found``."""
    shared: list[Stamp] = []
    folders: list[tuple[int, os.DirEntry[str]]] = []
    for entry in _entries(folder, found):
        version = parse_version(entry.name)
        if entry.is_symlink():
            found.problems.append(Problem(Path(entry.path), _LINK))
        elif entry.name == DEPRECATED_FILE and entry.is_file():
            shared.append(_stamp(entry))
            found.paths.append(entry.path)
        elif entry.is_dir() and version is not None:
            folders.append((version, entry))
        else:
            sentence = f"not expected here; versions are folders v1, v2, …, beside {DEPRECATED_FILE}"
            found.problems.append(Problem(Path(entry.path), sentence))
    for version, entry in folders:
        stamps = _stamps(entry, found)
        if stamps is not None:
            ref = PatternRef(f"{language}/{slug}", version)
            yield VersionFolder(f"{ref.id}/{entry.name}", Path(entry.path), ref, (*stamps, *shared))


def read_version(library: str, found: VersionFolder) -> Pattern | Problem:
    """Read one version: its pattern, or the problem that keeps it from being served."""
    try:
        return _read(library, found)
    except ManifestError as error:
        return Problem(error.path, "; ".join(error.problems))
    except NewerSchemaError as error:
        return Problem(error.path, str(error).removeprefix(f"{error.path}: "))
    except OSError as error:
        return Problem(found.folder, f"cannot be read ({error.strerror})")


def _read(library: str, found: VersionFolder) -> Pattern:
    files = {stamp[0]: _content(found.folder / stamp[0]) for stamp in found.stamps if stamp[0] != DEPRECATED_FILE}
    if FILE_NAME not in files:
        raise ManifestError(found.folder, [f"{FILE_NAME} is missing"])
    manifest = read_manifest(files[FILE_NAME], found.folder / FILE_NAME)
    return Pattern(
        ref=found.ref,
        library=library,
        manifest=manifest,
        digest=digest_of(files),
        code=_code(manifest, files, found),
        folder=found.folder,
        deprecation=_deprecation(found),
    )


def _code(manifest: Manifest, files: dict[str, bytes], found: VersionFolder) -> str:
    language = found.ref.id.partition("/")[0]
    if manifest.language != language:
        raise ManifestError(found.folder / FILE_NAME, [f"language: {manifest.language!r}, but the folder says {language!r}"])
    if not manifest.code:
        return ""
    if manifest.code not in files:
        raise ManifestError(found.folder / FILE_NAME, [f"code: {manifest.code} is not in {found.folder}"])
    try:
        return files[manifest.code].decode("utf-8")
    except UnicodeDecodeError as error:
        raise ManifestError(found.folder / manifest.code, [f"not UTF-8 at byte {error.start}"]) from None


def _deprecation(found: VersionFolder) -> Deprecation | None:
    file = found.folder.parent / DEPRECATED_FILE
    if not any(stamp[0] == DEPRECATED_FILE for stamp in found.stamps):
        return None
    said = read_deprecation(_content(file), file)
    return said if not said.versions or found.ref.version in said.versions else None


def _content(path: Path) -> bytes:
    handle = open_itself(path)
    with os.fdopen(handle, "rb") as file:
        content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ManifestError(path, [f"{os.fstat(handle).st_size:,} bytes; at most {MAX_BYTES:,} are read"])
    return content


def _folders(folder: Path | str, found: Survey) -> Iterator[os.DirEntry[str]]:
    for entry in _entries(folder, found):
        if entry.is_symlink():
            found.problems.append(Problem(Path(entry.path), _LINK))
        elif entry.is_dir():
            yield entry


def _entries(folder: Path | str, found: Survey) -> list[os.DirEntry[str]]:
    found.paths.append(str(folder))
    try:
        with os.scandir(folder) as entries:
            there = sorted(entries, key=lambda e: e.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        found.problems.append(Problem(Path(folder), f"cannot be read ({error.strerror})"))
        return []
    found.problems.extend(Problem(Path(e.path), _LEFT) for e in there if is_leftover(e.name))
    return [e for e in there if not e.name.startswith((".", "__pycache__"))]


def _stamps(version: os.DirEntry[str], found: Survey) -> list[Stamp] | None:
    entries = _entries(version.path, found)
    odd = [Problem(Path(entry.path), reason) for entry in entries if (reason := _oddity(entry))]
    if odd:
        found.problems.append(odd[0])
        return None
    if len(entries) > MAX_FILES:
        found.problems.append(Problem(Path(version.path), f"{len(entries)} files; at most {MAX_FILES} make a version"))
        return None
    found.paths.extend(entry.path for entry in entries)
    return [_stamp(entry) for entry in entries]


def _oddity(entry: os.DirEntry[str]) -> str:
    """Why a file cannot be part of a version, or ""."""
    if not entry.is_file(follow_symlinks=False):
        return f"{'a symbolic link' if entry.is_symlink() else 'not a regular file'}; a version holds regular files only"
    is_utf8 = os.fsencode(entry.name).decode("utf-8", "ignore") == entry.name
    return "" if is_utf8 else "a file name that is not UTF-8; rename it"


def _stamp(entry: os.DirEntry[str]) -> Stamp:
    facts = entry.stat(follow_symlinks=False)
    return entry.name, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino
