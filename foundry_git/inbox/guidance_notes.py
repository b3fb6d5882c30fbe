"""Guidance notes: what a program tells of patterns without code: a name, what it means, what to do about it.

It becomes guidance that waits for review like any candidate, within the budget of its week. The predecessor's store wrote 37,138
patterns that nobody read, and an upsert there replaced reviewed text and wiped tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from foundry_git.errors import UsageError
from foundry_git.evidence.events import Sighted, place_of
from foundry_git.extraction.budget import settle, week_of
from foundry_git.extraction.screening import screened
from foundry_git.git.repository import Repository
from foundry_git.index.document import Document
from foundry_git.index.stack_index import StackIndex
from foundry_git.library.candidates import Candidate
from foundry_git.library.library import Library
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.manifest import MAX_DESCRIPTION
from foundry_git.pattern.naming import free_id, is_slug, slug_of
from foundry_git.pattern.record import Manifest, Origin
from foundry_git.pattern.vocabulary import ANY_LANGUAGE
from foundry_git.settings import ScreenSettings
from foundry_git.source.privacy import scrubbed_prose
from foundry_git.source.shapes import digest
from foundry_git.workspace import Workspace

ALGORITHM = "note1"
WORTH = 50  # as much as a lesson: below the best code, above what the inbox leaves out
GUIDANCE = "guidance"
REASON = "recorded by a program"

Resolution = Literal["created", "sighted", "merged", "retired"]


class GuidanceNote(Struct, frozen=True):
    """What is told; ``kind`` is the teller's own word for it, such as ``validation_failure``; "" and None mean: not told."""

    kind: str
    name: str
    description: str = ""
    suggested_action: str = ""
    tags: tuple[str, ...] | None = None
    framework: str = ""
    origin: Origin = field(default_factory=Origin)

    @property
    def shape(self) -> str:
        """What a note is known by."""
        return shape_of_note(self.kind, self.name)

    @property
    def content(self) -> str:
        """What a note says, whatever it is called."""
        return content_of(self.kind, self.description or self.name, self.suggested_action)


class KeptNote(Struct, frozen=True):
    """What became of a note.

    ``created``: a new candidate; ``sighted``: one more sighting of the pattern of that name; ``merged``: of another with the same
    content; ``retired``: it was refused or taken out, and only a review brings it back. ``put`` is the candidate to store, if any.
    """

    id: str
    resolution: Resolution
    sighting: Sighted
    put: Candidate | None = None


class KnownNote(Struct, frozen=True):
    """A pattern or candidate that a note may mean, by ``shape`` or ``content``; ``candidate`` is None of what is accepted."""

    id: str
    digest: str
    shape: str
    content: str
    candidate: Candidate | None = None


def resolve(
    workspace: Workspace, note: GuidanceNote, seen: str, waiting: Sequence[Candidate], refused: Set[str] = frozenset()
) -> KeptNote:
    """Decide what a note is: by name, then by content, else new; nothing is written yet.

    ``seen`` tells one sighting from another; ``waiting`` are the candidates as they are, and ``refused`` shapes that are to be.

    Raises:
        UsageError: name or kind hold no letters, the instrument is no word, the description is too long.
        SecretFoundError: it holds a secret.
    """
    _check(note)
    known = [*_accepted(workspace.patterns), *map(_waiting, waiting)]
    same = next((one for one in known if one.shape == note.shape), None)
    if same is not None:
        put = _renewed(same.candidate, note, workspace.settings.screen) if same.candidate else None
        return KeptNote(same.id, "sighted", _sighting(same, seen), put)
    twin = next((one for one in known if one.content == note.content), None)
    if twin is not None:
        return KeptNote(twin.id, "merged", _sighting(twin, seen))
    if {note.shape, note.content} & (workspace.ledger.rejected_shapes() | refused):
        return KeptNote(f"{ANY_LANGUAGE}/{_slug(note)}", "retired", _first_sighting(note, seen))
    return _new(workspace, note, seen, {one.id for one in known})


def within_budget(put: Sequence[Candidate], waiting: Sequence[Candidate], per_week: int) -> list[Candidate]:
    """The candidates to store, those of the week that find no room in the inbox held back."""
    week = week_of(datetime.now(UTC).isoformat())
    return settle(week, put, waiting, per_week)


def shape_of_note(kind: str, name: str) -> str:
    """Name a note by kind and name, in lower case and with single spaces: its sightings are told by this, whatever text it gets."""
    return _digest("name", kind, name)


def content_of(kind: str, description: str, suggested_action: str) -> str:
    """Name what a note says without what it is called, so that two names for one thing meet."""
    return _digest("content", kind, description, suggested_action)


def kind_of(kind: str, origin_path: str, origin_symbol: str) -> str:
    """The teller's word for a pattern: guidance that has no place in any code holds it as its origin's symbol."""
    return origin_symbol if kind == GUIDANCE and origin_symbol and not origin_path else kind


def normalised(text: str) -> str:
    """Lower case, single spaces."""
    return " ".join(text.lower().split())


def _digest(*parts: str) -> str:
    """Framed by their lengths: a colon in a name must not make two notes one."""
    plain = [normalised(part) for part in parts]
    return digest(ALGORITHM, "\n".join(f"{len(part)}:{part}" for part in plain))


def _check(note: GuidanceNote) -> None:
    for what, text in (("pattern_type", note.kind), ("pattern_name", note.name)):
        if not any(letter.isalnum() for letter in text):
            raise UsageError(f"{what} {text!r}: holds no letter or digit; say what it is called")
    if note.framework and not is_slug(note.framework):
        raise UsageError(f"instrument_name {note.framework!r}: is not a word in lower case with single hyphens")
    if len(note.description) > MAX_DESCRIPTION:
        raise UsageError(f"description: {len(note.description):,} characters; at most {MAX_DESCRIPTION:,} are kept")


def _accepted(patterns: StackIndex) -> list[KnownNote]:
    patterns.converge()
    rows = [row.number for row in patterns.rows() if row.kind == GUIDANCE]
    documents = patterns.index.catalogue.documents(rows).values()
    return [_of_document(document) for document in sorted(documents, key=lambda one: -one.version)]


def _of_document(document: Document) -> KnownNote:
    kind = kind_of(document.kind, document.origin_path, document.origin_symbol)
    content = content_of(kind, document.description, document.suggested_action)
    return KnownNote(document.id, document.digest, shape_of_note(kind, document.name), content)


def _waiting(candidate: Candidate) -> KnownNote:
    manifest = candidate.manifest
    kind = kind_of(manifest.kind, candidate.origin.path, candidate.origin.symbol)
    content = content_of(kind, manifest.description, manifest.suggested_action)
    return KnownNote(candidate.id, digest_of(candidate.files()), candidate.shape, content, candidate)


def _slug(note: GuidanceNote) -> str:
    return slug_of(f"{note.kind} {note.name}")


def _first_sighting(note: GuidanceNote, seen: str) -> Sighted:
    return Sighted(at=datetime.now(UTC), shape=note.shape, place=place_of(seen, ""))


def _sighting(known: KnownNote, seen: str) -> Sighted:
    return Sighted(
        at=datetime.now(UTC), shape=known.shape, place=place_of(seen, ""), pattern=None if known.candidate else known.digest
    )


def _renewed(candidate: Candidate, note: GuidanceNote, screen: ScreenSettings) -> Candidate | None:
    """A candidate with what is told anew; what nobody tells anew stays, and None where nothing changes. Reviewed text never changes."""
    manifest = replace(
        candidate.manifest,
        description=scrubbed_prose(note.description) or candidate.manifest.description,
        suggested_action=scrubbed_prose(note.suggested_action) or candidate.manifest.suggested_action,
        tags=candidate.manifest.tags if note.tags is None else note.tags,
    )
    return None if manifest == candidate.manifest else screened(replace(candidate, manifest=manifest), screen)


def _new(workspace: Workspace, note: GuidanceNote, seen: str, taken: Iterable[str]) -> KeptNote:
    id = free_id(ANY_LANGUAGE, _slug(note), {*taken, *workspace.patterns.ids()})
    manifest = Manifest(
        name=scrubbed_prose(" ".join(note.name.split())),
        kind=GUIDANCE,
        description=scrubbed_prose(note.description.strip() or note.name),
        language=ANY_LANGUAGE,
        framework=note.framework,
        tags=note.tags or (),
        suggested_action=scrubbed_prose(note.suggested_action.strip()),
        origin=replace(note.origin, symbol=note.origin.symbol or note.kind),
    )
    week = week_of(datetime.now(UTC).isoformat())
    reasons = (REASON, *_was_there(workspace.own, workspace.repository, id))
    candidate = Candidate(id, manifest, "", note.shape, "", "", WORTH, reasons, near="", week=week)
    candidate = screened(candidate, workspace.settings.screen)
    return KeptNote(id, "created", _first_sighting(note, seen), candidate)


def _was_there(own: Library | None, repository: Repository | None, id: str) -> list[str]:
    """Whether a pattern of this id was taken out of the library before: whoever reviews it again should know."""
    top = repository.top.resolve() if repository and repository.top else None
    if own is None or repository is None or top is None or not own.patterns.is_relative_to(top) or not repository.head():
        return []
    place = f"{own.patterns.relative_to(top).as_posix()}/{id}"
    commit = repository.text("log", "-1", "--format=%H", "--diff-filter=D", "--", place).strip()
    return [f"was in the library until {commit[:10]}"] if commit else []
