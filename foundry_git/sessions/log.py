"""What the log of a session says, whatever its format: counts, moments and ids, never text.

Transcripts hold whatever was typed and printed, secrets among it; so nothing of it gets past a reader but what stands here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from foundry_git.escaping import one_line

MAX_NUMBER = 10**12  # tokens of one message; anything above is no count
YEARS = range(2000, 2200)  # a moment outside of them is a broken clock
MAX_NAME = 200
UNKNOWN_MODEL = "unknown"
_MODEL = re.compile(r"[A-Za-z0-9][\w.:/@\[\]-]{0,99}")
RECEIPT_MARK = re.compile(rb"(?:<|\\u003[cC])!--\s{0,4}foundry receipt (r-[0-9a-f]{12})\s{0,4}--")
"""A receipt as injected text ends with it, also where a writer of JSON escapes the angle bracket."""


class TokenCounts(Struct, frozen=True):
    """Tokens by what they are billed as; ``cache_write_hour`` are writes that are kept for an hour, ``other`` of unknown kind."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_hour: int = 0
    other: int = 0

    def __add__(self, more: TokenCounts) -> TokenCounts:
        return TokenCounts(*(getattr(self, name) + getattr(more, name) for name in KINDS))

    @property
    def total(self) -> int:
        """All of them."""
        return sum(getattr(self, name) for name in KINDS)

    @property
    def prompt(self) -> int:
        """Those that went in: what fills the context window."""
        return self.input + self.cache_read + self.cache_write + self.cache_write_hour


KINDS = TokenCounts.__struct_fields__


class Turn(Struct, frozen=True):
    """One answer of a model, or one iteration.

    ``key`` is the same for the same message in every file. ``context``: use of the context window in percent where the log says it.
    ``is_main``: not a sub-agent's, so that its prompt fills the session's own window.
    """

    key: str
    model: str
    tokens: TokenCounts
    context: float | None = None
    is_main: bool = True


class SessionLog(Struct, frozen=True):
    """One session as its log tells it.

    ``at`` is the last moment; ``seconds`` from first to last, ``active_seconds`` without the pauses. ``completed`` and ``remaining``
    tasks are None where the log knows no tasks. ``cost`` in dollars where the log states it. ``reports``: files of test runs beside
    it. ``project``: what it calls what was worked on, "" where it does not say. ``problems``: what could not be read, one
    sentence each.
    """

    name: str
    source: str
    at: datetime
    started: datetime | None = None
    seconds: int | None = None
    active_seconds: int | None = None
    completed: int | None = None
    remaining: int | None = None
    turns: tuple[Turn, ...] = ()
    compactions: int = 0
    tool_calls: int = 0
    tool_errors: int = 0
    cost: float | None = None
    receipts: tuple[str, ...] = ()
    reports: tuple[Path, ...] = ()
    project: str = ""
    problems: tuple[str, ...] = ()


def count(value: object) -> int:
    """A count out of JSON; 0 for anything else."""
    return value if type(value) is int and 0 <= value <= MAX_NUMBER else 0


def number(value: object) -> float | None:
    """A finite number ≥ 0 out of JSON; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= MAX_NUMBER else None  # compared first: a whole number may be too large for a float


def moment(value: object) -> datetime | None:
    """A moment out of ISO 8601, in UTC where no zone is given; None for anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
        utc = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return utc if utc.year in YEARS else None


def model_named(value: object) -> str:
    """The name of a model out of JSON; what does not look like one is unknown."""
    return value if isinstance(value, str) and _MODEL.fullmatch(value) else UNKNOWN_MODEL


def name_of(value: object) -> str:
    """A name out of a log or a file system, on one line; "" for anything but text."""
    return one_line(value[:MAX_NAME]) if isinstance(value, str) else ""


def receipts_in(text: bytes) -> Iterable[str]:
    """The receipts of injections that stand in a text."""
    return (found.decode() for found in RECEIPT_MARK.findall(text))
