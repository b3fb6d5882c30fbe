"""Asking: a question with what is told beside it, checked at the door."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from foundry_git.errors import ValidationError
from foundry_git.execution.definitions import ExecutionMode, mode_named

MAX_QUESTION = 16_384  # characters; a prompt that an agent passes on as it is has some thousands
MAX_CONTEXT = 65_536  # bytes as JSON
MAX_KEYS = 32
MAX_NAME = 200
MAX_LIMIT = 50
MAX_TOKENS = 20_000

PRIORITIES = ("low", "normal", "high", "critical")
FILTERS = ("language", "framework", "tag", "kind", "library", "limit")
"""Keys of a context that narrow what may be answered."""


_MARKS = "?!.,;:'\"`“”"
_KEPT = (
    r"patterns?|snippets?|memor(?:y|ies)|items?|entries|lessons?|insights?|learnings?|knowledge|notes?|findings|evidence"
    r"|experiences?|library|collection|things?|stuff|code|themes?|results?"
)
_ARTICLES = (
    r"(?:all|any|the|our|my|your|these|those|some|of|we|have|about|on|for|from|in|with|regarding|concerning|around|across|over"
    r"|and|what|know|learned|learnt)"
)
_AHEAD = re.compile(rf"^(?:{_ARTICLES}\s+)*(?:(?:{_KEPT})\b\s*(?:{_ARTICLES}\b\s*)*)*", re.IGNORECASE)
_BEHIND = re.compile(
    rf"\s*\b(?:in (?:the|our|this) )?(?:{_KEPT})\s*$|\s*\b(?:in|of|for) (?:the|our|this) (?:{_KEPT})\s*$", re.IGNORECASE
)
_GROUPING = re.compile(
    r"\b(?:grouped |sorted |split )?by (?:languages?|tags?|topics?|kinds?|groups?|frameworks?|labels?)\b.*$", re.IGNORECASE
)


class Context(Struct, frozen=True):
    """What is told beside a question: who asks, in which session, for what. ``told`` is all of it, as it was passed.

    ``max_tokens``: of the text of an answer, 0 for what is usual of its type.

    Names are of the asker's own making; only hashes of ``agent`` and ``session`` are recorded.
    """

    agent: str = ""
    session: str = ""
    priority: str = ""
    workflow: str = ""
    timestamp: datetime | None = None
    max_tokens: int = 0
    told: Mapping[str, Any] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """What is told under a key, "" where that is no text."""
        value = self.told.get(key)
        return value if isinstance(value, str) else ""

    @property
    def narrowing(self) -> dict[str, Any]:
        """What narrows the answer, and so belongs to what it is kept under."""
        return {key: self.told[key] for key in (*FILTERS, "max_tokens", "code", "session_id") if key in self.told}


class Asked(Struct, frozen=True):
    """A question on its way to an answer: as typed but for its spaces, with what its trigger took out of it."""

    question: str
    mode: ExecutionMode
    context: Context
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def limit(self) -> int:
        """How many answers are wanted at most."""
        wanted = self.context.told.get("limit")
        return wanted if isinstance(wanted, int) and not isinstance(wanted, bool) else 5

    def topic(self, *names: str) -> str:
        """What it is about: the first of these arguments that is there, else the question as it is."""
        found = next((self.arguments[name] for name in (*names, "topic") if self.arguments.get(name, "").strip()), self.question)
        return found.strip().strip(_MARKS).strip() or self.question

    def subject(self) -> str:
        """What it is about without the words for what is kept here, such as "patterns on"; "" where nothing else is left."""
        topic = self.topic()
        left = _GROUPING.sub("", _AHEAD.sub("", topic)).strip(_MARKS + " ")
        return _BEHIND.sub("", _BEHIND.sub("", left)).strip(_MARKS + " ")


class Job(Struct, frozen=True):
    """A question as it was put to the engine; ``use_cache``: a kept answer will do; ``may_write``: an answer may store something."""

    question: str
    mode: ExecutionMode
    context: Context
    use_cache: bool = True
    may_write: bool = True

    @classmethod
    def of(
        cls,
        query: object,
        mode: ExecutionMode | str = ExecutionMode.BALANCED,
        context: object = None,
        use_cache: bool = True,
        may_write: bool = True,
    ) -> Job:
        """Check what is asked; raises ValidationError."""
        return cls(question_of(query), mode_named(mode), context_of(context), bool(use_cache), bool(may_write))

    @property
    def name(self) -> str:
        """What tells it from every other, whatever the state of the library."""
        told = json.dumps(self.context.narrowing, sort_keys=True, default=str)
        return self._named(told)

    @property
    def whole_name(self) -> str:
        """The same of all that is told beside it: a function may answer by any of that."""
        return self._named(json.dumps(self.context.told, sort_keys=True, default=str))

    def _named(self, told: str) -> str:
        return hashlib.sha256(f"{self.mode}\0{told}\0{self.may_write}\0{self.question}".encode()).hexdigest()


def question_of(query: object) -> str:
    """The text of a question, its spaces as one; raises ValidationError."""
    if not isinstance(query, str):
        raise ValidationError(f"query: is {type(query).__name__}, not text")
    if len(query) > MAX_QUESTION:
        raise ValidationError(f"query: {len(query):,} characters; at most {MAX_QUESTION:,} are taken")
    text = " ".join(query.encode("utf-8", "replace").decode().replace("\0", " ").split())
    if not text:
        raise ValidationError("query: is empty; say in your own words what you want to know")
    return text


def context_of(told: object) -> Context:
    """What is told beside a question, checked.

    Raises:
        ValidationError: it is no mapping of names, too much of it, or a key with a meaning has a value without one.
    """
    if told is None:
        return Context()
    if not isinstance(told, Mapping) or not all(isinstance(key, str) for key in told):
        raise ValidationError("context: must be a mapping with texts as keys")
    if len(told) > MAX_KEYS:
        raise ValidationError(f"context: {len(told)} keys; at most {MAX_KEYS} are taken")
    try:
        size = len(json.dumps(told, default=str))
    except (ValueError, RecursionError, TypeError):
        raise ValidationError("context: cannot be written as JSON; pass texts, numbers, lists and mappings") from None
    if size > MAX_CONTEXT:
        raise ValidationError(f"context: {size:,} bytes; at most {MAX_CONTEXT:,} are taken")
    _check_filters(told)
    return Context(
        agent=_name(told, "agent_id", "agent"),
        session=_name(told, "session_id"),
        priority=_priority(told.get("priority")),
        workflow=_name(told, "workflow"),
        timestamp=_moment(told.get("timestamp")),
        max_tokens=_whole(told, "max_tokens", MAX_TOKENS),
        told=dict(told),
    )


def _name(told: Mapping[str, Any], *keys: str) -> str:
    for key in keys:
        value = told.get(key)
        if value is None:
            continue
        if not isinstance(value, (str, int)) or len(str(value)) > MAX_NAME:
            raise ValidationError(f"context: {key} must be a name of at most {MAX_NAME} characters")
        return str(value)
    return ""


def _priority(value: object) -> str:
    if value is None:
        return ""
    if value not in PRIORITIES:
        raise ValidationError(f"context: priority {str(value)[:40]!r} is none of {', '.join(PRIORITIES)}")
    return str(value)


def _moment(value: object) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        raise ValidationError("context: timestamp is no moment; write one like 2026-03-31T12:00:00+00:00") from None


def _check_filters(told: Mapping[str, Any]) -> None:
    for key in FILTERS[:-1]:
        if not isinstance(told.get(key, ""), str):
            raise ValidationError(f"context: {key} must be text")
    _whole(told, "limit", MAX_LIMIT)


def _whole(told: Mapping[str, Any], key: str, most: int) -> int:
    """A whole number from 1; 0 where none is told."""
    value = told.get(key, 0)
    if key in told and (type(value) is not int or not 1 <= value <= most):
        raise ValidationError(f"context: {key} must be a whole number from 1 to {most}")
    return int(value)
