"""Session evidence: which injections a session had and what came of them, and what the session says of them in turn."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeGuard

from msgspec.structs import replace

from foundry_git.errors import UnknownPatternError
from foundry_git.evidence.events import (
    Adopted,
    Event,
    Injected,
    Item,
    KnownEvent,
    Outcome,
    Rated,
    Session,
    Survived,
    event_id,
    hashed,
)
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.lots import HOLDOUT
from foundry_git.evidence.scoring import STRENGTHS, Score
from foundry_git.evidence.survival import curve, lives_of_lines
from foundry_git.sessions.learned import Learned, LiftSummary, SurvivalCurve, Trend
from foundry_git.sessions.log import SessionLog
from foundry_git.sessions.metrics import MICRO, Metrics, PatternFacts, PatternUse
from foundry_git.sessions.reports.pictures import MAX_TRENDS
from foundry_git.settings import Settings

TREND_STEPS = 24
MAX_LIFTS = 5  # each reads all the evidence
_TICK = timedelta(milliseconds=1)
_MOST = 2**53  # what an event can hold


def patterns_of(ledger: Ledger, scores: Mapping[str, Score], log: SessionLog) -> PatternFacts:
    """Join the receipts that stand in the log, and those of injections that were asked for under the session's name."""
    noted = [receipt for receipt, note in ledger.notes.read()[0].items() if note.session == log.name]
    uses: list[PatternUse] = []
    withheld: list[str] = []
    unknown: list[str] = []
    for receipt in dict.fromkeys((*log.receipts, *noted)):
        try:
            injected = ledger.receipt(receipt)
        except UnknownPatternError:
            unknown.append(receipt)
            continue
        if not isinstance(injected, Injected):
            withheld.append(receipt)
            continue
        uses += [_use(ledger, receipt, item, scores.get(item.digest)) for item in injected.items]
    return PatternFacts(tuple(uses), tuple(withheld), tuple(unknown))


def learned_from(ledger: Ledger, settings: Settings, sessions: Sequence[Metrics]) -> Learned:
    """What the evidence says by now of the patterns that sessions had."""
    uses = {use.digest: use for metrics in sessions for use in metrics.patterns.known()}
    best = sorted(uses.values(), key=lambda use: (-use.judged, use.id))[:MAX_TRENDS]
    used = {use.digest: f"{use.id}@{use.version}" for metrics in sessions for use in metrics.patterns.uses}
    lifts = [_lift(ledger, digest, name) for digest, name in list(used.items())[:MAX_LIFTS]]
    return Learned(tuple(_trend(ledger, settings, use) for use in best), _survival(ledger), tuple(lift for lift in lifts if lift))


def record(ledger: Ledger, sessions: Iterable[Metrics]) -> None:
    """Write what sessions came to, and how they rate the patterns they adopted; nothing where that is known already."""
    known = ledger.sessions()
    for metrics in sessions:
        event, last = _event(metrics), known.get(hashed(metrics.session))
        if last is None or replace(last, at=event.at) != event:
            event = replace(event, at=_after(event.at, last))
        else:
            event = last if last.at >= event.at else event
        ledger.record(event, *_ratings(ledger, metrics))


def _use(ledger: Ledger, receipt: str, item: Item, score: Score | None) -> PatternUse:
    history = _counting(ledger, item.digest)
    adoptions = [event for event in history if isinstance(event, Adopted) and event.receipt == receipt]
    use = PatternUse(
        receipt, item.id, item.version, item.digest, item.slot, bool(adoptions), _result(history, receipt, adoptions)
    )
    if score is None or not score.enough:
        return use
    judged = score.passed + score.failed
    return replace(use, mean=score.mean, low=score.low, high=score.high, passed=score.passed, judged=judged)


def _counting(ledger: Ledger, digest: str) -> list[Event]:
    """The events about a digest that nobody withdrew."""
    withdrawn = ledger.withdrawn()
    return [event for event in ledger.history(digest) if event_id(event) not in withdrawn]


def _result(history: Iterable[Event], receipt: str, adoptions: Sequence[Adopted]) -> str:
    """The strongest, then latest word on a receipt or on a commit that adopted from it; "" where there is none."""
    commits = {event.commit for event in adoptions if event.commit}
    said = [
        event
        for event in history
        if isinstance(event, Outcome) and (event.subject == receipt or (event.commit or event.run) in commits)
    ]
    best = max(said, key=lambda event: (STRENGTHS[event.source], event.at, event_id(event)), default=None)
    return best.result if best else ""


def _lift(ledger: Ledger, digest: str, name: str) -> LiftSummary | None:
    """What the hold-out says of a version; None before the outcomes of both arms are known. Turned round: B is the prompt without."""
    found, _, _ = ledger.compare(digest, HOLDOUT, datetime.now(UTC))
    if not (found.a.known and found.b.known):
        return None
    verdict = {"A better": "better with it", "B better": "better without it"}.get(found.claim, found.claim)
    return LiftSummary(f"{name} against none", -found.lift.high, -found.lift.estimate, -found.lift.low, verdict)


def _survival(ledger: Ledger) -> SurvivalCurve | None:
    """How long the lines live that any adoption brought; None before there are any."""
    told = [event for event in ledger.known("survived") if isinstance(event, Survived)]
    lives = lives_of_lines(told)
    if not lives:
        return None
    steps = [(0.0, 1.0, 1.0, 1.0), *((float(step.days), step.alive, step.low, step.high) for step in curve(lives))]
    alive = sorted({life.days for life in lives if not life.died})
    last = max(life.days for life in lives)
    if steps[-1][0] < last:  # so long the curve is known to hold
        steps.append((float(last), *steps[-1][1:]))
    adoptions = len({(event.digest, event.commit) for event in told})
    return SurvivalCurve(adoptions, sum(life.count for life in lives), tuple(steps), tuple(map(float, alive)))


def _trend(ledger: Ledger, settings: Settings, use: PatternUse) -> Trend:
    """The score of a version at even moments from its first event until now."""
    now = datetime.now(UTC)
    first = min((event.at for event in ledger.history(use.digest) if isinstance(event, KnownEvent)), default=now)
    moments = [first + (now - first) * step / TREND_STEPS for step in range(1, TREND_STEPS + 1)]
    scores = ledger.trend(use.digest, moments, settings.evidence, settings.scoring.model)
    points = [(at, score.mean, score.low, score.high) for at, score in zip(moments, scores, strict=True)]
    return Trend(f"{use.id}@{use.version}", tuple(points))


def _event(metrics: Metrics) -> Session:
    """The session as an event: numbers only; what is not known is absent."""
    tasks = metrics.tasks or None
    return Session(
        at=metrics.at,
        session=hashed(metrics.session),
        project=hashed(metrics.project) if metrics.project else None,
        tasks=tasks,
        completed=metrics.completed if tasks else None,
        seconds=_scaled(metrics.time.total, 60),
        tokens=_scaled(metrics.tokens.total, 1),
        microdollars=_scaled(metrics.cost.usd, MICRO),
        context=_scaled(metrics.context.average, 10),
        peak=_scaled(metrics.context.max, 10),
        compactions=metrics.context.compactions,
        tests_passed=metrics.tests.passed,
        tests_failed=metrics.tests.failed,
        coverage=_scaled(metrics.tests.coverage, 10),
    )


def _ratings(ledger: Ledger, metrics: Metrics) -> list[Rated]:
    """How the session rates each receipt of which it adopted something; what was not adopted gets nothing."""
    rating = metrics.rating
    adopted = {use.receipt: use.digest for use in metrics.patterns.uses if use.adopted}
    if rating is None:
        return []
    said = [_rating(ledger, metrics, receipt, digest, rating) for receipt, digest in adopted.items()]
    return [event for event in said if event is not None]


def _rating(ledger: Ledger, metrics: Metrics, receipt: str, digest: str, rating: int) -> Rated | None:
    """The rating of one receipt; None where it was rated so before. A later word must be dated after the one it replaces."""
    session = hashed(metrics.session)
    nonce = hashlib.sha256(f"{session}\0{receipt}".encode()).hexdigest()[:16]
    before = [event for event in ledger.history(digest) if _is_about(event, nonce, receipt)]
    last = max(before, key=lambda event: event.at, default=None)
    if last is not None and last.rating == rating:
        return None
    return Rated(at=_after(metrics.at, last), nonce=nonce, subject=receipt, rating=rating, session=session)


def _is_about(event: Event, nonce: str, receipt: str) -> TypeGuard[Rated]:
    """A rating that somebody withdrew is among them: it is not given again."""
    return isinstance(event, Rated) and (event.nonce, event.subject) == (nonce, receipt)


def _after(at: datetime, last: Rated | Session | None) -> datetime:
    return at if last is None else max(at, last.at + _TICK)


def _scaled(value: float | None, factor: int) -> int | None:
    return None if value is None else min(round(value * factor), _MOST)
