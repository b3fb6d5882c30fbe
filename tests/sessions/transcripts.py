"""Transcripts as an agent writes them, with the habits of the format, for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

MODEL = "claude-sonnet-4-5-20250929"
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Record = dict[str, Any]


class Transcript:
    """Lines of a session; every line is a minute after the one before."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.records: list[Record] = []

    def user(self, text: str, **more: object) -> Transcript:
        """A line of a person, or of what a hook added for them."""
        return self._line("user", message={"role": "user", "content": text}, **more)

    def answer(
        self, id: str | None, output: int = 100, model: str = MODEL, tools: Mapping[str, Any] | None = None, **more: Any
    ) -> Transcript:
        """A line of an answer; ``tools``: id of a call → (name, input); ``more``: usage, or fields of the line."""
        usage = {
            "input_tokens": 10,
            "output_tokens": output,
            "cache_read_input_tokens": 50_000,
            "cache_creation_input_tokens": 1_000,
        }
        usage |= more.pop("usage", {})
        blocks = [{"type": "tool_use", "id": name, "name": tool, "input": given} for name, (tool, given) in (tools or {}).items()]
        message = {
            "role": "assistant",
            "model": model,
            "content": [{"type": "text", "text": "so be it"}, *blocks],
            "usage": usage,
        }
        return self._line("assistant", message=message | ({"id": id} if id else {}), **more)

    def result(self, tool: str, is_error: bool = False) -> Transcript:
        """What a tool gave back."""
        block = {"type": "tool_result", "tool_use_id": tool, "content": "…", "is_error": is_error}
        return self._line("user", message={"role": "user", "content": [block]})

    def compaction(self) -> Transcript:
        """A boundary, and the summary that follows it."""
        return self._line("system", subtype="compact_boundary").user("This session is continued.", isCompactSummary=True)

    def odd(self, kind: str, **more: object) -> Transcript:
        """A line of any type."""
        return self._line(kind, **more)

    def text(self) -> str:
        """The file's content."""
        return "".join(json.dumps(record) + "\n" for record in self.records)

    def write(self, folder: Path, name: str = "") -> Path:
        """Write it as ``<session>.jsonl``, or as the file ``name`` below the folder."""
        path = folder / (name or f"{self.session}.jsonl")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text(), encoding="utf-8")
        return path

    def _line(self, kind: str, **more: object) -> Transcript:
        number = len(self.records)
        at = (START + timedelta(minutes=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        envelope = {
            "type": kind,
            "uuid": f"{self.session}-{number}",
            "sessionId": self.session,
            "timestamp": at,
            "isSidechain": False,
        }
        self.records.append(envelope | more)
        return self


def todos(*states: str) -> tuple[str, Record]:
    """A call that writes the list of tasks."""
    return "TodoWrite", {"todos": [{"content": f"task {number}", "status": state} for number, state in enumerate(states)]}
