"""Prompting: from a task to a prompt with patterns in it, and the receipt of what was put there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from foundry_git.errors import BusyError
from foundry_git.evidence.events import hashed, new_nonce, receipt_of
from foundry_git.evidence.exploration import START_BUDGET
from foundry_git.evidence.notes import ReceiptNote
from foundry_git.evidence.scoring import UNTESTED, Score, sentence
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.history import trailers
from foundry_git.injection.receipt import event_of
from foundry_git.injection.rendering import Block, Local, fitting, join, render_section
from foundry_git.injection.selection import Chances, Chosen, Selection, by_promise, passes, select
from foundry_git.injection.target import InjectionTarget, place_of
from foundry_git.pattern.record import Origin, Pattern
from foundry_git.progress import Progress
from foundry_git.search.find import find
from foundry_git.search.query import Filters
from foundry_git.search.search import Hit
from foundry_git.settings import InjectionSettings
from foundry_git.source.privacy import scrubbed_prose
from foundry_git.source.reader import units_in
from foundry_git.source.secrets import find_secrets
from foundry_git.source.units import Unit
from foundry_git.workspace import Workspace

POOL = 12
"""How many relevant patterns the slots are filled from; the exploration slot draws from those that rank below the others."""

ROOM = 160
"""Characters left for what the block of one that is not read yet holds beside its document: commit and licence, or where it lives."""

SHOWN, WITHHELD = "shown", "withheld"


@dataclass(frozen=True, slots=True)
class Injection:
    """A prompt, and what was put into it.

    ``arm``: ``shown``; ``withheld`` where the prompt was left as it was by lot, to learn what patterns are worth, with a receipt all
    the same; "" where nothing was to be put in, and ``reason`` says why. The prompt is changed only when something is shown.
    """

    prompt: str
    receipt: str = ""
    chosen: tuple[Chosen, ...] = ()
    reason: str = ""
    arm: str = ""


def inject(
    workspace: Workspace, prompt: str, task: str, session: str | None = None, progress: Progress | None = None
) -> Injection:
    """Put the patterns that fit ``task`` into ``prompt``, and record which; the prompt stays as it is when none fits."""
    settings = workspace.settings.injection
    if not settings.enabled or not settings.max_patterns:
        return Injection(prompt, reason="injection is switched off")
    place = place_of(workspace.repository, workspace.settings.extraction.frameworks)
    answer, _ = find(workspace, task, Filters(languages=frozenset(place.languages)), POOL, progress)
    scores = workspace.scores()
    hits = by_promise(answer.hits, scores)
    blocks = _Blocks(workspace, scores, hits[: settings.max_patterns])
    selection = _selected(workspace, hits, scores, task, blocks)
    if not selection.chosen:
        return Injection(prompt, reason=_why_nothing(hits, scores, settings))
    return _put(workspace, prompt, selection, blocks, _Asked(task, len(prompt), session, place))


def blocks_of(
    workspace: Workspace, chosen: Sequence[Chosen], patterns: Sequence[Pattern], scores: Mapping[str, Score]
) -> list[Block]:
    """What a prompt shows of the patterns that were chosen: as many of the first as fit the budget."""
    found = [scores.get(one.hit.document.digest, UNTESTED) for one in chosen]
    blocks = [
        _block(workspace, one.hit, pattern, sentence(score)) for one, pattern, score in zip(chosen, patterns, found, strict=True)
    ]
    return blocks[: fitting(blocks, workspace.settings.injection.max_characters)]


def local_of(workspace: Workspace, pattern: Pattern) -> Local | None:
    """Where the pattern's code lives unchanged at HEAD of this repository; None where it does not."""
    origin, repository = pattern.manifest.origin, workspace.repository
    if origin is None or not origin.path or repository is None:
        return None
    files = [file for file in files_of(repository, repository.head(), [origin.path]) if file.path == origin.path]
    if not files:
        return None
    with BlobReader(repository) as blobs:
        unit = _unit(origin, blobs.read(files[0].blob) or b"", pattern)
    if unit is None:
        return None
    return Local(f"{origin.path}:{unit.start_line}", unit.signature, _import_line(origin.path, unit.name, pattern.language))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is kept of a question beside its answer."""

    task: str
    prompt_length: int
    session: str | None
    place: InjectionTarget


class _Blocks:
    """What prompts would show of the patterns: read whole where they will be shown, else outlined from the index."""

    def __init__(self, workspace: Workspace, scores: Mapping[str, Score], first: Sequence[Hit]) -> None:
        self._workspace, self._scores = workspace, scores
        self._first = {hit.document.digest for hit in first}
        self._read: dict[str, Block] = {}

    def read(self, hit: Hit) -> Block:
        """The block as it is shown."""
        digest = hit.document.digest
        if digest not in self._read:
            pattern = self._workspace.patterns.pattern_of(_reference(hit))
            self._read[digest] = _block(self._workspace, hit, pattern, self._evidence(hit))
        return self._read[digest]

    def fit(self, shown: Sequence[Hit]) -> bool:
        """Tell whether patterns fit the budget together; of those that are not read yet some room is left."""
        unread = [hit for hit in shown if hit.document.digest not in self._first | self._read.keys()]
        blocks = [self._outline(hit) if hit in unread else self.read(hit) for hit in shown]
        return fitting(blocks, self._workspace.settings.injection.max_characters - ROOM * len(unread)) == len(blocks)

    def fit_as_read(self, shown: Sequence[Hit]) -> bool:
        """Read patterns, and tell whether they fit the budget as they are."""
        for hit in shown:
            self.read(hit)
        return self.fit(shown)

    def _outline(self, hit: Hit) -> Block:
        document = hit.document
        origin = f"{document.origin_repository}: {document.origin_path}"
        said = document.description, document.suggested_action, self._evidence(hit), hit.relevance, origin
        return Block(_reference(hit), *said, document.language, document.code)

    def _evidence(self, hit: Hit) -> str:
        return sentence(self._scores.get(hit.document.digest, UNTESTED))


def _why_nothing(hits: Sequence[Hit], scores: Mapping[str, Score], settings: InjectionSettings) -> str:
    return (
        "nothing fits the budget"
        if any(passes(scores.get(hit.document.digest), settings) for hit in hits)
        else "nothing relevant"
    )


def _selected(workspace: Workspace, hits: Sequence[Hit], scores: Mapping[str, Score], task: str, blocks: _Blocks) -> Selection:
    settings = workspace.settings.injection
    explores = len(hits) > settings.max_patterns > 1
    tried = workspace.ledger.exploration_budget() if explores else START_BUDGET
    chances = Chances(workspace.own.id if workspace.own else "", task, tried)
    earlier = _earlier(workspace, hits[: settings.max_patterns]) if settings.version_trial else {}
    while True:  # what was drawn and then turns out to be longer than the room left for it cannot be drawn: the lot is dealt anew
        selection = select(hits, scores, settings, chances, earlier, blocks.fit)
        if blocks.fit_as_read([one.hit for one in selection.chosen]):
            return selection


def _earlier(workspace: Workspace, hits: Sequence[Hit]) -> dict[str, Hit]:
    """Digest → the version before it that is not deprecated, where there is one."""
    wanted = {(hit.document.library, hit.document.id): hit for hit in hits}
    found: dict[str, int] = {}
    for row in sorted(workspace.patterns.rows(), key=lambda row: row.version):
        hit = wanted.get((row.library, row.id))
        if hit and not row.deprecated and row.version < hit.document.version and row.digest != hit.document.digest:
            found[hit.document.digest] = row.number
    documents = workspace.index.catalogue.documents(found.values())
    there = ((hit, found.get(hit.document.digest)) for hit in hits)
    return {hit.document.digest: replace(hit, document=documents[number]) for hit, number in there if number in documents}


def _put(workspace: Workspace, prompt: str, selection: Selection, blocks: _Blocks, asked: _Asked) -> Injection:
    try:
        receipt = _record(workspace, selection, asked)
    except (OSError, BusyError) as error:  # without a receipt nothing can be learned; an agent's prompt must arrive all the same
        return Injection(prompt, reason=f"the receipt cannot be recorded ({error})")
    if selection.is_withheld:
        return Injection(prompt, receipt, arm=WITHHELD)
    shown = [blocks.read(one.hit) for one in selection.chosen]
    return Injection(join(prompt, render_section(shown, receipt)), receipt, selection.chosen, arm=SHOWN)


def _record(workspace: Workspace, selection: Selection, asked: _Asked) -> str:
    session = hashed(asked.session) if asked.session else None
    place = asked.place
    event = event_of(selection, datetime.now(UTC), new_nonce(), place.language or None, place.framework or None, session)
    receipt = receipt_of(event)
    workspace.ledger.record(event)
    trailers.offer(workspace.repository, receipt, event.at)  # of both arms alike, or their outcomes could not be compared
    head = workspace.repository.head() if workspace.repository else None
    task = _without_private(asked.task)
    workspace.ledger.note(
        ReceiptNote(receipt=receipt, task=task, prompt_length=asked.prompt_length, session=asked.session, head=head)
    )
    return receipt


def _without_private(task: str) -> str:
    """What is kept of a task's text: all of it but addresses and home folders, and nothing of one that holds a secret."""
    hits = find_secrets(task)
    return f"(not kept: it holds a secret, {hits[0].rule})" if hits else scrubbed_prose(task)


def _reference(hit: Hit) -> str:
    document = hit.document
    return f"{document.library}:{document.id}@{document.version}"


def _block(workspace: Workspace, hit: Hit, pattern: Pattern, evidence: str) -> Block:
    manifest = pattern.manifest
    return Block(
        reference=_reference(hit),
        description=manifest.description,
        suggested_action=manifest.suggested_action,
        evidence=evidence,
        relevance=hit.relevance,
        origin=_origin(manifest.origin),
        language=manifest.language,
        code=pattern.code,
        local=local_of(workspace, pattern),
    )


def _origin(origin: Origin | None) -> str:
    if origin is None or not origin.path:
        return ""
    commit = f" at {origin.commit[:10]}" if origin.commit else ""
    licence = f", {origin.licence}" if origin.licence else ""
    return f"{origin.repository}: {origin.path}{commit}{licence}"


def _unit(origin: Origin, content: bytes, pattern: Pattern) -> Unit | None:
    from foundry_git.source.shapes import shape_of

    unit = {unit.symbol: unit for unit in units_in(content, origin.path)}.get(origin.symbol)
    return unit if unit and unit.shape == shape_of(pattern.code, pattern.language) else None


def _import_line(path: str, name: str, language: str) -> str:
    if language != "python":
        return ""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    parts = parts[1:] if parts[0] in ("src", "lib") and len(parts) > 1 else parts
    parts = parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts
    return f"from {'.'.join(parts)} import {name}" if all(part.isidentifier() for part in parts) else ""
