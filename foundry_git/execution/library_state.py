"""The state of a library: what an answer is made from and named by, and how it is found out whether it still is so.

To prove 1,000 pattern files unchanged takes 6 ms, which is more than most answers take. So the files are looked at no more often than
every :data:`LOOK_SECONDS`, and not before something moves the generation where a watcher does that; every answer says how long ago.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from foundry_git.errors import FoundryError
from foundry_git.evidence.ledger import Ledger
from foundry_git.inbox.pseudonym import author_of
from foundry_git.index.document import DocumentRow
from foundry_git.index.footprint import Footprint
from foundry_git.index.index import RACY_NS
from foundry_git.library.library import FILE_NAME, FOLDER_NAME, Library
from foundry_git.library.reading import Problem
from foundry_git.library.triggers import Trigger, read_stack, triggers_folder
from foundry_git.workspace import Workspace

LOOK_SECONDS, LONGEST_SECONDS = 0.05, 1.0
MOST_LOOKING = 0.1  # of the time: looking at 10,000 patterns takes 80 ms
WATCHED_SECONDS = 2.0  # between two looks where a watcher moves the generation: it may miss what an editor does oddly
SLOT_SECONDS = 300  # evidence ages by a millionth within it; two processes that answer at the same time say the same
_TAIL = 65_536  # bytes of the journal that tell it from another of its length
_NAME = 16  # hex digits of a hash that names something here

Clock = Callable[[], float]


class LibraryState(Struct, frozen=True):
    """What an answer is made from.

    ``tree``: a hash of the contents of all libraries and triggers; ``head``: the commit whose units are searched; ``evidence``: a hash
    of the journal; ``candidates``: the tree of what waits for review; ``settings``: a hash of what is set; ``as_of``: the moment that
    evidence is weighed at, the beginning of a slot of five minutes.
    """

    tree: str
    head: str
    evidence: str
    candidates: str
    settings: str
    as_of: datetime

    @property
    def key(self) -> str:
        """What tells it from every other state, 16 hex digits."""
        return _named(self.tree, self.head, self.evidence, self.candidates, self.settings, self.as_of.isoformat())

    def told(self) -> dict[str, str]:
        """What an answer says of it."""
        return {
            "tree": self.tree,
            "head": self.head,
            "evidence": self.evidence,
            "candidates": self.candidates,
            "as_of": self.as_of.isoformat(timespec="seconds"),
        }


class Generation:
    """A number that grows with every change which somebody has heard of; where nobody listens, files are looked at instead."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._number = 0
        self.is_watched = False
        """Whether somebody moves it."""

    @property
    def number(self) -> int:
        """How often it was moved."""
        return self._number

    def move(self) -> None:
        """Say that something may have changed."""
        with self._guard:
            self._number += 1


class StateReader:
    """Tells the state of the library that a workspace is opened on; of one thread, which owns the workspace.

    ``open_workspace`` opens it, again where its configuration changed.
    """

    def __init__(self, open_workspace: Callable[[], Workspace], now: Callable[[], datetime]) -> None:
        self._open = open_workspace
        self._now = now
        self._workspace: Workspace | None = None
        self._configuration: Footprint | None = None
        self._triggers: tuple[Footprint, list[Trigger], list[Problem]] | None = None
        self._tree: tuple[Sequence[DocumentRow], Sequence[Trigger], str] | None = None
        self._settings = ""
        self._journal: tuple[object, str] = None, ""
        self.problems: list[Problem] = []
        """What could not be read at the last look."""

    @property
    def workspace(self) -> Workspace:
        """The workspace as it was last opened; the first look opens it."""
        if self._workspace is None:
            self._workspace = self._open()
            self._configuration = _footprint(_configuration_of(self._workspace))
            self._settings = _settings_of(self._workspace)
            self._triggers = self._tree = None
        return self._workspace

    def look(self) -> LibraryState:
        """Bring the index in step with the files, and tell their state.

        Raises:
            FoundryError: the library or its configuration cannot be used.
        """
        if self._configuration is not None and self._configuration.changed():
            self.close()
        workspace = self.workspace
        unread = workspace.patterns.converge()
        triggers = self.triggers()
        self.problems = [*unread, *(self._triggers[2] if self._triggers else ())]
        return LibraryState(
            tree=self._tree_of(workspace.patterns.rows(), triggers),
            head=workspace.repository.head() if workspace.repository else "",
            evidence=self._evidence(workspace.ledger),
            candidates=_candidates(workspace),
            settings=self._settings,
            as_of=slot_of(self._now()),
        )

    def triggers(self) -> list[Trigger]:
        """The triggers of the stack: of one name that of the first library which has it."""
        if self._triggers is None or self._triggers[0].changed():
            before = _footprint(_trigger_paths(self.workspace.stack))  # what changes while they are read is read again
            self._triggers = before, *read_stack(self.workspace.stack)
        return self._triggers[1]

    def close(self) -> None:
        """Close the workspace; the next look opens it again."""
        workspace, self._workspace = self._workspace, None
        if workspace is not None:
            workspace.close()

    def _tree_of(self, rows: Sequence[DocumentRow], triggers: Sequence[Trigger]) -> str:
        if self._tree is None or self._tree[0] is not rows or self._tree[1] is not triggers:
            facts = sorted((row.library, row.place, row.digest, row.deprecated) for row in rows)
            self._tree = rows, triggers, _named(json.dumps(facts), repr(triggers))
        return self._tree[2]

    def _evidence(self, ledger: Ledger) -> str:
        path = ledger.journal.path
        try:
            facts = path.stat()
        except OSError:
            return _named("none")
        stamp = facts.st_size, facts.st_mtime_ns, facts.st_ino
        if self._journal[0] != stamp:
            self._journal = stamp, _named(str(facts.st_size), _tail(path, facts.st_size))
        return self._journal[1]


def slot_of(now: datetime) -> datetime:
    """The beginning of the slot that a moment lies in."""
    seconds = int(now.timestamp()) // SLOT_SECONDS * SLOT_SECONDS
    return datetime.fromtimestamp(seconds, UTC)


def due(looked: float, took: float, generation: Generation, seen: int, clock: Clock = time.monotonic) -> bool:
    """Tell whether to look again at files that were looked at when, and for how long; ``seen``: the generation then."""
    if generation.number != seen:
        return True
    pause = WATCHED_SECONDS if generation.is_watched else min(max(LOOK_SECONDS, took / MOST_LOOKING), LONGEST_SECONDS)
    return clock() - looked >= pause


def _configuration_of(workspace: Workspace) -> list[str]:
    """The files that a workspace is opened from, also those whose appearance would change it."""
    own, repository = workspace.own, workspace.repository
    tops = [repository.top] if repository and repository.top else []
    libraries = [place / FILE_NAME for top in tops for place in (top, top / FOLDER_NAME)]
    return [str(path) for path in (workspace.folders.configuration / "config.yaml", *libraries, *([own.file] if own else []))]


def _settings_of(workspace: Workspace) -> str:
    """A hash of what is set, and of whose clone it is: an answer names places in it, and what "I" stored."""
    told = msgspec.json.encode(workspace.settings, enc_hook=str, order="deterministic")
    me, repository = author_of(workspace.own, workspace.folders.state), workspace.repository
    places = [str(library.root) for library in workspace.stack] + [str(repository.git_dir) if repository else ""]
    return _named(told.decode(), me or "", *places)


def _trigger_paths(stack: Sequence[Library]) -> list[str]:
    found = []
    for library in stack:
        folder = triggers_folder(library)
        found.append(str(folder))
        if folder.is_dir():
            found += [str(path) for path in sorted(folder.iterdir())]
    return found


def _footprint(paths: Sequence[str]) -> Footprint:
    """The stamps of paths as they are now, also of those that are not there; what was touched just now counts as changed."""
    taken = Footprint.take("", paths, time.time_ns() - RACY_NS)
    absent = [at for at, path in enumerate(paths) if not Path(path).exists()]
    return taken.with_absent(absent) if absent else taken


def _candidates(workspace: Workspace) -> str:
    if workspace.repository is None:
        return ""
    try:
        return workspace.candidates.state()
    except FoundryError:
        return ""


def _tail(path: Path, size: int) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, size - _TAIL))
            return hashlib.sha256(file.read(_TAIL)).hexdigest()
    except OSError:
        return ""


def _named(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_NAME]
