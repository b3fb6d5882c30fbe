"""A batch: what a program's calls tell, written together at their end, and logged once it is written."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from msgspec import Struct, field

from foundry_git.evidence.events import Event, Rejected
from foundry_git.library.candidates import Candidate

log = logging.getLogger("foundry_git.store")


class Batch(Struct):
    """What is written together: events, candidates to put and to take out by id, folders of patterns to delete, lines to log."""

    events: list[Event] = field(default_factory=list)
    put: dict[str, Candidate] = field(default_factory=dict)
    gone: dict[str, Candidate] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)
    said: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def refused(self) -> frozenset[str]:
        """The shapes that its events refuse."""
        return frozenset(event.shape for event in self.events if isinstance(event, Rejected))

    def say(self, event: str, **facts: str) -> None:
        """Log one line once what it tells of is written; after an error it was not, and nothing says so."""
        self.said.append((event, facts))


def say(event: str, **facts: str | int) -> None:
    """Log one line of JSON for a thing that happened, for whoever collects logs."""
    log.info(json.dumps({"event": event, **facts}, sort_keys=True))
