"""Review: a person accepts or rejects candidates. The tool writes files; committing stays with the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from foundry_git.errors import LibraryError, UnknownPatternError, UsageError
from foundry_git.evidence.events import Accepted, Rejected, new_nonce
from foundry_git.evidence.kinds.reviews import Reason
from foundry_git.extraction.budget import inbox
from foundry_git.extraction.next_version import alone, up_to_date
from foundry_git.extraction.screening import screened
from foundry_git.extraction.testing import companion
from foundry_git.index.stack_index import similar_ids
from foundry_git.library.candidates import Candidate
from foundry_git.library.library import Library
from foundry_git.library.writing import next_version, write_version
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.naming import PatternRef, code_file, is_slug, parse_reference
from foundry_git.workspace import Workspace


@dataclass(frozen=True, slots=True)
class AcceptedPattern:
    """A candidate that is a pattern in the work tree now."""

    ref: PatternRef
    folder: Path
    candidate: Candidate


def open_candidates(workspace: Workspace) -> list[Candidate]:
    """The candidates that wait for a person: not those that are patterns already, nor what was rejected."""
    workspace.patterns.converge()
    settled = {*workspace.patterns.documents_by_shape(), *workspace.ledger.rejected_shapes()}
    ids = workspace.patterns.ids()
    waiting = [c for c in workspace.candidates.read() if c.shape not in settled]
    return [c for c in waiting if c.code or c.id not in ids]  # guidance has no code, and so no shape once it is accepted


def inbox_of(workspace: Workspace) -> list[Candidate]:
    """Those of the open candidates that a person is shown: few a week, the most worth first."""
    return inbox(open_candidates(workspace))


def candidate_of(workspace: Workspace, reference: str) -> Candidate:
    """The candidate that a person's reference means.

    Raises:
        UsageError: the reference is not well formed, or means several.
        UnknownPatternError: no candidate has that name.
    """
    wanted = parse_reference(reference)
    there = workspace.candidates.read()
    meant = [c for c in there if wanted.names(c.id, wanted.version or 1, wanted.library or "")]
    if not meant:
        raise UnknownPatternError(reference, "candidate", similar_ids(wanted.slug, {c.id for c in there}))
    if len(meant) > 1:
        raise UsageError(f"{reference}: means {' and '.join(c.id for c in meant)}; name one with its language")
    return meant[0]


def accept(workspace: Workspace, references: Sequence[str], slug: str | None = None) -> list[AcceptedPattern]:
    """Write candidates into the library's work tree as patterns; ``slug`` renames the one that is accepted.

    Raises:
        SecretFoundError, LibraryError, UnknownPatternError, UsageError: nothing was written for any of them.
    """
    if slug is not None and (len(references) != 1 or not is_slug(slug)):
        raise UsageError(f"--as {slug}: takes one candidate and a name of lower-case letters, digits and single hyphens")
    library = workspace.need_library()
    asked = [_renamed(candidate_of(workspace, reference), slug) for reference in references]
    return [_write(workspace, library, candidate) for candidate in ready(workspace, library, asked)]


def reject(workspace: Workspace, references: Sequence[str], reason: Reason = "none") -> list[Candidate]:
    """Refuse candidates: their shapes are never asked again."""
    chosen = [candidate_of(workspace, reference) for reference in references]
    at = datetime.now(UTC)
    workspace.ledger.record(*(Rejected(at=at, nonce=new_nonce(), shape=c.shape, reason=reason) for c in chosen))
    workspace.candidates.update([], chosen)
    return chosen


def ready(workspace: Workspace, library: Library, asked: Iterable[Candidate]) -> list[Candidate]:
    """The candidates as they are to become patterns: following the newest version, screened, under names that are free.

    Raises:
        SecretFoundError, PrivateDataError, LibraryError: one of them cannot.
    """
    chosen = [screened(workspace, up_to_date(workspace.patterns, library, candidate)) for candidate in asked]
    for candidate in chosen:
        _refuse_taken(library, candidate)
    return chosen


def _write(workspace: Workspace, library: Library, candidate: Candidate) -> AcceptedPattern:
    files = candidate.files()
    ref = PatternRef(candidate.id, next_version(library, candidate.id))
    folder = write_version(library, ref, files)
    event = Accepted(
        at=datetime.now(UTC), nonce=new_nonce(), id=ref.id, version=ref.version, digest=digest_of(files), shape=candidate.shape
    )
    workspace.ledger.record(event)
    return AcceptedPattern(ref, folder, candidate)


def _refuse_taken(library: Library, candidate: Candidate) -> None:
    if not candidate.supersedes and (library.patterns / candidate.id).exists():
        raise LibraryError(library.patterns / candidate.id, "there is a pattern of this name", "give another with --as NAME")


def _renamed(candidate: Candidate, slug: str | None) -> Candidate:
    if slug is None:
        return candidate
    language = candidate.id.partition("/")[0]
    old = candidate.manifest.code
    new = code_file(slug, old.rpartition(".")[2])
    tests = companion.renamed(candidate.tests, old, new)
    own = alone(candidate)  # under another name it is no version of the pattern it was a part of
    return replace(own, id=f"{language}/{slug}", manifest=replace(own.manifest, code=new), tests=tests)
