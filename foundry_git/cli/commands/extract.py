"""``foundry extract``."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from pathlib import Path

from foundry_git.capture.harvest import (
    Harvest,
    harvest_commit,
    harvest_everything,
    harvest_folder,
    harvest_range,
)
from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened, warn_of_cut_history
from foundry_git.errors import BusyError, UsageError
from foundry_git.extraction.verdict import Verdict, VerdictKind, tally
from foundry_git.outcomes.junit import JUnitReport
from foundry_git.outcomes.reports import read_reports
from foundry_git.worker.background_work import describe
from foundry_git.worker.state import WorkerState
from foundry_git.workspace import Workspace

UNCHANGED = "unchanged"  # the reason of what the commit that is looked at left as it was
WAIT_SECONDS = 30.0  # for a worker that is at it: a person who asked has time
_STYLES = {VerdictKind.CANDIDATE: "green", VerdictKind.SIGHTED: "cyan", VerdictKind.DROPPED: "dim"}


def run(options: argparse.Namespace) -> int:
    """Look for candidates now."""
    with opened(options) as workspace:
        reports = read_reports(options.junit, Path.cwd())
        with nullcontext() if options.dry_run else WorkerState(workspace.need_repository()).alone(WAIT_SECONDS):
            harvest = _harvest(options, workspace, reports)
        if not options.dry_run and harvest.intake.put:
            with suppress(BusyError):  # then that worker describes them
                for remark in describe(workspace, WAIT_SECONDS).remarks:
                    output.remark(remark)
        if options.json:
            output.say_json(_as_json(harvest))
            return 0
        if options.explain:
            for line in _explained(harvest.intake.verdicts):
                output.say(line)
        _summary(harvest, stored=not options.dry_run)
        if not _folder_of(options) and (remark := workspace.languages().remark):
            output.say(f"{remark}.")
    return 0


def _folder_of(options: argparse.Namespace) -> str | None:
    folder: str | None = options.path or options.session
    return folder


def _harvest(options: argparse.Namespace, workspace: Workspace, reports: Sequence[JUnitReport]) -> Harvest:
    store, folder = not options.dry_run, _folder_of(options)
    if (options.since or options.until) and not options.all:
        raise UsageError("--since and --until bound a history; write them with --all")
    if folder:
        return harvest_folder(workspace, Path(folder), output.ProgressBar, store, reports)
    if options.range:
        return harvest_range(workspace, options.range, store, reports)
    if options.commit or not (options.all or reports):
        return harvest_commit(workspace, options.commit or "HEAD", store, reports)
    warn_of_cut_history(workspace.repository)
    since, until = _moment("--since", options.since), _moment("--until", options.until)
    try:
        return harvest_everything(workspace, output.ProgressBar, store, since, until, reports)
    except KeyboardInterrupt:
        output.remark("")
        output.remark("stopped; the history that was read is kept, and the same command goes on from there")
        raise


def _moment(option: str, text: str | None) -> datetime | None:
    """Read a day, the end of it for ``--until``, or a moment; without a zone that of this machine."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}: not a date; write it as 2026-01-31") from None
    if option == "--until" and len(text) <= len("2026-01-31"):
        moment += timedelta(days=1)
    return moment.astimezone()


def _explained(verdicts: list[Verdict]) -> list[str]:
    """A row for each verdict; what a commit left as it was is one row for each file."""
    rows = []
    unchanged = Counter(verdict.path for verdict in verdicts if verdict.reason == UNCHANGED)
    for verdict in verdicts:
        if verdict.reason == UNCHANGED and (count := unchanged.pop(verdict.path, 0)) != 1:
            if count:
                rows.append((output.styled("dropped", "dim"), f"({count} units)", verdict.path, UNCHANGED))
            continue
        place = f"{verdict.path}:{verdict.line}" if verdict.line else verdict.path
        rows.append(
            (output.styled(verdict.outcome.value, _STYLES[verdict.outcome]), verdict.symbol or "(file)", place, verdict.reason)
        )
    return output.table(rows)


def _summary(harvest: Harvest, stored: bool) -> None:
    counts = tally(harvest.intake.verdicts)
    put, seen = counts.pop("candidate", 0), counts.pop("sighted", 0)
    dropped = ", ".join(f"{count} {reason}" for reason, count in counts.items())
    found = output.counted(put, "candidate") + (f" and {output.counted(harvest.lessons, 'lesson')}" if harvest.lessons else "")
    waited = f" ({harvest.waited:,} waited already)" if harvest.waited else ""
    output.say(
        f"{len(harvest.intake.verdicts):,} looked at: {found}{waited}, {seen:,} already known"
        + (f", dropped: {dropped}" if dropped else "")
    )
    heard = harvest.hearing
    if heard.cases:
        output.say(f"{heard.cases} test runs reported: of {heard.joined} tests here, {heard.passed} passed")
    if heard.lost:
        output.remark(f"{len(heard.lost)} reported tests were not found in the code, e.g. {heard.lost[0]}")
    if (put or harvest.lessons) and stored:
        output.say("See them with `foundry candidates`.")


def _as_json(harvest: Harvest) -> dict[str, object]:
    return {
        "candidates": [{"id": c.id, "worth": c.worth} for c in harvest.intake.put],
        "adopted": list(harvest.adopted),
        "tally": tally(harvest.intake.verdicts),
        "tests": {
            "cases": harvest.hearing.cases,
            "joined": harvest.hearing.joined,
            "passed": harvest.hearing.passed,
            "not_found": list(harvest.hearing.lost),
        },
        "verdicts": [
            {"path": v.path, "symbol": v.symbol, "line": v.line, "outcome": v.outcome.value, "reason": v.reason}
            for v in harvest.intake.verdicts
        ],
    }
