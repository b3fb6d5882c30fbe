"""``foundry evidence collect``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from foundry_git.capture.collect import (
    Collected,
    Heard,
    collect,
    commits_of,
    moment_of,
    run_name,
    save,
)
from foundry_git.capture.test_runs import is_dirty
from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened, warn_of_cut_history
from foundry_git.git.history import Commit
from foundry_git.index.stack_index import StackIndex
from foundry_git.outcomes.adoption_outcomes import record_adoption_outcomes
from foundry_git.outcomes.builds import STATUSES, CIBuild, build_of
from foundry_git.outcomes.coverage import united
from foundry_git.outcomes.junit import JUnitReport
from foundry_git.outcomes.reports import read_coverages, read_reports
from foundry_git.outcomes.verdicts import Run, RunVerdict


def run(options: argparse.Namespace) -> int:
    """Record what reports and the build say of what was adopted."""
    reports = read_reports(options.junit, Path.cwd())
    coverage = united(read_coverages(options.coverage, Path.cwd())) or None
    build = build_of(os.environ)
    with opened(options) as workspace:
        workspace.need_library()
        workspace.patterns.converge()
        repository = workspace.need_repository()
        warn_of_cut_history(repository)
        commits = commits_of(repository, build, options.commit or "", options.range or "")
        cases = [case for report in reports for case in report.cases]
        run = Run(STATUSES.get(options.status), cases, coverage, build is None and is_dirty(repository))
        collected = collect(workspace, commits, _heard(run, commits[-1], build, reports))
        shown = record_adoption_outcomes(workspace, repository.head())
        if options.save:
            save(Path(options.save), (*collected.events, *shown))
        if options.json:
            output.say_json(_as_json(collected, run, len(shown)))
        else:
            _tell(collected, run, _names(workspace.patterns), len(shown))
    return 0


def _heard(run: Run, tip: Commit, build: CIBuild | None, reports: Sequence[JUnitReport]) -> Heard:
    if build is None:
        return Heard(run, run_name(tip.id, repr((run.ended_well, reports))), "tests", datetime.now(UTC))
    return Heard(run, build.run, "ci", moment_of(tip, build))


def _names(patterns: StackIndex) -> Mapping[str, str]:
    return {row.digest: patterns.said(row.id, row.version) for row in patterns.rows()}


def _tell(collected: Collected, run: Run, names: Mapping[str, str], shown: int) -> None:
    failed, count = len(run.failed), len(run.cases)
    tests = f", {count - failed} of {output.counted(count, 'test')} without failure" if count else ""
    output.say(f"{_result(run)}{tests}; {output.counted(len(collected.commits), 'commit')}")
    rows = [(names.get(one.digest, one.digest[:12]), one.commit[:10], _said(said)) for one, said in collected.adoptions]
    rows += [(names.get(one.digest, one.digest[:12]), one.commit[:10], "the run did not reach it") for one in collected.silent]
    rows += [(receipt, "", _said(said)) for receipt, said in collected.receipts]
    for line in output.table(rows):
        output.say(line)
    output.say(f"{output.counted(collected.new, 'new outcome')}" if rows else "nothing adopted in these commits")
    if shown:
        output.say(f"the history tells {output.counted(shown, 'thing')} of adoptions: reverts, fixes, lines that stayed")


def _result(run: Run) -> str:
    return {"pass": "passed", "fail": "failed", None: "no run"}[run.result]


def _said(said: RunVerdict) -> str:
    return f"{said.result} (grounding {said.grounding})"


def _as_json(collected: Collected, run: Run, shown: int) -> dict[str, object]:
    return {
        "result": run.result or "",
        "tests": len(run.cases),
        "commits": [commit.id for commit in collected.commits],
        "adoptions": [
            {"digest": one.digest, "commit": one.commit, "result": said.result, "grounding": said.grounding}
            for one, said in collected.adoptions
        ],
        "unreached": [one.digest for one in collected.silent],
        "receipts": [receipt for receipt, _ in collected.receipts],
        "new": collected.new,
        "history": shown,
    }
