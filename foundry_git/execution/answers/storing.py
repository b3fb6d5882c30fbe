"""Storing: what a question asks to keep becomes a candidate, which waits for review like any other, and of a lesson one more
sighting; no file is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from foundry_git.errors import NotARepositoryError, UsageError, ValidationError
from foundry_git.execution.asking import Asked
from foundry_git.execution.desk import Desk
from foundry_git.execution.reply import Reply
from foundry_git.extraction.screening import screened
from foundry_git.inbox import guidance_notes
from foundry_git.inbox.given_code import candidate_of, language_named, shape_of_given
from foundry_git.pattern.manifest import MAX_DESCRIPTION
from foundry_git.pattern.naming import is_slug
from foundry_git.pattern.tags_told import tags_told

KIND = "note"
_DETAILS = ("description", "plan", "result", "lesson", "text", "content")
_PREAMBLE = re.compile(
    r"^(?:(?:the|this|that|a|an|new|my|our|following|it)\b[:\s]*|(?:as|that|down)\b\s*|(?:lesson|note|memory|pattern|insight|learning)s?\s*:\s*|[:\s]+)+",
    re.IGNORECASE,
)


def store(desk: Desk, asked: Asked) -> Reply:
    """Propose code that the context holds, else a lesson in words, as a candidate.

    Raises:
        NotARepositoryError: there is nowhere to keep it. SecretFoundError, PrivateDataError: it must not be kept.
        UsageError: the code is not valid in its language, was refused before, or a tag is no word.
    """
    if desk.workspace.repository is None:
        raise NotARepositoryError(desk.workspace.state)
    told = asked.context.told
    title = _PREAMBLE.sub("", asked.topic("lesson")).strip() or asked.topic("lesson")
    return _store_code(desk, title, told) if asked.context.text("code").strip() else _store_lesson(desk, title, asked)


def _store_code(desk: Desk, title: str, told: Mapping[str, Any]) -> Reply:
    language = language_named(told.get("language"))
    shape = shape_of_given(str(told["code"]), language)
    workspace = desk.workspace
    if shape in workspace.ledger.rejected_shapes():
        raise UsageError("code: of this shape was refused before, and is not asked about again")
    known = workspace.patterns.documents_by_shape()
    if shape in known:
        return _said(known[shape].id, "sighted", title)
    waiting = workspace.candidates.read()
    if twin := next((one for one in waiting if one.shape == shape), None):
        return _said(twin.id, "sighted", title)
    metadata = {
        "description": title,
        "name": title[:60],
        **{key: told[key] for key in ("description", "name", "tags", "kind", "framework") if key in told},
    }
    candidate = candidate_of(
        str(told["code"]), metadata | {"language": language}, shape, workspace.patterns.ids() | {one.id for one in waiting}
    )
    workspace.candidates.update([screened(candidate, workspace.settings.screen)])
    return _said(candidate.id, "created", title)


def _store_lesson(desk: Desk, title: str, asked: Asked) -> Reply:
    workspace, context = desk.workspace, asked.context
    detail = next((text for key in _DETAILS if (text := _as_text(context.told.get(key)))), "")
    framework = context.text("framework")
    if framework and not is_slug(framework):
        raise ValidationError(f"context: framework {framework!r} is not a word in lower case with single hyphens")
    note = guidance_notes.GuidanceNote(
        kind=context.text("pattern_type") or KIND,
        name=title[:120],
        description=(detail or title)[:MAX_DESCRIPTION],
        suggested_action=context.text("suggested_action"),
        tags=tags_told("tags", context.told.get("tags") or ()),
        framework=framework,
    )
    refused = workspace.ledger.rejected_shapes()
    waiting = [one for one in workspace.candidates.read() if one.shape not in refused]
    kept = guidance_notes.resolve(workspace, note, f"{context.session}:{datetime.now(UTC).isoformat()}", waiting)
    if kept.put is not None:
        workspace.candidates.update(guidance_notes.within_budget([kept.put], waiting, workspace.settings.extraction.per_week))
    workspace.ledger.record(kept.sighting)
    return _said(kept.id, kept.resolution, title)


def _said(id: str, resolution: str, title: str) -> Reply:
    sentence = {
        "created": f"Stored {id}; it waits for review: foundry accept {id}",
        "sighted": f"{id} is known already; that was one more sighting of it.",
        "merged": f"{id} says the same; that was one more sighting of it.",
        "retired": f"{id} was refused before, so it is not revived; its sighting was counted.",
    }[resolution]
    return Reply({"stored": id, "resolution": resolution, "title": title}, [sentence])


def _as_text(value: object) -> str:
    """What is told, as one text; mappings and lists as `key: value` and items."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_as_text(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return "; ".join(map(_as_text, value))
    return str(value).strip() if isinstance(value, (str, int, float)) else ""
