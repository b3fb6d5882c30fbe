"""Review: a person accepts, rejects or proposes candidates. The tool writes files and refs; committing stays with the person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from foundry_git.errors import LibraryError, UnknownPatternError, UsageError
from foundry_git.evidence.events import Accepted, Rejected, new_nonce
from foundry_git.evidence.kinds import Reason
from foundry_git.extraction.budget import inbox
from foundry_git.extraction.testing import companion
from foundry_git.git.objects import files_of, move_ref, read_ref, write_commit, write_tree
from foundry_git.git.repository import Repository
from foundry_git.library.candidates import Candidate
from foundry_git.library.library import Library
from foundry_git.library.writing import next_version, write_version
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.naming import PatternRef, code_file, companion_file, is_slug, parse_reference
from foundry_git.workspace.finding import converge, documents_by_shape, similar
from foundry_git.workspace.screening import screened
from foundry_git.workspace.succession import alone, next_ref, succession_of, up_to_date
from foundry_git.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class AcceptedPattern:
    """A candidate that is a pattern in the work tree now."""

    ref: PatternRef
    folder: Path
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Proposal:
    """A topic branch with patterns, and the text for its pull request; ``folder`` is where its repository is checked out."""

    branch: str
    commit: str
    title: str
    body: str
    folder: Path


def open_candidates(workspace: Workspace) -> list[Candidate]:
    """The candidates that wait for a person: not those that are patterns already, nor what was rejected."""
    converge(workspace)
    settled = {*documents_by_shape(workspace), *workspace.ledger.rejected_shapes()}
    ids = {row.document.id for row in workspace.index.catalogue.rows()}
    waiting = [c for c in workspace.candidates.read() if c.shape not in settled]
    return [c for c in waiting if c.code or c.id not in ids]  # guidance has no code, and so no shape once it is accepted


def inbox_of(workspace: Workspace) -> list[Candidate]:
    """Those of the open candidates that a person is shown: few a week, the most worth first."""
    return inbox(open_candidates(workspace), workspace.settings.extraction.per_week)


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
        raise UnknownPatternError(reference, "candidate", similar(wanted.slug, {c.id for c in there}))
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
    chosen = [screened(workspace, up_to_date(workspace, library, candidate)) for candidate in asked]
    for candidate in chosen:
        _refuse_taken(library, candidate)
    return [_write(workspace, library, candidate) for candidate in chosen]


def reject(workspace: Workspace, references: Sequence[str], reason: Reason = "none") -> list[Candidate]:
    """Refuse candidates: their shapes are never asked again."""
    chosen = [candidate_of(workspace, reference) for reference in references]
    at = datetime.now(UTC)
    workspace.ledger.record(*(Rejected(at=at, nonce=new_nonce(), shape=c.shape, reason=reason) for c in chosen))
    workspace.candidates.update([], chosen)
    return chosen


def propose(workspace: Workspace, references: Sequence[str], branch: str | None = None) -> Proposal:
    """Make a topic branch that adds candidates as patterns; HEAD, the index and the work tree stay as they are.

    Raises:
        LibraryError: the library is not in a repository with a commit, or the branch exists.
    """
    library = workspace.need_library()
    repository = Repository.at(library.root)
    asked = [candidate_of(workspace, reference) for reference in references]
    chosen = [screened(workspace, up_to_date(workspace, library, candidate)) for candidate in asked]
    for candidate in chosen:
        _refuse_taken(library, candidate)
    head = repository.head()
    if not head or repository.top is None:
        raise LibraryError(library.root, "its repository has no commit yet", "commit something first")
    name = branch or f"foundry/{chosen[0].id.partition('/')[2]}"
    ref = f"refs/heads/{name}"
    if read_ref(repository, ref):
        raise LibraryError(Path(name), "this branch exists already", "name another with --branch")
    title, body = _title(chosen), _body(workspace, chosen)
    commit = write_commit(repository, _tree(repository, library, chosen, head), head, f"{title}\n\n{body}")
    move_ref(repository, ref, commit, "")
    return Proposal(name, commit, title, body, repository.top)


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


def _tree(repository: Repository, library: Library, chosen: Sequence[Candidate], head: str) -> str:
    top = repository.top.resolve() if repository.top else repository.git_dir
    inside = library.root.relative_to(top).as_posix()
    prefix = "" if inside == "." else f"{inside}/"
    there = {file.path for file in files_of(repository, head)}
    folders = {c.id: f"{prefix}patterns/{c.id}/v{next_version(library, c.id)}" for c in chosen}
    files = {f"{folders[c.id]}/{name}": content for c in chosen for name, content in c.files().items()}
    marker = f"{prefix}{library.file.name}"
    if marker not in there:
        files[marker] = library.file.read_bytes()
    return write_tree(repository, files, head)


def _title(chosen: Sequence[Candidate]) -> str:
    names = ", ".join(_named(c) for c in chosen[:2]) + (f" and {len(chosen) - 2} more" if len(chosen) > 2 else "")
    return f"Add pattern{'s' if len(chosen) > 1 else ''} {names}"


def _named(candidate: Candidate) -> str:
    ref = next_ref(candidate)
    return f"{ref.id}, version {ref.version}" if ref else candidate.id


def _body(workspace: Workspace, chosen: Sequence[Candidate]) -> str:
    parts = [
        "This adds reusable code that already works in a repository of ours to the team's pattern library. Each pattern is a"
        " folder with its code, unchanged, and a `pattern.yaml` that says what it does and where it came from. Merging accepts it:"
        " from then on people find it by search and it may be shown to coding agents. Nothing else of the repository changes."
    ]
    for candidate in chosen:
        origin, measures = candidate.origin, candidate.manifest.measures
        facts = [
            f"from `{origin.path}`, line {origin.first_line}, commit {origin.commit[:10]}",
            *([f"{measures.lines} lines, complexity {measures.complexity}"] if measures else []),
            *([f"the same code stands in {candidate.places} places"] if candidate.places > 1 else []),
            *([f"with `{companion_file(candidate.manifest.code)}`: tests of it that passed"] if candidate.tests else []),
            *([f"description by {candidate.described_by}, not by a person"] if candidate.described_by else []),
            *([f"much like {candidate.near} (1.00 is the same code): is one of the two enough?"] if candidate.near else []),
            *candidate.reasons[:2],
        ]
        parts.append(f"**{_named(candidate)}**: {candidate.manifest.description}\n" + "\n".join(f"- {fact}" for fact in facts))
        parts += _changed(workspace, candidate)
    parts.append("To review: would you reuse it? Is the description what you would search for? Does it depend on its project?")
    return "\n\n".join(parts)


def _changed(workspace: Workspace, candidate: Candidate) -> list[str]:
    """What a new version changes, for the text of a pull request: the difference, and what is known of the version before."""
    change = succession_of(workspace, candidate)
    if change is None:
        return []
    fence = "`" * (1 + max((len(run) for line in change.difference for run in re.findall("`+", line)), default=2))
    said = f"It is what `{change.predecessor}` was taken from, changed since; of that version is known: {change.evidence}."
    return [f"{said}\n\n{fence}diff\n" + "\n".join(change.difference) + f"\n{fence}"]
