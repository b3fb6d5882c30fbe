"""The documents' own design, written from their text to be measured beside ours: a list of compiled ``re``, rows scanned in SQLite, a
dictionary for a cache. Nothing of it is used anywhere else.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Sequence

from foundry_git.library.triggers import Trigger


class DocumentsEngine:
    """Matches by going through all regexes in order of priority, looks up by ``LIKE``, keeps whole answers in a dictionary."""

    def __init__(self, triggers: Sequence[Trigger], rows: Sequence[tuple[str, str, str]]) -> None:
        ordered = sorted(triggers, key=lambda one: -one.priority)
        self._patterns = [(one.name, re.compile(regex, re.IGNORECASE)) for one in ordered for regex in one.regexes]
        self._db = sqlite3.connect(":memory:")
        self._db.execute("CREATE TABLE memories (id TEXT, description TEXT, content TEXT)")
        self._db.executemany("INSERT INTO memories VALUES (?, ?, ?)", rows)
        self._kept: dict[str, tuple[float, list[str]]] = {}

    def match(self, query: str) -> str | None:
        """The first trigger that matches."""
        return next((name for name, pattern in self._patterns if pattern.search(query)), None)

    def execute(self, query: str) -> list[str]:
        """Answer as the documents do: from the dictionary for 60 s, else what holds the whole question."""
        held = self._kept.get(query)
        if held and held[0] > time.monotonic():
            return held[1]
        self.match(query)
        like = f"%{query}%"
        asked = "SELECT id FROM memories WHERE description LIKE ? OR content LIKE ? LIMIT 10"
        found = [id for (id,) in self._db.execute(asked, (like, like))]
        self._kept[query] = time.monotonic() + 60.0, found
        return found
