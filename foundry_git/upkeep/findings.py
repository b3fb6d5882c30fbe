"""Findings: what ``foundry doctor`` looks at, one thing after the other, and how each stands."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from foundry_git.door import door_of, is_answered
from foundry_git.errors import FETCH_ALL, TO_SEARCH_BY_MEANING, FoundryError
from foundry_git.evidence.ledger import Ledger
from foundry_git.extraction import budget
from foundry_git.extraction.origin_repository import lying_here
from foundry_git.extraction.origins import OriginState, counted, newest_documents, origins_now
from foundry_git.git import hooks
from foundry_git.git.identity import identity_of
from foundry_git.git.repository import Repository
from foundry_git.git.roots import roots_up_to
from foundry_git.git.state_folder import StateFolder
from foundry_git.inbox.inbox import Inbox
from foundry_git.index.encoder.protocol import Encoder
from foundry_git.index.stack_index import StackIndex
from foundry_git.progress import Progress
from foundry_git.search.head_units import HeadUnits
from foundry_git.workspace import Workspace


class FindingState(StrEnum):
    """How one finding stands."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


class Finding(Struct, frozen=True):
    """One thing that was looked at; ``next_step`` says what to do where it is not good."""

    name: str
    state: FindingState
    sentence: str
    next_step: str = ""


class WorkerStanding(Struct, frozen=True):
    """How the worker stands: there is a cursor; it is not at HEAD; how its last run ended, if badly."""

    is_started: bool
    is_behind: bool
    last_error: str = ""


def findings_of(workspace: Workspace, worker: WorkerStanding, progress: Progress | None) -> tuple[Finding, ...]:
    """Look at one thing after the other; what cannot be looked at is itself a finding."""
    looks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("repository", lambda: _repository(workspace.repository)),
        ("languages", lambda: _languages(workspace)),
        ("library", lambda: _library(workspace)),
        ("hooks", lambda: _hooks(workspace.need_repository())),
        ("worker", lambda: _worker(worker, workspace.repository is not None and workspace.own is not None)),
        ("candidates", lambda: _candidates(Inbox.of(workspace))),
        ("origins", lambda: _origins(workspace)),
        ("weights", lambda: _weights(workspace.index.encoder, workspace.settings.encoder.enabled, workspace.weights_error)),
        ("index", lambda: _index(workspace.patterns, progress)),
        ("units", lambda: _units(workspace)),
        ("evidence", lambda: _evidence(workspace.ledger, workspace.state)),
    )
    return tuple(_looked(name, look) for name, look in looks)


def _looked(name: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except (FoundryError, OSError) as error:
        return Finding(name, FindingState.BAD, str(error))


def _repository(repository: Repository | None) -> Finding:
    if repository is None:
        return Finding("repository", FindingState.BAD, "not inside a Git repository", "change into one, or run `git init`")
    cut = "; a shallow clone, known by its name and by the commits that are here" if repository.is_shallow else ""
    return Finding("repository", FindingState.GOOD, f"{repository.top or repository.git_dir}{cut}", FETCH_ALL if cut else "")


def _languages(workspace: Workspace) -> Finding:
    seen = workspace.languages()
    if not seen.total:
        return Finding("languages", FindingState.GOOD, "no source code at HEAD yet")
    read = ", ".join(f"{language} {count / seen.total:.0%}" for language, count in seen.read.items())
    if seen.remark:
        return Finding("languages", FindingState.NOTE, f"{read}; {seen.remark}" if read else seen.remark)
    return Finding("languages", FindingState.GOOD, f"{read} of {seen.total:,} source file{'' if seen.total == 1 else 's'}")


def _library(workspace: Workspace) -> Finding:
    own = workspace.own
    if own is None:
        return Finding("library", FindingState.BAD, "none here; only the starter library is searched", "run `foundry init`")
    problems = workspace.patterns.converge()
    _ = workspace.settings  # raises where foundry.yaml cannot be used
    mine = [problem for problem in problems if problem.path.is_relative_to(own.root)]
    if mine:
        return Finding(
            "library", FindingState.BAD, f"{own.root}: {len(mine)} files cannot be used", "run `foundry library check`"
        )
    if not own.document.get("name") and not own.read_only:
        said = f"{own.root}: has no name of its own and is called {own.name} by its folder, elsewhere by another"
        return Finding(
            "library", FindingState.NOTE, said, f"write `name: {own.name}` into {own.file.name}, as `foundry init` does"
        )
    count = sum(row.library == own.name for row in workspace.patterns.rows())
    return Finding(
        "library", FindingState.GOOD, f"{own.root}: {count} version{'' if count == 1 else 's'}, and the starter library behind it"
    )


def _hooks(repository: Repository) -> Finding:
    there = hooks.installed(repository)
    missing = [name for name, is_there in there.items() if not is_there]
    if missing:
        return Finding("hooks", FindingState.BAD, f"the worker is not woken by {', '.join(missing)}", "run `foundry init`")
    if hooks.lacks_script(repository):
        script = StateFolder(repository.state).wake_script
        return Finding("hooks", FindingState.BAD, f"they read {script}, which is not there", "run `foundry init` again")
    gone = [python for python in hooks.interpreters(repository) if not Path(python).exists()]
    is_old = not StateFolder(repository.state).wake_script.is_file()
    if gone and (is_old or not shutil.which("foundry")):
        return Finding("hooks", FindingState.BAD, f"they start {gone[0]}, which is no longer there", "run `foundry init` again")
    if gone:
        said = f"they start {gone[0]}, which is no longer there, so that `foundry` on the PATH of each commit is started"
        return Finding("hooks", FindingState.NOTE, said, "run `foundry init` again")
    return Finding("hooks", FindingState.GOOD, f"{', '.join(there)} wake the worker")


def _worker(worker: WorkerStanding, has_work: bool) -> Finding:
    if not has_work:
        return Finding("worker", FindingState.NOTE, "has nothing to do without a repository and a library")
    if not worker.is_started:
        return Finding("worker", FindingState.BAD, "was never started here", "run `foundry init`")
    if worker.last_error:
        return Finding(
            "worker",
            FindingState.BAD,
            f"its last run ended with: {worker.last_error}",
            "see worker.log in the repository's foundry folder",
        )
    if worker.is_behind:
        return Finding("worker", FindingState.NOTE, "behind HEAD; another run is at it", "wait a moment")
    watched = "; a watcher answers searches" if is_answered(door_of(Path.cwd())) else ""
    return Finding("worker", FindingState.GOOD, f"its cursor is at HEAD{watched}")


def _candidates(inbox: Inbox) -> Finding:
    waiting = inbox.waiting()
    count = len(budget.shown(waiting))
    if count:
        return Finding("candidates", FindingState.NOTE, f"{count} wait for you", "run `foundry candidates`")
    if waiting:
        said = f"none in the inbox; {len(waiting)} that the week had no room for, or that are worth little"
        return Finding("candidates", FindingState.GOOD, said, "`foundry candidates --all` lists them")
    return Finding("candidates", FindingState.GOOD, "none waits")


def _origins(workspace: Workspace) -> Finding:
    if workspace.repository is None:
        return Finding("origins", FindingState.NOTE, "have no repository to be looked for in")
    workspace.patterns.converge()
    tree = workspace.head_tree()
    roots_up_to(workspace.repository, tree.id)
    here = lying_here(newest_documents(workspace.index.catalogue), identity_of(workspace.repository), workspace.objects)
    counts = counted(origins_now(tree, here))
    if not sum(counts.values()):
        return Finding("origins", FindingState.GOOD, "no pattern was taken from this repository")
    said = ", ".join(f"{count} {state}" for state, count in counts.items())
    if counts[OriginState.FRESH] == sum(counts.values()):
        return Finding("origins", FindingState.GOOD, said)
    return Finding(
        "origins", FindingState.NOTE, said, "see `foundry show ID`; a change that is committed is proposed as the next version"
    )


def _weights(encoder: Encoder | None, is_enabled: bool, error: str) -> Finding:
    if error:
        return Finding("weights", FindingState.BAD, error)
    if not is_enabled:
        return Finding("weights", FindingState.NOTE, "switched off in your config.yaml: search is by word only")
    if encoder is None:
        return Finding("weights", FindingState.NOTE, "none: search is by word only", TO_SEARCH_BY_MEANING)
    return Finding("weights", FindingState.GOOD, f"{encoder.name}, {encoder.fingerprint}")


def _index(patterns: StackIndex, progress: Progress | None) -> Finding:
    patterns.converge()
    encoded = patterns.encode(progress)
    rows = patterns.rows()
    place = patterns.index.folder or "memory"
    return Finding("index", FindingState.GOOD, f"{len(rows)} versions in step with the files ({encoded} encoded now), in {place}")


def _units(workspace: Workspace) -> Finding:
    if workspace.repository is None:
        return Finding("units", FindingState.NOTE, "have no repository to be read from")
    units = HeadUnits.of(workspace) if workspace.has_units else None
    if units is None:
        return Finding("units", FindingState.GOOD, "nobody asked about the code at HEAD yet; the first search reads it")
    units.prepare()
    count = len(units.index.catalogue.rows())
    done, total = units.encoded()
    said = f"{count:,} of HEAD, in step with it"
    if lacking := units.count_lacking(workspace.repository.head()):
        said += f", without {lacking:,} source file{'' if lacking == 1 else 's'} that this partial clone has not"
    if units.index.encoder is None:
        return Finding("units", FindingState.GOOD, f"{said}, searched by word only")
    said += f"; {done:,} of {total:,} texts encoded"
    if done < total:
        return Finding("units", FindingState.NOTE, said, "the others are encoded in the background once somebody searches")
    return Finding("units", FindingState.GOOD, said)


def _evidence(ledger: Ledger, state: Path) -> Finding:
    ledger.verify()
    problems = ledger.problems()
    if problems:
        said = f"lines that cannot be read: {len(problems)}; the first: {problems[0]}"
        return Finding("evidence", FindingState.BAD, said, "correct or delete them")
    apart, window = ledger.apart()
    if apart:
        said = f"events held apart: {apart:,}, dated before {window.since[:10]} or after {window.until[:10]}"
        return Finding("evidence", FindingState.NOTE, said, "if the earlier ones are right, set `evidence.since` in foundry.yaml")
    return Finding("evidence", FindingState.GOOD, f"journal in {state}")
