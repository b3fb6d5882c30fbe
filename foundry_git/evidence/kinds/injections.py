"""What was put into a prompt, what might have been instead, and what was withheld to learn whether any of it helps."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, get_args

from msgspec import Struct

from foundry_git.evidence import grammar
from foundry_git.evidence.grammar import expect, expect_if_any, expect_one_of, expect_whole
from foundry_git.evidence.kinds.columns import column, lowest_schema, since

MAX_ITEMS = 50
MAX_VERSION = 1_000_000

Slot = Literal["ranked", "exploration", "trial", "passed"]
_FIRST_SLOTS = ("ranked", "exploration")


class Item(Struct, frozen=True, kw_only=True):
    """One pattern of an injection; ``score`` and ``propensity`` are in thousandths.

    What was shown had a chance to be shown: ``propensity`` is 1 to 1000, so that it can be divided by. Of what was relevant and
    passed over it may be 0. ``trial``: an earlier version in the place of a newer one.
    """

    digest: Annotated[str, column("one version")]
    slot: Annotated[Slot, column("ranked, exploration, trial or passed")] = "ranked"
    id: Annotated[str, column("the pattern")]
    version: Annotated[int, column("its version")]
    rank: Annotated[int, column("its place, from 1")]
    score: Annotated[int, column("of the search, in thousandths")]
    propensity: Annotated[int, column("the probability of its slot or of being withheld, in thousandths")]

    def __post_init__(self) -> None:
        expect(grammar.PATTERN_ID, id=self.id)
        expect(grammar.DIGEST, digest=self.digest)
        expect_whole(1, MAX_VERSION, version=self.version, rank=self.rank)
        expect_whole(-1_000_000, 1_000_000, score=self.score)
        expect_one_of(get_args(Slot), slot=self.slot)
        expect_whole(0 if self.slot == "passed" else 1, 1000, propensity=self.propensity)


class Injected(Struct, frozen=True, kw_only=True):
    """Patterns were put into one prompt or answer; ``items`` is not empty and names a digest once.

    ``passed_over``: what was relevant too, each with the chance that it had. ``language``, ``framework``: of the place they were
    wanted for. ``session``: the hashed name of the build session.
    """

    kind: ClassVar[str] = "injected"
    at: Annotated[datetime, column("when")]
    nonce: str
    items: tuple[Item, ...]
    passed_over: Annotated[tuple[Item, ...] | None, since(2)] = None
    language: Annotated[str | None, column("of the place it was wanted for", since=2)] = None
    framework: Annotated[str | None, column("of the place it was wanted for", since=2)] = None
    session: Annotated[str | None, column("SHA-256 of the build session's name", since=2)] = None

    def __post_init__(self) -> None:
        _settle(self)
        if any(item.slot == "passed" for item in self.items):
            raise ValueError("items must have been shown")

    @property
    def schema(self) -> int:
        """The lowest schema that has all this."""
        return lowest_schema(self) if all(item.slot in _FIRST_SLOTS for item in self.items) else 2


class Withheld(Struct, frozen=True, kw_only=True):
    """A prompt was left as it was, by lot, though patterns fitted: the hold-out that tells what patterns are worth.

    ``items``: what would have been shown, each with the chance that it was withheld.
    """

    kind: ClassVar[str] = "withheld"
    at: Annotated[datetime, column("when")]
    nonce: str
    items: tuple[Item, ...]
    passed_over: Annotated[tuple[Item, ...] | None, since(2)] = None
    language: Annotated[str | None, column("of the place it was wanted for", since=2)] = None
    framework: Annotated[str | None, column("of the place it was wanted for", since=2)] = None
    session: Annotated[str | None, column("SHA-256 of the build session's name", since=2)] = None

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
