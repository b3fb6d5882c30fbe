"""Shapes: what requests and responses look like, strictly; the description of the interface is made from them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from foundry_git.execution.asking import MAX_CONTEXT, MAX_KEYS, MAX_LIMIT, MAX_NAME, MAX_QUESTION, MAX_TOKENS

MAX_CODE = 200_000  # characters
MAX_OFFSET = 1_000_000

Mode = Literal["fast", "balanced", "comprehensive"]


def _finite(value: Any) -> Any:
    """Refuse numbers that JSON cannot hold: ``1e999`` is read as infinity."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise ValueError("is not a finite number")
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _finite(one)
    return value


def _whole(value: Any) -> Any:
    """Take 5.0 for 5, as JSON does, and no text for a number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_WHOLE = BeforeValidator(_whole)
Question = Annotated[
    str,
    Field(min_length=1, max_length=MAX_QUESTION, pattern=r"[^\s\x00\x1c-\x1f\x85]", description="a question in ordinary words"),
]
Name = Annotated[str, Field(max_length=MAX_NAME)]
Id = Annotated[str, Field(min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class ContextTold(BaseModel):
    """What is told beside a question; other keys are passed on to what answers."""

    model_config = ConfigDict(strict=True, extra="allow")
    __pydantic_extra__: dict[str, Annotated[JsonValue, AfterValidator(_finite)]] = Field(init=False)

    agent_id: Name | None = Field(None, description="who asks; only a hash of it is kept")
    session_id: Name | None = Field(None, description="in which session; only a hash of it is kept")
    priority: Literal["low", "normal", "high", "critical"] | None = None
    workflow: Name | None = None
    timestamp: Annotated[datetime, Field(strict=False)] | None = None
    language: Name | None = Field(None, description="only patterns of this language")
    framework: Name | None = None
    tag: Name | None = None
    kind: Name | None = None
    library: Name | None = None
    code: Annotated[str, Field(max_length=MAX_CODE)] | None = Field(None, description="code to compare with, or to store")
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT), _WHOLE] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=MAX_TOKENS), _WHOLE] | None = None

    def told(self) -> dict[str, Any]:
        """As the engine takes it: without what is not there."""
        return {key: value for key, value in self.model_dump().items() if value is not None}


class ExecuteRequest(_Strict):
    """A question to be answered."""

    query: Question
    mode: Mode = "balanced"
    use_cache: bool = True
    context: ContextTold | None = Field(None, description=f"at most {MAX_KEYS} keys and {MAX_CONTEXT:,} bytes")


class ExecuteQuery(_Strict):
    """A question as parameters of the address."""

    query: Question
    mode: Mode = "balanced"


class SearchRequest(_Strict):
    """A search among patterns, and unless told otherwise the units of HEAD."""

    query: Question
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT), _WHOLE] = 5
    language: Name = ""
    framework: Name = ""
    tag: Name = ""
    kind: Name = ""
    library: Name = ""
    accepted_only: bool = False
    by_words: bool = False


class SimilarRequest(_Strict):
    """Code to be compared with what there is."""

    code: Annotated[str, Field(min_length=1, max_length=MAX_CODE, pattern=r"[^\s\x00\x1c-\x1f\x85]")]
    language: Name = ""
    accepted_only: bool = False
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT), _WHOLE] = 5


class ResultTold(_Strict):
    """Whether a pattern, or what was injected under a receipt, worked."""

    subject: Id = Field(description="a pattern's id, with or without @version, or a receipt")
    result: Literal["pass", "fail"]
    used: Annotated[list[Id], Field(max_length=20)] = []


class RatingTold(_Strict):
    """How well a pattern, or what was injected under a receipt, worked, from 1 to 5."""

    subject: Id = Field(description="a pattern's id, with or without @version, or a receipt")
    rating: Annotated[int, Field(ge=1, le=5), _WHOLE]
    used: Annotated[list[Id], Field(max_length=20)] = []
    session: Name | None = Field(None, description="a rating is counted once for each; only a hash of it is kept")


class ListQuery(BaseModel):
    """Which patterns are listed."""

    model_config = ConfigDict(extra="forbid")

    language: Name = ""
    framework: Name = ""
    tag: Name = ""
    kind: Name = ""
    library: Name = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0


class VersionQuery(BaseModel):
    """Which version is meant."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class NoQuery(BaseModel):
    """No parameters."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """Why a request was refused; it never repeats what was sent."""

    error: str


class ExecuteResponse(BaseModel):
    """An answer. ``result`` are the facts, ``text`` the same for a prompt."""

    pattern: str
    success: bool
    execution_time_ms: float
    tokens_used: int
    cache_hit: bool
    result: dict[str, Any]
    text: str
    error: str | None
    metadata: dict[str, Any]


class ExecutionResultResponse(BaseModel):
    """An answer with the names of the Python interface."""

    pattern_name: str
    success: bool
    result: dict[str, Any]
    execution_time_ms: float
    tokens_used: int
    cache_hit: bool
    error: str | None
    metadata: dict[str, Any]
    text: str


class PatternSummary(BaseModel):
    """A pattern in a list."""

    id: str
    version: int
    library: str
    name: str
    kind: str
    language: str
    framework: str
    tags: list[str]
    description: str
    evidence: str
    state: str


class PatternList(BaseModel):
    """Some patterns, and how many there are."""

    patterns: list[PatternSummary]
    total: int


class PatternResponse(BaseModel):
    """One version of a pattern with its code and evidence."""

    id: str
    version: int
    library: str
    name: str
    language: str
    framework: str
    tags: list[str]
    description: str
    suggested_action: str
    code: str
    licence: str
    origin: str
    evidence: dict[str, Any]


class EvidenceResponse(BaseModel):
    """What became of a version."""

    id: str
    version: int
    digest: str
    score: dict[str, Any]
    events: list[dict[str, Any]]


class Found(BaseModel):
    """What a search or a comparison found, the best first."""

    hits: list[dict[str, Any]]
    by: str
    state: dict[str, str]


class Recorded(BaseModel):
    """What was recorded."""

    subject: str
    patterns: list[str]


class Health(BaseModel):
    """How the server stands; ``checks`` of the library."""

    status: str
    checks: list[dict[str, Any]]
    alerts: list[dict[str, Any]]


class Ready(BaseModel):
    """Whether questions are answered."""

    ready: bool
    state: dict[str, str]
