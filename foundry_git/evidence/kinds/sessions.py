"""What a build session came to, in numbers."""

from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Struct

from foundry_git.evidence import grammar
from foundry_git.evidence.grammar import expect, expect_if_any, expect_whole
from foundry_git.evidence.kinds.columns import column

_MOST = 2**53  # what every JSON reader keeps exact


class Session(Struct, frozen=True, kw_only=True):
    """One build session; derived from its log, so it has no nonce, and ``at`` is the log's last moment.

    ``session`` is the hashed name, ``project`` that of what was worked on. ``tasks`` planned, ``completed`` of them; ``seconds`` from
    first to last; ``context``, ``peak`` (average and highest use of the context window) and ``coverage`` in
    thousandths; ``microdollars`` an estimate. Of several events of one session the latest counts.
    """

    kind: ClassVar[str] = "session"
    at: Annotated[datetime, column("the last moment in the log")]
    session: Annotated[str, column("SHA-256 of the session's name")]
    tasks: Annotated[int | None, column("planned")] = None
    completed: Annotated[int | None, column("done of them")] = None
    seconds: Annotated[int | None, column("from the first to the last moment")] = None
    tokens: Annotated[int | None, column("used")] = None
    microdollars: Annotated[int | None, column("an estimate of what they cost")] = None
    context: Annotated[int | None, column("average use of the context window, in thousandths")] = None
    peak: Annotated[int | None, column("highest use of it, in thousandths")] = None
    compactions: Annotated[int | None, column("how often it was compacted")] = None
    tests_passed: Annotated[int | None, column("of the last test run")] = None
    tests_failed: Annotated[int | None, column("of the last test run")] = None
    coverage: Annotated[int | None, column("of lines, in thousandths")] = None
    project: Annotated[str | None, column("SHA-256 of the project's name", since=3)] = None

    def __post_init__(self) -> None:
        grammar.settle_time(self)
        expect(grammar.DIGEST, session=self.session)
        expect_if_any(grammar.DIGEST, project=self.project)
        numbers = {name: getattr(self, name) for name in self.__struct_fields__ if name not in ("at", "session", "project")}
        expect_whole(0, _MOST, **{name: value for name, value in numbers.items() if value is not None})

    @property
    def schema(self) -> int:
        """The lowest schema that has all this."""
        return 2 if self.project is None else 3
