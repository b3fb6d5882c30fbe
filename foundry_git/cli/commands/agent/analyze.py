"""``foundry agent analyze``."""

from __future__ import annotations

import argparse
from pathlib import Path

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.errors import UsageError
from foundry_git.sessions.advice import advise
from foundry_git.sessions.analysis import (
    analyse,
    found_sessions,
    render,
    transcript_folders,
    write_report,
)
from foundry_git.sessions.metrics import Metrics
from foundry_git.sessions.reports import words
from foundry_git.sessions.reports.facts import report_facts
from foundry_git.sessions.reports.report import SessionReport
from foundry_git.system.files import expanded

STDOUT = "-"


def run(options: argparse.Namespace) -> int:
    """Analyse build sessions, record what they came to, and write a report."""
    _check(options)
    with opened(options, catch_up=True) as workspace:
        folders = transcript_folders(workspace.repository, expanded(options.transcripts) if options.transcripts else None)
        paths = found_sessions(folders, _names(options), None if options.all else options.recent or 1)
        report = analyse(workspace, paths, _title(options), is_comparison=bool(options.compare))
        if options.json:
            output.say_json(report_facts(report))
        elif options.output == STDOUT:
            output.say_raw(render(report, options.format))
            return 0
        else:
            _say(report)
        if not options.json or options.output:
            place = expanded(options.output) if options.output else None
            output.remark(f"report: {output.from_here(write_report(workspace.repository, report, options.format, place))}")
    return 0


def _check(options: argparse.Namespace) -> None:
    ways = [options.session, options.recent, options.compare, options.all or None]
    if sum(way is not None for way in ways) > 1:
        raise UsageError("SESSION, --recent, --compare and --all exclude each other: name one way to choose sessions")
    if options.recent is not None and options.recent < 1:
        raise UsageError(f"--recent {options.recent}: must be at least 1")


def _names(options: argparse.Namespace) -> list[str]:
    return options.compare or ([options.session] if options.session else [])


def _title(options: argparse.Namespace) -> str:
    if options.compare:
        first, second = (Path(name).stem or name for name in options.compare)
        return f"{first} and {second}"
    return "all sessions" if options.all else f"last {options.recent} sessions" if options.recent else ""


def _say(report: SessionReport) -> None:
    if report.deltas:
        before, after = report.sessions
        rows = [("", before.session[:16], after.session[:16], "change")]
        rows += [(d.name, words.number(d, d.before), words.number(d, d.after), words.change(d)) for d in report.deltas]
        for line in output.table(rows, indent=""):
            output.say(line)
    elif report.only:
        _say_session(report.only)
    else:
        _say_several(report)


def _say_session(metrics: Metrics) -> None:
    output.say(output.styled(metrics.session, "bold"))
    rows = [
        ("completion", f"{words.percent(metrics.completion)} ({metrics.completed} of {metrics.tasks} tasks)"),
        ("context", f"{words.percent(metrics.context.average)} on average, {words.percent(metrics.context.max)} at most"),
        ("compactions", str(metrics.context.compactions)),
        ("tests", f"{words.tests(metrics)}, coverage {words.percent(metrics.tests.coverage)}"),
        ("time", f"{words.minutes(metrics.time.avg_per_task)} for a task, {words.minutes(metrics.time.active)} active"),
        ("tokens", f"{words.whole(metrics.tokens.total)}, {words.whole(metrics.tokens.per_task)} for a task"),
        ("cost", words.cost(metrics.cost)),
        ("patterns", words.receipts(metrics.patterns)),
    ]
    for line in output.table(rows):
        output.say(line)
    for advice in advise(metrics):
        output.say(f"{output.styled(advice.rule, 'yellow')}: {advice.sentence}")
    for problem in metrics.problems:
        output.remark(f"foundry: {problem}")


def _say_several(report: SessionReport) -> None:
    rows = [("session", "day", "completion", "context", "tokens per task", "cost", "adopted")]
    rows += [
        (
            one.session[:20],
            f"{one.at:%Y-%m-%d}",
            words.percent(one.completion) if one.tasks else words.NOT_KNOWN,
            words.percent(one.context.average),
            words.whole(one.tokens.per_task),
            words.money(one.cost.usd),
            str(len(one.patterns.adopted)),
        )
        for one in report.sessions
    ]
    for line in output.table(rows, indent=""):
        output.say(line)
    output.say(f"{len(report.sessions)} sessions, {words.whole(report.tokens)} tokens, each message once")
    output.say(words.association(report.association))
    for problem in (problem for one in report.sessions for problem in one.problems):
        output.remark(f"foundry: {problem}")
