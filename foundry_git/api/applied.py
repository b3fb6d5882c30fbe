"""What ``apply_pattern`` answers: a pattern or candidate with its evidence, its licence and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.scoring import UNTESTED, Score, sentence
from foundry_git.git.repository import Repository
from foundry_git.injection.blocks import local_of
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.record import Manifest, Origin, Pattern

UNREVIEWED = "a candidate, which nobody has reviewed: it is neither searched nor injected before `foundry accept {id}`"


def of_pattern(
    pattern: Pattern, ledger: Ledger, scores: Mapping[str, Score], repository: Repository | None, context: str | None
) -> dict[str, Any]:
    """Answer with a pattern of a library."""
    local = local_of(pattern, repository)
    return {
        **_named(pattern.ref.id, pattern.ref.version, pattern.library, pattern.manifest, pattern.code),
        **_rated(scores.get(pattern.digest, UNTESTED), ledger.citations(pattern.digest)),
        "path": str(pattern.code_path),
        "use": "import" if local else "copy",
        "place": local.place if local else "",
        "import_line": local.import_line if local else "",
        "reviewed": True,
        "note": "",
        "context": context,
    }


def of_candidate(candidate: Candidate, version: int, scores: Mapping[str, Score], context: str | None) -> dict[str, Any]:
    """Answer with a candidate, and say that it is one."""
    return {
        **_named(candidate.id, version, "", candidate.manifest, candidate.code),
        **_rated(scores.get(digest_of(candidate.files()), UNTESTED), 0),  # no prompt holds a candidate
        "path": "",
        "use": "copy",
        "place": "",
        "import_line": "",
        "reviewed": False,
        "note": UNREVIEWED.format(id=candidate.id),
        "context": context,
    }


def _named(id: str, version: int, library: str, manifest: Manifest, code: str) -> dict[str, Any]:
    origin = manifest.origin or Origin()
    return {
        "id": id,
        "version": version,
        "library": library,
        "code": code,
        "description": manifest.description,
        "suggested_action": manifest.suggested_action,
        "language": manifest.language,
        "framework": manifest.framework,
        "licence": origin.licence,
        "origin": f"{origin.repository} {origin.path}".strip(),
    }


def _rated(score: Score, cited: int) -> dict[str, Any]:
    return {
        "success_rate": score.mean * 100,
        "decided": score.enough,
        "usage_count": score.adopted,
        "success_count": score.passed,
        "rated_count": score.ratings,
        "injected_count": score.injected,
        "cited_count": cited,
        "avg_rating": score.mean_rating,
        "evidence": sentence(score),
    }
