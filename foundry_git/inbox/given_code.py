"""Code that is given by hand: checked, described by its metadata, and made a candidate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foundry_git.errors import ManifestError, SourceError, UsageError
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.manifest import FILE_NAME, read_manifest, write_manifest
from foundry_git.pattern.naming import code_file, free_id, slug_of
from foundry_git.pattern.record import Manifest, Origin
from foundry_git.pattern.tags_told import tags_told
from foundry_git.pattern.vocabulary import EXTENSIONS, KINDS
from foundry_git.source.privacy import scrubbed_prose
from foundry_git.source.reader import reader_of
from foundry_git.source.shapes import shape_of

WORTH = 50  # as much as a program's note: below the best of what is extracted
REASON = "given by hand"
_KINDS = tuple(kind for kind in KINDS if kind != "guidance")  # guidance has no code


def language_named(name: object) -> str:
    """A language that is read; Python where none is named.

    Raises:
        UsageError: it is none of them.
    """
    language = str(name or "python")
    if language not in EXTENSIONS:
        raise UsageError(f"language {language!r}: is none of {', '.join(EXTENSIONS)}")
    return language


def shape_of_given(code: str, language: str) -> str:
    """The shape of a piece of code.

    Raises:
        UsageError: it is empty, or it is not valid code of its language.
    """
    reader = reader_of(language)
    assert reader is not None, language  # every language with an extension has one
    try:
        shape = reader.shape(code, "")
    except SourceError as error:
        line = f"line {error.line}: " if error.line else ""
        raise UsageError(f"code: {line}{error.reason}; is it {language}? name another with metadata['language']") from None
    if shape == shape_of("", language):
        raise UsageError("code: is empty, but for comments; pass the text of a function, class or test")
    return shape


def candidate_of(code: str, metadata: Mapping[str, Any], shape: str, taken: Collection[str]) -> Candidate:
    """The candidate of a piece of code, as its metadata describes it, under a name that is not taken.

    Raises:
        UsageError: a description is missing, or something said of it fits no manifest.
    """
    language, description = (
        language_named(metadata.get("language")),
        scrubbed_prose(str(metadata.get("description") or "").strip()),
    )
    if not description:
        raise UsageError("metadata: description is missing; say in one sentence what the code does")
    kind = str(metadata.get("kind") or "function")
    if kind not in _KINDS:
        raise UsageError(f"metadata: kind {kind!r}: is none of {', '.join(_KINDS)}")
    name = scrubbed_prose(str(metadata.get("name") or description))
    id = free_id(language, slug_of(name), taken)
    manifest = Manifest(
        name=name,
        kind=kind,
        description=description,
        language=language,
        code=code_file(id.partition("/")[2], EXTENSIONS[language]),
        framework=str(metadata.get("framework") or ""),
        tags=tags_told("tags", metadata.get("tags") or ()),
        origin=Origin(author_date=datetime.now(UTC).isoformat(timespec="seconds")),
    )
    _check(manifest)
    return Candidate(id, manifest, code if code.endswith("\n") else f"{code}\n", shape, "", "", WORTH, (REASON,))


def _check(manifest: Manifest) -> None:
    """What could not be read back would be stored and never found."""
    try:
        read_manifest(write_manifest(manifest).encode(), Path(FILE_NAME))
    except ManifestError as error:
        raise UsageError(f"metadata: {'; '.join(error.problems)}") from None
