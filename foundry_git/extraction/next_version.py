"""The next version: how the changed origin of an accepted pattern becomes its next version."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.errors import SourceError, UnknownPatternError
from foundry_git.evidence.scoring import UNTESTED, sentence
from foundry_git.extraction.near_duplicates import MOST_LINES, difference
from foundry_git.history.units_at import UnitsAt
from foundry_git.index.stack_index import StackIndex
from foundry_git.library.candidates import Candidate
from foundry_git.library.library import Library
from foundry_git.library.writing import next_version
from foundry_git.pattern.naming import PatternRef, code_file, parse_reference
from foundry_git.pattern.record import Pattern
from foundry_git.pattern.vocabulary import EXTENSIONS
from foundry_git.source.reader import read_units
from foundry_git.workspace import Workspace


class Succession(Struct, frozen=True):
    """What a changed descendant brings: the version before it, the lines of the difference, what is known of that version."""

    predecessor: PatternRef
    difference: list[str]
    evidence: str


def succeed(candidate: Candidate, predecessor: Pattern) -> Candidate:
    """Make a changed descendant the next version: what people wrote of the version before stays unless the docstring changed."""
    before, manifest = predecessor.manifest, candidate.manifest
    slug = candidate.id.partition("/")[2]
    manifest = replace(
        manifest,
        name=before.name,
        code=code_file(slug, EXTENSIONS[manifest.language]),
        requires=before.requires,
        conflicts=before.conflicts,
        supersedes=(str(predecessor.ref),),
        suggested_action=before.suggested_action,
    )
    if _docstring(candidate.code, manifest.language) == _docstring(predecessor.code, manifest.language):
        manifest = replace(manifest, description=before.description, tags=before.tags)
    return replace(candidate, manifest=manifest, supersedes=str(predecessor.ref))


def succeeding(patterns: StackIndex, library: Library | None, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates as they are to be stored: each that supersedes a version of ``library`` as the next after it."""
    return [succeed(one, _predecessor(patterns, library, one)) if library and one.supersedes else one for one in candidates]


def up_to_date(patterns: StackIndex, library: Library, candidate: Candidate) -> Candidate:
    """A candidate as the library stands now: it supersedes the newest version, or, where the pattern is gone, none."""
    if not candidate.supersedes:
        return candidate
    newest = next_version(library, candidate.id) - 1
    if newest < 1:
        return alone(candidate)
    if newest != parse_reference(candidate.supersedes).version:
        candidate = replace(candidate, supersedes=f"{candidate.id}@{newest}")
    return succeed(candidate, _predecessor(patterns, library, candidate))


def alone(candidate: Candidate) -> Candidate:
    """A candidate that is a pattern of its own and supersedes nothing."""
    return replace(candidate, supersedes="", manifest=replace(candidate.manifest, supersedes=()))


def next_ref(candidate: Candidate) -> PatternRef | None:
    """The version that a changed descendant would become; None for another candidate."""
    version = parse_reference(candidate.supersedes).version if candidate.supersedes else None
    return PatternRef(candidate.id, version + 1) if version else None


def succession_of(workspace: Workspace, candidate: Candidate, most: int | None = MOST_LINES) -> Succession | None:
    """What a changed descendant brings; None for another candidate, and where the version before is gone."""
    if not candidate.supersedes:
        return None
    try:
        before = _predecessor(workspace.patterns, workspace.need_library(), candidate)
    except UnknownPatternError:
        return None
    names = str(before.ref), str(PatternRef(before.ref.id, before.ref.version + 1))
    evidence = sentence(workspace.scores().get(before.digest, UNTESTED))
    return Succession(before.ref, difference(before.code, candidate.code, names, most), evidence)


def withdrawn(units: UnitsAt, patterns: StackIndex, library: Library | None, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The changed descendants that are none any more: the code is again that of a version, or the pattern is gone."""
    waiting = [candidate for candidate in candidates if candidate.supersedes]
    if not waiting:
        return []
    patterns.converge()
    shapes: dict[str, set[str]] = {}
    for row in patterns.rows():
        if library and row.library == library.name:
            shapes.setdefault(row.id, set()).add(row.shape)
    return [one for one in waiting if one.id not in shapes or units.shape_at(one.key) in shapes[one.id]]


def _predecessor(patterns: StackIndex, library: Library, candidate: Candidate) -> Pattern:
    return patterns.pattern_of(f"{library.name}:{candidate.supersedes}")


def _docstring(code: str, language: str) -> str:
    try:
        units = read_units(code, f"code.{EXTENSIONS[language]}")
    except SourceError:
        return ""
    return units[-1].docstring if units else ""
