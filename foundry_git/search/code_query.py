"""What somebody asks about: code in a file, from stdin, staged, or new since a revision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.errors import SourceError, UsageError
from foundry_git.git import differences
from foundry_git.git.history import Change
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.index.document import Document
from foundry_git.index.documents import document_of_code, document_of_unit
from foundry_git.pattern.vocabulary import EXTENSIONS
from foundry_git.search.file_units import attributes_of, read_all, units_of
from foundry_git.source.files import is_aside, is_source, why_skipped
from foundry_git.source.languages import family_of, language_of
from foundry_git.source.reader import read_units
from foundry_git.source.shingles import ShingleIndex, shingles_of
from foundry_git.source.units import Unit

_RANGE = re.compile(r"(?P<path>.+):(?P<first>\d{1,9})(?:-(?P<last>\d{1,9}))?")
STDIN = "stdin"
MOVED = 0.5  # of the shingles shared with what is gone


class CodeQuery(Struct, frozen=True):
    """``pieces``: what is asked about. ``standing``: all units of their files as they are now, for which HEAD's ``files`` give way.

    ``fresh``: the places of all units that a change brought; what is like these only was not there before. None where it is not asked
    about a change. ``short``: how many were left out for their length.
    """

    pieces: Sequence[Document]
    standing: Sequence[Document] = ()
    files: frozenset[str] = frozenset()
    fresh: frozenset[str] | None = None
    short: int = 0


def of_place(place: str, repository: Repository | None, language: str = "", least: int = 1) -> CodeQuery:
    """The units of ``FILE``, or those that overlap the lines of ``FILE:A-B``, as they are in the work tree.

    Of a whole file, those of at least so many lines of code, where one is that long. Code in which no unit is found is asked about as
    it stands.

    Raises:
        UsageError: there is no such file or line, or it cannot be read as a language we know.
    """
    path, lines = _place(place)
    text = _text(path)
    count = text.count("\n") + (not text.endswith("\n"))
    if lines is not None and lines[1] > count:
        raise UsageError(f"{place}: the file has {count} lines; name some of them")
    name = _inside(path, repository)
    language = language or language_of(path.name) or ""
    if not language:
        raise UsageError(f"{path}: its name tells no language that is read here; say which with --language")
    units = _units(text, name, language)
    chosen = _on(units, *lines) if lines else [unit for unit in units if unit.measures.lines >= least] or units
    standing = [document_of_unit(unit, name) for unit in units]
    pieces = [document_of_unit(unit, name) for unit in chosen] or [_whole(_cut(text, lines), name, language, lines)]
    short = 0 if lines else max(0, len(units) - len(chosen))
    return CodeQuery(pieces, standing, frozenset({name} if units else ()), short=short)


def of_text(content: bytes, language: str = "") -> CodeQuery:
    """The units of a text that stands nowhere, or the whole of it; without ``language``, in the one that reads most of it.

    Raises:
        UsageError: the text is empty or none in UTF-8, or no language reads it.
    """
    text = _decoded(content, STDIN, "pipe code in, or name a file")
    language = language or _language(text)
    units = _units(text, STDIN, language)
    return CodeQuery([document_of_unit(unit, STDIN) for unit in units] or [_whole(text, STDIN, language)])


def staged(repository: Repository, least: int = 1, patterns: str = "") -> CodeQuery:
    """The units of at least so many lines of code that are staged and that HEAD does not have, moved or renamed either.

    Tests and what others wrote are left out, and so is the library's own folder of ``patterns``.
    """
    changes = _outside(patterns, differences.staged(repository))
    with BlobReader(repository) as blobs:
        versions = _Versions(repository, blobs)
        brought = versions.brought(changes, least)
        standing = [piece for change in changes for piece in versions.standing(change)]
    files = frozenset(path for change in changes for path in (change.path, change.old_path))
    return replace(brought, standing=standing, files=files)


def since(repository: Repository, revision: str, least: int = 1, patterns: str = "") -> CodeQuery:
    """The units of HEAD, of at least so many lines of code, that are new since it left a revision, and were not moved or renamed.

    Tests and what others wrote are left out, and so is the library's own folder of ``patterns``.

    Raises:
        UsageError: the revision cannot be compared with HEAD.
    """
    changes = _outside(patterns, differences.since(repository, revision))
    with BlobReader(repository) as blobs:
        return _Versions(repository, blobs).brought(changes, least)


def _outside(folder: str, changes: Sequence[Change]) -> list[Change]:
    """The changes outside of the library's folder, and of examples and the like, which are alike on purpose."""
    outside = [change for change in changes if not folder or not change.path.startswith(f"{folder}/")]
    return [change for change in outside if not is_aside(change.path)]


class _Versions:
    """Reads the units of file versions."""

    def __init__(self, repository: Repository, blobs: BlobReader) -> None:
        self._blobs = blobs
        self._attributes = attributes_of(files_of(repository, repository.head()), blobs)

    def brought(self, changes: Sequence[Change], least: int) -> CodeQuery:
        """The units that changes brought; ``fresh`` are also those that they only moved or renamed.

        A unit is moved or renamed where one of the same shape, or much like it, is gone from another place.
        """
        fresh: list[tuple[str, Unit]] = []
        gone: list[Unit] = []
        for change in changes:
            before = {unit.symbol: unit for unit in self._units(change.old_path, change.old_blob)}
            now = {unit.symbol: unit for unit in self._units(change.path, change.new_blob)}
            fresh += [(change.path, unit) for symbol, unit in now.items() if symbol not in before]
            gone += [unit for symbol, unit in before.items() if symbol not in now]
        taken = _Gone(gone)
        documents = [(unit, document_of_unit(unit, path)) for path, unit in fresh]
        new = [(unit, document) for unit, document in documents if not taken.has(unit)]
        pieces = [document for unit, document in new if unit.measures.lines >= least]
        return CodeQuery(pieces, fresh=frozenset(document.place for _, document in documents), short=len(new) - len(pieces))

    def standing(self, change: Change) -> list[Document]:
        """The units of the new version."""
        return [document_of_unit(unit, change.path) for unit in self._units(change.path, change.new_blob)]

    def _units(self, path: str, blob: str) -> list[Unit]:
        content = (self._blobs.read(blob) if blob and is_source(path) else None) or b""
        if not content or why_skipped(path, content, self._attributes.of(path)):
            return []
        return [unit for unit in units_of(content, path) if not unit.is_test]


class _Gone:
    """Units that are not where they were."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._shapes = {unit.shape for unit in units}
        self._alike: dict[str, ShingleIndex] = {}
        for number, unit in enumerate(units):
            index = self._alike.setdefault(family_of(unit.language), ShingleIndex())
            index.add(str(number), shingles_of(unit.body, unit.language))

    def has(self, unit: Unit) -> bool:
        """Say whether a unit is one of them, under another name, in another place, or a little changed."""
        index = self._alike.get(family_of(unit.language))
        return unit.shape in self._shapes or bool(index and index.alike(shingles_of(unit.body, unit.language), MOVED))


def _place(place: str) -> tuple[Path, tuple[int, int] | None]:
    found = _RANGE.fullmatch(place)
    if found is None or Path(place).exists():
        return Path(place), None
    first = int(found["first"])
    last = int(found["last"] or first)
    if not 0 < first <= last:
        raise UsageError(f"{place}: no lines; write FILE:A-B with A from 1 and B no less")
    return Path(found["path"]), (first, last)


def _text(path: Path) -> str:
    if path.is_dir():
        raise UsageError(f"{path}: is a folder; name a file in it")
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{path}: no such file") from None
    return _decoded(content, str(path), "name a source file")


def _decoded(content: bytes, place: str, next_step: str) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{place}: not a text in UTF-8; {next_step}") from None
    if "\0" in text or not text.strip():
        raise UsageError(f"{place}: {'not a text' if text.strip() else 'empty'}; {next_step}")
    return text


def _on(units: Sequence[Unit], first: int, last: int) -> list[Unit]:
    """The units that overlap some lines; classes only where no function or method of theirs does."""
    found = [unit for unit in units if unit.start_line <= last and first <= unit.end_line]
    return [unit for unit in found if unit.kind != "class"] or found


def _inside(path: Path, repository: Repository | None) -> str:
    """The path as the repository has it, or as it was given outside of one."""
    top = repository.top.resolve() if repository and repository.top else None
    resolved = path.resolve()
    return resolved.relative_to(top).as_posix() if top and resolved.is_relative_to(top) else path.as_posix()


def _units(text: str, path: str, language: str) -> list[Unit]:
    named = path if language_of(path) == language else f"{path}.{EXTENSIONS[language]}"
    try:
        return read_all(text, named)
    except SourceError:  # half-written code is compared as it is
        return []


def _cut(text: str, lines: tuple[int, int] | None) -> str:
    return text if lines is None else "\n".join(text.split("\n")[lines[0] - 1 : lines[1]])


def _whole(text: str, path: str, language: str, lines: tuple[int, int] | None = None) -> Document:
    if not text.strip():
        raise UsageError(f"{path}: these lines are empty; name some that hold code")
    return document_of_code(text, language, path, lines[0] if lines else 1)


def _language(text: str) -> str:
    """The language that finds most units in a text; where none finds one, the first that reads it at all."""
    found: dict[str, int] = {}
    for language, extension in EXTENSIONS.items():
        try:
            found[language] = len(read_units(text, f"{STDIN}.{extension}"))
        except SourceError:
            continue
    if not found:
        raise UsageError("stdin: no language that is read here; say which with --language")
    return max(found, key=lambda language: found[language])
