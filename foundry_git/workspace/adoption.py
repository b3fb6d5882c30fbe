"""Adoption: what it says that a shape was seen again: where the pattern lives, and that an injected one was used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from foundry_git.evidence.events import Adopted, Sighted, place_of, receipt_of
from foundry_git.extraction.intake import Sighting
from foundry_git.workspace.workspace import Workspace

WINDOW = timedelta(days=14)
"""How long after an injection a commit with the pattern's shape counts as its use; later ones are only sightings."""


def sighted(sightings: Sequence[Sighting]) -> list[Sighted]:
    """The sightings as events; what lies in no commit is none."""
    return [
        Sighted(
            at=datetime.fromisoformat(sighting.date),
            shape=sighting.shape,
            place=place_of(sighting.path, sighting.blob),
            pattern=sighting.digest or None,
        )
        for sighting in sightings
        if sighting.blob and sighting.date
    ]


def adoptions(workspace: Workspace, sightings: Sequence[Sighting]) -> list[Adopted]:
    """A pattern that stands in a commit soon after it was injected was used."""
    found = []
    dated = [(s, datetime.fromisoformat(s.date)) for s in sightings if s.digest and s.date and s.commit]
    receipts = workspace.ledger.open_receipts() if dated else ()
    for injected in receipts:
        digests = {item.digest for item in injected.items}
        since = injected.at.replace(microsecond=0)  # commits are dated to the second
        for sighting, at in dated:
            if sighting.digest in digests and since <= at <= since + WINDOW:
                receipt = receipt_of(injected)
                found.append(Adopted(at=at, digest=sighting.digest, source="commit", receipt=receipt, commit=sighting.commit))
    return found
