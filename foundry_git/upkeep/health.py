"""Health: what ``foundry doctor`` looks at, and whether the loop is closing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from foundry_git.door import door_of, is_answered
from foundry_git.errors import FoundryError
from foundry_git.extraction.origins import (
    OriginState,
    counted,
    origins_here,
    origins_now,
)
from foundry_git.git import hooks
from foundry_git.git.repository import Repository
from foundry_git.inbox.inbox import inbox_of
from foundry_git.progress import Progress
from foundry_git.search.head_units import converge_units, encode_few_units, units_pending
from foundry_git.search.query import Filters, current_rows
from foundry_git.search.search import corpus_of, rank
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


class FindingState(StrEnum):
    """How one finding stands."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``next_step`` says what to do where it is not good."""

    name: str
    state: FindingState
    sentence: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class LoopStep:
    """One step of the loop and when it last happened; None: never."""

    name: str
    meaning: str
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """All findings, the steps and links of the loop, and the ids of patterns that a search for their own description does not find."""

    findings: tuple[Finding, ...]
    steps: tuple[LoopStep, ...]
    unreachable: tuple[str, ...]
    patterns: int
    links: tuple[Link, ...] = ()


Examination = Callable[[Workspace], Finding]


def examine(workspace: Workspace, is_started: bool, behind: bool, last_error: str, progress: Progress | None = None) -> Health:
    """Look at everything; what cannot be looked at is itself a finding.

    ``is_started``: there is a cursor; ``behind``: it is not at HEAD; ``last_error``: how the worker's last run ended, if badly.
    """
    looks: tuple[tuple[str, Examination], ...] = (
        ("repository", _repository),
        ("library", _library),
        ("hooks", _hooks),
        ("worker", lambda w: _worker(w, is_started, behind, last_error)),
        ("candidates", _candidates),
        ("origins", _origins),
        ("weights", _weights),
        ("index", lambda w: _index(w, progress)),
        ("units", _units),
        ("evidence", _evidence),
    )
    findings = tuple(_looked(name, look, workspace) for name, look in looks)
    try:
        unreachable, count = _unreachable(workspace)
    except FoundryError:
        unreachable, count = (), 0
    return Health(findings, _steps(workspace), unreachable, count, _links(workspace))


def _looked(name: str, look: Examination, workspace: Workspace) -> Finding:
    try:
        return look(workspace)
    except (FoundryError, OSError) as error:
        return Finding(name, FindingState.BAD, str(error))


def _repository(workspace: Workspace) -> Finding:
    if workspace.repository is None:
        return Finding("repository", FindingState.BAD, "not inside a Git repository", "change into one, or run `git init`")
    return Finding("repository", FindingState.GOOD, str(workspace.repository.top or workspace.repository.git_dir))


def _library(workspace: Workspace) -> Finding:
    own = workspace.own
    if own is None:
        return Finding("library", FindingState.BAD, "none here; only the starter library is searched", "run `foundry init`")
    problems = workspace.patterns.converge()
    _ = workspace.settings  # raises where foundry.yaml cannot be used
    mine = [problem for problem in problems if problem.path.is_relative_to(own.root)]
    if mine:
        return Finding("library", FindingState.BAD, f"{own.root}: {len(mine)} files cannot be used", "run `foundry check`")
    count = sum(row.library == own.name for row in workspace.patterns.rows())
    return Finding(
        "library", FindingState.GOOD, f"{own.root}: {count} version{'' if count == 1 else 's'}, and the starter library behind it"
    )


def _hooks(workspace: Workspace) -> Finding:
    repository = workspace.need_repository()
    there = hooks.installed(repository)
    missing = [name for name, is_there in there.items() if not is_there]
    if missing:
        return Finding("hooks", FindingState.BAD, f"the worker is not woken by {', '.join(missing)}", "run `foundry init`")
    gone = [python for python in _pythons(repository) if not Path(python).exists()]
    if gone:
        return Finding("hooks", FindingState.BAD, f"they start {gone[0]}, which is no longer there", "run `foundry init` again")
    return Finding("hooks", FindingState.GOOD, f"{', '.join(there)} wake the worker")


def _pythons(repository: Repository) -> list[str]:
    import re

    found = []
    for name in hooks.WAKING:
        path = hooks.hooks_folder(repository) / name
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        found += [word.strip("'") for word in re.findall(r"-x ('[^']+'|\S+) \]", text)]
    return found


def _worker(workspace: Workspace, is_started: bool, behind: bool, last_error: str) -> Finding:
    if workspace.repository is None or workspace.own is None:
        return Finding("worker", FindingState.NOTE, "has nothing to do without a repository and a library")
    if not is_started:
        return Finding("worker", FindingState.BAD, "was never started here", "run `foundry init`")
    if last_error:
        return Finding(
            "worker",
            FindingState.BAD,
            f"its last run ended with: {last_error}",
            "see worker.log in the repository's foundry folder",
        )
    if behind:
        return Finding("worker", FindingState.NOTE, "behind HEAD; another run is at it", "wait a moment")
    watched = "; a watcher answers searches" if is_answered(door_of(Path.cwd())) else ""
    return Finding("worker", FindingState.GOOD, f"its cursor is at HEAD{watched}")


def _candidates(workspace: Workspace) -> Finding:
    count = len(inbox_of(workspace))
    if count:
        return Finding("candidates", FindingState.NOTE, f"{count} wait for you", "run `foundry candidates`")
    return Finding("candidates", FindingState.GOOD, "none waits")


def _origins(workspace: Workspace) -> Finding:
    if workspace.repository is None:
        return Finding("origins", FindingState.NOTE, "have no repository to be looked for in")
    workspace.patterns.converge()
    counts = counted(origins_now(workspace.repository, origins_here(workspace)))
    if not sum(counts.values()):
        return Finding("origins", FindingState.GOOD, "no pattern was taken from this repository")
    said = ", ".join(f"{count} {state}" for state, count in counts.items())
    if counts[OriginState.FRESH] == sum(counts.values()):
        return Finding("origins", FindingState.GOOD, said)
    return Finding(
        "origins", FindingState.NOTE, said, "see `foundry show ID`; a change that is committed is proposed as the next version"
    )


def _weights(workspace: Workspace) -> Finding:
    encoder = workspace.index.encoder
    if workspace.weights_error:
        return Finding("weights", FindingState.BAD, workspace.weights_error)
    if not workspace.settings.encoder.enabled:
        return Finding("weights", FindingState.NOTE, "switched off in your config.yaml: search is by word only")
    if encoder is None:
        return Finding("weights", FindingState.NOTE, "none: search is by word only", "pip install 'foundry-git[model]'")
    return Finding("weights", FindingState.GOOD, f"{encoder.name}, {encoder.fingerprint}")


def _index(workspace: Workspace, progress: Progress | None) -> Finding:
    encoded = workspace.patterns.encode(progress)
    rows = workspace.patterns.rows()
    place = workspace.index.folder or "memory"
    return Finding("index", FindingState.GOOD, f"{len(rows)} versions in step with the files ({encoded} encoded now), in {place}")


def _units(workspace: Workspace) -> Finding:
    if workspace.repository is None:
        return Finding("units", FindingState.NOTE, "have no repository to be read from")
    if not workspace.has_units or workspace.units is None:
        return Finding("units", FindingState.GOOD, "nobody asked about the code at HEAD yet; the first search reads it")
    converge_units(workspace)
    encode_few_units(workspace)
    count = len(workspace.units.catalogue.rows())
    done, total = units_pending(workspace)
    said = f"{count:,} of HEAD, in step with it"
    if workspace.index.encoder is None:
        return Finding("units", FindingState.GOOD, f"{said}, searched by word only")
    said += f"; {done:,} of {total:,} texts encoded"
    if done < total:
        return Finding("units", FindingState.NOTE, said, "the others are encoded in the background once somebody searches")
    return Finding("units", FindingState.GOOD, said)


def _evidence(workspace: Workspace) -> Finding:
    workspace.ledger.refresh()
    problems = workspace.ledger.problems()
    if problems:
        said = f"lines that cannot be read: {len(problems)}; the first: {problems[0]}"
        return Finding("evidence", FindingState.BAD, said, "correct or delete them")
    return Finding("evidence", FindingState.GOOD, f"journal in {workspace.state}")


def _steps(workspace: Workspace) -> tuple[LoopStep, ...]:
    try:
        return tuple(LoopStep(kind, meaning, workspace.ledger.last(kind)) for kind, meaning in STEPS)
    except FoundryError:
        return ()


def _links(workspace: Workspace) -> tuple[Link, ...]:
    try:
        return links(reaches(workspace, datetime.now(UTC)))
    except FoundryError:
        return ()


def _unreachable(workspace: Workspace) -> tuple[tuple[str, ...], int]:
    """The patterns that are not among the first ten for their own description."""
    names = [library.name for library in workspace.stack]
    catalogue = workspace.index.catalogue
    rows = current_rows(catalogue.rows(), names, Filters())
    corpus, documents = corpus_of(rows), catalogue.documents([row.number for row in rows])
    lost = []
    for row in rows:
        first = [hit.number for hit in rank(workspace.index, documents[row.number].description, corpus)[:FOUND_AMONG]]
        if row.number not in first:
            lost.append(row.id)
    return tuple(lost), len(rows)
