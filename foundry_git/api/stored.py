"""Patterns as the store tells them: from documents, candidates and scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from foundry_git.evidence.events import new_nonce
from foundry_git.evidence.scoring import Score
from foundry_git.inbox import guidance_notes
from foundry_git.index.document import Document
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.record import Manifest, Origin

JOB = "job:"


class StoredId(str):
    """The id of a pattern, and with it the ``resolution``: ``created``, ``sighted``, ``merged`` or ``retired``."""

    __slots__ = ("resolution",)

    resolution: guidance_notes.Resolution

    @classmethod
    def of(cls, kept: guidance_notes.KeptNote) -> StoredId:
        """Wrap what became of a note."""
        id = cls(kept.id)
        id.resolution = kept.resolution
        return id


class PatternProvenance(Struct, frozen=True):
    """Where a pattern was discovered: the job and sheet of a runner, or a place in a repository."""

    job_hash: str | None = None
    sheet_num: int | None = None
    repository: str | None = None
    commit: str | None = None


class StoredPattern(Struct, frozen=True):
    """One pattern or candidate as the store tells it; rates and trust are 0 to 1, ``accepted`` is what a review took in."""

    id: str
    pattern_type: str
    pattern_name: str
    description: str
    context_tags: tuple[str, ...]
    suggested_action: str
    instrument_name: str
    digest: str
    accepted: bool
    active: bool
    occurrence_count: int
    led_to_success_count: int
    led_to_failure_count: int
    effectiveness_score: float
    variance: float
    priority_score: float
    trust_score: float
    quarantine_status: str


def of_document(document: Document, score: Score, sightings: Mapping[str, int]) -> StoredPattern:
    kind = guidance_notes.kind_of(document.kind, document.origin_path, document.origin_symbol)
    shape = document.shape or guidance_notes.shape_of_note(kind, document.name)
    return StoredPattern(
        id=document.id,
        pattern_type=kind,
        pattern_name=document.name,
        description=document.description,
        context_tags=document.tags,
        suggested_action=document.suggested_action,
        instrument_name=document.framework,
        digest=document.digest,
        accepted=True,
        active=not document.deprecated,
        occurrence_count=sightings.get(shape, 0),
        **_numbers(score),
    )


def of_candidate(candidate: Candidate, score: Score, sightings: Mapping[str, int]) -> StoredPattern:
    manifest = candidate.manifest
    return StoredPattern(
        id=candidate.id,
        pattern_type=kind_of(manifest),
        pattern_name=manifest.name,
        description=manifest.description,
        context_tags=manifest.tags,
        suggested_action=manifest.suggested_action,
        instrument_name=manifest.framework,
        digest=digest_of(candidate.files()),
        accepted=False,
        active=True,
        occurrence_count=sightings.get(candidate.shape, 0),
        **_numbers(score),
    )


def kind_of(manifest: Manifest) -> str:
    origin = manifest.origin or Origin()
    return guidance_notes.kind_of(manifest.kind, origin.path, origin.symbol)


def content_of(manifest: Manifest) -> list[str]:
    """The content of guidance; code is known by its shape alone."""
    return (
        [] if manifest.code else [guidance_notes.content_of(kind_of(manifest), manifest.description, manifest.suggested_action)]
    )


def _numbers(score: Score) -> dict[str, Any]:
    return {
        "led_to_success_count": score.passed,
        "led_to_failure_count": score.failed,
        "effectiveness_score": score.mean,
        "variance": score.variance,
        "priority_score": score.priority,
        "trust_score": score.trust,
        "quarantine_status": score.state,
    }


def origin_of(provenance: PatternProvenance) -> Origin:
    """A job is no repository and a sheet no path; they stand where people look for where something comes from."""
    sheet = "" if provenance.sheet_num is None else f"#{provenance.sheet_num}"
    job = f"{JOB}{provenance.job_hash or ''}{sheet}" if provenance.job_hash or sheet else ""
    return Origin(repository=provenance.repository or job, commit=provenance.commit or "")


def provenance_of(origin: Origin) -> PatternProvenance:
    if not origin.repository.startswith(JOB):
        return PatternProvenance(repository=origin.repository or None, commit=origin.commit or None)
    job, _, sheet = origin.repository.removeprefix(JOB).partition("#")
    number = int(sheet) if sheet.isascii() and sheet.isdigit() and len(sheet) < 10 else None
    return PatternProvenance(job or None, number, commit=origin.commit or None)


def sighting_of(provenance: PatternProvenance | None) -> str:
    """What tells one sighting from another: a job's sheet sees a pattern once; without one each call is a sighting of its own."""
    if provenance is None or provenance == PatternProvenance():
        return new_nonce()
    return "\0".join(str(part) for part in (provenance.job_hash, provenance.sheet_num, provenance.repository, provenance.commit))
