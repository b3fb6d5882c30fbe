"""Session folders: ``progress.json`` with the tasks done and left, and what else a runner keeps of a session beside it.

The format is described in docs/sessions.md and by ``session.schema.json``. Reading is more tolerant than the schema: an unknown key is
passed over, a value that does not fit is as if it were not there, and of ``completed`` and ``remaining`` a number will do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from foundry_git.errors import SessionError
from foundry_git.evidence import grammar
from foundry_git.sessions.lines import Skipped, bounded, records
from foundry_git.sessions.log import SessionLog, TokenCounts, Turn, count, model_named, moment, name_of, number, receipts_in

PROGRESS = "progress.json"
ITERATIONS = ("iterations.jsonl", "iterations.json")
MAX_BYTES = 16 * 1024 * 1024
MAX_ITERATIONS = 100_000
MAX_RECEIPTS = 1_000
MAX_FILES = 500
TEXTS = ("prompts", "logs")
"""Folders of what was sent and said, read for receipts only."""

COVERAGES = ("coverage.xml", "coverage.json", "lcov.info")
REPORTS = ("*junit*.xml", "TEST-*.xml", *COVERAGES)
REPORT_FOLDERS = (".", "reports", "test-results")
_TEXT_ENDINGS = frozenset({".md", ".txt", ".log", ".json", ".jsonl", ".prompt", ""})
_TOKEN_KINDS = ("input", "output", "cache_read", "cache_write", "cache_write_hour")


def is_session_folder(folder: Path) -> bool:
    """Tell a session folder from any other."""
    return (folder / PROGRESS).is_file()


def read_folder(folder: Path) -> SessionLog:
    """Read a session folder.

    Raises:
        SessionError: its ``progress.json`` is missing, too large, or not a JSON object.
    """
    folder = folder.resolve()
    said, skipped = _object(folder / PROGRESS), Skipped()
    reading = _Reading(model_named(said.get("model")))
    for iteration in _iterations(folder, said, skipped):
        reading.take(iteration)
    for place in _texts(folder):
        for line in bounded(place, Skipped()):
            reading.receive(receipts_in(line))
    reading.receive(_words(said.get("receipts")))
    return reading.log(folder, said, skipped)


class _Reading(Struct):
    """What the iterations so far come to; ``model`` is the session's own, for iterations that name none."""

    model: str
    turns: list[Turn] = field(default_factory=list)
    compactions: int = 0
    minutes: float = 0.0
    moments: list[datetime] = field(default_factory=list)
    receipts: dict[str, None] = field(default_factory=dict)

    def take(self, iteration: Mapping[str, Any]) -> None:
        """Take in one iteration."""
        if len(self.turns) >= MAX_ITERATIONS:
            return
        model = model_named(iteration["model"]) if "model" in iteration else self.model
        tokens, context = _tokens(iteration.get("tokens")), number(iteration.get("context_pct"))
        self.turns.append(Turn(f"#{len(self.turns)}", model, tokens, context))
        self.compactions += iteration.get("compacted") is True
        self.minutes += number(iteration.get("minutes")) or 0.0
        self.moments += [at for key in ("started", "finished") if (at := moment(iteration.get(key)))]
        self.receive(_words(iteration.get("receipts")))

    def receive(self, receipts: Iterable[str]) -> None:
        """Take in receipts of injections."""
        for receipt in receipts:
            if len(self.receipts) < MAX_RECEIPTS:
                self.receipts[receipt] = None

    def log(self, folder: Path, said: Mapping[str, Any], skipped: Skipped) -> SessionLog:
        """What the whole came to; where ``progress.json`` says a sum itself, that counts."""
        moments = [at for key in ("started", "finished") if (at := moment(said.get(key)))] + self.moments
        span = (max(moments) - min(moments)).total_seconds() if len(moments) > 1 else None
        minutes = number(said.get("minutes")) or self.minutes or None
        active = minutes * 60 if minutes else span
        completed, remaining = _tasks(said.get("completed")), _tasks(said.get("remaining"))
        return SessionLog(
            name=name_of(said.get("session")) or name_of(folder.name),
            source="folder",
            at=max(moments) if moments else _newest(folder),
            started=min(moments) if moments else None,
            seconds=_whole(active if span is None else span),
            active_seconds=_whole(active),
            completed=None if completed is remaining is None else completed or 0,
            remaining=None if completed is remaining is None else remaining or 0,
            turns=self._all_turns(said),
            compactions=max(self.compactions, count(said.get("compactions"))),
            cost=number(said.get("cost_usd")),
            receipts=tuple(self.receipts),
            reports=tuple(_reports(folder)),
            project=name_of(said.get("project")),
            problems=tuple(skipped.sentences(folder.name)),
        )

    def _all_turns(self, said: Mapping[str, Any]) -> tuple[Turn, ...]:
        """The iterations, and where none of them counts tokens one turn more with those of the whole session."""
        whole = _tokens(said.get("tokens"))
        if whole.total and not any(turn.tokens.total for turn in self.turns):
            return (*self.turns, Turn("#all", self.model, whole))
        return tuple(self.turns)


def _object(path: Path) -> Mapping[str, Any]:
    found = _json(path)
    if not isinstance(found, dict):
        raise SessionError(str(path), "is not a JSON object")
    return found


def _json(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SessionError(str(path), f"cannot be read ({error.strerror})") from None
    if len(content) > MAX_BYTES:
        raise SessionError(str(path), f"larger than {MAX_BYTES:,} bytes")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise SessionError(str(path), "is not JSON") from None


def _iterations(folder: Path, said: Mapping[str, Any], skipped: Skipped) -> Iterator[Mapping[str, Any]]:
    """Those of ``progress.json`` and of the file of their own, one of which is there as a rule."""
    yield from _objects(said.get("iterations"))
    lines, whole = (folder / name for name in ITERATIONS)
    if lines.is_file():
        yield from (record for _, record in records(lines, skipped))
    elif whole.is_file():
        yield from _objects(_json(whole))


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _tokens(value: object) -> TokenCounts:
    if not isinstance(value, dict):
        return TokenCounts(other=count(value))
    return TokenCounts(**{kind: count(value.get(kind)) for kind in _TOKEN_KINDS})


def _tasks(value: object) -> int | None:
    """A list of tasks, whatever they are, or their number."""
    if isinstance(value, list):
        return len(value)
    return value if type(value) is int and 0 <= value <= MAX_ITERATIONS else None


def _words(value: object) -> list[str]:
    """Receipts out of a list; what is none is passed over."""
    words = [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
    return [word for word in words if grammar.RECEIPT.pattern.fullmatch(word)]


def _texts(folder: Path) -> list[Path]:
    """Files of what was sent and said; links are not followed, for a session's folder may come from anywhere."""
    found = [path for name in TEXTS for path in sorted((folder / name).rglob("*"))]
    return [path for path in found if path.suffix in _TEXT_ENDINGS and path.is_file() and not path.is_symlink()][:MAX_FILES]


def _reports(folder: Path) -> list[Path]:
    found = [path for name in REPORT_FOLDERS for pattern in REPORTS for path in sorted((folder / name).glob(pattern))]
    return [path for path in dict.fromkeys(found) if path.is_file() and not path.is_symlink()][:MAX_FILES]


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _newest(folder: Path) -> datetime:
    """When its files were last written, for a log without moments."""
    files = [folder / name for name in (PROGRESS, *ITERATIONS)]
    return datetime.fromtimestamp(max(int(file.stat().st_mtime) for file in files if file.is_file()), UTC)
