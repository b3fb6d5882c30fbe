"""Receipts: the short names of injections, found again from their first letters."""

from __future__ import annotations

import re
from collections.abc import Mapping

from foundry_git.errors import UnknownPatternError
from foundry_git.evidence.events import Event, Injected, Outcome, Rated, receipt_named

SHORTEST_PREFIX = 6  # hex digits; among 10,000 receipts six digits are ambiguous once in 1,700 look-ups
_REFERENCE = re.compile(rf"r-([0-9a-f]{{{SHORTEST_PREFIX},12}})")


def looks_like_receipt(reference: str) -> bool:
    """Tell a receipt, or the first letters of one, from the name of a pattern."""
    return _REFERENCE.fullmatch(reference.strip().lower()) is not None


def prefix_digits(reference: str) -> str:
    """Return the hex digits of a receipt or of its first letters, ``r-`` and at least six digits.

    Raises:
        UnknownPatternError: it is not written like a receipt.
    """
    written = _REFERENCE.fullmatch(reference.strip().lower())
    if written is None:
        raise UnknownPatternError(reference, "receipt")
    return written[1]


def resolve(reference: str, events: Mapping[str, Event]) -> Injected:
    """Return the one injection whose receipt begins with ``reference``.

    Raises:
        UnknownPatternError: none does, or several do; those are then named.
    """
    start = f"r-{prefix_digits(reference)}"
    known = {receipt_named(name): event for name, event in events.items() if isinstance(event, Injected)}
    meant = sorted(receipt for receipt in known if receipt.startswith(start))
    if len(meant) != 1:
        raise UnknownPatternError(reference, "receipt", near=meant)
    return known[meant[0]]


def open_receipts(events: Mapping[str, Event]) -> tuple[Injected, ...]:
    """Return the injections without an outcome or rating of their receipt, newest first; adoption alone closes none."""
    closed = {event.subject for event in events.values() if isinstance(event, Outcome | Rated)}
    named = ((receipt_named(name), event) for name, event in events.items() if isinstance(event, Injected))
    waiting = [(event.at, receipt, event) for receipt, event in named if receipt not in closed]
    return tuple(event for _, _, event in sorted(waiting, key=lambda entry: entry[:2], reverse=True))
