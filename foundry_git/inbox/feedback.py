"""Feedback: a person's word on a pattern or a receipt becomes events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from foundry_git.errors import UnknownPatternError, UsageError
from foundry_git.evidence.events import (
    Adopted,
    Event,
    Injected,
    Outcome,
    Rated,
    Withheld,
    event_id,
    hashed,
    new_nonce,
    receipt_of,
)
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.receipts import looks_like_receipt
from foundry_git.history import trailers
from foundry_git.inbox.inbox import meant_by
from foundry_git.inbox.pseudonym import author_of
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.naming import parse_reference
from foundry_git.workspace import Workspace


class Recorded(Struct, frozen=True):
    """What was recorded: for which subject, which patterns (id, digest) it speaks of, and whether their use is certain.

    Of a receipt that was withheld it speaks of none.
    """

    subject: str
    patterns: tuple[tuple[str, str], ...]
    is_certain: bool


def record_outcome(workspace: Workspace, reference: str, result: Literal["pass", "fail"], used: Sequence[str] = ()) -> Recorded:
    """Record that a pattern, or what was injected under a receipt, worked or did not.

    Raises:
        UnknownPatternError: nothing has that name.
        UsageError: ``used`` names a pattern that the receipt does not hold, or the receipt was withheld.
    """
    subject, recorded, adopted = _subject(workspace, reference, used)
    said = Outcome(
        at=datetime.now(UTC),
        subject=subject,
        result=result,
        source="person",
        nonce=new_nonce(),
        author=author_of(workspace.own, workspace.folders.state),
    )
    workspace.ledger.record(*adopted, said)
    trailers.forget(workspace.repository, subject)
    return recorded


def record_rating(
    workspace: Workspace, reference: str, rating: int, used: Sequence[str] = (), session: str | None = None
) -> Recorded:
    """Record a rating of 1 to 5; raises like :func:`record_outcome`."""
    subject, recorded, adopted = _subject(workspace, reference, used)
    said = Rated(
        at=datetime.now(UTC),
        nonce=new_nonce(),
        subject=subject,
        rating=rating,
        session=hashed(session) if session else None,
        author=author_of(workspace.own, workspace.folders.state),
    )
    workspace.ledger.record(*adopted, said)
    trailers.forget(workspace.repository, subject)
    return recorded


def _subject(workspace: Workspace, reference: str, used: Sequence[str]) -> tuple[str, Recorded, list[Event]]:
    workspace.patterns.converge()
    if looks_like_receipt(reference):
        return _receipt_subject(workspace.ledger, reference, used)
    if used:
        raise UsageError("--used: says which of a receipt's patterns were used; give a receipt, or leave it out")
    meant = meant_by(workspace, reference)
    if isinstance(meant, Candidate):  # it becomes a version of the same digest, unless it is changed before
        digest = digest_of(meant.files())
        return digest, Recorded(meant.id, ((meant.id, digest),), True), []
    return meant.digest, Recorded(str(meant.ref), ((meant.ref.id, meant.digest),), True), []


def _receipt_subject(ledger: Ledger, reference: str, used: Sequence[str]) -> tuple[str, Recorded, list[Event]]:
    injected = ledger.receipt(reference)
    receipt = receipt_of(injected)
    if isinstance(injected, Withheld):
        if used:
            raise UsageError(f"--used: {receipt} was withheld by lot, so nothing of it was shown; leave it out")
        return receipt, Recorded(receipt, (), True), []
    digests = [_item_digest(injected, name) for name in used]
    at = datetime.now(UTC)
    said: list[Event] = [Adopted(at=at, digest=d, source="person", receipt=receipt, nonce=new_nonce()) for d in digests]
    seen = digests or _adopted(ledger, injected, receipt)
    items = [item for item in injected.items if item.digest in seen or not seen]
    certain = bool(seen) or len(injected.items) == 1
    return receipt, Recorded(receipt, tuple((item.id, item.digest) for item in items), certain), said


def _item_digest(injected: Injected | Withheld, name: str) -> str:
    wanted = parse_reference(name)
    for item in injected.items:
        if wanted.names(item.id, item.version, wanted.library or ""):
            return item.digest
    raise UnknownPatternError(name, "pattern in that receipt", [item.id for item in injected.items])


def _adopted(ledger: Ledger, injected: Injected | Withheld, receipt: str) -> list[str]:
    events = [event for item in injected.items for event in ledger.history(item.digest)]
    withdrawn = ledger.withdrawn()
    told = (event for event in events if isinstance(event, Adopted) and event.receipt == receipt)
    return [event.digest for event in told if event_id(event) not in withdrawn]
