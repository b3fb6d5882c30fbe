"""Metrics: what a session came to, computed from its log and from what the evidence says of its patterns. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from foundry_git.evidence.scoring import UNTESTED
from foundry_git.sessions.log import KINDS, SessionLog, TokenCounts
from foundry_git.sessions.prices import LARGE_WINDOW, PriceTable, estimate

MICRO = 1_000_000


class Context(Struct, frozen=True):
    """Use of the context window in percent: ``series`` in order; average and maximum are None where nothing is known."""

    average: float | None
    max: float | None
    compactions: int
    series: tuple[float, ...]


class Checks(Struct, frozen=True):
    """The session's own test run: ``coverage`` of lines in percent; None where no report says it."""

    coverage: float | None = None
    passed: int | None = None
    failed: int | None = None


class Duration(Struct, frozen=True):
    """Minutes: ``total`` from first to last moment, ``active`` without pauses, and of those for each completed task."""

    total: float | None
    active: float | None
    avg_per_task: float | None


class TokenUse(Struct, frozen=True):
    """Tokens of the session: all, for each task, by kind, by model; None where the log counts none."""

    total: int | None
    per_task: int | None
    by_kind: TokenCounts
    by_model: tuple[tuple[str, int], ...]


class Cost(Struct, frozen=True):
    """Dollars: stated by the log, or an estimate by prices of a date, in which ``unpriced`` tokens are not.

    None where no price is known for any of its models, or where the log counts no tokens.
    """

    usd: float | None
    is_estimate: bool
    prices_date: str
    prices_source: str
    unpriced: int


class PatternUse(Struct, frozen=True):
    """One pattern that a receipt of the session held.

    ``adopted``: it was really used. ``result``: what came of that, ``pass``, ``fail`` or "" while nobody knows. ``mean`` and
    [``low``, ``high``] are of all the evidence there is for the version, with ``passed`` of ``judged`` uses; None of too little.
    """

    receipt: str
    id: str
    version: int
    digest: str
    slot: str
    adopted: bool
    result: str = ""
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    passed: int = 0
    judged: int = 0


class PatternFacts(Struct, frozen=True):
    """The patterns of the session: those of its receipts that the evidence knows, and receipts withheld by lot or unknown here."""

    uses: tuple[PatternUse, ...] = ()
    withheld: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def injected(self) -> tuple[str, ...]:
        """The digests that were shown."""
        return tuple(dict.fromkeys(use.digest for use in self.uses))

    @property
    def adopted(self) -> tuple[str, ...]:
        """The digests that were really used."""
        return tuple(dict.fromkeys(use.digest for use in self.uses if use.adopted))

    @property
    def effectiveness(self) -> float | None:
        """Which part of the adopted patterns passed, in percent, of those whose outcome is known."""
        results = {use.digest: use.result for use in self.uses if use.adopted and use.result}
        return 100.0 * sum(result == "pass" for result in results.values()) / len(results) if results else None

    def known(self) -> list[PatternUse]:
        """The patterns with enough evidence, the best first, one use of each."""
        known = {use.digest: use for use in self.uses if use.mean is not None}
        return sorted(known.values(), key=lambda use: (-(use.mean or 0.0), use.id))

    def top(self) -> list[PatternUse]:
        """Those of the known ones that helped in this session, or are better than what nobody has tried, the best first."""
        helped = {use.digest for use in self.uses if use.adopted and use.result == "pass"}
        return [use for use in self.known() if use.digest in helped or (use.mean or 0.0) > UNTESTED.mean]


class Metrics(Struct, frozen=True):
    """What one session came to; ``completion`` in percent, 0 where no task is known; ``project`` is what was worked on."""

    session: str
    source: str
    at: datetime
    started: datetime | None
    completed: int
    tasks: int
    completion: float
    context: Context
    tests: Checks
    time: Duration
    tokens: TokenUse
    cost: Cost
    patterns: PatternFacts
    tool_calls: int
    tool_errors: int
    problems: tuple[str, ...]
    project: str = ""

    @property
    def rating(self) -> int | None:
        """1 to 5 by completion, as the first plan rated the patterns of a session; None of a session without tasks."""
        if not self.tasks:
            return None
        return next(rating for bound, rating in RATINGS if self.completion >= bound)


class UnitedTokens:
    """The tokens of several sessions, every message once: a session that was resumed may hold the history of another."""

    def __init__(self) -> None:
        self._largest: dict[int, int] = {}

    def take(self, log: SessionLog) -> None:
        """Take in one session."""
        for turn in log.turns:
            key = hash(turn.key if not turn.key.startswith("#") else (log.name, turn.key))
            self._largest[key] = max(turn.tokens.total, self._largest.get(key, 0))

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self._largest.values())


RATINGS = ((90.0, 5), (70.0, 4), (50.0, 3), (30.0, 2), (0.0, 1))
"""Completion in percent from which a session rates what it adopted with so many of five: the predecessors' steps."""


def measure(
    log: SessionLog,
    prices: PriceTable,
    tests: Checks | None = None,
    patterns: PatternFacts | None = None,
    problems: Sequence[str] = (),
) -> Metrics:
    """Compute the metrics of one session; a group of which the log says nothing holds None, never an error."""
    completed, tasks = log.completed or 0, (log.completed or 0) + (log.remaining or 0)
    return Metrics(
        session=log.name,
        source=log.source,
        at=log.at,
        started=log.started,
        completed=completed,
        tasks=tasks,
        completion=100.0 * completed / tasks if tasks else 0.0,
        context=_context(log, prices),
        tests=tests or Checks(),
        time=_duration(log, completed),
        tokens=_tokens(log, completed),
        cost=_cost(log, prices),
        patterns=patterns or PatternFacts(),
        tool_calls=log.tool_calls,
        tool_errors=log.tool_errors,
        problems=(*log.problems, *problems),
        project=log.project,
    )


def _context(log: SessionLog, prices: PriceTable) -> Context:
    """Percentages the log states, else those that follow from prompt and window; a prompt beyond its window tells of a larger one."""
    stated = [turn.context for turn in log.turns if turn.context is not None]
    prompts = [
        (turn.tokens.prompt, turn.model) for turn in log.turns if turn.is_main and turn.tokens.prompt and log.source != "folder"
    ]
    windows = {model: prices.window(model) for _, model in prompts}
    for prompt, model in prompts:
        if prompt > windows[model]:
            windows[model] = max(LARGE_WINDOW, prompt)
    series = tuple(stated or [100.0 * prompt / windows[model] for prompt, model in prompts])
    average = sum(series) / len(series) if series else None
    return Context(average, max(series, default=None), log.compactions, series)


def _duration(log: SessionLog, completed: int) -> Duration:
    total, active = (None if seconds is None else seconds / 60 for seconds in (log.seconds, log.active_seconds))
    return Duration(total, active, active / completed if active is not None and completed else None)


def _tokens(log: SessionLog, completed: int) -> TokenUse:
    by_model: dict[str, int] = {}
    for turn in log.turns:
        by_model[turn.model] = by_model.get(turn.model, 0) + turn.tokens.total
    ranked = sorted(((model, tokens) for model, tokens in by_model.items() if tokens), key=lambda one: (-one[1], one[0]))
    by_kind = _sum(turn.tokens for turn in log.turns)
    total = by_kind.total or None
    return TokenUse(total, round(total / completed) if total and completed else None, by_kind, tuple(ranked))


def _cost(log: SessionLog, prices: PriceTable) -> Cost:
    if log.cost is not None:
        return Cost(log.cost, False, "", "the session's own log", 0)
    found = estimate(log.turns, prices)
    known = bool(found.microdollars) or (not found.unpriced and any(turn.tokens.total for turn in log.turns))
    return Cost(found.microdollars / MICRO if known else None, True, prices.date, prices.source, found.unpriced)


def _sum(tokens: Iterable[TokenCounts]) -> TokenCounts:
    sums = dict.fromkeys(KINDS, 0)
    for one in tokens:
        for kind in KINDS:
            sums[kind] += getattr(one, kind)
    return TokenCounts(**sums)
