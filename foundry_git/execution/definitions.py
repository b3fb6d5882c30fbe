"""Definitions: the values that the engine takes and gives, under the names of the documents it grew from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

from foundry_git.errors import ValidationError
from foundry_git.library.triggers import DEFAULT_TTL, MAX_PRIORITY, MAX_REGEX, MAX_TTL, Trigger, compiled


class PatternType(StrEnum):
    """The routes: ``infrastructure`` looks into no index, ``memory`` looks things up, ``hybrid`` compares by meaning and evidence."""

    INFRASTRUCTURE = "infrastructure"
    MEMORY = "memory"
    HYBRID = "hybrid"


class ExecutionMode(StrEnum):
    """How much may be done for an answer.

    ``fast``: no model, and no file read beyond the index. ``balanced``: the cheapest route that can answer, and the next one where
    that is not sure. ``comprehensive``: by word and by meaning, ranked by evidence. ``HYBRID``, which the documents use and do not
    define, is another name of the last.
    """

    FAST = "fast"
    BALANCED = "balanced"
    COMPREHENSIVE = "comprehensive"
    HYBRID = "comprehensive"


BUDGETS: Mapping[PatternType, int] = {PatternType.INFRASTRUCTURE: 50, PatternType.MEMORY: 100, PatternType.HYBRID: 200}
"""The most tokens that the text of an answer takes by type: the documents' own figures, kept as bounds."""

DEFAULT_HANDLERS: Mapping[PatternType, str] = {
    PatternType.INFRASTRUCTURE: "health",
    PatternType.MEMORY: "recall",
    PatternType.HYBRID: "search",
}
"""What answers a definition that names nothing."""

WRITES = frozenset({"store"})
"""Handlers that write: what they answer is never kept, and over HTTP they need the token."""

REAL_TIME = frozenset({"health", "statistics"})
"""Handlers that tell how things stand now: what they answer is never kept."""

Facts = dict[str, Any]


def _nothing() -> Facts:
    return {}


PythonHandler = Callable[..., Any]
"""A function of Python that answers: it gets the question, or the question and the context, and gives anything; it may be async."""


class PatternDefinition(Struct, frozen=True):
    """A trigger at run time: what it matches, and what answers.

    ``trigger_regex``: one regex or several, of ``re`` or as text; they run on RE2. ``cost_tokens``: an estimate until answers were
    counted. ``cache_ttl``: seconds, 0 for never. ``handler``: the name of an answer of foundry-git, or a function.
    """

    name: str
    pattern_type: PatternType
    trigger_regex: re.Pattern[str] | str | tuple[str, ...]
    cost_tokens: int = 0
    priority: int = 0
    cache_ttl: int = DEFAULT_TTL
    metadata: Mapping[str, Any] = field(default_factory=dict)
    handler: str | PythonHandler = ""

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise ValidationError(f"pattern {self.name!r}: {'; '.join(problems)}")

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> PatternDefinition:
        """Make a definition from a mapping with ``name``, ``pattern_type`` and ``trigger_pattern``; the rest is optional.

        Raises:
            ValidationError: a key is missing or unknown, or a value cannot be used.
        """
        unknown = config.keys() - _CONFIG_KEYS
        missing = [key for key in ("name", "pattern_type", "trigger_pattern") if not config.get(key)]
        if unknown or missing:
            said = [f"{key} is missing" for key in missing] + [f"{key} is no key" for key in sorted(map(str, unknown))]
            raise ValidationError(f"pattern {config.get('name', '')!r}: {'; '.join(said)}")
        return cls(
            name=config["name"],
            pattern_type=type_named(config["pattern_type"]),
            trigger_regex=_regexes_of(config["trigger_pattern"]),
            cost_tokens=config.get("cost_tokens", 0),
            priority=config.get("priority", 0),
            cache_ttl=config.get("cache_ttl", DEFAULT_TTL),
            metadata=_mapping(config.get("metadata")),
            handler=config.get("handler", ""),
        )

    @classmethod
    def of_trigger(cls, trigger: Trigger) -> PatternDefinition:
        """The definition of a trigger's file."""
        return cls(
            name=trigger.name,
            pattern_type=PatternType(trigger.type),
            trigger_regex=trigger.regexes,
            priority=trigger.priority,
            cache_ttl=trigger.ttl,
            metadata={
                "category": trigger.category,
                "description": trigger.description,
                "library": trigger.library,
                "examples": trigger.examples,
            },
            handler=trigger.handler,
        )

    @property
    def regexes(self) -> tuple[str, ...]:
        """The regexes as texts."""
        return _regexes_of(self.trigger_regex)

    @property
    def writes(self) -> bool:
        """Whether its handler writes."""
        return self.answers in WRITES if isinstance(self.answers, str) else bool(self.metadata.get("writes"))

    @property
    def answers(self) -> str | PythonHandler:
        """What answers: the handler, or the usual one of the type."""
        return self.handler or DEFAULT_HANDLERS[self.pattern_type]

    def as_trigger(self) -> Trigger:
        """The trigger that is matched."""
        return Trigger(
            name=self.name,
            type=self.pattern_type.value,
            handler="",
            regexes=self.regexes,
            priority=self.priority,
            ttl=self.cache_ttl,
        )


class RoutingDecision(Struct, frozen=True):
    """Where a question goes, and why.

    ``confidence``: the probability that this is what was asked for, 0–1. ``estimated_cost``: tokens. ``route``: the name of the
    trigger, ``search`` where none is meant, "" where nothing here answers; ``is_matched``: its trigger matches.
    """

    pattern_type: PatternType
    confidence: float
    reasoning: str
    estimated_cost: int
    alternative_routes: list[PatternType]
    route: str = ""
    is_matched: bool = False
    arguments: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


class ExecutionResult(Struct, frozen=True):
    """What came of a question.

    ``result`` are the facts for programs, ``text`` the same for a prompt or a person, in ``tokens_used`` tokens. ``metadata``: the
    type, the route with its reasons, and of which state of the library the answer is.
    """

    pattern_name: str
    success: bool
    result: Facts
    execution_time_ms: float
    tokens_used: int
    cache_hit: bool
    error: str | None = None
    metadata: Facts = field(default_factory=_nothing)
    text: str = ""

    def to_dict(self) -> Facts:
        """As plain values."""
        return asdict(self)

    dict = to_dict
    """The documents call it so."""


def type_named(name: object) -> PatternType:
    """The type of a name; raises ValidationError."""
    try:
        return PatternType(str(name))
    except ValueError:
        raise ValidationError(f"pattern_type {name!r}: is none of {', '.join(PatternType)}") from None


def mode_named(name: object) -> ExecutionMode:
    """The mode of a name; raises ValidationError."""
    try:
        return ExecutionMode.HYBRID if str(name) == "hybrid" else ExecutionMode(str(name))
    except ValueError:
        raise ValidationError(f"execution_mode {name!r}: is none of {', '.join(ExecutionMode)}") from None


_CONFIG_KEYS = frozenset(
    {"name", "pattern_type", "trigger_pattern", "cost_tokens", "priority", "cache_ttl", "metadata", "handler"}
)


def _regexes_of(found: object) -> tuple[str, ...]:
    if isinstance(found, re.Pattern):
        if found.flags & re.VERBOSE:
            raise ValidationError("trigger_pattern: RE2 has no verbose form; write it without spaces and comments")
        flags = "".join(letter for flag, letter in ((re.DOTALL, "s"), (re.MULTILINE, "m")) if found.flags & flag)
        return (f"(?{flags}){found.pattern}" if flags else str(found.pattern),)
    return (found,) if isinstance(found, str) else tuple(found) if isinstance(found, (list, tuple)) else ()


def _mapping(told: object) -> Facts:
    if told is not None and not isinstance(told, Mapping):
        raise ValidationError("metadata: must be a mapping")
    return dict(told or {})


def _problems(definition: PatternDefinition) -> list[str]:
    found = []
    if not isinstance(definition.name, str) or not any(letter.isalnum() for letter in definition.name):
        found.append("name holds no letter or digit")
    for key, most in (("priority", MAX_PRIORITY), ("cache_ttl", MAX_TTL), ("cost_tokens", 10**6)):
        value = getattr(definition, key)
        if type(value) is not int or not 0 <= value <= most:
            found.append(f"{key} {value!r} is not a whole number from 0 to {most}")
    if not (isinstance(definition.handler, str) or callable(definition.handler)):
        found.append("handler is neither a name nor a function")
    if not definition.regexes:
        found.append("it has no trigger_pattern")
    return [*found, *(reason for regex in definition.regexes for reason in _of_regex(regex))]


def _of_regex(regex: object) -> list[str]:
    if not isinstance(regex, str) or len(regex) > MAX_REGEX:
        return [f"a trigger_pattern is a text of at most {MAX_REGEX} characters"]
    try:
        return [f"trigger_pattern {regex!r} matches any question"] if compiled(regex).search("") else []
    except ValueError as error:
        return [f"trigger_pattern {regex!r}: {error}"]
