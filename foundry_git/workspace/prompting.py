"""Prompting: from a task to a prompt with patterns in it, and the receipt of what was put there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from foundry_git.errors import BusyError
from foundry_git.evidence.events import Injected, Item, new_nonce, receipt_of
from foundry_git.evidence.notes import Note
from foundry_git.evidence.scoring import UNTESTED, Score, sentence
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.index.index import Progress
from foundry_git.injection.rendering import Block, Local, fitting, join, render_section
from foundry_git.injection.selection import Chosen, select
from foundry_git.pattern.record import Origin, Pattern
from foundry_git.search.query import Filters
from foundry_git.source.languages import language_of
from foundry_git.source.privacy import scrubbed_prose
from foundry_git.source.secrets import find_secrets
from foundry_git.source.units import Unit, units_in
from foundry_git.workspace.finding import find, pattern_of
from foundry_git.workspace.workspace import Workspace

POOL = 12
"""How many relevant patterns the slots are filled from; the exploration slot draws from those that rank below the others."""


MIN_SHARE = 0.05
"""A language with a smaller share of a repository's source files is there for a script or two; its patterns would be noise."""


@dataclass(frozen=True, slots=True)
class Injection:
    """A prompt, and what was put into it; ``receipt`` is "" and the prompt unchanged when nothing was."""

    prompt: str
    receipt: str = ""
    chosen: tuple[Chosen, ...] = ()
    reason: str = ""


def inject(
    workspace: Workspace, prompt: str, task: str, session: str | None = None, progress: Progress | None = None
) -> Injection:
    """Put the patterns that fit ``task`` into ``prompt``, and record which; the prompt stays as it is when none fits."""
    settings = workspace.settings.injection
    if not settings.enabled or not settings.max_patterns:
        return Injection(prompt, reason="injection is switched off")
    filters = Filters(languages=languages_here(workspace.repository))
    answer, _ = find(workspace, task, filters, POOL, progress)
    scores = workspace.scores()
    chosen = select(answer.hits, scores, settings, task)
    patterns = [pattern_of(workspace, _reference(one)) for one in chosen]
    blocks = blocks_of(workspace, chosen, patterns, scores)
    if not blocks:
        return Injection(prompt, reason="nothing relevant" if not chosen else "nothing fits the budget")
    chosen = chosen[: len(blocks)]
    try:
        receipt = _record(workspace, chosen, task, len(prompt), session)
    except (OSError, BusyError) as error:  # without a receipt nothing can be learned; an agent's prompt must arrive all the same
        return Injection(prompt, reason=f"the receipt cannot be recorded ({error})")
    return Injection(join(prompt, render_section(blocks, receipt)), receipt, tuple(chosen))


def blocks_of(
    workspace: Workspace, chosen: Sequence[Chosen], patterns: Sequence[Pattern], scores: Mapping[str, Score]
) -> list[Block]:
    """What a prompt shows of the patterns that were chosen: as many of the first as fit the budget."""
    found = [scores.get(one.hit.document.digest, UNTESTED) for one in chosen]
    blocks = [
        _block(workspace, one, pattern, sentence(score)) for one, pattern, score in zip(chosen, patterns, found, strict=True)
    ]
    return blocks[: fitting(blocks, workspace.settings.injection.max_characters)]


def languages_here(repository: Repository | None) -> frozenset[str]:
    """The languages a repository is written in, by its files at HEAD; empty where there are none to tell by."""
    files = files_of(repository, repository.head()) if repository else []
    counts = Counter(language for file in files if (language := language_of(file.path)))
    return frozenset(language for language, count in counts.items() if count >= MIN_SHARE * counts.total())


def _record(workspace: Workspace, chosen: list[Chosen], task: str, prompt_length: int, session: str | None) -> str:
    items = tuple(
        Item(
            id=one.hit.document.id,
            version=one.hit.document.version,
            digest=one.hit.document.digest,
            rank=rank,
            score=round(one.hit.score * 1000),
            propensity=max(1, round(one.propensity * 1000)),
            slot="exploration" if one.slot == "exploration" else "ranked",
        )
        for rank, one in enumerate(chosen, 1)
    )
    event = Injected(at=datetime.now(UTC), nonce=new_nonce(), items=items)
    receipt = receipt_of(event)
    workspace.ledger.record(event)
    head = workspace.repository.head() if workspace.repository else None
    workspace.ledger.note(
        Note(receipt=receipt, task=_without_private(task), prompt_length=prompt_length, session=session, head=head)
    )
    return receipt


def _without_private(task: str) -> str:
    """What is kept of a task's text: all of it but addresses and home folders, and nothing of one that holds a secret."""
    hits = find_secrets(task)
    return f"(not kept: it holds a secret, {hits[0].rule})" if hits else scrubbed_prose(task)


def _reference(chosen: Chosen) -> str:
    document = chosen.hit.document
    return f"{document.library}:{document.id}@{document.version}"


def _block(workspace: Workspace, chosen: Chosen, pattern: Pattern, evidence: str) -> Block:
    manifest = pattern.manifest
    return Block(
        reference=_reference(chosen),
        description=manifest.description,
        suggested_action=manifest.suggested_action,
        evidence=evidence,
        relevance=chosen.hit.relevance,
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
