"""Applications: what a program tells of one use of a pattern, as an event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast, get_args

from msgspec.structs import replace

from foundry_git.errors import UsageError
from foundry_git.evidence.events import Outcome, hashed
from foundry_git.evidence.kinds.reviews import DecidedReason
from foundry_git.evidence.kinds.uses import Mode


def outcome_of(digest: str, execution: str, is_success: bool, validated: bool | None) -> Outcome:
    return Outcome(
        at=datetime.now(UTC),
        subject=digest,
        result="pass" if is_success else "fail",
        source="tests",
        run=hashed(execution),
        validated=None if validated is None else "pass" if validated else "fail",
    )


def completed(outcome: Outcome, before: int, after: int, mode: str, grounding: float | None) -> Outcome:
    """The outcome with all that is told of it; a value that does not fit is an error, not a silent nothing."""
    if grounding is not None and not 0.0 <= grounding <= 1.0:
        raise UsageError(f"grounding_confidence {grounding}: must be 0 to 1")
    try:
        return replace(
            outcome,
            retries_before=before,
            retries_after=after,
            mode=cast(Mode, mode),
            grounding=None if grounding is None else round(grounding * 1000),
        )
    except ValueError as error:
        raise UsageError(f"application: {error}") from None


def reason_named(reason: str) -> DecidedReason:
    if reason not in get_args(DecidedReason):
        raise UsageError(f"reason {reason!r}: is none of {', '.join(get_args(DecidedReason))}")
    return cast(DecidedReason, reason)
