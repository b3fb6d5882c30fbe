"""A proposal: a topic branch that adds candidates as patterns, and the text of its pull request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from foundry_git.errors import LibraryError
from foundry_git.escaping import code_span, fenced, for_markdown
from foundry_git.evidence.events import Proposed, new_nonce
from foundry_git.extraction.near_duplicates import near_said
from foundry_git.extraction.next_version import Succession, next_ref, succession_of
from foundry_git.git.objects import files_of, move_ref, read_ref, write_commit, write_tree
from foundry_git.git.repository import Repository
from foundry_git.inbox.acceptance import ready
from foundry_git.inbox.inbox import Inbox
from foundry_git.library.candidates import Candidate
from foundry_git.library.library import Library
from foundry_git.library.writing import next_version
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.naming import companion_file
from foundry_git.pattern.record import Origin
from foundry_git.workspace import Workspace

NO_DESCRIPTION = "no description yet; please write in one sentence what it does"


class TopicBranch(Struct, frozen=True):
    """A topic branch with patterns, and the text for its pull request; ``folder`` is where its repository is checked out."""

    branch: str
    commit: str
    title: str
    body: str
    folder: Path


def propose(workspace: Workspace, references: Sequence[str], branch: str | None = None) -> TopicBranch:
    """Make a topic branch that adds candidates as patterns; HEAD, the index and the work tree stay as they are.

    Raises:
        LibraryError: the library is not in a repository with a commit, or the branch exists.
    """
    library = workspace.need_library()
    repository = Repository.at(library.root)
    inbox = Inbox.of(workspace)
    chosen = ready(workspace, library, [inbox.named(reference) for reference in references])
    head = repository.head()
    if not head or repository.top is None:
        raise LibraryError(library.root, "its repository has no commit yet", "commit something first")
    name = branch or f"foundry/{chosen[0].id.partition('/')[2]}"
    ref = f"refs/heads/{name}"
    if read_ref(repository, ref):
        raise LibraryError(Path(name), "this branch exists already", "name another with --branch")
    there = workspace.candidates.read()
    nears = {one.id: near_said(one, there, workspace.patterns) for one in chosen}
    title, body = _title(chosen), _body([(one, succession_of(workspace, one)) for one in chosen], nears)
    commit = write_commit(repository, _tree(repository, library, chosen, head), head, f"{title}\n\n{body}")
    move_ref(repository, ref, commit, "")
    inbox.ledger.record(*(_proposed(library, candidate) for candidate in chosen))
    return TopicBranch(name, commit, title, body, repository.top)


def _proposed(library: Library, candidate: Candidate) -> Proposed:
    return Proposed(
        at=datetime.now(UTC),
        nonce=new_nonce(),
        id=candidate.id,
        version=next_version(library, candidate.id),
        digest=digest_of(candidate.files()),
    )


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


def _body(chosen: Sequence[tuple[Candidate, Succession | None]], nears: Mapping[str, str]) -> str:
    """The text of the pull request; ``nears``: id → what that candidate is near to, as people are told it."""
    parts = [
        "This adds reusable code that already works in a repository of ours to the team's pattern library. Each pattern is a"
        " folder with its code, unchanged but for what is said below, and a `pattern.yaml` that says what it does and where it came"
        " from. Merging accepts it:"
        " from then on people find it by search and it may be shown to coding agents. Nothing else of the repository changes."
    ]
    for candidate, change in chosen:
        origin, measures = candidate.origin, candidate.manifest.measures
        facts = [
            _place(origin),
            *([f"{measures.lines} lines, complexity {measures.complexity}"] if measures else []),
            *([f"the same code stands in {candidate.places} places"] if candidate.places > 1 else []),
            *([f"with `{companion_file(candidate.manifest.code)}`: tests of it that passed"] if candidate.tests else []),
            *([f"description by {for_markdown(candidate.described_by)}, not by a person"] if candidate.described_by else []),
            *([_near(nears[candidate.id])] if candidate.near else []),
            *map(for_markdown, candidate.reasons[:3]),
        ]
        said = for_markdown(candidate.manifest.description or NO_DESCRIPTION)
        parts.append(f"**{_named(candidate)}**: {said}\n" + "\n".join(f"- {fact}" for fact in facts))
        parts += _changed(change) if change else []
    parts.append("To review: would you reuse it? Is the description what you would search for? Does it depend on its project?")
    return "\n\n".join(parts)


def _near(said: str) -> str:
    return f"much like {for_markdown(said)} (1.00 is the same code): is one of the two enough?"


def _place(origin: Origin) -> str:
    """Where the code stands; what was taken from a folder has no commit, and guidance no line."""
    line = f", line {origin.first_line}" if origin.first_line else ""
    return f"from {code_span(origin.path)}{line}" + (f", commit {origin.commit[:10]}" if origin.commit else "")


def _changed(change: Succession) -> list[str]:
    """What a new version changes, for the text of a pull request: the difference, and what is known of the version before."""
    said = f"It is what `{change.predecessor}` was taken from, changed since; of that version is known: {change.evidence}."
    return [f"{said}\n\n{fenced('diff', chr(10).join(change.difference))}"]
