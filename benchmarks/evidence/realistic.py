"""Realistic events: a team's year with a library, made up from a seed; sessions, prompts, commits and what came of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from foundry_git.evidence.events import (
    Accepted,
    Adopted,
    Event,
    Injected,
    Item,
    Outcome,
    Rated,
    Session,
    Sighted,
    Survived,
    receipt_of,
)

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
PATTERNS = 500
PEOPLE = 12


def events(count: int, seed: int) -> list[Event]:
    """Make up so many events, in the order in which they come about."""
    return list(islice(_Team(seed).lives(), count))


class _Team:
    """People who work with a library; a few patterns are used far more often than the others."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._at = START
        self._digests = [self._hex(64) for _ in range(PATTERNS)]
        self._shapes = [f"py1:{self._hex(32)}" for _ in range(PATTERNS * 4)]
        self._people = [self._hex(16) for _ in range(PEOPLE)]
        self._weights = [1 / (rank + 3) for rank in range(PATTERNS)]

    def lives(self) -> Iterator[Event]:
        while True:
            self._at += timedelta(milliseconds=self._chance.randrange(60_000, 3_000_000))
            yield from self._session()

    def _session(self) -> Iterator[Event]:
        """Some prompts that get patterns, and the commit they end in."""
        session = self._hex(64)
        injections = [self._injected(session) for _ in range(self._chance.randint(1, 6))]
        yield from injections
        yield from self._commit(injections)
        if self._chance.random() < 0.5:
            tokens = self._chance.randrange(10_000, 2_000_000)
            yield Session(
                at=self._at, session=session, tasks=len(injections), completed=len(injections), seconds=3000, tokens=tokens
            )

    def _injected(self, session: str) -> Injected:
        self._at += timedelta(milliseconds=self._chance.randrange(20_000, 600_000))
        chosen = dict.fromkeys(self._chance.choices(range(PATTERNS), self._weights, k=self._chance.choice((1, 2, 3, 3, 5))))
        shown, passed = list(chosen)[:3], list(chosen)[3:]
        return Injected(
            at=self._at,
            nonce=self._hex(16),
            items=tuple(self._item(pattern, rank, "ranked") for rank, pattern in enumerate(shown, 1)),
            passed_over=tuple(self._item(pattern, rank, "passed") for rank, pattern in enumerate(passed, 4)) or None,
            language="python",
            session=session,
        )

    def _commit(self, injections: list[Injected]) -> Iterator[Event]:
        commit, at = self._hex(40), self._at.replace(microsecond=0)
        for _ in range(self._chance.randint(1, 4)):
            yield Sighted(at=at, shape=self._chance.choice(self._shapes), place=self._hex(32))
        used = [(one, one.items[0].digest) for one in injections if self._chance.random() < 0.4]
        for injected, digest in used:
            lines = self._chance.randint(4, 60)
            yield Adopted(
                at=at, digest=digest, source="commit", commit=commit, receipt=receipt_of(injected), how="copy", lines=lines,
                share=self._chance.randint(300, 1000), place=self._hex(32),
                language="python",
            )  # fmt: skip
            yield Survived(
                at=at, digest=digest, commit=commit, days=30, lines=lines, left=self._chance.randint(lines // 2, lines)
            )
        for digest in dict.fromkeys(digest for _, digest in used):
            passed = self._chance.random() < 0.85
            yield Outcome(at=at, subject=digest, result="pass" if passed else "fail", source="ci", run=commit, commit=commit)
        if used and self._chance.random() < 0.3:
            author = self._chance.choice(self._people)
            yield Rated(
                at=self._at, nonce=self._hex(16), subject=receipt_of(used[0][0]), rating=self._chance.randint(2, 5), author=author
            )
        if self._chance.random() < 0.05:
            yield self._accepted()

    def _accepted(self) -> Accepted:
        pattern = self._chance.randrange(PATTERNS)
        return Accepted(
            at=self._at,
            nonce=self._hex(16),
            id=_id(pattern),
            version=1,
            digest=self._digests[pattern],
            shape=self._shapes[pattern],
        )

    def _item(self, pattern: int, rank: int, slot: str) -> Item:
        return Item(
            id=_id(pattern),
            version=1 + pattern % 3,
            digest=self._digests[pattern],
            rank=rank,
            score=self._chance.randint(300, 950),
            propensity=0 if slot == "passed" else self._chance.choice((1000, 1000, 850)),
            slot="passed" if slot == "passed" else "ranked",
        )

    def _hex(self, digits: int) -> str:
        return f"{self._chance.getrandbits(4 * digits):0{digits}x}"


def _id(pattern: int) -> str:
    return f"python/pattern-{pattern}"
