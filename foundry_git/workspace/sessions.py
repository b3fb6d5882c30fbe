"""Sessions: from the log of a build session to its metrics, joined with the evidence, and what follows for the evidence."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from foundry_git import atomic
from foundry_git.errors import ReportError, UnknownPatternError, UsageError
from foundry_git.evidence.events import Adopted, Event, Injected, Item, Known, Outcome, Rated, Session, event_id, hashed
from foundry_git.evidence.lots import HOLDOUT
from foundry_git.evidence.scoring import STRENGTHS, Score
from foundry_git.outcomes.junit import Result
from foundry_git.outcomes.reports import read_reports
from foundry_git.sessions.comparison import compare
from foundry_git.sessions.finding import projects_folders, read_session, session_named, sessions_in
from foundry_git.sessions.learned import Learned, Lift, Trend, associate
from foundry_git.sessions.log import SessionLog
from foundry_git.sessions.metrics import MICRO, Checks, Metrics, PatternFacts, PatternUse, UnitedTokens, measure
from foundry_git.sessions.prices import shipped_prices
from foundry_git.sessions.reports.pictures import MAX_TRENDS
from foundry_git.sessions.reports.report import FOLDER, Report, file_name
from foundry_git.workspace.workspace import Workspace

TREND_STEPS = 24
MAX_LIFTS = 5  # each reads all the evidence
_TICK = timedelta(milliseconds=1)


def transcript_folders(workspace: Workspace, named: Path | None = None) -> list[Path]:
    """Where the sessions of this project are: the folder a person names, else those of the agent for here and the repository."""
    if named is not None:
        return [named]
    top = workspace.repository.top if workspace.repository else None
    return projects_folders(os.environ, Path.home(), [place for place in (top, Path.cwd()) if place])


def found_sessions(
    workspace: Workspace, folders: Sequence[Path], names: Sequence[str] = (), recent: int | None = None
) -> list[Path]:
    """The logs of named sessions, or of the latest ``recent`` ones, or of all; oldest first where no names say the order.

    Raises:
        SessionError: a name means nothing. UsageError: there is none at all.
    """
    if names:
        return [session_named(name, folders) for name in names]
    found = sessions_in(folders)[:recent]
    if not found:
        raise UsageError(f"{', '.join(map(str, folders))}: no session there; name one, or its folder with --transcripts DIR")
    return found[::-1]


def analyse(workspace: Workspace, paths: Sequence[Path], name: str = "", is_comparison: bool = False) -> Report:
    """Analyse sessions and record what follows; ``name`` is the report's, where it is of several.

    Raises:
        SessionError: a log cannot be read.
    """
    sessions, tokens = [], UnitedTokens()
    for path in paths:  # one log at a time: those of a year do not fit the memory together
        log = read_session(path)
        tokens.take(log)
        sessions.append(_measured(workspace, log, is_one_of_many=len(paths) > 1))
    record(workspace, sessions)
    if not is_comparison:
        sessions.sort(key=lambda one: one.at)
    return Report(
        name=name or sessions[0].session,
        sessions=tuple(sessions),
        tokens=tokens.total,
        association=associate(sessions),
        deltas=tuple(compare(*sessions)) if is_comparison else (),
        learned=_learned(workspace, sessions),
    )


def render(report: Report, form: str) -> str:
    """A report as text: ``markdown``, ``html`` or ``json``."""
    from foundry_git.sessions.reports.facts import as_json
    from foundry_git.sessions.reports.markdown import as_markdown
    from foundry_git.sessions.reports.page import as_html

    return {"markdown": as_markdown, "html": as_html, "json": as_json}[form](report)


def write_report(workspace: Workspace, report: Report, form: str, output: Path | None = None) -> Path:
    """Write a report to ``output``, a file or folder, else below the repository where the first plan kept its reports."""
    top = workspace.repository.top if workspace.repository else None
    place = output or (top or Path.cwd()) / FOLDER
    path = place / file_name(report, form) if output is None or place.is_dir() else place
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_text(path, render(report, form))
    return path


def record(workspace: Workspace, sessions: Iterable[Metrics]) -> None:
    """Write what sessions came to, and how they rate the patterns they adopted; nothing where that is known already."""
    known = workspace.ledger.sessions()
    for metrics in sessions:
        event, last = _event(metrics), known.get(hashed(metrics.session))
        if last is None or replace(last, at=event.at) != event:
            event = replace(event, at=_after(event.at, last))
        else:
            event = last if last.at >= event.at else event
        workspace.ledger.record(event, *_ratings(workspace, metrics))


def _measured(workspace: Workspace, log: SessionLog, is_one_of_many: bool) -> Metrics:
    tests, problems = _tests(log)
    prices = shipped_prices().with_own(workspace.settings.sessions.prices)
    metrics = measure(log, prices, tests, _patterns(workspace, log), problems)
    return replace(metrics, context=replace(metrics.context, series=())) if is_one_of_many else metrics


def _patterns(workspace: Workspace, log: SessionLog) -> PatternFacts:
    """Join the receipts that stand in the log, and those of injections that were asked for under the session's name."""
    noted = [receipt for receipt, note in workspace.ledger.notes().items() if note.session == log.name]
    uses: list[PatternUse] = []
    withheld: list[str] = []
    unknown: list[str] = []
    scores = workspace.scores()
    for receipt in dict.fromkeys((*log.receipts, *noted)):
        try:
            injected = workspace.ledger.receipt(receipt)
        except UnknownPatternError:
            unknown.append(receipt)
            continue
        if not isinstance(injected, Injected):
            withheld.append(receipt)
            continue
        uses += [_use(workspace, receipt, item, scores.get(item.digest)) for item in injected.items]
    return PatternFacts(tuple(uses), tuple(withheld), tuple(unknown))


def _use(workspace: Workspace, receipt: str, item: Item, score: Score | None) -> PatternUse:
    history = _counting(workspace, item.digest)
    adoptions = [event for event in history if isinstance(event, Adopted) and event.receipt == receipt]
    use = PatternUse(
        receipt, item.id, item.version, item.digest, item.slot, bool(adoptions), _result(history, receipt, adoptions)
    )
    if score is None or not score.enough:
        return use
    judged = score.passed + score.failed
    return replace(use, mean=score.mean, low=score.low, high=score.high, passed=score.passed, judged=judged)


def _counting(workspace: Workspace, digest: str) -> list[Event]:
    """The events about a digest that nobody withdrew."""
    withdrawn = workspace.ledger.withdrawn()
    return [event for event in workspace.ledger.history(digest) if event_id(event) not in withdrawn]


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


def _tests(log: SessionLog) -> tuple[Checks, list[str]]:
    """What the reports beside a log say; one that cannot be read is a problem, not the end."""
    passed = failed = None
    problems = []
    for path in log.reports:
        if path.suffix != ".xml" or path.name == "coverage.xml":
            continue
        try:
            cases = [case for report in read_reports([str(path)], path.parent) for case in report.cases]
        except ReportError as error:
            problems.append(str(error))
            continue
        passed = (passed or 0) + sum(case.result is Result.PASSED for case in cases)
        failed = (failed or 0) + sum(case.result in (Result.FAILED, Result.ERROR) for case in cases)
    return Checks(None, passed, failed), problems


def _learned(workspace: Workspace, sessions: Sequence[Metrics]) -> Learned:
    uses = {use.digest: use for metrics in sessions for use in metrics.patterns.top()}
    best = sorted(uses.values(), key=lambda use: (-use.judged, use.id))[:MAX_TRENDS]
    used = {use.digest: f"{use.id}@{use.version}" for metrics in sessions for use in metrics.patterns.uses}
    lifts = [_lift(workspace, digest, name) for digest, name in list(used.items())[:MAX_LIFTS]]
    return Learned(tuple(_trend(workspace, use) for use in best), None, tuple(lift for lift in lifts if lift))


def _lift(workspace: Workspace, digest: str, name: str) -> Lift | None:
    """What the hold-out says of a version; None before the outcomes of both arms are known. Turned round: B is the prompt without."""
    found = workspace.ledger.compare(digest, HOLDOUT, datetime.now(UTC))
    if not (found.a.known and found.b.known):
        return None
    verdict = {"A better": "better with it", "B better": "better without it"}.get(found.claim, found.claim)
    return Lift(f"{name} against none", -found.lift.high, -found.lift.estimate, -found.lift.low, verdict)


def _trend(workspace: Workspace, use: PatternUse) -> Trend:
    """The score of a version at even moments from its first event until now."""
    now = datetime.now(UTC)
    first = min((event.at for event in workspace.ledger.history(use.digest) if isinstance(event, Known)), default=now)
    moments = [first + (now - first) * step / TREND_STEPS for step in range(1, TREND_STEPS + 1)]
    settings = workspace.settings
    scores = workspace.ledger.trend(use.digest, moments, settings.evidence, settings.scoring.model)
    points = [(at, score.mean, score.low, score.high) for at, score in zip(moments, scores, strict=True)]
    return Trend(f"{use.id}@{use.version}", tuple(points))


def _event(metrics: Metrics) -> Session:
    """The session as an event: numbers only; what is not known is absent."""
    tasks = metrics.tasks or None
    return Session(
        at=metrics.at,
        session=hashed(metrics.session),
        tasks=tasks,
        completed=metrics.completed if tasks else None,
        seconds=_scaled(metrics.time.total, 60),
        tokens=metrics.tokens.total,
        microdollars=_scaled(metrics.cost.usd, MICRO),
        context=_scaled(metrics.context.average, 10),
        peak=_scaled(metrics.context.max, 10),
        compactions=metrics.context.compactions,
        tests_passed=metrics.tests.passed,
        tests_failed=metrics.tests.failed,
        coverage=_scaled(metrics.tests.coverage, 10),
    )


def _ratings(workspace: Workspace, metrics: Metrics) -> list[Rated]:
    """How the session rates each receipt of which it adopted something; what was not adopted gets nothing."""
    rating = metrics.rating
    adopted = {use.receipt: use.digest for use in metrics.patterns.uses if use.adopted}
    if rating is None:
        return []
    said = [_rating(workspace, metrics, receipt, digest, rating) for receipt, digest in adopted.items()]
    return [event for event in said if event is not None]


def _rating(workspace: Workspace, metrics: Metrics, receipt: str, digest: str, rating: int) -> Rated | None:
    """The rating of one receipt; None where it was rated so before. A later word must be dated after the one it replaces."""
    session = hashed(metrics.session)
    nonce = hashlib.sha256(f"{session}\0{receipt}".encode()).hexdigest()[:16]
    history = _counting(workspace, digest)
    before = [event for event in history if isinstance(event, Rated) and (event.nonce, event.subject) == (nonce, receipt)]
    last = max(before, key=lambda event: event.at, default=None)
    if last is not None and last.rating == rating:
        return None
    return Rated(at=_after(metrics.at, last), nonce=nonce, subject=receipt, rating=rating, session=session)


def _after(at: datetime, last: Rated | Session | None) -> datetime:
    return at if last is None else max(at, last.at + _TICK)


def _scaled(value: float | None, factor: int) -> int | None:
    return None if value is None else round(value * factor)
