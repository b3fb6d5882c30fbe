"""What was put into a prompt, what might have been instead, and what was withheld to learn whether any of it helps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal, get_args

from foundry_git.evidence import grammar
from foundry_git.evidence.grammar import expect, expect_if_any, expect_one_of, expect_whole
from foundry_git.evidence.kinds.columns import column, lowest_schema, since

MAX_ITEMS = 50
MAX_VERSION = 1_000_000

Slot = Literal["ranked", "exploration", "trial", "passed"]
_FIRST_SLOTS = ("ranked", "exploration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One pattern of an injection; ``score`` and ``propensity`` are in thousandths.

    What was shown had a chance to be shown: ``propensity`` is 1 to 1000, so that it can be divided by. Of what was relevant and
    passed over it may be 0. ``trial``: an earlier version in the place of a newer one.
    """

    digest: str = field(metadata=column("one version"))
    slot: Slot = field(default="ranked", metadata=column("ranked, exploration, trial or passed"))
    id: str = field(metadata=column("the pattern"))
    version: int = field(metadata=column("its version"))
    rank: int = field(metadata=column("its place, from 1"))
    score: int = field(metadata=column("of the search, in thousandths"))
    propensity: int = field(metadata=column("the probability of its slot or of being withheld, in thousandths"))

    def __post_init__(self) -> None:
        expect(grammar.PATTERN_ID, id=self.id)
        expect(grammar.DIGEST, digest=self.digest)
        expect_whole(1, MAX_VERSION, version=self.version, rank=self.rank)
        expect_whole(-1_000_000, 1_000_000, score=self.score)
        expect_one_of(get_args(Slot), slot=self.slot)
        expect_whole(0 if self.slot == "passed" else 1, 1000, propensity=self.propensity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """Patterns were put into one prompt or answer; ``items`` is not empty and names a digest once.

    ``passed_over``: what was relevant too, each with the chance that it had. ``language``, ``framework``: of the place they were
    wanted for. ``session``: the hashed name of the build session.
    """

    kind: ClassVar[str] = "injected"
    at: datetime = field(metadata=column("when"))
    nonce: str
    items: tuple[Item, ...]
    passed_over: tuple[Item, ...] | None = field(default=None, metadata=since(2))
    language: str | None = field(default=None, metadata=column("of the place it was wanted for", since=2))
    framework: str | None = field(default=None, metadata=column("of the place it was wanted for", since=2))
    session: str | None = field(default=None, metadata=column("SHA-256 of the build session's name", since=2))

    def __post_init__(self) -> None:
        _settle(self)
        if any(item.slot == "passed" for item in self.items):
            raise ValueError("items must have been shown")

    @property
    def schema(self) -> int:
        """The lowest schema that has all this."""
        return lowest_schema(self) if all(item.slot in _FIRST_SLOTS for item in self.items) else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A prompt was left as it was, by lot, though patterns fitted: the hold-out that tells what patterns are worth.

    ``items``: what would have been shown, each with the chance that it was withheld.
    """

    kind: ClassVar[str] = "withheld"
    at: datetime = field(metadata=column("when"))
    nonce: str
    items: tuple[Item, ...]
    passed_over: tuple[Item, ...] | None = field(default=None, metadata=since(2))
    language: str | None = field(default=None, metadata=column("of the place it was wanted for", since=2))
    framework: str | None = field(default=None, metadata=column("of the place it was wanted for", since=2))
    session: str | None = field(default=None, metadata=column("SHA-256 of the build session's name", since=2))

    def __post_init__(self) -> None:
        _settle(self)

    @property
    def schema(self) -> int:
        """The lowest schema that has all this."""
        return 2


def _settle(prompt: Injected | Withheld) -> None:
    """Check what both kinds of prompt hold, and settle the time."""
    grammar.settle_time(prompt)
    expect(grammar.NONCE, nonce=prompt.nonce)
    _expect_items(prompt.items, prompt.passed_over)
    expect_if_any(grammar.SLUG, language=prompt.language, framework=prompt.framework)
    expect_if_any(grammar.DIGEST, session=prompt.session)


def _expect_items(items: object, passed_over: object) -> None:
    """Check the items of one injection: some, not too many, each of another digest."""
    both = (items, () if passed_over is None else passed_over)
    if not all(isinstance(some, tuple) and all(isinstance(item, Item) for item in some) for some in both):
        raise ValueError("items must be a tuple of items")
    shown, passed = both
    assert isinstance(shown, tuple) and isinstance(passed, tuple)
    everything = (*shown, *passed)
    if not shown or len(everything) > MAX_ITEMS or len({item.digest for item in everything}) < len(everything):
        raise ValueError(f"items must be 1 to {MAX_ITEMS}, each of another digest")
    if passed_over is not None and (not passed or any(item.slot != "passed" for item in passed)):
        raise ValueError("passed_over must be absent, or items of the slot passed")
