"""Attribution: which use of which digest an outcome or a rating speaks of.

The system this grew from credited a run's outcome in full to everything injected; at a base rate of 99.6 % every pattern looked
proven. Here adoption decides, and where it is unknown one outcome is shared out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from foundry_git.evidence.facts import Adoption, Facts, Judgement, Receipt


class Use(NamedTuple):
    """One use of one digest; ``context`` is what tells it from others: a receipt, commit, run, session or nonce."""

    context: str
    digest: str


class UseContext(NamedTuple):
    """Where a pattern was used, or wanted for."""

    language: str | None = None
    framework: str | None = None


NOWHERE = UseContext()


class Credit(NamedTuple):
    """What a use gets of an outcome.

    ``share`` is less than 1 where only a part of the pattern was used, and where one of several digests was used and nobody knows
    which; then it is not ``certain`` that this use is meant.
    """

    use: Use
    share: float
    certain: bool


class Attribution(Struct, frozen=True):
    """What is known of injections and adoptions.

    ``names``: use → the name it is counted under, where it has several. ``adopted``: receipt → digests. ``used``: use → its latest
    moment. ``shares``: use → which part of the pattern came in, where not all. ``places``: use → where. ``facts``: what was read.
    """

    facts: Facts
    names: Mapping[Use, Use]
    adopted: Mapping[str, Sequence[str]]
    used: Mapping[Use, str]
    shares: Mapping[Use, float]
    places: Mapping[Use, UseContext]

    def credits(self, judgement: Judgement) -> list[Credit]:
        """Say who gets an outcome or rating.

        A digest as the subject gets it whole. Of a receipt the adopted digests get it, whole each; where no adoption is known, it
        is split evenly over the receipt's items. A receipt that nobody knows yet gives nothing. Of a use of a part of the pattern
        only that part is judged.
        """
        receipt = judgement.receipt
        if receipt is None:
            return [self._whole(direct_use(judgement))]
        adopted = self.adopted.get(receipt)
        if adopted:
            return [self._whole(Use(receipt, digest)) for digest in adopted]
        digests = self.facts.items.get(receipt, ())
        share = 1.0 / max(1, len(digests))
        return [Credit(self.named(Use(receipt, digest)), share, len(digests) == 1) for digest in digests]

    def named(self, use: Use) -> Use:
        """Return the name under which a use is counted."""
        return self.names.get(use, use)

    def place(self, use: Use) -> UseContext:
        """Return where a use was: what its adoption says, else what the injection says."""
        found = self.places.get(use)
        return found or place_of_receipt(self.facts.receipts.get(use.context))

    def _whole(self, use: Use) -> Credit:
        named = self.names.get(use, use)
        return Credit(named, self.shares.get(named, 1.0), True)


def attribute(facts: Facts) -> Attribution:
    """Read adoptions and what people say of digests."""
    names = _names(facts.adoptions)
    adopted: dict[str, set[str]] = {}
    uses = _Uses(facts)
    for row in facts.adoptions:
        if row.receipt:
            adopted.setdefault(row.receipt, set()).add(row.digest)
        own = Use(row.receipt or row.commit_id or row.nonce or "", row.digest)
        uses.adopted(names.get(own, own), row)
    for judged in facts.judgements:
        if judged.digest:  # whoever speaks of a digest itself says that it was used
            own = direct_use(judged)
            uses.seen(names.get(own, own), judged.at)
    sorted_digests = {receipt: sorted(digests) for receipt, digests in adopted.items()}
    return Attribution(facts, names, sorted_digests, uses.latest, uses.shares(), uses.places())


def direct_use(judgement: Judgement) -> Use:
    """Return the use that a judgement of a digest speaks of: that of the commit it names, else one of its own."""
    own = judgement.commit_id or judgement.run or judgement.session or judgement.nonce
    return Use(own or "", judgement.digest or "")


def place_of_receipt(receipt: Receipt | None) -> UseContext:
    """Return the place that an injection was for."""
    return UseContext(receipt.language, receipt.framework) if receipt else NOWHERE


def _names(adoptions: Iterable[Adoption]) -> dict[Use, Use]:
    """Unite the names of one use: five prompts of a session that end in one commit are one use, and so is a commit that was rewritten.

    A rebase, an amended commit and a cherry-pick keep the author's time, a squash keeps the place with what came into it. The smallest
    name stands for all, so the order of the events does not matter.
    """
    towards: dict[Use, Use] = {}

    def smallest(use: Use) -> Use:
        root = use
        while root in towards:
            root = towards[root]
        while use != root:  # so that the next walk is short: a branch that is rebased daily has a chain of a thousand
            towards[use], use = root, towards[use]
        return root

    for row in adoptions:
        first, *others = _contexts(row)
        for name in others:
            one, other = smallest(Use(first, row.digest)), smallest(Use(name, row.digest))
            if one != other:
                towards[max(one, other)] = min(one, other)
    return {use: smallest(use) for use in list(towards)}


def _contexts(row: Adoption) -> list[str]:
    """The contexts that an adoption names; the time tells of one only beside a place, for whatever is told by hand has any time."""
    patch = [f"at {row.at}", f"in {row.place}"] if row.place else []
    return [name for name in (row.receipt, row.commit_id) if name] + patch or [""]


class _Uses:
    """Gathers what is said of each use: when last, which part of the pattern, and where."""

    def __init__(self, facts: Facts) -> None:
        self.latest: dict[Use, str] = {}
        self._receipts = facts.receipts
        self._parts: dict[Use, int] = {}
        self._places: dict[Use, tuple[bool, str, str, UseContext]] = {}

    def adopted(self, use: Use, row: Adoption) -> None:
        """Of several adoptions of one use the largest part counts: a rebase may have split what another commit holds whole.

        Of several places the latest that an adoption names counts, else the latest that an injection was for.
        """
        self.seen(use, row.at)
        part = 1000 if row.share is None else row.share
        if part > self._parts.get(use, 0):
            self._parts[use] = part
        said = row.language is not None or row.framework is not None
        place = UseContext(row.language, row.framework) if said else place_of_receipt(self._receipts.get(row.receipt or ""))
        if place != NOWHERE:
            found = (said, row.at, row.event, place)
            if use not in self._places or found[:3] > self._places[use][:3]:
                self._places[use] = found

    def seen(self, use: Use, at: str) -> None:
        if at > self.latest.get(use, ""):
            self.latest[use] = at

    def shares(self) -> dict[Use, float]:
        return {use: part / 1000.0 for use, part in self._parts.items() if part < 1000}

    def places(self) -> dict[Use, UseContext]:
        return {use: found[3] for use, found in self._places.items()}
