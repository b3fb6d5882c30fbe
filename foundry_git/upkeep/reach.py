"""Reach: how far the patterns of the project's own library came in the loop, read from the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from foundry_git.evidence.attribution import attribute
from foundry_git.evidence.facts import Facts, Receipt
from foundry_git.evidence.grammar import moment, moment_text
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.receipts import UNKNOWN_AFTER
from foundry_git.evidence.scoring.verdicts import decided, verdicts
from foundry_git.index.stack_index import StackIndex
from foundry_git.library.library import Library
from foundry_git.search.query import Filters, current_rows
from foundry_git.upkeep.loop import Reach


def reaches(own: Library | None, patterns: StackIndex, ledger: Ledger, now: datetime) -> list[Reach]:
    """Return how far each pattern of one's ``own`` library came; what happened in the last fourteen days may still come through.

    A prompt counts for a pattern from the first time on that anything is known of it: it cannot have been found before it was there.
    """
    if own is None:
        return []
    patterns.converge()
    facts = ledger.facts()
    retrieved = Counter(exposure.digest for exposure in ledger.exposures())
    adopted, judged = _uses(facts, before=now)
    old = _old(facts, now)
    shown = Counter(digest for receipt in old for digest in facts.items.get(receipt.receipt, ()))
    rows = current_rows(patterns.rows(), [own.name], Filters())
    first = {row.digest: _first_known(ledger, row.digest) for row in rows}
    return [
        Reach(
            id=row.id,
            prompts=_prompts_since(facts.receipts, first[row.digest]),
            retrieved=retrieved[row.digest],
            injected=shown[row.digest],
            adopted=adopted[row.digest],
            judged=judged[row.digest],
        )
        for row in rows
    ]


def _first_known(ledger: Ledger, digest: str) -> str:
    known = [event.at for event in ledger.history(digest) if hasattr(event, "at")]
    return moment_text(moment(min(known))) if known else ""


def _prompts_since(receipts: Mapping[str, Receipt], first: str) -> int:
    return sum(receipt.at >= first for receipt in receipts.values()) if first else 0


def _old(facts: Facts, now: datetime) -> Sequence[Receipt]:
    """The receipts whose patterns had their time to be used."""
    until = moment_text(moment(now - UNKNOWN_AFTER))
    return [receipt for receipt in facts.receipts.values() if receipt.at <= until]


def _uses(facts: Facts, before: datetime) -> tuple[Counter[str], Counter[str]]:
    """Count the uses of each digest that are old enough to be judged, or are judged already, and those that are judged."""
    known = attribute(facts)
    judged = {use for use, _ in decided(verdicts(known)).items()}
    until = moment_text(moment(before - UNKNOWN_AFTER))
    had_time = [use for use, at in known.used.items() if at <= until or use in judged]
    return Counter(use.digest for use in had_time), Counter(use.digest for use in had_time if use in judged)
