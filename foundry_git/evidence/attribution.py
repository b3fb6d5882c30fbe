"""Attribution: which use of which digest an outcome or a rating speaks of.

The system this grew from credited a run's outcome in full to everything injected; at a base rate of 99.6 % every pattern looked
proven. Here adoption decides, and where it is unknown one outcome is shared out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from foundry_git.evidence.events import Adopted, Event, Injected, Outcome, Rated, receipt_named

RECEIPT_MARK = "r-"


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """One use of one digest; ``context`` is what tells it from others: a receipt, commit, run, session or nonce."""

    context: str
    digest: str


@dataclass(frozen=True, slots=True)
class Credit:
    """What part of an outcome a use gets; ``share`` is 1 unless one of several digests was used and nobody knows which."""

    use: Use
    share: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """What is known of injections and adoptions.

    ``injected`` and ``adopted``: receipt → digests. ``names``: use → the name it is counted under, where it has several.
    ``used``: use → its latest moment.
    """

    injected: Mapping[str, tuple[str, ...]]
    adopted: Mapping[str, tuple[str, ...]]
    names: Mapping[Use, Use]
    used: Mapping[Use, datetime]

    def credits(self, event: Outcome | Rated) -> list[Credit]:
        """Say who gets an outcome or rating.

        A digest as the subject gets it whole. Of a receipt the adopted digests get it, whole each; where no adoption is known, it
        is split evenly over the receipt's items. A receipt that nobody knows yet gives nothing.
        """
        if not _of_receipt(event):
            return [Credit(_named(_direct_use(event), self.names), 1.0)]
        adopted = self.adopted.get(event.subject, ())
        digests = adopted or self.injected.get(event.subject, ())
        share = 1.0 if adopted else 1.0 / max(1, len(digests))
        return [Credit(_named(Use(event.subject, digest), self.names), share) for digest in digests]


def attribute(events: Mapping[str, Event]) -> Attribution:
    """Read injections and adoptions out of a set of events (id → event)."""
    injected = {receipt_named(name): _digests(event) for name, event in events.items() if isinstance(event, Injected)}
    names = _names(events)
    return Attribution(injected, _adopted(events), names, _used(events, names))


def exposures(events: Mapping[str, Event]) -> dict[str, int]:
    """Count, per digest, the injections that held it."""
    counts: dict[str, int] = {}
    for event in events.values():
        for digest in _digests(event) if isinstance(event, Injected) else ():
            counts[digest] = counts.get(digest, 0) + 1
    return counts


def _digests(injected: Injected) -> tuple[str, ...]:
    return tuple(item.digest for item in injected.items)


def _adopted(events: Mapping[str, Event]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for event in events.values():
        if isinstance(event, Adopted) and event.receipt:
            found.setdefault(event.receipt, set()).add(event.digest)
    return {receipt: tuple(sorted(digests)) for receipt, digests in found.items()}


def _names(events: Mapping[str, Event]) -> dict[Use, Use]:
    """Unite the names of one use: five prompts of a session that end in one commit are one use, and so is a rebased commit.

    The smallest name stands for all, so the order of the events does not matter.
    """
    towards: dict[Use, Use] = {}

    def smallest(use: Use) -> Use:
        while use in towards:
            use = towards[use]
        return use

    for event in events.values():
        if isinstance(event, Adopted) and event.receipt and event.commit:
            one, other = sorted(smallest(Use(name, event.digest)) for name in (event.receipt, event.commit))
            if one != other:
                towards[other] = one
    return {use: smallest(use) for use in towards}


def _used(events: Mapping[str, Event], names: Mapping[Use, Use]) -> dict[Use, datetime]:
    """Whoever speaks of a digest itself says that it was used."""
    used: dict[Use, datetime] = {}
    for event in events.values():
        if isinstance(event, Adopted):
            use = _named(Use(event.receipt or event.commit or event.nonce or "", event.digest), names)
        elif isinstance(event, Outcome | Rated) and not _of_receipt(event):
            use = _named(_direct_use(event), names)
        else:
            continue
        used[use] = max(event.at, used.get(use, event.at))
    return used


def _of_receipt(event: Outcome | Rated) -> bool:
    return event.subject.startswith(RECEIPT_MARK)


def _direct_use(event: Outcome | Rated) -> Use:
    own = event.session or event.nonce if isinstance(event, Rated) else event.run or event.nonce
    return Use(own or "", event.subject)


def _named(use: Use, names: Mapping[Use, Use]) -> Use:
    return names.get(use, use)
