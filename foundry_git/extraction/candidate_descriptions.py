"""Descriptions of candidates: the user's own describer puts them into words, once stored. Off unless ``config.yaml`` names one."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from foundry_git.errors import DescriberError, SourceError
from foundry_git.evidence.ledger import Ledger
from foundry_git.extraction.describer import DescriberRequest, Description, ask
from foundry_git.index.stack_index import StackIndex
from foundry_git.library.candidates import Candidate, CandidateStore
from foundry_git.source.reader import read_units
from foundry_git.workspace import Workspace

log = logging.getLogger("foundry_git.describer")

MOST = 10  # as many as `foundry candidates` shows
SECONDS_IN_ALL = 30  # half of what a worker has for everything; then the rest waits for its next run
_QUIET = {"FOUNDRY_WORKER": "1"}  # what the program does in Git wakes no worker


class Described(Struct, frozen=True):
    """Descriptions by the key of the candidate and its code, the program's name, and what went wrong, a sentence each."""

    program: str = ""
    found: Mapping[tuple[str, str, str], Description] = field(default_factory=dict)
    remarks: Sequence[str] = ()


def find_descriptions(workspace: Workspace, most: int = MOST) -> Described:
    """Ask the describer about the best candidates that it has not described yet; nothing is stored.

    A candidate it fails on stays as it is and is asked about again next time; a program that fails twice running is left alone.
    """
    settings = workspace.settings.describer
    if not settings.command:
        return Described()
    found: dict[tuple[str, str, str], Description] = {}
    remarks: list[str] = []
    until, failed = time.monotonic() + SECONDS_IN_ALL, 0
    for candidate in _undescribed(workspace.candidates, workspace.patterns, workspace.ledger)[:most]:
        if failed == 2 or time.monotonic() > until:
            break
        try:
            found[_key(candidate)] = _ask(workspace, candidate)
            failed = 0
        except DescriberError as error:
            remarks.append(f"{candidate.id}: {error}")
            failed += 1
    return Described(Path(settings.command[0]).name, found, remarks)


def write_descriptions(candidates: CandidateStore, described: Described) -> list[Candidate]:
    """Store what :func:`find_descriptions` found. Call it under the repository's worker lock: it replaces candidates."""
    there = [candidate for candidate in candidates.read() if _key(candidate) in described.found]
    written = [_with(candidate, described.found[_key(candidate)], described.program) for candidate in there]
    if written:
        candidates.update(written)
        log.info("%s described %d candidates", described.program, len(written))
    return written


def _undescribed(candidates: CandidateStore, patterns: StackIndex, ledger: Ledger) -> list[Candidate]:
    accepted, rejected = patterns.documents_by_shape(), ledger.rejected_shapes()
    waiting = [one for one in candidates.read() if one.shape not in accepted and one.shape not in rejected]
    return [one for one in waiting if not (one.described_by or one.supersedes)]  # a next version has a person's words


def _ask(workspace: Workspace, candidate: Candidate) -> Description:
    settings, manifest = workspace.settings.describer, candidate.manifest
    question = DescriberRequest(
        language=manifest.language,
        name=manifest.name,
        signature=_signature(candidate),
        description=manifest.description,
        code=candidate.code,
        vocabulary=workspace.settings.extraction.tags,
    )
    folder = workspace.folders.configuration  # never the repository: a relative name in the command must not be a tracked file's
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}  # a hook's name a repository
    return ask(settings.command, settings.seconds, question, folder, environment | _QUIET)


def _signature(candidate: Candidate) -> str:
    try:
        units = read_units(candidate.code, candidate.manifest.code)
    except SourceError:
        return ""
    return next((unit.signature for unit in units if unit.symbol == candidate.origin.symbol), "")


def _with(candidate: Candidate, said: Description, program: str) -> Candidate:
    manifest = replace(
        candidate.manifest,
        description=said.description,
        name=said.name or candidate.manifest.name,
        tags=said.tags or candidate.manifest.tags,
    )
    return replace(candidate, manifest=manifest, described_by=program, near=None)


def _key(candidate: Candidate) -> tuple[str, str, str]:
    return candidate.id, candidate.shape, candidate.code
