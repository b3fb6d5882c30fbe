"""What the worker does in the background, and a command at once where that is quick: comparing, describing, units of HEAD, syncing."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable

from msgspec import Struct

from foundry_git.errors import BusyError, FoundryError
from foundry_git.extraction.candidate_descriptions import Described, find_descriptions, write_descriptions
from foundry_git.extraction.near_duplicates import Neighbourhood, find_near, mark_near
from foundry_git.progress import Progress
from foundry_git.search.duplication_trend import note_daily
from foundry_git.search.head_units import AT_ONCE, HeadUnits
from foundry_git.search.similarity import cut_ahead
from foundry_git.upkeep.sync import sync_in_background
from foundry_git.worker.state import LOCK_SECONDS, WorkerState
from foundry_git.workspace import Workspace

log = logging.getLogger("foundry_git.worker")

BETWEEN_GENERATIONS = 2048  # texts encoded before they can be found, where a person watches
UNITS_SECONDS = 30  # of encoding units of HEAD; what is begun then ends within the worker's time limit


def encode_and_compare(workspace: Workspace) -> bool:
    """Encode, compare and describe what is new; False where another worker is at it, which then does this one's work too."""
    try:
        with WorkerState(workspace.need_repository()).encoding_alone():
            workspace.patterns.encode()
            compare_all(workspace)
            _describe_quietly(workspace)
    except BusyError:
        return False
    return True


def compare(workspace: Workspace) -> bool:
    """Mark candidates that are near to something known; False, and nothing done, when that would take long.

    Raises:
        BusyError: another worker is at it.
    """
    around = Neighbourhood.of(workspace)
    marks = find_near(around)
    if marks:
        with WorkerState(workspace.need_repository()).alone():
            mark_near(around, marks)
    return marks is not None


def compare_all(workspace: Workspace) -> None:
    """Mark all candidates that are near to something known, however long that takes; raises like :func:`compare`."""
    around = Neighbourhood.of(workspace)
    while marks := find_near(around, None):
        with WorkerState(workspace.need_repository()).alone():
            mark_near(around, marks)


def describe(workspace: Workspace, wait: float = LOCK_SECONDS) -> Described:
    """Let the user's describer, if there is one, put the best candidates into words; nobody asks it twice at once.

    Raises:
        BusyError: another worker took longer than ``wait`` seconds.
    """
    if not workspace.settings.describer.command:
        return Described()
    state = WorkerState(workspace.need_repository())
    with state.describing_alone(wait):
        described = find_descriptions(workspace)
        if described.found:
            with state.alone(wait):
                write_descriptions(workspace.candidates, described)
    return described


def index_head_units(workspace: Workspace, seconds: float = UNITS_SECONDS, stop: Callable[[], bool] = lambda: False) -> int:
    """Bring the units of HEAD in step and give them vectors, as many as the time allows; return how many texts were encoded.

    ``stop`` is asked between pieces of work.

    Raises:
        BusyError: another process is encoding.
    """
    until, encoded = time.monotonic() + seconds, 0
    units = HeadUnits.of(workspace)
    if units is None:
        return 0
    with WorkerState(units.repository).encoding_alone():
        units.converge()
        cut_ahead(units.index)
        while time.monotonic() < until and not stop() and (some := units.index.encode_missing(at_most=AT_ONCE)):
            encoded += some
        if not stop():
            note_daily(units)
    return encoded


class Encoded(Struct, frozen=True):
    """How many texts were encoded now, and how many patterns and units of HEAD have vectors."""

    texts: int
    patterns: int
    units: int


def encode_everything(workspace: Workspace, reading: Progress, encoding: Progress) -> Encoded:
    """Bring patterns and the units of HEAD in step and encode all that is not encoded, however long it takes.

    What was encoded stays when it is interrupted. A worker that encodes in the background is waited for.

    Raises:
        BusyError: another process still encodes after as long as a worker may take.
    """
    workspace.patterns.converge()
    texts, units = workspace.patterns.encode(encoding), HeadUnits.of(workspace)
    if units is not None:
        with WorkerState(units.repository).encoding_alone(2 * UNITS_SECONDS):
            units.converge(reading)
            missing, before = units.index.count_missing(), texts
            while some := units.index.encode_missing(_shifted(encoding, texts - before, missing), at_most=BETWEEN_GENERATIONS):
                texts += some
    return Encoded(texts, len(workspace.patterns.rows()), units.encoded()[0] if units else 0)


def _shifted(progress: Progress, done: int, total: int) -> Progress:
    return lambda more, _: progress(done + more, total)


def sync_quietly(workspace: Workspace) -> None:
    """Exchange evidence where a person said yes; being offline is nothing that a person must mend."""
    try:
        said = sync_in_background(workspace)
    except (FoundryError, OSError) as error:
        said = f"not synced: {error}"
    if said:
        log.info("%s", said)


def _describe_quietly(workspace: Workspace) -> None:
    with contextlib.suppress(BusyError):  # a command is at it
        described = describe(workspace)
        for remark in described.remarks:
            log.warning("%s", remark)
        if described.found:
            compare_all(workspace)
