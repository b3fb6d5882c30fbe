"""What a build session came to, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from foundry_git.evidence import grammar
from foundry_git.evidence.grammar import expect, expect_whole

_MOST = 2**53  # what every JSON reader keeps exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One build session; derived from its log, so it has no nonce, and ``at`` is the log's last moment.

    ``session`` is the hashed name. ``tasks`` planned, ``completed`` of them; ``seconds`` from first to last; ``context``, ``peak``
    (average and highest use of the context window) and ``coverage`` in thousandths; ``microdollars`` an estimate. Of several events
    of one session the latest counts.
    """

    kind: ClassVar[str] = "session"
    schema: ClassVar[int] = 2
    at: datetime
    session: str
    tasks: int | None = None
    completed: int | None = None
    seconds: int | None = None
    tokens: int | None = None
    microdollars: int | None = None
    context: int | None = None
    peak: int | None = None
    compactions: int | None = None
    tests_passed: int | None = None
    tests_failed: int | None = None
    coverage: int | None = None

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.DIGEST, session=self.session)
        numbers = {name: getattr(self, name) for name in self.__slots__ if name not in ("at", "session")}
        expect_whole(0, _MOST, **{name: value for name, value in numbers.items() if value is not None})
