"""Documents made: of a version of a pattern, of a unit of HEAD, and of code that stands in no file of a repository.

Whoever searches what did not change makes none, so that this module and the readers of source code below it are loaded late.
"""

from __future__ import annotations

import hashlib

from foundry_git.index.document import HEAD, Document
from foundry_git.index.starter_shapes import starter_shapes
from foundry_git.pattern.record import Origin, Pattern
from foundry_git.source.privacy import scrubbed_prose
from foundry_git.source.shapes import shape_of
from foundry_git.source.units import Unit


def document_of_pattern(pattern: Pattern, place: str) -> Document:
    """A pattern as the index sees it."""
    manifest, origin = pattern.manifest, pattern.manifest.origin or Origin()
    shape = starter_shapes().get(pattern.digest) or (pattern.code and shape_of(pattern.code, manifest.language, origin.symbol))
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
        shape=shape,
        origin_repository=origin.repository,
        origin_roots=origin.roots,
        origin_commit=origin.commit,
        origin_path=origin.path,
        origin_symbol=origin.symbol,
        requires=manifest.requires,
        conflicts=manifest.conflicts,
        deprecated=pattern.deprecation is not None,
    )


def document_of_unit(unit: Unit, path: str) -> Document:
    """A unit as the index sees it; what is personal in its text is left out, for it is kept beside the repository."""
    place, code = f"{path}:{unit.symbol}", scrubbed_prose(unit.body)
    return Document(
        library=HEAD,
        place=place,
        id=place,
        digest=hashlib.sha256(f"{place}\n{code}".encode("utf-8", "surrogatepass")).hexdigest(),
        name=unit.name,
        kind=unit.kind,
        language=unit.language,
        framework=unit.framework,
        description=scrubbed_prose(unit.description) if unit.docstring else "",
        code=code,
        path=path,
        line=unit.start_line,
        shape=unit.shape,
    )


def document_of_code(code: str, language: str, path: str, line: int) -> Document:
    """Code in which no unit is found, from ``line`` of ``path``, to be compared as it stands."""
    place = f"{path}:{line}"
    return Document(
        library=HEAD,
        place=place,
        id=place,
        kind="function",
        language=language,
        code=code,
        path=path,
        line=line,
        shape=shape_of(code, language),
    )
