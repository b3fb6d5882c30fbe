"""The week: what the library did for a team in seven days, as counts that somebody would paste into a chat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field

from foundry_git.evidence.attribution import Attribution, Use, attribute, direct_use
from foundry_git.evidence.events import Accepted, Event, Proposed, Rejected
from foundry_git.evidence.facts import Adoption, Facts
from foundry_git.evidence.grammar import moment, moment_text
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.scoring.verdicts import decided, verdicts
from foundry_git.settings import Settings

LENGTH = timedelta(days=7)
IN_PLACE = frozenset({"import", "call"})


class Week(Struct, frozen=True):
    """Counts of the seven days up to ``until``.

    ``adopted``, ``reverted``: digest → uses. ``reused``: uses of code that lives here, imported or called, ``shown`` those of them
    that followed an injection. ``duplicates``: candidates refused because the code was there already. ``passed``, ``failed``: uses
    judged. ``accepted``: versions. ``undecided``: patterns that wait for a person's decision now.
    """

    since: datetime
    until: datetime
    adopted: Mapping[str, int] = field(default_factory=dict)
    reused: int = 0
    shown: int = 0
    duplicates: int = 0
    passed: int = 0
    failed: int = 0
    reverted: Mapping[str, int] = field(default_factory=dict)
    proposed: int = 0
    accepted: int = 0
    undecided: int = 0

    @property
    def avoided(self) -> int:
        """How often code was not written again: it was shown and then used where it is, or refused as a duplicate."""
        return self.shown + self.duplicates


def last_week(ledger: Ledger, settings: Settings, until: datetime | None = None) -> Week:
    """Count the seven days up to ``until``, which is now unless told otherwise."""
    end = until or datetime.now(UTC)
    undecided = ledger.undecided(end, settings=settings.evidence, model=settings.scoring.model)
    return week_of(ledger.facts(), ledger.reviews(end - LENGTH), end, len(undecided))


def week_of(facts: Facts, reviews: Iterable[Event], until: datetime, undecided: int = 0) -> Week:
    """Count a week; what is known under several names, such as a receipt and a commit, is one use."""
    known = attribute(facts)
    since = until - LENGTH
    first, last = moment_text(moment(since)), moment_text(moment(until))
    adopted = _adopted(known, first, last)
    in_place = [rows for rows in adopted.values() if any(row.how in IN_PLACE for row in rows)]
    judged = [verdict for verdict in decided(verdicts(known)).values() if first < verdict.at <= last]
    reviewed = [event for event in reviews if isinstance(event, Accepted | Proposed | Rejected) and since < event.at <= until]
    return Week(
        since=since,
        until=until,
        adopted=Counter(use.digest for use in adopted),
        reused=len(in_place),
        shown=sum(any(row.receipt for row in rows) for rows in in_place),
        duplicates=sum(isinstance(event, Rejected) and event.reason == "duplicate" for event in reviewed),
        passed=sum(verdict.passed for verdict in judged),
        failed=sum(verdict.failed for verdict in judged),
        reverted=_reverted(known, first, last),
        proposed=sum(isinstance(event, Proposed) for event in reviewed),
        accepted=len({(event.id, event.version) for event in reviewed if isinstance(event, Accepted)}),
        undecided=undecided,
    )


def _adopted(known: Attribution, first: str, last: str) -> dict[Use, list[Adoption]]:
    """The uses that began in the week, each with its adoptions; one that a person spoke of may have none, as in the scores."""
    uses: dict[Use, list[Adoption]] = {}
    began: dict[Use, str] = {}
    for row in known.facts.adoptions:
        use = known.named(Use(row.receipt or row.commit_id or row.nonce or "", row.digest))
        uses.setdefault(use, []).append(row)
        began[use] = min(row.at, began.get(use, row.at))
    for judged in known.facts.judgements:
        if judged.digest:
            use = known.named(direct_use(judged))
            uses.setdefault(use, [])
            began[use] = min(judged.at, began.get(use, judged.at))
    return {use: rows for use, rows in uses.items() if first < began[use] <= last}


def _reverted(known: Attribution, first: str, last: str) -> Counter[str]:
    taken_back = {
        known.named(direct_use(row))
        for row in known.facts.judgements
        if row.source == "revert" and row.result == "fail" and first < row.at <= last
    }
    return Counter(use.digest for use in taken_back)
