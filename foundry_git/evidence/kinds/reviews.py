"""What was seen and what people made of it: sightings, proposals, acceptances, rejections, decisions, withdrawals."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, get_args

from msgspec import Struct

from foundry_git.evidence import grammar
from foundry_git.evidence.grammar import expect, expect_if_any, expect_one_of, expect_whole
from foundry_git.evidence.kinds.columns import column, since
from foundry_git.evidence.kinds.injections import MAX_VERSION

MAX_ANSWERS = 50
"""Decisions that one may answer."""

Reason = Literal["none", "duplicate", "not-reusable", "wrong", "other"]
DecidedState = Literal["pending", "validated", "quarantined"]
DecidedReason = Literal["reviewed", "tested", "unsafe", "wrong", "outdated", "superseded", "licence", "other"]


class Sighted(Struct, frozen=True, kw_only=True):
    """A shape stands in a commit; derived from the repository, so it has no nonce and ``at`` is the commit's time.

    A rebase changes ``at``: readers count distinct (shape, place), not events.
    """

    kind: ClassVar[str] = "sighted"
    schema: ClassVar[int] = 1
    at: Annotated[datetime, column("the author date of the commit")]
    shape: Annotated[str, column("the shape")]
    place: Annotated[str, column("hash of path and blob: a rebase sights the same place again")]
    pattern: Annotated[str | None, column("digest of the version that has this shape")] = None

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.SHAPE, shape=self.shape)
        expect(grammar.PLACE, place=self.place)
        expect_if_any(grammar.DIGEST, pattern=self.pattern)


class Accepted(Struct, frozen=True, kw_only=True):
    """A person took a candidate into the library; guidance has no code and so no shape."""

    kind: ClassVar[str] = "accepted"
    schema: ClassVar[int] = 1
    at: Annotated[datetime, column("when")]
    nonce: str
    digest: Annotated[str, column("the version")]
    id: Annotated[str, column("its pattern")]
    version: Annotated[int, column("its number")]
    shape: Annotated[str | None, column("its shape; null for guidance")] = None

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.PATTERN_ID, id=self.id)
        expect(grammar.DIGEST, digest=self.digest)
        expect_whole(1, MAX_VERSION, version=self.version)
        expect_if_any(grammar.SHAPE, shape=self.shape)


class Proposed(Struct, frozen=True, kw_only=True):
    """A person put a candidate on a topic branch for review."""

    kind: ClassVar[str] = "proposed"
    schema: ClassVar[int] = 2
    at: Annotated[datetime, column("when")]
    nonce: str
    digest: Annotated[str, column("the version that it would become")]
    id: Annotated[str, column("its pattern")]
    version: Annotated[int, column("its number")]

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.PATTERN_ID, id=self.id)
        expect(grammar.DIGEST, digest=self.digest)
        expect_whole(1, MAX_VERSION, version=self.version)


class Rejected(Struct, frozen=True, kw_only=True):
    """A person refused a shape; it is never asked again, in any clone."""

    kind: ClassVar[str] = "rejected"
    schema: ClassVar[int] = 1
    at: Annotated[datetime, column("when")]
    nonce: str
    shape: Annotated[str, column("what was refused")]
    reason: Annotated[Reason, column("why")] = "none"

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.SHAPE, shape=self.shape)
        expect_one_of(get_args(Reason), reason=self.reason)


class Decided(Struct, frozen=True, kw_only=True):
    """A person put a version into a state, whatever its evidence says; ``pending`` gives it back to the evidence.

    ``answers``: the ids of the decisions on it that stood when the person decided, in order. It takes their place, whatever the clocks
    say; decisions of which none answers the other are in conflict.
    """

    kind: ClassVar[str] = "decided"
    at: Annotated[datetime, column("when")]
    nonce: str
    digest: Annotated[str, column("the version")]
    state: Annotated[DecidedState, column("pending, validated or quarantined")]
    reason: Annotated[DecidedReason, column("why")]
    author: Annotated[str | None, column("a person's pseudonym in this library")] = None
    answers: Annotated[tuple[str, ...] | None, since(3)] = None

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


class Withdrawn(Struct, frozen=True, kw_only=True):
    """An event no longer counts; withdrawing the withdrawal makes it count again. Nothing is ever deleted."""

    kind: ClassVar[str] = "withdrawn"
    schema: ClassVar[int] = 2
    at: Annotated[datetime, column("when")]
    nonce: str
    event: Annotated[str, column("the event that it takes back", name="names")]
    author: Annotated[str | None, column("a person's pseudonym in this library")] = None

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
