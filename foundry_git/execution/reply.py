"""A reply: the facts of an answer, the same as lines for a prompt, and how patterns are told in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from foundry_git.evidence.scoring import Score, sentence
from foundry_git.execution.asking import Asked
from foundry_git.execution.desk import Desk, Facts
from foundry_git.index.document import Document, DocumentRow
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.naming import PatternRef
from foundry_git.search.answer import Hit

MOST_SURE = 0.99  # nothing that was fitted on samples is certain
MAX_DESCRIPTION = 90  # characters of a line


class Reply(Struct, frozen=True):
    """``facts`` for programs, ``lines`` for a prompt, the most telling first; ``sure``: the probability that it answers, 0–1.

    ``is_found``: False where it says that there is nothing of the kind.
    """

    facts: Facts
    lines: Sequence[str]
    sure: float = 1.0
    is_found: bool = True


Answering = Callable[[Desk, Asked], Reply]
"""Answers one question."""


def found(kind: str, facts: Iterable[Facts], lines: Iterable[str], nothing: str, **more: Any) -> Reply:
    """Reply with a list, or say that there is ``nothing``."""
    told, said = list(facts), list(lines)
    return Reply({kind: told, **more}, said or [nothing], is_found=bool(told))


def facts_of_hit(hit: Hit, score: Score) -> Facts:
    """A hit of a search for programs; of a unit of HEAD ``path`` is relative to the repository, ``line`` its first one there."""
    document = hit.document
    told = _facts(document, score, document.description) | {"relevance": round(min(hit.relevance, MOST_SURE), 4)}
    return told | {"line": document.line, "reviewed": False} if document.line else told


def facts_of_candidate(candidate: Candidate) -> Facts:
    """A candidate for programs: nobody has reviewed it."""
    manifest = candidate.manifest
    return {
        "id": candidate.id,
        "version": 0,
        "library": "",
        "name": manifest.name,
        "kind": manifest.kind,
        "language": manifest.language,
        "framework": manifest.framework,
        "tags": list(manifest.tags),
        "description": manifest.description,
        "path": candidate.origin.path,
        "evidence": "a candidate, which nobody has reviewed",
        "effectiveness": 0.5,
        "state": "candidate",
        "reviewed": False,
    }


def line_of(told: Mapping[str, Any], more: str = "") -> str:
    """A pattern in one line: its id, what it does, and what became of it where that is known."""
    place = f"{told['path']}:{told['line']}" if told.get("line") else str(told["id"])
    said = _shortened(str(told["description"])) or str(told["name"])
    known = "" if told["evidence"] == "untested" or told.get("line") else f" ({told['evidence']})"
    return f"{place}: {said}{known}{f' {more}' if more else ''}"


def with_descriptions(desk: Desk, rows: Sequence[DocumentRow]) -> list[Facts]:
    """Some patterns for programs, in their order."""
    said = {document.place + document.library: document.description for document in desk.documents(rows)}
    desk.scores.ahead([row.digest for row in rows])
    return [_facts(row, desk.score(row.digest), said.get(row.place + row.library, "")) for row in rows]


def ref_of(row: DocumentRow) -> PatternRef:
    """The version that a row is of."""
    return PatternRef(row.id, row.version)


def _facts(found: Document | DocumentRow, score: Score, description: str) -> Facts:
    return {
        "id": found.id,
        "version": found.version,
        "library": found.library,
        "name": found.name,
        "kind": found.kind,
        "language": found.language,
        "framework": found.framework,
        "tags": list(found.tags),
        "description": description,
        "path": found.path,
        "evidence": sentence(score),
        "effectiveness": round(score.mean, 4),
        "state": score.state,
        "reviewed": True,
    }


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_DESCRIPTION else f"{line[: MAX_DESCRIPTION - 1].rstrip()}…"
