"""Library answers: what the server tells of the library beside answers to questions; each is asked at the desk of the engine."""

from __future__ import annotations

import json
from typing import Any

from foundry_git.errors import SourceError, UnknownPatternError, UsageError
from foundry_git.evidence.events import canonical, event_id
from foundry_git.evidence.scoring import Score, sentence
from foundry_git.execution.asking import Asked, Context
from foundry_git.execution.definitions import ExecutionMode
from foundry_git.execution.desk import Desk
from foundry_git.execution.reply import facts_of_hit, with_descriptions
from foundry_git.http.shapes import ListQuery, RatingTold, ResultTold, SearchRequest, SimilarRequest
from foundry_git.inbox.feedback import record_outcome, record_rating
from foundry_git.inbox.given_code import language_named
from foundry_git.pattern.record import Origin, Pattern
from foundry_git.search.answer import Hit
from foundry_git.search.code_query import of_text
from foundry_git.search.query import Filters
from foundry_git.search.similarity import find_similar

MOST_EVENTS = 200
_SUMMARY = (
    "id", "version", "library", "name", "kind", "language", "framework", "tags", "description", "evidence", "state",
)  # fmt: skip


def listed(desk: Desk, asked: ListQuery) -> dict[str, Any]:
    """List patterns in order of their ids."""
    chosen = Filters(frozenset({asked.language} if asked.language else ()), asked.framework, asked.tag, asked.kind, asked.library)
    rows = sorted((row for row in desk.rows if chosen.admits(row)), key=lambda row: row.id)
    told = with_descriptions(desk, rows[asked.offset : asked.offset + asked.limit])
    return {"patterns": [{key: one[key] for key in _SUMMARY} for one in told], "total": len(rows)}


def pattern_told(desk: Desk, id: str, version: int | None) -> dict[str, Any]:
    """Tell a pattern with its code and evidence; raises UnknownPatternError."""
    pattern = _pattern(desk, id, version)
    manifest, origin = pattern.manifest, pattern.manifest.origin or Origin()
    return {
        "id": pattern.ref.id,
        "version": pattern.ref.version,
        "library": pattern.library,
        "name": manifest.name,
        "language": manifest.language,
        "framework": manifest.framework,
        "tags": list(manifest.tags),
        "description": manifest.description,
        "suggested_action": manifest.suggested_action,
        "code": pattern.code,
        "licence": origin.licence,
        "origin": f"{origin.repository} {origin.path}".strip(),
        "evidence": score_told(desk.score(pattern.digest)),
    }


def evidence_told(desk: Desk, id: str, version: int | None) -> dict[str, Any]:
    """Tell what became of a version, with the latest events; raises UnknownPatternError."""
    pattern = _pattern(desk, id, version)
    events = desk.workspace.ledger.history(pattern.digest)[-MOST_EVENTS:]
    told = [{"event": event_id(event), **json.loads(canonical(event))} for event in events]
    return {
        "id": pattern.ref.id,
        "version": pattern.ref.version,
        "digest": pattern.digest,
        "score": score_told(desk.score(pattern.digest)),
        "events": told,
    }


def searched(desk: Desk, asked: SearchRequest) -> dict[str, Any]:
    """Search, as ``foundry search`` does."""
    narrowed = {key: value for key in ("language", "framework", "tag", "kind", "library") if (value := getattr(asked, key))}
    question = Asked(asked.query, ExecutionMode.BALANCED, Context(told={**narrowed, "limit": asked.limit}))
    answer = desk.find(" ".join(asked.query.split()), question, not asked.accepted_only, asked.by_words)
    desk.scores.ahead([hit.document.digest for hit in answer.hits])
    hits = [facts_of_hit(hit, desk.score(hit.document.digest)) for hit in answer.hits]
    return {"hits": hits, "by": "meaning" if answer.by_meaning else "words"}


def compared(desk: Desk, asked: SimilarRequest) -> dict[str, Any]:
    """Compare code with what there is; raises UsageError for what cannot be read."""
    try:
        pieces = of_text(asked.code.encode("utf-8", "replace"), asked.language and language_named(asked.language))
    except SourceError as error:
        raise UsageError(f"code: line {error.line}: {error.reason}") from None
    found = find_similar(desk.workspace, pieces, asked.accepted_only)
    matches = [match for piece in found for match in piece.matches if match.is_alike][: asked.limit]
    told = [facts_of_hit(Hit(one.document, one.score, one.score, {}), desk.score(one.document.digest)) for one in matches]
    return {"hits": told, "by": "structure"}


def recorded(desk: Desk, asked: ResultTold | RatingTold) -> dict[str, Any]:
    """Record an outcome or a rating; raises UsageError, UnknownPatternError."""
    if isinstance(asked, RatingTold):
        done = record_rating(desk.workspace, asked.subject, asked.rating, asked.used, asked.session)
    else:
        done = record_outcome(desk.workspace, asked.subject, asked.result, asked.used)
    return {"subject": done.subject, "patterns": [id for id, _ in done.patterns]}


def score_told(score: Score) -> dict[str, Any]:
    """Tell a score as plain values."""
    return {
        "said": sentence(score),
        "effectiveness": score.mean,
        "interval": [score.low, score.high],
        "injected": score.injected,
        "adopted": score.adopted,
        "passed": score.passed,
        "failed": score.failed,
        "ratings": score.ratings,
        "mean_rating": score.mean_rating,
        "enough": score.enough,
        "state": score.state,
        "trust": score.trust,
        "priority": score.priority,
    }


def _pattern(desk: Desk, id: str, version: int | None) -> Pattern:
    try:
        return desk.workspace.patterns.pattern_of(f"{id}@{version}" if version else id)
    except UnknownPatternError:
        raise
    except UsageError:
        raise UnknownPatternError("that id") from None
