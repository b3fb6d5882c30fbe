"""A number that nobody knows: it prints as n/a wherever a number would, so that a template for numbers needs no cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GROUPS = ("completion", "context", "tests", "time", "tokens", "cost")
"""The metrics of the first plan that are numbers, or mappings of numbers."""


class NotKnown(str):
    """The text ``n/a``, which is false, and is itself in every format: ``f"{metrics['tests']:.1f}%"`` is ``n/a%``."""

    __slots__ = ()

    def __new__(cls) -> NotKnown:
        return super().__new__(cls, "n/a")

    def __format__(self, spec: str) -> str:
        return str(self)

    def __bool__(self) -> bool:
        return False


NOT_KNOWN = NotKnown()


def printable(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """The metrics of a session with :data:`NOT_KNOWN` for each number of the plan's groups that is None."""
    return {key: _known(value) if key in GROUPS else value for key, value in metrics.items()}


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _known(inner) for key, inner in value.items()}
    return NOT_KNOWN if value is None else value
