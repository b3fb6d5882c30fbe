"""The receipt of a selection: the event that tells what a prompt got, and what it might have got instead. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from foundry_git.evidence.events import Injected, Item, Withheld
from foundry_git.evidence.kinds.injections import Slot
from foundry_git.evidence.lots import TICKETS
from foundry_git.injection.selection import Chosen, Selection


def event_of(
    selection: Selection,
    at: datetime,
    nonce: str,
    language: str | None = None,
    framework: str | None = None,
    session: str | None = None,
) -> Injected | Withheld:
    """Return the event of a selection that is not empty; ``session`` is hashed, the rest as in :class:`Injected`."""
    kind = Withheld if selection.is_withheld else Injected
    return kind(
        at=at,
        nonce=nonce,
        items=tuple(map(_item, selection.chosen)),
        passed_over=tuple(map(_item, selection.passed_over)) or None,
        language=language,
        framework=framework,
        session=session,
    )


def _item(one: Chosen) -> Item:
    document = one.hit.document
    return Item(
        id=document.id,
        version=document.version,
        digest=document.digest,
        rank=one.rank,
        score=round(one.hit.score * 1000),
        propensity=round(one.propensity * TICKETS),
        slot=cast(Slot, one.slot),
    )
