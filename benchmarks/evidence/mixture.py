"""Evidence as a team's library gathers it in years: every kind of event, half of them injections, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from foundry_git.evidence.events import (
    Accepted,
    Adopted,
    Decided,
    Event,
    Injected,
    Item,
    Outcome,
    Rated,
    Rejected,
    Session,
    Sighted,
    Survived,
    Withdrawn,
    Withheld,
    event_id,
    receipt_of,
)

DIGESTS = 500
PEOPLE = 12
END = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = 730
PLACES = (
    ("python", "fastapi"),
    ("python", "django"),
    ("python", None),
    ("go", None),
    ("typescript", "react"),
    ("typescript", None),
)

# kind → events of a thousand; half are injections, for most prompts come to nothing that is told
SHARES = {
    "injected": 500,
    "withheld": 10,
    "adopted": 125,
    "ci": 90,
    "tests": 25,
    "silence": 25,
    "revert": 4,
    "fix": 6,
    "person": 15,
    "rated": 25,
    "survived": 60,
    "sighted": 95,
    "accepted": 5,
    "rejected": 4,
    "session": 8,
    "decided": 2,
    "withdrawn": 1,
}


class Mixture:
    """Draws events one after the other; later ones speak of earlier ones."""

    def __init__(self, seed: int = 5) -> None:
        self._chance = random.Random(seed)
        self._digests = [self._hex(64) for _ in range(DIGESTS)]
        self._rates = {digest: self._chance.betavariate(4, 2) for digest in self._digests}
        self._people = [self._hex(16) for _ in range(PEOPLE)]
        self._shown: list[tuple[str, Injected]] = []
        self._adopted: list[Adopted] = []
        self._names: list[str] = []

    def events(self, count: int) -> Iterator[Event]:
        """Draw ``count`` events."""
        kinds, weights = list(SHARES), list(SHARES.values())
        for number in range(count):
            kind = self._chance.choices(kinds, weights)[0] if number > 20 else "injected"
            event = self._drawn(kind, END - timedelta(days=DAYS * (1 - number / count)))
            self._names.append(event_id(event))
            yield event

    def _drawn(self, kind: str, at: datetime) -> Event:
        if kind in ("injected", "withheld"):
            return self._injection(kind, at)
        if kind == "adopted" or not self._adopted:
            return self._adoption(at)
        if kind in ("ci", "tests", "silence", "revert", "fix", "person", "rated"):
            return self._verdict(kind, at)
        return self._rest(kind, at)

    def _injection(self, kind: str, at: datetime) -> Injected | Withheld:
        chosen = self._chance.sample(self._digests, 5)
        items = tuple(self._item(digest, rank, "ranked") for rank, digest in enumerate(chosen[:3], 1))
        passed = tuple(self._item(digest, rank, "passed") for rank, digest in enumerate(chosen[3:], 4))
        language, framework = self._chance.choice(PLACES)
        make = Withheld if kind == "withheld" else Injected
        event = make(
            at=at,
            nonce=self._hex(16),
            items=items,
            passed_over=passed,
            language=language,
            framework=framework,
            session=self._hex(64),
        )
        if isinstance(event, Injected):
            self._shown.append((receipt_of(event), event))
        return event

    def _adoption(self, at: datetime) -> Adopted:
        receipt, injected = self._chance.choice(self._shown[-2000:])
        item = self._chance.choice(injected.items)
        share, lines = self._chance.choice((None, None, 640, 900)), self._chance.randint(3, 40)
        event = Adopted(
            at=at, digest=item.digest, source="commit", receipt=receipt, commit=self._hex(40), how="copy", share=share, lines=lines,
            language=injected.language, framework=injected.framework,
        )  # fmt: skip
        self._adopted.append(event)
        return event

    def _verdict(self, kind: str, at: datetime) -> Event:
        adopted = self._chance.choice(self._adopted[-2000:])
        passed = self._chance.random() < self._rates[adopted.digest]
        author, nonce = self._chance.choice(self._people), self._hex(16)
        whole = self._chance.random() < 0.4
        receipt = adopted.receipt if self._chance.random() < 0.5 else self._chance.choice(self._shown[-2000:])[0]
        subject = receipt if whole and receipt else adopted.digest
        if kind == "rated":
            return Rated(at=at, nonce=nonce, subject=subject, rating=self._chance.choice((1, 2, 3, 4, 5, 5)), author=author)
        if kind == "person":
            return Outcome(
                at=at, subject=subject, result="pass" if passed else "fail", source="person", nonce=nonce, author=author
            )
        result = {"silence": True, "revert": False, "fix": False}.get(kind, passed)
        of_commit = kind not in ("ci", "tests") or not whole
        return Outcome(
            at=at, subject=adopted.digest if of_commit else subject, result="pass" if result else "fail", source=kind,  # type: ignore[arg-type]
            run=self._hex(40), commit=adopted.commit if of_commit else None,
        )  # fmt: skip

    def _rest(self, kind: str, at: datetime) -> Event:
        digest, nonce = self._chance.choice(self._digests), self._hex(16)
        adopted = self._chance.choice(self._adopted)
        match kind:
            case "survived":
                days, lines = self._chance.choice((7, 30, 90)), adopted.lines or 9
                return Survived(
                    at=adopted.at + timedelta(days=days), digest=adopted.digest, commit=adopted.commit or "", days=days, lines=lines,
                    left=self._chance.randint(0, lines),
                )  # fmt: skip
            case "sighted":
                return Sighted(at=at, shape=f"py1:{digest[:32]}", place=self._hex(32), pattern=digest)
            case "accepted":
                return Accepted(at=at, nonce=nonce, id="python/retry", version=1, digest=digest, shape=f"py1:{digest[:32]}")
            case "rejected":
                return Rejected(at=at, nonce=nonce, shape=f"py1:{self._hex(32)}", reason="duplicate")
            case "session":
                return Session(at=at, session=self._hex(64), tasks=5, completed=4, tokens=120_000)
            case "decided":
                state = self._chance.choice(("validated", "quarantined", "pending"))
                return Decided(at=at, nonce=nonce, digest=digest, state=state, reason="reviewed")  # type: ignore[arg-type]
            case _:
                return Withdrawn(at=at, nonce=nonce, event=self._chance.choice(self._names))

    def _item(self, digest: str, rank: int, slot: str) -> Item:
        return Item(
            id=f"python/p{digest[:8]}", version=1, digest=digest, rank=rank, score=self._chance.randint(300, 990),
            propensity=0 if slot == "passed" else 900, slot=slot,  # type: ignore[arg-type]
        )  # fmt: skip

    def _hex(self, digits: int) -> str:
        return f"{self._chance.getrandbits(digits * 4):0{digits}x}"
