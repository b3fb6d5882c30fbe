"""Health: what ``foundry doctor`` finds, and whether the loop is closing."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

from foundry_git.errors import FoundryError
from foundry_git.evidence.ledger import Ledger
from foundry_git.index.stack_index import StackIndex
from foundry_git.progress import Progress
from foundry_git.search.query import Filters, Question, current_rows
from foundry_git.search.search import corpus_of, encoded, rank
from foundry_git.upkeep.findings import Finding, WorkerStanding, findings_of
from foundry_git.upkeep.loop import Link, links
from foundry_git.upkeep.reach import reaches
from foundry_git.workspace import Workspace

STEPS = (
    ("sighted", "known code seen again in a commit"),
    ("accepted", "candidate accepted"),
    ("injected", "patterns put into a prompt"),
    ("adopted", "injected pattern used"),
    ("outcome", "outcome recorded"),
    ("rated", "pattern rated"),
    ("rejected", "candidate rejected"),
)
FOUND_AMONG = 10


class LoopStep(Struct, frozen=True):
    """One step of the loop and when it last happened; None: never."""

    name: str
    meaning: str
    last: datetime | None


class Health(Struct, frozen=True):
    """All findings, the steps and links of the loop, and the ids of patterns that a search for their own description does not find."""

    findings: tuple[Finding, ...]
    steps: tuple[LoopStep, ...]
    unreachable: tuple[str, ...]
    patterns: int
    links: tuple[Link, ...] = ()


def examine(workspace: Workspace, worker: WorkerStanding, progress: Progress | None = None) -> Health:
    """Look at everything; what cannot be looked at is itself a finding."""
    found = findings_of(workspace, worker, progress)
    try:
        unreachable, count = _unreachable(workspace.patterns)
    except FoundryError:
        unreachable, count = (), 0
    return Health(found, _steps(workspace.ledger), unreachable, count, _links(workspace))


def _steps(ledger: Ledger) -> tuple[LoopStep, ...]:
    try:
        return tuple(LoopStep(kind, meaning, ledger.last(kind)) for kind, meaning in STEPS)
    except FoundryError:
        return ()


def _links(workspace: Workspace) -> tuple[Link, ...]:
    try:
        return links(reaches(workspace.own, workspace.patterns, workspace.ledger, datetime.now(UTC)))
    except FoundryError:
        return ()


def _unreachable(patterns: StackIndex) -> tuple[tuple[str, ...], int]:
    """The patterns that are not among the first ten for their own description."""
    names = [library.name for library in patterns.stack]
    catalogue = patterns.index.catalogue
    rows = current_rows(catalogue.rows(), names, Filters())
    corpus, documents = corpus_of(rows), catalogue.documents([row.number for row in rows])
    rows = [row for row in rows if documents[row.number].description]
    questions = [Question.of(documents[row.number].description) for row in rows]
    vectors = encoded(patterns.index, questions, corpus)
    lost = []
    for row, question, vector in zip(rows, questions, vectors, strict=True):
        first = [hit.number for hit in rank(patterns.index, question, corpus, vector=vector)[:FOUND_AMONG]]
        if row.number not in first:
            lost.append(row.id)
    return tuple(lost), len(rows)
