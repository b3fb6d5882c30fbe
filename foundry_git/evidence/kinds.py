"""The kinds of event: one frozen record for each fact that people, repositories and test runs tell about patterns.

Every record checks itself when it is made, so nothing private or misspelt can get as far as a file that is shared. ``at`` may be
given in any zone; it is kept in UTC, in whole milliseconds: a person may correct a word within a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, get_args

from foundry_git.evidence import grammar
from foundry_git.evidence.grammar import expect, expect_if_any, expect_one_of, expect_whole

MAX_BYTES = 65_536  # an injection of 50 items takes 13 kB; anything longer is not an event
MAX_ITEMS = 50
MAX_VERSION = 1_000_000

Reason = Literal["none", "duplicate", "not-reusable", "wrong", "other"]
Slot = Literal["ranked", "exploration"]
Result = Literal["pass", "fail"]
AdoptionSource = Literal["commit", "person"]
OutcomeSource = Literal["ci", "tests", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """A shape stands in a commit; derived from the repository, so it has no nonce and ``at`` is the commit's time.

    A rebase changes ``at``: readers count distinct (shape, place), not events.
    """

    kind: ClassVar[str] = "sighted"
    at: datetime
    shape: str
    place: str
    pattern: str | None = None

    def __post_init__(self) -> None:
        _settle_time(self)
        expect(grammar.SHAPE, shape=self.shape)
        expect(grammar.PLACE, place=self.place)
        expect_if_any(grammar.DIGEST, pattern=self.pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A person took a candidate into the library; guidance has no code and so no shape."""

    kind: ClassVar[str] = "accepted"
    at: datetime
    nonce: str
    id: str
    version: int
    digest: str
    shape: str | None = None

    def __post_init__(self) -> None:
        _settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.PATTERN_ID, id=self.id)
        expect(grammar.DIGEST, digest=self.digest)
        expect_whole(1, MAX_VERSION, version=self.version)
        expect_if_any(grammar.SHAPE, shape=self.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A person refused a shape; it is never asked again, in any clone."""

    kind: ClassVar[str] = "rejected"
    at: datetime
    nonce: str
    shape: str
    reason: Reason = "none"

    def __post_init__(self) -> None:
        _settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.SHAPE, shape=self.shape)
        expect_one_of(get_args(Reason), reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One pattern of an injection; ``score`` and ``propensity`` are in thousandths.

    What was shown had a chance to be shown: ``propensity`` is 1 to 1000, so that it can be divided by.
    """

    id: str
    version: int
    digest: str
    rank: int
    score: int
    propensity: int
    slot: Slot = "ranked"

    def __post_init__(self) -> None:
        expect(grammar.PATTERN_ID, id=self.id)
        expect(grammar.DIGEST, digest=self.digest)
        expect_whole(1, MAX_VERSION, version=self.version, rank=self.rank)
        expect_whole(-1_000_000, 1_000_000, score=self.score)
        expect_whole(1, 1000, propensity=self.propensity)
        expect_one_of(get_args(Slot), slot=self.slot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """Patterns were put into one prompt or answer; ``items`` is not empty and names a digest once."""

    kind: ClassVar[str] = "injected"
    at: datetime
    nonce: str
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        _settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        if not isinstance(self.items, tuple) or not all(isinstance(item, Item) for item in self.items):
            raise ValueError("items must be a tuple of items")
        if not 1 <= len(self.items) <= MAX_ITEMS or len({item.digest for item in self.items}) < len(self.items):
            raise ValueError(f"items must be 1 to {MAX_ITEMS}, each of another digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """A pattern was really used: seen in a commit (no nonce, ``at`` is the commit's time) or said by a person (with a nonce)."""

    kind: ClassVar[str] = "adopted"
    at: datetime
    digest: str
    source: AdoptionSource
    receipt: str | None = None
    commit: str | None = None
    nonce: str | None = None

    def __post_init__(self) -> None:
        _settle_time(self)
        expect(grammar.DIGEST, digest=self.digest)
        expect_one_of(get_args(AdoptionSource), source=self.source)
        expect_if_any(grammar.RECEIPT, receipt=self.receipt)
        expect_if_any(grammar.COMMIT, commit=self.commit)
        expect_if_any(grammar.NONCE, nonce=self.nonce)
        if (self.nonce is None) != (self.source == "commit"):
            raise ValueError("nonce must be there for a person and absent for a commit")
        if self.source == "commit" and self.commit is None:
            raise ValueError("commit must be there when the source is a commit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a receipt or of a digest; named by a ``run`` (a commit id or hashed run id) or by a person's nonce."""

    kind: ClassVar[str] = "outcome"
    at: datetime
    subject: str
    result: Result
    source: OutcomeSource
    nonce: str | None = None
    run: str | None = None

    def __post_init__(self) -> None:
        _settle_time(self)
        expect(grammar.SUBJECT, subject=self.subject)
        expect_one_of(get_args(Result), result=self.result)
        expect_one_of(get_args(OutcomeSource), source=self.source)
        expect_if_any(grammar.NONCE, nonce=self.nonce)
        expect_if_any(grammar.RUN, run=self.run)
        if (self.nonce is None) == (self.run is None):
            raise ValueError("one of nonce and run must be there, not both")
        if self.source == "person" and self.nonce is None:
            raise ValueError("nonce must be there for a person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A person's 1 to 5 for a receipt or a digest; ``session`` is :func:`hashed`."""

    kind: ClassVar[str] = "rated"
    at: datetime
    nonce: str
    subject: str
    rating: int
    session: str | None = None

    def __post_init__(self) -> None:
        _settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.SUBJECT, subject=self.subject)
        expect_whole(1, 5, rating=self.rating)
        expect_if_any(grammar.DIGEST, session=self.session)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """An event of a newer kind or schema: kept as it came, ignored by every score."""

    kind: str
    raw: bytes

    def __post_init__(self) -> None:
        expect(grammar.KIND, kind=self.kind)
        if not isinstance(self.raw, bytes) or b"\n" in self.raw or not 2 <= len(self.raw) <= MAX_BYTES:
            raise ValueError(f"raw must be one line of 2 to {MAX_BYTES} bytes")


Known = Sighted | Accepted | Rejected | Injected | Adopted | Outcome | Rated
Event = Known | Unknown


def _settle_time(event: Known) -> None:
    object.__setattr__(event, "at", grammar.moment(event.at))
