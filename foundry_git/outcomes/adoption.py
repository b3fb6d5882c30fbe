"""Adoption: what commits say of patterns: that one was copied, imported or called, and under which receipt; and that a shape was seen.

An adoption follows from its commit and the library alone, so that two clones derive the same one; only the receipt is what this
replica knows. A rebased, amended, cherry-picked or squashed commit gives another event of the same use: they share its time or place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from foundry_git.errors import UnknownPatternError
from foundry_git.evidence.events import Adopted, Injected, Sighted, place_of, receipt_of
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.receipts import UNKNOWN_AFTER
from foundry_git.extraction.intake import SeenShape
from foundry_git.git.history import NO_CHANGES, Commit, CommitChanges
from foundry_git.history.messages import receipts_in
from foundry_git.outcomes.copied_patterns import Shelves, changed_files
from foundry_git.outcomes.pattern_uses import NO_ORIGINS, CommitUse, Detection
from foundry_git.pattern.naming import PatternRef
from foundry_git.source.languages import language_of
from foundry_git.source.units import UnitKey
from foundry_git.workspace import Workspace

_SLUG = re.compile(r"(?=.{1,32}\Z)[a-z0-9]+(?:-[a-z0-9]+)*")


def sighted(sightings: Sequence[SeenShape]) -> list[Sighted]:
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


def adoptions(
    workspace: Workspace,
    sightings: Sequence[SeenShape],
    done: CommitChanges = NO_CHANGES,
    origins: Mapping[UnitKey, PatternRef] = NO_ORIGINS,
) -> list[Adopted]:
    """The patterns that commits use, as events: one for each of a commit and, where several receipts may be meant, of each.

    ``origins``: where the own patterns' origins stand, (path, symbol) → version. A sighting counts for itself only of a pattern that
    is too small for fingerprints, or where no commits are given; and only while a receipt is open.
    """
    receipts, scope = _Receipts(workspace.ledger), workspace.scope
    uses: list[CommitUse] = []
    detection: Detection | None = None
    if done.commits:
        shelves = Shelves(workspace.patterns, workspace.objects)
        detection = Detection(shelves, workspace.own, scope, origins)
        uses = [use for commit, files in changed_files(done, workspace.objects, scope) for use in detection.uses(commit, files)]
    events = [event for use in uses for event in _events(use, receipts.of(use.commit, use.digest))]
    known = {(use.commit.id, use.digest) for use in uses}
    dated = (one for one in sightings if one.digest and one.date and one.commit and (one.commit, one.digest) not in known)
    for sighting in dated:
        if detection is None or detection.is_small(sighting.digest):
            events += _of_shape(sighting, receipts)
    return events


def _events(use: CommitUse, receipts: Sequence[str]) -> Iterator[Adopted]:
    for receipt in receipts or (None,):
        yield Adopted(
            at=datetime.fromisoformat(use.commit.author_date),
            digest=use.digest,
            source="commit",
            receipt=receipt,
            commit=use.commit.id,
            how=use.how,
            share=use.share,
            lines=use.lines,
            language=language_of(use.path),
            framework=use.framework if _SLUG.match(use.framework) else None,
            place=use.place,
        )


class _Receipts:
    """The receipts that a commit may be a use of: those it names, whatever their age, and those open at its time."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._open: dict[str, Sequence[Injected]] = {}
        self._named: dict[str, Injected | None] = {}

    def of(self, commit: Commit, digest: str) -> list[str]:
        """The receipts that hold a digest: those that the commit names, else those that are open."""
        named = [self._get(name) for name in receipts_in(f"{commit.subject}\n{commit.body}")]
        found = [receipt_of(one) for one in named if one and _holds(one, digest)]
        return found or self.open_at(datetime.fromisoformat(commit.author_date), digest)

    def open_at(self, at: datetime, digest: str) -> list[str]:
        """The open receipts that hold a digest and were given in the days before."""
        if digest not in self._open:
            self._open[digest] = self._ledger.showings(digest)
        return [receipt_of(one) for one in self._open[digest] if _since(one) <= at <= _since(one) + UNKNOWN_AFTER]

    def _get(self, name: str) -> Injected | None:
        if name not in self._named:
            try:
                found = self._ledger.receipt(name)
                self._named[name] = found if isinstance(found, Injected) else None  # what was withheld was not taken from there
            except UnknownPatternError:  # of another replica, or nobody's
                self._named[name] = None
        return self._named[name]


def _holds(injected: Injected, digest: str) -> bool:
    return any(item.digest == digest for item in injected.items)


def _since(injected: Injected) -> datetime:
    return injected.at.replace(microsecond=0)  # commits are dated to the second


def _of_shape(sighting: SeenShape, receipts: _Receipts) -> Iterator[Adopted]:
    at = datetime.fromisoformat(sighting.date)
    for receipt in receipts.open_at(at, sighting.digest):
        yield Adopted(at=at, digest=sighting.digest, source="commit", receipt=receipt, commit=sighting.commit)
