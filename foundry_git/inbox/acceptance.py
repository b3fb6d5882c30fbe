"""Acceptance: candidates become patterns in the work tree. The tool writes files; committing stays with the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from foundry_git.errors import LibraryError, UsageError
from foundry_git.evidence.events import Accepted, new_nonce
from foundry_git.evidence.ledger import Ledger
from foundry_git.extraction.next_version import alone, up_to_date
from foundry_git.extraction.passed_tests import companion
from foundry_git.extraction.screening import screened
from foundry_git.inbox.inbox import Inbox
from foundry_git.library.candidates import Candidate
from foundry_git.library.library import Library
from foundry_git.library.writing import next_version, write_version
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.naming import PatternRef, code_file, is_slug
from foundry_git.workspace import Workspace


@dataclass(frozen=True, slots=True)
class AcceptedPattern:
    """A candidate that is a pattern in the work tree now."""

    ref: PatternRef
    folder: Path
    candidate: Candidate


def accept(workspace: Workspace, references: Sequence[str], slug: str | None = None) -> list[AcceptedPattern]:
    """Write candidates into the library's work tree as patterns; ``slug`` renames the one that is accepted.

    Raises:
        SecretFoundError, LibraryError, UnknownPatternError, UsageError: nothing was written for any of them.
    """
    if slug is not None and (len(references) != 1 or not is_slug(slug)):
        raise UsageError(f"--as {slug}: takes one candidate and a name of lower-case letters, digits and single hyphens")
    library, inbox = workspace.need_library(), Inbox.of(workspace)
    asked = [_renamed(inbox.named(reference), slug) for reference in references]
    return [_write(inbox.ledger, library, candidate) for candidate in ready(workspace, library, asked)]


def ready(workspace: Workspace, library: Library, asked: Iterable[Candidate]) -> list[Candidate]:
    """The candidates as they are to become patterns: following the newest version, screened, under names that are free.

    Raises:
        SecretFoundError, PrivateDataError, LibraryError: one of them cannot.
    """
    screen = workspace.settings.screen
    chosen = [screened(up_to_date(workspace.patterns, library, candidate), screen) for candidate in asked]
    for candidate in chosen:
        _refuse_taken(library, candidate)
    return chosen


def _write(ledger: Ledger, library: Library, candidate: Candidate) -> AcceptedPattern:
    files = candidate.files()
    ref = PatternRef(candidate.id, next_version(library, candidate.id))
    folder = write_version(library, ref, files)
    event = Accepted(
        at=datetime.now(UTC), nonce=new_nonce(), id=ref.id, version=ref.version, digest=digest_of(files), shape=candidate.shape
    )
    ledger.record(event)
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
