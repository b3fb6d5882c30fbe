"""What came of patterns: adoptions, survival, outcomes and ratings."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, get_args

from msgspec import Struct

from foundry_git.evidence import grammar
from foundry_git.evidence.grammar import expect, expect_if_any, expect_one_of, expect_whole
from foundry_git.evidence.kinds.columns import column, lowest_schema

Result = Literal["pass", "fail"]
AdoptionSource = Literal["commit", "person"]
How = Literal["copy", "import", "call"]
OutcomeSource = Literal["ci", "tests", "person", "revert", "fix", "silence"]
Mode = Literal["exploration", "exploitation"]

_FIRST_SOURCES = ("ci", "tests", "person")
_MOST_LINES = 1_000_000
_MOST_DAYS = 36_500
_MOST_RETRIES = 1_000_000


class Adopted(Struct, frozen=True, kw_only=True):
    """A pattern was really used: seen in a commit (no nonce, ``at`` is the commit's time) or said by a person (with a nonce).

    ``how``: its code was copied, or the pattern that lives here was imported or called. ``share``: which part of it, in thousandths;
    absent: all. ``lines`` that came in. ``language``, ``framework``: of the place. ``place``: hash of the path and of what came in, so
    that a commit that was squashed or rebased tells of the same use.
    """

    kind: ClassVar[str] = "adopted"
    at: Annotated[datetime, column("when")]
    digest: Annotated[str, column("the version")]
    receipt: Annotated[str | None, column("the injection it came from")] = None
    commit: Annotated[str | None, column("the commit that shows it", name="commit_id")] = None
    nonce: Annotated[str | None, column("of a person who said so")] = None
    source: Annotated[AdoptionSource, column("commit or person")]
    how: Annotated[How | None, column("copy, import or call", since=2)] = None
    share: Annotated[int | None, column("which part of the pattern came in, in thousandths; null: all", since=2)] = None
    lines: Annotated[int | None, column("how many lines came in", since=2)] = None
    language: Annotated[str | None, column("of the place", since=2)] = None
    framework: Annotated[str | None, column("of the place", since=2)] = None
    place: Annotated[str | None, column("hash of the path and of what came in", since=2)] = None

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.DIGEST, digest=self.digest)
        expect_one_of(get_args(AdoptionSource), source=self.source)
        expect_if_any(grammar.RECEIPT, receipt=self.receipt)
        expect_if_any(grammar.COMMIT, commit=self.commit)
        expect_if_any(grammar.NONCE, nonce=self.nonce)
        expect_if_any(grammar.SLUG, language=self.language, framework=self.framework)
        expect_if_any(grammar.PLACE, place=self.place)
        _expect_one_if_any(get_args(How), how=self.how)
        _expect_whole_if_any(1, 1000, share=self.share)
        _expect_whole_if_any(1, _MOST_LINES, lines=self.lines)
        if (self.nonce is None) != (self.source == "commit"):
            raise ValueError("nonce must be there for a person and absent for a commit")
        if self.source == "commit" and self.commit is None:
            raise ValueError("commit must be there when the source is a commit")

    @property
    def schema(self) -> int:
        """The lowest schema that has all this."""
        return lowest_schema(self)


class Survived(Struct, frozen=True, kw_only=True):
    """How many of the lines that an adoption brought are left some days after it.

    Derived: ``at`` is the adoption's time and ``days``, at a milestone; of several events of one (digest, commit, days) the one with
    the most lines left counts, for a branch may have dropped what another keeps.
    """

    kind: ClassVar[str] = "survived"
    schema: ClassVar[int] = 2
    at: Annotated[datetime, column("the milestone")]
    digest: Annotated[str, column("the version")]
    commit: Annotated[str, column("the commit that adopted it", name="commit_id")]
    days: Annotated[int, column("since the adoption")]
    lines: Annotated[int, column("lines that came in")]
    left: Annotated[int, column("of them", name="lines_left")]

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.DIGEST, digest=self.digest)
        expect(grammar.COMMIT, commit=self.commit)
        expect_whole(1, _MOST_DAYS, days=self.days)
        expect_whole(1, _MOST_LINES, lines=self.lines)
        expect_whole(0, self.lines, left=self.left)


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a receipt or of a digest; named by a ``run`` (a commit id or hashed run id) or by a person's nonce.

    ``commit``: the adoption of the digest that it speaks of. ``grounding`` (thousandths): how well the result is checked; it weighs
    the evidence. ``author``: a person's pseudonym in this library. ``revert``, ``fix``, ``silence``: the adopting commit was taken
    back, mended, or left alone.
    """

    kind: ClassVar[str] = "outcome"
    at: Annotated[datetime, column("when")]
    subject: str
    source: Annotated[OutcomeSource, column("ci, tests, person, revert, fix, silence or rating")]
    result: Annotated[Result, column("pass or fail; null of a rating")]
    run: Annotated[str | None, column("a commit id or hashed run id")] = None
    commit: Annotated[str | None, column("the adopting commit it speaks of", name="commit_id", since=2)] = None
    author: Annotated[str | None, column("a person's pseudonym in this library", since=2)] = None
    nonce: Annotated[str | None, column("of a person")] = None
    grounding: Annotated[int | None, column("how well the result is checked, in thousandths", since=2)] = None
    retries_before: Annotated[int | None, column("tries before", since=2)] = None
    retries_after: Annotated[int | None, column("tries with the pattern", since=2)] = None
    mode: Annotated[Mode | None, column("exploration or exploitation", since=2)] = None
    validated: Annotated[Result | None, column("pass or fail: whether validation passed at the first try", since=2)] = None

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.SUBJECT, subject=self.subject)
        expect_one_of(get_args(Result), result=self.result)
        expect_one_of(get_args(OutcomeSource), source=self.source)
        expect_if_any(grammar.NONCE, nonce=self.nonce, author=self.author)
        expect_if_any(grammar.RUN, run=self.run)
        expect_if_any(grammar.COMMIT, commit=self.commit)
        _expect_whole_if_any(0, _MOST_RETRIES, retries_before=self.retries_before, retries_after=self.retries_after)
        _expect_whole_if_any(0, 1000, grounding=self.grounding)
        _expect_one_if_any(get_args(Mode), mode=self.mode)
        _expect_one_if_any(get_args(Result), validated=self.validated)
        if (self.nonce is None) == (self.run is None):
            raise ValueError("one of nonce and run must be there, not both")
        if self.source == "person" and self.nonce is None:
            raise ValueError("nonce must be there for a person")
        if self.commit is not None and self.subject.startswith("r-"):
            raise ValueError("commit must be absent where the subject is a receipt")

    @property
    def schema(self) -> int:
        """The lowest schema that has all this."""
        return lowest_schema(self) if self.source in _FIRST_SOURCES else 2


class Rated(Struct, frozen=True, kw_only=True):
    """A person's 1 to 5 for a receipt or a digest; ``session`` is hashed, ``author`` a person's pseudonym in this library."""

    kind: ClassVar[str] = "rated"
    at: Annotated[datetime, column("when")]
    nonce: Annotated[str, column("of a person")]
    subject: str
    rating: Annotated[int, column("1 to 5", after="result")]
    session: Annotated[str | None, column("SHA-256 of the session's name", after="commit_id")] = None
    author: Annotated[str | None, column("a person's pseudonym in this library", since=2)] = None

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.NONCE, nonce=self.nonce)
        expect(grammar.SUBJECT, subject=self.subject)
        expect_whole(1, 5, rating=self.rating)
        expect_if_any(grammar.DIGEST, session=self.session)
        expect_if_any(grammar.NONCE, author=self.author)

    @property
    def schema(self) -> int:
        """The lowest schema that has all this."""
        return lowest_schema(self)


def _expect_one_if_any(words: tuple[str, ...], **values: str | None) -> None:
    expect_one_of(words, **{name: value for name, value in values.items() if value is not None})


def _expect_whole_if_any(low: int, high: int, **values: int | None) -> None:
    expect_whole(low, high, **{name: value for name, value in values.items() if value is not None})
