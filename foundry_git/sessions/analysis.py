"""Sessions: from the log of a build session to its metrics, joined with the evidence, and what follows for the evidence."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from foundry_git import atomic
from foundry_git.errors import ReportError, UsageError
from foundry_git.git.repository import Repository
from foundry_git.outcomes.coverage import united
from foundry_git.outcomes.junit import CaseResult
from foundry_git.outcomes.reports import read_coverages, read_reports
from foundry_git.sessions.comparison import compare
from foundry_git.sessions.evidence import learned_from, patterns_of, record
from foundry_git.sessions.folder import COVERAGES
from foundry_git.sessions.learned import associate
from foundry_git.sessions.log import SessionLog
from foundry_git.sessions.metrics import Checks, Metrics, PatternFacts, UnitedTokens, measure
from foundry_git.sessions.prices import PriceTable, shipped_prices
from foundry_git.sessions.reports.facts import as_json
from foundry_git.sessions.reports.markdown import as_markdown
from foundry_git.sessions.reports.page import as_html
from foundry_git.sessions.reports.report import FOLDER, SessionReport, file_name
from foundry_git.sessions.session_logs import (
    projects_folders,
    read_session,
    session_named,
    sessions_in,
)
from foundry_git.workspace import Workspace

_Read = TypeVar("_Read")


def transcript_folders(repository: Repository | None, named: Path | None = None) -> list[Path]:
    """Where the sessions of this project are: the folder a person names, else those of the agent for here and the repository."""
    if named is not None:
        return [named]
    top = repository.top if repository else None
    return projects_folders(os.environ, Path.home(), [place for place in (top, Path.cwd()) if place])


def found_sessions(folders: Sequence[Path], names: Sequence[str] = (), recent: int | None = None) -> list[Path]:
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


def analyse(workspace: Workspace, paths: Sequence[Path], name: str = "", is_comparison: bool = False) -> SessionReport:
    """Analyse sessions and record what follows; ``name`` is the report's, where it is of several.

    Raises:
        SessionError: a log cannot be read.
    """
    ledger, prices = workspace.ledger, shipped_prices().with_own(workspace.settings.sessions.prices)
    sessions, tokens = [], UnitedTokens()
    for path in paths:  # one log at a time: those of a year do not fit the memory together
        log = read_session(path)
        tokens.take(log)
        log = log if log.project else replace(log, project=workspace.own.name if workspace.own else "")
        measured = _measured(log, prices, patterns_of(ledger, workspace.scores(), log))
        sessions.append(_without_series(measured) if len(paths) > 1 else measured)
    record(ledger, sessions)
    if not is_comparison:
        sessions.sort(key=lambda one: one.at)
    return SessionReport(
        name=name or sessions[0].session,
        sessions=tuple(sessions),
        tokens=tokens.total or None,
        association=associate(sessions),
        deltas=tuple(compare(*sessions)) if is_comparison else (),
        learned=learned_from(ledger, workspace.settings, sessions),
    )


def render(report: SessionReport, form: str) -> str:
    """A report as text: ``markdown``, ``html`` or ``json``."""
    return {"markdown": as_markdown, "html": as_html, "json": as_json}[form](report)


def write_report(repository: Repository | None, report: SessionReport, form: str, output: Path | None = None) -> Path:
    """Write a report to ``output``, a file or folder, else below the repository where the first plan kept its reports."""
    top = repository.top if repository else None
    place = output or (top or Path.cwd()) / FOLDER
    path = place / file_name(report, form) if output is None or place.is_dir() else place
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_text(path, render(report, form))
    return path


def _measured(log: SessionLog, prices: PriceTable, patterns: PatternFacts) -> Metrics:
    tests, problems = _tests(log)
    return measure(log, prices, tests, patterns, problems)


def _without_series(metrics: Metrics) -> Metrics:
    """The metrics without what only the report of one session draws."""
    return replace(metrics, context=replace(metrics.context, series=()))


def _tests(log: SessionLog) -> tuple[Checks, list[str]]:
    """What the reports beside a log say; one that cannot be read is a problem, not the end."""
    problems: list[str] = []
    coverages = [path for path in log.reports if path.name in COVERAGES]
    runs = [path for path in log.reports if path.name not in COVERAGES]
    reports = _each_read(read_reports, runs, problems)
    cases = [case for report in reports for case in report.cases]
    unlisted = sum(report.unlisted for report in reports)
    files = united(_each_read(read_coverages, coverages, problems)).values()
    measured = sum(len(file.measured) for file in files)
    checks = Checks(
        coverage=100.0 * sum(len(file.covered) for file in files) / measured if measured else None,
        passed=sum(case.result is CaseResult.PASSED for case in cases) if cases else None,
        failed=unlisted + sum(case.result in (CaseResult.FAILED, CaseResult.ERROR) for case in cases)
        if cases or unlisted
        else None,
    )
    return checks, problems


def _each_read(read: Callable[[Sequence[str], Path], list[_Read]], paths: Sequence[Path], problems: list[str]) -> list[_Read]:
    found = []
    for path in paths:
        try:
            found += read([str(path)], path.parent)
        except ReportError as error:
            problems.append(str(error))
    return found
