"""What a build session came to, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from foundry_git.evidence import grammar
from foundry_git.evidence.grammar import expect, expect_if_any, expect_whole
from foundry_git.evidence.kinds.columns import column

_MOST = 2**53  # what every JSON reader keeps exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One build session; derived from its log, so it has no nonce, and ``at`` is the log's last moment.

    ``session`` is the hashed name, ``project`` that of what was worked on. ``tasks`` planned, ``completed`` of them; ``seconds`` from
    first to last; ``context``, ``peak`` (average and highest use of the context window) and ``coverage`` in
    thousandths; ``microdollars`` an estimate. Of several events of one session the latest counts.
    """

    kind: ClassVar[str] = "session"
    at: datetime = field(metadata=column("the last moment in the log"))
    session: str = field(metadata=column("SHA-256 of the session's name"))
    tasks: int | None = field(default=None, metadata=column("planned"))
    completed: int | None = field(default=None, metadata=column("done of them"))
    seconds: int | None = field(default=None, metadata=column("from the first to the last moment"))
    tokens: int | None = field(default=None, metadata=column("used"))
    microdollars: int | None = field(default=None, metadata=column("an estimate of what they cost"))
    context: int | None = field(default=None, metadata=column("average use of the context window, in thousandths"))
    peak: int | None = field(default=None, metadata=column("highest use of it, in thousandths"))
    compactions: int | None = field(default=None, metadata=column("how often it was compacted"))
    tests_passed: int | None = field(default=None, metadata=column("of the last test run"))
    tests_failed: int | None = field(default=None, metadata=column("of the last test run"))
    coverage: int | None = field(default=None, metadata=column("of lines, in thousandths"))
    project: str | None = field(default=None, metadata=column("SHA-256 of the project's name", since=3))

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.DIGEST, session=self.session)
        expect_if_any(grammar.DIGEST, project=self.project)
        numbers = {name: getattr(self, name) for name in self.__slots__ if name not in ("at", "session", "project")}
        expect_whole(0, _MOST, **{name: value for name, value in numbers.items() if value is not None})

    @property
    def schema(self) -> int:
        """The lowest schema that has all this."""
        return 2 if self.project is None else 3
