"""Partners: what this machine remembers of the remotes it exchanges evidence with, and whether it may do so unasked.

All of it may be lost or old: an exchange then takes longer, and nothing runs in the background until somebody says yes again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins

from foundry_git import atomic
from foundry_git.evidence.lines import START, Mark
from foundry_git.git.state_folder import StateFolder
from foundry_git.system.files import make_folder


class Partner(Struct, frozen=True):
    """One remote: at the commit ``tip`` it held the same events as the journal up to ``mark``.

    ``refused``: it did not take what was pushed the last time. ``tried``: when that was, in seconds since 1970. ``agreed``: the
    address that a person agreed to push to, "" before anybody did.
    """

    tip: str = ""
    mark: Mark = START
    refused: bool = False
    tried: float = 0.0
    agreed: str = ""

    def is_due(self, now: float, seconds: float) -> bool:
        """Tell whether the last try is that long ago; if the clock was set back, it is."""
        return abs(now - self.tried) >= seconds


class Partners:
    """The file ``sync.json`` in the folder of local state."""

    def __init__(self, folder: Path) -> None:
        self.path = StateFolder(folder).remotes
        self.lock = StateFolder(folder).sync_lock

    def of(self, remote: str) -> Partner:
        """What is known of a remote."""
        known = self._read().get("remotes")
        facts = known.get(remote) if isinstance(known, dict) else None
        try:
            return _partner(facts) if isinstance(facts, dict) else Partner()
        except (TypeError, ValueError, KeyError):
            return Partner()

    def note(self, remote: str, partner: Partner) -> None:
        """Keep what is known of a remote now."""
        known = self._read()
        remotes = known.get("remotes")
        others = remotes if isinstance(remotes, dict) else {}
        self._write({**known, "remotes": {**others, remote: to_builtins(partner)}})

    @property
    def in_background(self) -> bool:
        """Whether somebody said that the worker may exchange evidence."""
        return self._read().get("background") is True

    def allow_background(self, allowed: bool) -> None:
        """Keep a person's yes or no."""
        self._write({**self._read(), "background": allowed})

    def _read(self) -> dict[str, object]:
        try:
            found = json.loads(self.path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, known: dict[str, object]) -> None:
        make_folder(self.path.parent)
        atomic.write_text(self.path, json.dumps(known, indent=2, sort_keys=True) + "\n")


def _partner(facts: Mapping[str, Any]) -> Partner:
    mark = Mark(int(facts["mark"]["offset"]), int(facts["mark"]["lines"]), str(facts["mark"]["tail"]))
    if mark.offset < 0:
        raise ValueError("a mark before the beginning")
    return Partner(str(facts["tip"]), mark, facts["refused"] is True, float(facts["tried"]), str(facts.get("agreed", "")))
