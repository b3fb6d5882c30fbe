"""Acceptance: candidates become patterns in the work tree. The tool writes files; committing stays with the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.errors import LibraryError, UnknownPatternError, UsageError
from foundry_git.evidence.events import Accepted, new_nonce
from foundry_git.evidence.ledger import Ledger
from foundry_git.extraction.next_version import alone, up_to_date
from foundry_git.extraction.passed_tests import companion
from foundry_git.extraction.screening import screened
from foundry_git.inbox.inbox import Inbox
from foundry_git.library.candidates import Candidate
from foundry_git.library.library import Library
from foundry_git.library.writing import is_taken, next_version, write_version
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.naming import PatternRef, code_file, is_slug
from foundry_git.pattern.record import Pattern
from foundry_git.pattern.vocabulary import NEEDS
from foundry_git.source.reader import left_open
from foundry_git.workspace import Workspace


class AcceptedPattern(Struct, frozen=True):
    """A candidate that is a pattern in the work tree now."""

    ref: PatternRef
    folder: Path
    candidate: Candidate


def accept(
    workspace: Workspace, references: Sequence[str], slug: str | None = None, is_forced: bool = False
) -> list[AcceptedPattern]:
    """Write candidates into the library's work tree as patterns; ``slug`` renames the one that is accepted.

    What was written before this was killed is not written again. With ``is_forced`` also what does not stand alone, marked as such.

    Raises:
        SecretFoundError, LibraryError, UnknownPatternError, UsageError: nothing was written for any of them.
    """
    if slug is not None and (len(references) != 1 or not is_slug(slug)):
        raise UsageError(f"--as {slug}: takes one candidate and a name of lower-case letters, digits and single hyphens")
    library, inbox = workspace.need_library(), Inbox.of(workspace)
    asked = [_renamed(inbox.named(reference), slug) for reference in references]
    unfinished = {candidate.id: there for candidate in asked if (there := _written(workspace, library, inbox.ledger, candidate))}
    fresh = ready(workspace, library, [candidate for candidate in asked if candidate.id not in unfinished])
    new = iter([_whole(candidate, is_forced) for candidate in fresh])
    return [
        _note(inbox.ledger, candidate, there.ref, there.digest, there.folder)
        if (there := unfinished.get(candidate.id))
        else _write(inbox.ledger, library, next(new))
        for candidate in asked
    ]


def ready(workspace: Workspace, library: Library, asked: Iterable[Candidate]) -> list[Candidate]:
    """The candidates as they are to become patterns: following the newest version, screened, under names that are free.

    Raises:
        SecretFoundError, PrivateDataError, LibraryError: one of them cannot.
    """
    screen = workspace.settings.screen
    chosen = [screened(up_to_date(workspace.patterns, library, candidate), screen) for candidate in asked]
    for candidate in chosen:
        if not candidate.supersedes and is_taken(library, candidate.id):
            raise LibraryError(library.patterns / candidate.id, "there is a pattern of this name", "give another with --as NAME")
    return chosen


def _whole(candidate: Candidate, is_forced: bool) -> Candidate:
    """A candidate that stands alone, or is marked as one that does not.

    Raises:
        LibraryError: it does not, and nobody insists.
    """
    manifest = candidate.manifest
    lacking = () if manifest.kind == "test" else left_open(candidate.code, manifest.language, candidate.origin.path)
    if not lacking:
        return candidate
    if not is_forced:
        fix = "copy what it needs into the unit's file, or accept it as a part with --force"
        raise LibraryError(Path(candidate.id), f"does not stand alone: needs {'; '.join(lacking)}", fix)
    said = f"{manifest.suggested_action} {NEEDS}{'; '.join(lacking)}.".strip()
    return replace(candidate, manifest=replace(manifest, suggested_action=said))


def _write(ledger: Ledger, library: Library, candidate: Candidate) -> AcceptedPattern:
    files = candidate.files()
    ref = PatternRef(candidate.id, next_version(library, candidate.id))
    return _note(ledger, candidate, ref, digest_of(files), write_version(library, ref, files))


def _note(ledger: Ledger, candidate: Candidate, ref: PatternRef, digest: str, folder: Path) -> AcceptedPattern:
    event = Accepted(
        at=datetime.now(UTC), nonce=new_nonce(), id=ref.id, version=ref.version, digest=digest, shape=candidate.shape
    )
    ledger.record(event)
    return AcceptedPattern(ref, folder, candidate)


def _written(workspace: Workspace, library: Library, ledger: Ledger, candidate: Candidate) -> Pattern | None:
    """The version that an acceptance wrote which was killed before it was noted; None where there is none.

    Raises:
        LibraryError: the candidate is the newest version, and that was noted.
    """
    try:
        newest = workspace.patterns.pattern_of(f"{library.name}:{candidate.id}")
    except UnknownPatternError:
        return None
    if (newest.code, newest.manifest.origin) != (candidate.code, candidate.manifest.origin):
        return None
    if not any(isinstance(event, Accepted) for event in ledger.history(newest.digest)):
        return newest
    if candidate.supersedes:
        raise LibraryError(newest.folder, "is what this candidate would become", "commit it")
    return None


def _renamed(candidate: Candidate, slug: str | None) -> Candidate:
    if slug is None:
        return candidate
    language = candidate.id.partition("/")[0]
    old = candidate.manifest.code
    new = code_file(slug, old.rpartition(".")[2])
    tests = companion.renamed(candidate.tests, old, new)
    own = alone(candidate)  # under another name it is no version of the pattern it was a part of
    return replace(own, id=f"{language}/{slug}", manifest=replace(own.manifest, code=new), tests=tests)
