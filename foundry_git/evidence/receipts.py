"""Receipts: the short names of injections, found again from their first letters, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from foundry_git.errors import UnknownPatternError
from foundry_git.evidence.attribution import attribute
from foundry_git.evidence.events import Event, Injected, Withheld, receipt_named
from foundry_git.evidence.facts import Facts, Receipt
from foundry_git.evidence.scoring.verdicts import UseVerdict, receipt_verdicts

SHORTEST_PREFIX = 6  # hex digits; among 10,000 receipts six digits are ambiguous once in 1,700 look-ups
UNKNOWN_AFTER = timedelta(days=14)
"""A receipt of which nothing was heard by then stays unknown: that is no failure, for nobody looked."""

Status = Literal["resolved", "open", "unknown"]

_REFERENCE = re.compile(rf"r-([0-9a-f]{{{SHORTEST_PREFIX},12}})")


class Fate(Struct, frozen=True):
    """What became of one receipt.

    ``adopted``: the digests that were used. ``verdict``: the strongest and then latest one on the receipt itself or on a use united
    with it. ``status``: ``resolved`` with either; else ``open``, and after fourteen days ``unknown``.
    """

    receipt: str
    arm: str
    at: datetime
    session: str | None
    adopted: tuple[str, ...]
    verdict: UseVerdict | None
    status: Status


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


def resolve(reference: str, events: Mapping[str, Event]) -> Injected | Withheld:
    """Return the one injection, or withheld one, whose receipt begins with ``reference``.

    Raises:
        UnknownPatternError: none does, or several do; those are then named.
    """
    start = f"r-{prefix_digits(reference)}"
    known = {receipt_named(name): event for name, event in events.items() if isinstance(event, Injected | Withheld)}
    meant = sorted(receipt for receipt in known if receipt.startswith(start))
    if len(meant) != 1:
        raise UnknownPatternError(reference, "receipt", near=meant)
    return known[meant[0]]


def newest_first(events: Mapping[str, Event]) -> tuple[Injected, ...]:
    """Sort injections by time, the newest first, and of one time by their receipts."""
    found = [(event.at, receipt_named(name), event) for name, event in events.items() if isinstance(event, Injected)]
    return tuple(event for _, _, event in sorted(found, key=lambda entry: entry[:2], reverse=True))


def fates(facts: Facts, as_of: datetime) -> tuple[Fate, ...]:
    """Return what became of every receipt by a moment, newest first."""
    known = attribute(facts)
    verdicts = receipt_verdicts(known)
    ordered = sorted(facts.receipts.values(), key=lambda row: (row.at, row.receipt), reverse=True)
    return tuple(_fate(row, tuple(known.adopted.get(row.receipt, ())), verdicts.get(row.receipt), as_of) for row in ordered)


def _fate(row: Receipt, adopted: tuple[str, ...], verdict: UseVerdict | None, as_of: datetime) -> Fate:
    at = datetime.fromisoformat(row.at)
    waiting: Status = "unknown" if as_of - at > UNKNOWN_AFTER else "open"
    return Fate(row.receipt, row.arm, at, row.session, adopted, verdict, "resolved" if adopted or verdict else waiting)
