"""Prices of models: a dated table that comes along, the user's own over it, and what tokens cost by them.

No log states what a message cost, so this is an estimate: list prices, no discount, no batch, no plan.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from foundry_git.sessions.log import TokenCounts, Turn
from foundry_git.settings import DEFAULT_WINDOW

TABLE = Path(__file__).with_name("prices.json")
LARGE_WINDOW = 1_000_000
_RELEASE = re.compile(r"(?:[-@]\d{8}|-latest|-v\d+(?::\d+)?|\[1m\])*")
"""What may follow a model's name: its release, a version of a platform, the window; never another version of the model."""

_PLATFORM = re.compile(r".*(?:/|anthropic\.)")


class Rates(Struct, frozen=True):
    """Dollars for a million tokens, by kind; the same number is microdollars for one token."""

    input: float
    output: float
    cache_read: float
    cache_write: float
    cache_write_hour: float

    def microdollars(self, tokens: TokenCounts) -> float:
        """What tokens cost; those of unknown kind cost nothing here."""
        return (
            tokens.input * self.input
            + tokens.output * self.output
            + tokens.cache_read * self.cache_read
            + tokens.cache_write * self.cache_write
            + tokens.cache_write_hour * self.cache_write_hour
        )


class Price(Struct, frozen=True):
    """The rates of one model and the size of its context window; ``long`` rates hold where a prompt is larger than ``long_above``."""

    rates: Rates
    window: int = DEFAULT_WINDOW
    long: Rates | None = None
    long_above: int = 0

    def microdollars(self, tokens: TokenCounts) -> float:
        """What one message cost."""
        rates = self.long if self.long is not None and tokens.prompt > self.long_above else self.rates
        return rates.microdollars(tokens)


class PriceTable(Struct, frozen=True):
    """Prices by model name, as of ``date``, from ``source``."""

    date: str
    source: str
    models: Mapping[str, Price]

    def price(self, model: str) -> Price | None:
        """The price of a model under any name it goes by; None where it is not known."""
        plain = _PLATFORM.sub("", model.lower())
        fitting = [name for name in self.models if plain.startswith(name) and _RELEASE.fullmatch(plain[len(name) :])]
        return self.models[max(fitting, key=len)] if fitting else None

    def window(self, model: str) -> int:
        """The context window of a model."""
        found = self.price(model)
        size = found.window if found else DEFAULT_WINDOW
        return max(size, LARGE_WINDOW) if "[1m]" in model else size

    def with_own(self, own: Mapping[str, Mapping[str, float]]) -> PriceTable:
        """The table with a user's own prices over it, as ``SessionSettings`` has them."""
        source = f"{self.source}, and your config.yaml" if own else self.source
        return PriceTable(self.date, source, {**self.models, **{name.lower(): _price(facts) for name, facts in own.items()}})


class Estimate(Struct, frozen=True):
    """What turns cost, and how many tokens have no price."""

    microdollars: int
    unpriced: int


def estimate(turns: Iterable[Turn], table: PriceTable) -> Estimate:
    """Estimate what turns cost, each message by its own prompt's size."""
    priced, unpriced = 0.0, 0
    for turn in turns:
        price = table.price(turn.model)
        priced += price.microdollars(turn.tokens) if price else 0.0
        unpriced += turn.tokens.other if price else turn.tokens.total
    return Estimate(round(priced), unpriced)


@cache
def shipped_prices() -> PriceTable:
    """The table that comes along."""
    found = json.loads(TABLE.read_text(encoding="utf-8"))
    return PriceTable(found["date"], found["source"], {name: _price(facts) for name, facts in found["models"].items()})


def _rates(input: float, output: float, given: Mapping[str, float]) -> Rates:
    """Rates where only some are given: what the cache costs follows from the input, by the usual 0.1, 1.25 and 2 times."""
    usual = {"cache_read": 0.1, "cache_write": 1.25, "cache_write_hour": 2.0}
    return Rates(input, output, **{kind: given.get(kind, input * factor) for kind, factor in usual.items()})


def _price(facts: Mapping[str, float | Mapping[str, float]]) -> Price:
    long = facts.get("long")
    plain = {name: value for name, value in facts.items() if isinstance(value, int | float)}
    return Price(
        _rates(plain["input"], plain["output"], plain),
        int(plain["window"]),
        _rates(long["input"], long["output"], long) if isinstance(long, Mapping) else None,
        int(long["above"]) if isinstance(long, Mapping) else 0,
    )
