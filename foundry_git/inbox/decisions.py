"""Decisions: a person's word on a version, or on an event, which wins over what the evidence says."""

from __future__ import annotations

from datetime import UTC, datetime

from foundry_git.evidence.events import Decided, Event, Withdrawn, new_nonce
from foundry_git.evidence.kinds.reviews import DecidedReason, DecidedState
from foundry_git.inbox.pseudonym import author_of
from foundry_git.pattern.record import Pattern
from foundry_git.workspace import Workspace


def decide(workspace: Workspace, reference: str, state: DecidedState, reason: DecidedReason) -> Pattern:
    """Put a pattern's version into a state, whatever its evidence says; ``pending`` gives it back to the evidence.

    The decision answers all that are known here and that nobody answered, so it takes their place in every clone.

    Raises:
        UnknownPatternError: nothing has that name.
    """
    workspace.patterns.converge()
    pattern = workspace.patterns.pattern_of(reference)
    said = Decided(
        at=datetime.now(UTC),
        nonce=new_nonce(),
        digest=pattern.digest,
        state=state,
        reason=reason,
        author=author_of(workspace.own, workspace.folders.state),
        answers=workspace.ledger.decisions_to_answer(pattern.digest) or None,
    )
    workspace.ledger.record(said)
    return pattern


def withdraw(workspace: Workspace, reference: str) -> tuple[Event, str]:
    """Take back an event, named by its id or the first six or more digits of it; return it, and the id of its withdrawal.

    Withdrawing the withdrawal restores it.

    Raises:
        UnknownPatternError: no event is meant, or several are.
    """
    ledger = workspace.ledger
    name, event = ledger.find_event(reference)
    said = Withdrawn(
        at=datetime.now(UTC), nonce=new_nonce(), event=name, author=author_of(workspace.own, workspace.folders.state)
    )
    return event, ledger.record(said)[0]
