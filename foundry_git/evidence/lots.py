"""Lots: in which ways a prompt might have come out, read back from its receipt. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from foundry_git.evidence.events import Injected, Item, Withheld

TICKETS = 1000
"""A receipt keeps chances in thousandths, so a lot has as many tickets: what is recorded is what was drawn from."""

HOLDOUT = "holdout"
"""Stands for B where A is compared with prompts that were left as they were."""


class Way(Struct, frozen=True):
    """One way a prompt might have come out: the digests shown, none where it is withheld, and how many tickets it has."""

    shown: frozenset[str]
    tickets: int


class Lot(Struct, frozen=True):
    """The ways a prompt might have come out: left as it is, as usual, or with one pattern in the place of one; and the one drawn."""

    withheld: Way
    usual: Way
    others: tuple[Way, ...]
    drawn: Way


def lot_of(event: Injected | Withheld) -> Lot | None:
    """Read the lot out of a receipt; None where it does not hold one, as those that were drawn before there were lots.

    Ranks up to the number of patterns shown are the usual prompt. An earlier version among them stands in for its newer; what ranks
    below takes the last place. Each comes out in that one way only, so that its chance is the way's.
    """
    everything = (*event.items, *(event.passed_over or ()))
    held, usual = _tickets_withheld(event, everything), _usual(everything, len(event.items))
    if held is None or usual is None:
        return None
    shown = frozenset(item.digest for item in usual)
    aside = [item for item in everything if item.digest not in shown]
    others = tuple(Way(shown - {usual[min(item.rank, len(usual)) - 1].digest} | {item.digest}, item.propensity) for item in aside)
    withheld = Way(frozenset(), held)
    first = Way(shown, TICKETS - held - sum(way.tickets for way in others))
    drawn = withheld if isinstance(event, Withheld) else _drawn(event, (first, *others))
    sound = first.tickets >= 0 and _agrees(event, (first, *others))
    return Lot(withheld, first, others, drawn) if drawn and drawn.tickets > 0 and sound else None


def contrast(lot: Lot, a: str, b: str) -> tuple[Way, Way] | None:
    """Return a way with A and the way that differs from it in B alone, which both have tickets; None where there are no such two.

    For the hold-out they are the usual prompt, with A in it, and the one left as it is.
    """
    ways = {way.shown: way for way in (lot.usual, *lot.others) if way.tickets}
    if b == HOLDOUT:
        return (lot.usual, lot.withheld) if a in lot.usual.shown and lot.usual.tickets and lot.withheld.tickets else None
    for shown, way in ways.items():
        twin = ways.get(shown - {b} | {a})
        if b in shown and a not in shown and twin:
            return twin, way
    return None


def _tickets_withheld(event: Injected | Withheld, everything: Sequence[Item]) -> int | None:
    """Every prompt that is not withheld shows as many patterns, so what their chances lack is the chance of being withheld."""
    if isinstance(event, Withheld):
        return event.items[0].propensity
    shown, rest = divmod(sum(item.propensity for item in everything), len(event.items))
    return TICKETS - shown if not rest and shown <= TICKETS else None


def _usual(everything: Sequence[Item], size: int) -> list[Item] | None:
    places: dict[int, list[Item]] = defaultdict(list)
    for item in everything:
        places[item.rank].append(item)
    if not all(rank in places for rank in range(1, size + 1)):
        return None
    return [max(places[rank], key=lambda item: item.version) for rank in range(1, size + 1)]


def _agrees(event: Injected | Withheld, ways: Sequence[Way]) -> bool:
    """Tell whether each that is said to be shown with some chance has as many tickets."""
    said = (*(event.items if isinstance(event, Injected) else ()), *(event.passed_over or ()))
    return all(item.propensity == sum(way.tickets for way in ways if item.digest in way.shown) for item in said)


def _drawn(event: Injected, ways: Sequence[Way]) -> Way | None:
    shown = frozenset(item.digest for item in event.items)
    return next((way for way in ways if way.shown == shown), None)
