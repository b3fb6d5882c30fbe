"""What was seen and what people made of it: sightings, proposals, acceptances, rejections, decisions, withdrawals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal, get_args

from foundry_git.evidence import grammar
from foundry_git.evidence.grammar import expect, expect_if_any, expect_one_of, expect_whole
from foundry_git.evidence.kinds.columns import column, since
from foundry_git.evidence.kinds.injections import MAX_VERSION

MAX_ANSWERS = 50
"""Decisions that one may answer."""

Reason = Literal["none", "duplicate", "not-reusable", "wrong", "other"]
DecidedState = Literal["pending", "validated", "quarantined"]
DecidedReason = Literal["reviewed", "tested", "unsafe", "wrong", "outdated", "superseded", "licence", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """A shape stands in a commit; derived from the repository, so it has no nonce and ``at`` is the commit's time.

    A rebase changes ``at``: readers count distinct (shape, place), not events.
    """

    kind: ClassVar[str] = "sighted"
    schema: ClassVar[int] = 1
    at: datetime = field(metadata=column("the author date of the commit"))
    shape: str = field(metadata=column("the shape"))
    place: str = field(metadata=column("hash of path and blob: a rebase sights the same place again"))
    pattern: str | None = field(default=None, metadata=column("digest of the version that has this shape"))

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.SHAPE, shape=self.shape)
        expect(grammar.PLACE, place=self.place)
        expect_if_any(grammar.DIGEST, pattern=self.pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A person took a candidate into the library; guidance has no code and so no shape."""

    kind: ClassVar[str] = "accepted"
    schema: ClassVar[int] = 1
    at: datetime = field(metadata=column("when"))
    nonce: str
    digest: str = field(metadata=column("the version"))
    id: str = field(metadata=column("its pattern"))
    version: int = field(metadata=column("its number"))
    shape: str | None = field(default=None, metadata=column("its shape; null for guidance"))

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.PATTERN_ID, id=self.id)
        expect(grammar.DIGEST, digest=self.digest)
        expect_whole(1, MAX_VERSION, version=self.version)
        expect_if_any(grammar.SHAPE, shape=self.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A person put a candidate on a topic branch for review."""

    kind: ClassVar[str] = "proposed"
    schema: ClassVar[int] = 2
    at: datetime = field(metadata=column("when"))
    nonce: str
    digest: str = field(metadata=column("the version that it would become"))
    id: str = field(metadata=column("its pattern"))
    version: int = field(metadata=column("its number"))

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.PATTERN_ID, id=self.id)
        expect(grammar.DIGEST, digest=self.digest)
        expect_whole(1, MAX_VERSION, version=self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A person refused a shape; it is never asked again, in any clone."""

    kind: ClassVar[str] = "rejected"
    schema: ClassVar[int] = 1
    at: datetime = field(metadata=column("when"))
    nonce: str
    shape: str = field(metadata=column("what was refused"))
    reason: Reason = field(default="none", metadata=column("why"))

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.SHAPE, shape=self.shape)
        expect_one_of(get_args(Reason), reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A person put a version into a state, whatever its evidence says; ``pending`` gives it back to the evidence.

    ``answers``: the ids of the decisions on it that stood when the person decided, in order. It takes their place, whatever the clocks
    say; decisions of which none answers the other are in conflict.
    """

    kind: ClassVar[str] = "decided"
    at: datetime = field(metadata=column("when"))
    nonce: str
    digest: str = field(metadata=column("the version"))
    state: DecidedState = field(metadata=column("pending, validated or quarantined"))
    reason: DecidedReason = field(metadata=column("why"))
    author: str | None = field(default=None, metadata=column("a person's pseudonym in this library"))
    answers: tuple[str, ...] | None = field(default=None, metadata=since(3))

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.DIGEST, digest=self.digest)
        expect_one_of(get_args(DecidedState), state=self.state)
        expect_one_of(get_args(DecidedReason), reason=self.reason)
        expect_if_any(grammar.NONCE, author=self.author)
        if self.answers is not None:
            _expect_answers(self.answers)

    @property
    def schema(self) -> int:
        """The lowest schema that has all this."""
        return 2 if self.answers is None else 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """An event no longer counts; withdrawing the withdrawal makes it count again. Nothing is ever deleted."""

    kind: ClassVar[str] = "withdrawn"
    schema: ClassVar[int] = 2
    at: datetime = field(metadata=column("when"))
    nonce: str
    event: str = field(metadata=column("the event that it takes back", name="names"))
    author: str | None = field(default=None, metadata=column("a person's pseudonym in this library"))

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.DIGEST, event=self.event)
        expect_if_any(grammar.NONCE, author=self.author)


def _expect_answers(answers: object) -> None:
    if not isinstance(answers, tuple) or not 1 <= len(answers) <= MAX_ANSWERS or list(answers) != sorted(set(answers)):
        raise ValueError(f"answers must be 1 to {MAX_ANSWERS} ids of events in order, each once")
    for answered in answers:
        expect(grammar.DIGEST, answers=answered)
