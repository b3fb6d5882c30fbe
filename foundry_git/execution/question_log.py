"""The question log: what was asked on this machine, summed up, and the questions that no trigger matched. Never shared, never scored.

An engine answers hundreds of questions a second, so nothing is written for each: what is alike is counted together, and one line
is appended now and then. Who asked is kept as a hash; a question itself only where no trigger matched it, so that one can be proposed.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple, replace

from foundry_git import atomic, lock
from foundry_git.errors import BusyError
from foundry_git.evidence.events import hashed
from foundry_git.execution.asking import Context
from foundry_git.execution.figures import Done, Latencies
from foundry_git.source.privacy import scrubbed_prose
from foundry_git.source.secrets import find_secrets

log = logging.getLogger("foundry_git.execution")

FLUSH_SECONDS = 30.0
MAX_BYTES = 4 * 1024**2
MOST_KINDS, MOST_MISSED = 500, 200  # of one line
MAX_MISSED = 300  # characters
SCHEMA = 1
_PRIVATE = 0o600
_HASH = 16  # hex digits


class Kind(Struct, frozen=True, order=True):
    """What makes questions alike; ``agent`` and ``session`` are hashes, "" where none is told."""

    type: str
    route: str
    mode: str
    layer: str
    ok: bool
    agent: str = ""
    session: str = ""
    workflow: str = ""
    priority: str = ""


class Missed(Struct, frozen=True, order=True):
    """A question that no trigger matched, and where it went."""

    question: str
    route: str


class Stretch(Struct, frozen=True):
    """What was asked in some seconds up to a moment."""

    at: datetime
    kinds: Mapping[Kind, int]
    tokens: int
    latencies: Latencies
    missed: Mapping[Missed, int]


class QuestionLog:
    """The log at ``path``; None: nothing is kept. Threads and processes may share it."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock
        self._guard = threading.Lock()
        self._flushed = clock()
        self._clear()

    def add(self, done: Done, context: Context, is_missed: bool) -> None:
        """Count a question; ``is_missed``: no trigger matched it."""
        if self._path is None:
            return
        with self._guard:
            kind = _kind_of(done, context)
            if kind not in self._kinds and len(self._kinds) >= MOST_KINDS:
                kind = replace(kind, agent="", session="", workflow="")
            self._kinds[kind] += 1
            self._tokens += done.tokens
            self._latencies.add(done.ms)
            missed = Missed(done.question, done.route)
            if is_missed and (missed in self._missed or len(self._missed) < MOST_MISSED):
                self._missed[missed] += 1
        if self._clock() - self._flushed >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what was counted since the last time; where that cannot be written it is dropped, and said once."""
        with self._guard:
            kinds, missed, tokens, latencies = self._kinds, self._missed, self._tokens, self._latencies
            self._flushed = self._clock()
            self._clear()
        if self._path is None or not kinds:
            return
        line = {
            "schema": SCHEMA,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "kinds": [[*astuple(kind), count] for kind, count in sorted(kinds.items())],
            "tokens": tokens,
            "ms": latencies.kept(),
            "missed": [[said, one.route, count] for one, count in sorted(missed.items()) if (said := _sayable(one.question))],
        }
        try:
            with lock.held(self._path.with_suffix(".lock"), 1.0):
                _append(self._path, json.dumps(line).encode() + b"\n")
        except (OSError, BusyError) as error:
            log.info("%s: what was asked is not kept (%s)", self._path, error)

    def read(self) -> list[Stretch]:
        """Return what is kept, oldest first; lines that cannot be read are left out."""
        return list(_read(self._path)) if self._path else []

    def _clear(self) -> None:
        self._kinds: Counter[Kind] = Counter()
        self._missed: Counter[Missed] = Counter()
        self._tokens, self._latencies = 0, Latencies()


def _kind_of(done: Done, context: Context) -> Kind:
    named = [hashed(name)[:_HASH] if name else "" for name in (context.agent, context.session)]
    agent, session = named
    workflow, priority = context.workflow[:60], context.priority
    layer = done.layer or ("bypassed" if done.bypassed else "")
    return Kind(done.type.value, done.route, done.mode, layer, done.ok, agent, session, workflow, priority)


def _sayable(question: str) -> str:
    """A question that may be kept: none with a secret, and private data taken out."""
    return "" if find_secrets(question) else scrubbed_prose(question)[:MAX_MISSED]  # cut last: half a secret looks like none


def _append(path: Path, line: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _PRIVATE)
    try:
        size = os.fstat(handle).st_size
        os.write(handle, line if _ends_well(path, size) else b"\n" + line)
    finally:
        os.close(handle)
    if size + len(line) > MAX_BYTES:
        kept = path.read_bytes()[-MAX_BYTES // 2 :]
        atomic.write_bytes(path, kept.partition(b"\n")[2], _PRIVATE)


def _ends_well(path: Path, size: int) -> bool:
    """Whether the last line is whole; that of a process that was killed is not."""
    with path.open("rb") as file:
        file.seek(max(0, size - 1))
        return file.read(1) in (b"", b"\n")


def _read(path: Path) -> Iterator[Stretch]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield _parsed(json.loads(line))
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            OverflowError,
            RecursionError,
        ):  # cut short by a process that was killed, or of another version
            continue


def _parsed(found: Mapping[str, Any]) -> Stretch:
    if found["schema"] != SCHEMA:
        raise ValueError("of another version")
    kinds = {Kind(*one[:-1]): int(one[-1]) for one in found["kinds"]}
    missed = {Missed(str(question), str(route)): int(count) for question, route, count in found["missed"]}
    return Stretch(datetime.fromisoformat(found["at"]), kinds, int(found["tokens"]), Latencies.of_kept(found["ms"]), missed)


def summed(stretches: Sequence[Stretch]) -> tuple[Counter[Kind], int, Latencies, Counter[Missed]]:
    """Several stretches as one: kinds, tokens, latencies and what was missed."""
    kinds: Counter[Kind] = Counter()
    missed: Counter[Missed] = Counter()
    latencies = Latencies()
    for one in stretches:
        kinds.update(one.kinds)
        missed.update(one.missed)
        latencies.take_in(one.latencies)
    return kinds, sum(one.tokens for one in stretches), latencies, missed
