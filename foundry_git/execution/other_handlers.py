"""Handlers of others: functions of Python, registered by a program or named by an entry point of an installed package."""

from __future__ import annotations

import asyncio
import importlib.metadata
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from foundry_git.errors import ConfigurationError, FoundryError, ValidationError
from foundry_git.execution.asking import Asked
from foundry_git.execution.desk import Desk
from foundry_git.execution.reply import Answering, Reply

GROUP = "foundry_git.answers"
"""The group of entry points; which of them answer is said by the user's own configuration alone."""


def reply_of(function: Callable[..., Any], asked: Asked) -> Reply:
    """Return what a function answers: it is told the question, or the question and the context, and may be async.

    A mapping it gives are the facts, whose ``text`` is shown; anything else is the ``value``.

    Raises:
        ValidationError: it failed. FoundryError: what it raised of these.
    """
    try:
        wanted = _positional(function)
        found = function(*(asked.question, asked.context.told)[:wanted])
        if inspect.isawaitable(found):
            found = asyncio.run(_awaited(found))
        if isinstance(found, Reply):
            return found
        facts = dict(found) if isinstance(found, Mapping) else {"value": found}
        plain = msgspec.json.decode(msgspec.json.encode(facts, enc_hook=str))  # as it is when it was kept
        return Reply(plain, [str(plain.get("text") or found)])
    except FoundryError:
        raise
    except (Exception, SystemExit, asyncio.CancelledError) as error:  # noqa: BLE001 - somebody else's code
        raise ValidationError(f"the handler failed: {type(error).__name__}: {error}"[:300]) from None


def named_handlers(names: Sequence[str]) -> dict[str, Answering]:
    """Load the handlers of other packages that the user's own configuration names.

    Raises:
        ConfigurationError: no installed package has one of that name, or it cannot be loaded.
    """
    there = {one.name: one for one in importlib.metadata.entry_points(group=GROUP)} if names else {}
    return {name: _answering(_loaded(name, there)) for name in names}


def _positional(function: Callable[..., Any]) -> int:
    """How many of question and context a function takes."""
    kinds = [one.kind for one in inspect.signature(function).parameters.values()]
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return 2
    return min(2, sum(kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD) for kind in kinds))


def _loaded(name: str, there: Mapping[str, importlib.metadata.EntryPoint]) -> Callable[..., Any]:
    if name not in there:
        said = f"answers.handlers: no installed package has an entry point {name!r} of the group {GROUP}"
        raise ConfigurationError("config.yaml", [said])
    try:
        loaded: Callable[..., Any] = there[name].load()
    except Exception as error:  # noqa: BLE001 - somebody else's code
        raise ConfigurationError("config.yaml", [f"answers.handlers: {name!r} cannot be loaded: {error}"]) from None
    if not callable(loaded):
        raise ConfigurationError("config.yaml", [f"answers.handlers: {name!r} is no function"])
    return loaded


def _answering(function: Callable[..., Any]) -> Answering:
    def answer(desk: Desk, asked: Asked) -> Reply:
        return reply_of(function, asked)

    return answer


async def _awaited(found: Awaitable[Any]) -> Any:
    return await found
