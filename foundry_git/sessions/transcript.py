"""Transcripts: the logs that Claude Code keeps of its sessions, ``<session>.jsonl`` and those of its sub-agents.

The format is internal to that program and changes without notice, so everything unknown is passed over. The same message is written
two to ten times, also into other files: lines are united by message id. Adding up lines counts two to four times too much; the first
line of a message alone lacks half of its tool calls.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from foundry_git.errors import SessionError
from foundry_git.sessions.lines import Skipped, records
from foundry_git.sessions.log import SessionLog, TokenCounts, Turn, count, model_named, moment, name_of, receipts_in
from foundry_git.sessions.tasks import TaskList

PAUSE_MINUTES = 30  # a longer silence is a break; builds and tests that an agent waits for are shorter
MAX_MESSAGES = 100_000  # a hard day's session has 3,000; more would be a file made to fill the memory
MAX_RECEIPTS = 1_000
MAX_AGENTS = 1_000
_SYNTHETIC = "<synthetic>"


def read_transcript(path: Path) -> SessionLog:
    """Read a transcript with its sub-agents' in one pass each; memory grows with the number of messages, not with the file.

    Raises:
        SessionError: the file cannot be read, or no line of it is one of a transcript.
    """
    reading, skipped = _Reading(), Skipped()
    for raw, record in records(path, skipped):
        reading.take(raw, record, is_main=True)
    reading.expect_some(path)
    agents = sorted((path.parent / path.stem / "subagents").glob("agent-*.jsonl"))
    for agent in agents[:MAX_AGENTS]:
        for raw, record in records(agent, skipped):
            reading.take(raw, record, is_main=False)
    if len(agents) > MAX_AGENTS:
        reading.problems[f"{path.name}: more than {MAX_AGENTS:,} sub-agents; the others are not read"] = None
    return reading.log(path, skipped)


class _Message(Struct):
    """What is known of one message so far."""

    model: str
    tokens: TokenCounts
    is_main: bool


class _Reading(Struct):
    """What the lines so far come to."""

    messages: dict[str, _Message] = field(default_factory=dict)
    tools: dict[str, None] = field(default_factory=dict)
    errors: set[str] = field(default_factory=set)
    boundaries: set[str] = field(default_factory=set)
    summaries: set[str] = field(default_factory=set)
    receipts: dict[str, None] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)
    moments: array[float] = field(default_factory=lambda: array("d"))
    tasks: TaskList = field(default_factory=TaskList)
    known: int = 0

    def take(self, raw: bytes, record: Mapping[str, Any], is_main: bool) -> None:
        """Take in one line."""
        kind = record.get("type")
        if kind not in ("user", "assistant", "system", "attachment"):
            return
        self.known += 1
        at = moment(record.get("timestamp"))
        if at is not None and len(self.moments) < 10 * MAX_MESSAGES:
            self.moments.append(at.timestamp())
        message = record.get("message")
        if kind == "assistant" and isinstance(message, dict):
            self._answer(record, message, is_main and record.get("isSidechain") is not True)
            return
        for receipt in receipts_in(raw):
            if len(self.receipts) < MAX_RECEIPTS:
                self.receipts[receipt] = None
        self._compaction(record)
        self._results(message)

    def expect_some(self, path: Path) -> None:
        """Refuse a file none of whose lines is one of a transcript."""
        if not self.known:
            raise SessionError(str(path), "holds no line of a transcript")

    def log(self, path: Path, skipped: Skipped) -> SessionLog:
        """What the whole came to."""
        order = sorted(self.moments)
        first, last = (_utc(order[0]), _utc(order[-1])) if order else (None, None)
        completed, remaining = self.tasks.counts()
        return SessionLog(
            name=name_of(path.stem),
            source="transcript",
            at=last or datetime.fromtimestamp(int(path.stat().st_mtime), UTC),
            started=first,
            seconds=round(order[-1] - order[0]) if order else None,
            active_seconds=round(_active(order)) if order else None,
            completed=completed,
            remaining=remaining,
            turns=tuple(Turn(key, one.model, one.tokens, None, one.is_main) for key, one in self.messages.items()),
            compactions=max(len(self.boundaries), len(self.summaries)),
            tool_calls=len(self.tools),
            tool_errors=len(self.errors),
            receipts=tuple(self.receipts),
            problems=(*skipped.sentences(path.name), *self.problems),
        )

    def _answer(self, record: Mapping[str, Any], message: Mapping[str, Any], is_main: bool) -> None:
        for block in _blocks(message):
            self._tool(block, is_main)
        usage = message.get("usage")
        if message.get("model") == _SYNTHETIC or record.get("isApiErrorMessage") is True or not isinstance(usage, dict):
            return
        key = _name(message.get("id")) or _name(record.get("uuid")) or f"#{self.known}"
        tokens, there = _tokens(usage), self.messages.get(key)
        if there is None and len(self.messages) >= MAX_MESSAGES:
            self.problems[f"more than {MAX_MESSAGES:,} messages; the others are not counted"] = None
        elif there is None:
            self.messages[key] = _Message(model_named(message.get("model")), tokens, is_main)
        elif tokens.total >= there.tokens.total:
            there.tokens = tokens

    def _tool(self, block: Mapping[str, Any], is_main: bool) -> None:
        name = _name(block.get("id"))
        if block.get("type") != "tool_use" or not name or name in self.tools or len(self.tools) >= MAX_MESSAGES:
            return
        self.tools[name] = None
        if is_main:
            self.tasks.take(block.get("name"), block.get("input"))

    def _compaction(self, record: Mapping[str, Any]) -> None:
        """A compaction is written as a boundary, as a summary after it, or as both; both are the same one."""
        name = _name(record.get("uuid")) or f"#{self.known}"
        if len(self.boundaries) + len(self.summaries) >= MAX_MESSAGES or record.get("isSidechain") is True:
            return
        if record.get("type") == "system" and record.get("subtype") == "compact_boundary":
            self.boundaries.add(name)
        elif record.get("isCompactSummary") is True:
            self.summaries.add(name)

    def _results(self, message: object) -> None:
        for block in _blocks(message):
            name = _name(block.get("tool_use_id"))
            if block.get("type") == "tool_result" and block.get("is_error") is True and name and len(self.errors) < MAX_MESSAGES:
                self.errors.add(name)


def _blocks(message: object) -> Iterable[Mapping[str, Any]]:
    content = message.get("content") if isinstance(message, dict) else None
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def _name(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""


def _tokens(usage: Mapping[str, Any]) -> TokenCounts:
    """The writes that are kept for an hour are a part of all writes, told apart only in ``cache_creation``."""
    written, parts = count(usage.get("cache_creation_input_tokens")), usage.get("cache_creation")
    hour = count(parts.get("ephemeral_1h_input_tokens")) if isinstance(parts, dict) else 0
    short = count(parts.get("ephemeral_5m_input_tokens")) if isinstance(parts, dict) else 0
    return TokenCounts(
        input=count(usage.get("input_tokens")),
        output=count(usage.get("output_tokens")),
        cache_read=count(usage.get("cache_read_input_tokens")),
        cache_write=max(written - hour, short),
        cache_write_hour=hour,
    )


def _active(order: list[float]) -> float:
    gaps = (later - earlier for earlier, later in pairwise(order))
    return sum(gap for gap in gaps if gap <= PAUSE_MINUTES * 60)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
