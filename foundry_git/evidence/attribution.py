"""Attribution: which use of which digest an outcome or a rating speaks of.

The system this grew from credited a run's outcome in full to everything injected; at a base rate of 99.6 % every pattern looked
proven. Here adoption decides, and where it is unknown one outcome is shared out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from foundry_git.evidence.facts import Adoption, Facts, Judgement, Receipt


class Use(NamedTuple):
    """One use of one digest; ``context`` is what tells it from others: a receipt, commit, run, session or nonce."""

    context: str
    digest: str


class Place(NamedTuple):
    """Where a pattern was used, or wanted for."""

    language: str | None = None
    framework: str | None = None


class Credit(NamedTuple):
    """What a use gets of an outcome.

    ``share`` is less than 1 where only a part of the pattern was used, and where one of several digests was used and nobody knows
    which; then it is not ``certain`` that this use is meant.
    """

    use: Use
    share: float
    certain: bool


@dataclass(frozen=True, slots=True)
class Attribution:
    """What is known of injections and adoptions.

    ``names``: use → the name it is counted under, where it has several. ``adopted``: receipt → digests. ``used``: use → its latest
    moment. ``shares``: use → which part of the pattern came in, where not all. ``places``: use → where. ``facts``: what was read.
    """

    facts: Facts
    names: Mapping[Use, Use]
    adopted: Mapping[str, Sequence[str]]
    used: Mapping[Use, str]
    shares: Mapping[Use, float]
    places: Mapping[Use, Place]

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

    def place(self, use: Use) -> Place:
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
    for row in facts.adoptions:
        if row.receipt:
            adopted.setdefault(row.receipt, set()).add(row.digest)
    return Attribution(
        facts,
        names,
        {receipt: sorted(digests) for receipt, digests in adopted.items()},
        _used(facts, names),
        _shares(facts.adoptions, names),
        _places(facts, names),
    )


def direct_use(judgement: Judgement) -> Use:
    """Return the use that a judgement of a digest speaks of: that of the commit it names, else one of its own."""
    own = judgement.commit_id or judgement.run or judgement.session or judgement.nonce
    return Use(own or "", judgement.digest or "")


def place_of_receipt(receipt: Receipt | None) -> Place:
    """Return the place that an injection was for."""
    return Place(receipt.language, receipt.framework) if receipt else Place()


def _names(adoptions: Iterable[Adoption]) -> dict[Use, Use]:
    """Unite the names of one use: five prompts of a session that end in one commit are one use, and so is a rebased commit.

    The smallest name stands for all, so the order of the events does not matter.
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
        if row.receipt and row.commit_id:
            one, other = smallest(Use(row.receipt, row.digest)), smallest(Use(row.commit_id, row.digest))
            if one != other:
                towards[max(one, other)] = min(one, other)
    return {use: smallest(use) for use in list(towards)}


def _used(facts: Facts, names: Mapping[Use, Use]) -> dict[Use, str]:
    """Whoever speaks of a digest itself says that it was used."""
    used: dict[Use, str] = {}
    said = [(_use_of(row), row.at) for row in facts.adoptions]
    said += [(direct_use(row), row.at) for row in facts.judgements if row.digest]
    for own, at in said:
        use = names.get(own, own)
        if at > used.get(use, ""):
            used[use] = at
    return used


def _use_of(row: Adoption) -> Use:
    return Use(row.receipt or row.commit_id or row.nonce or "", row.digest)


def _shares(adoptions: Iterable[Adoption], names: Mapping[Use, Use]) -> dict[Use, float]:
    """Of several adoptions of one use the largest part counts: a rebase may have split what another commit holds whole."""
    largest: dict[Use, int] = {}
    for row in adoptions:
        own = _use_of(row)
        use = names.get(own, own)
        largest[use] = max(1000 if row.share is None else row.share, largest.get(use, 0))
    return {use: share / 1000.0 for use, share in largest.items() if share < 1000}


def _places(facts: Facts, names: Mapping[Use, Use]) -> dict[Use, Place]:
    """Of several places of one use the latest that an adoption names counts, else the latest that an injection was for."""
    best: dict[Use, tuple[bool, str, str, Place]] = {}
    for row in facts.adoptions:
        own = _use_of(row)
        use, place = names.get(own, own), Place(row.language, row.framework)
        said = place != (None, None)
        if not said:
            place = place_of_receipt(facts.receipts.get(row.receipt or ""))
        found = (said, row.at, row.event, place)
        if place != (None, None) and (use not in best or found[:3] > best[use][:3]):
            best[use] = found
    return {use: found[3] for use, found in best.items()}
