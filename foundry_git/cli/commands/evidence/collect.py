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
from foundry_git.capture.test_runs import covered, is_dirty
from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened, warn_of_cut_history
from foundry_git.git.history import Commit
from foundry_git.index.stack_index import StackIndex
from foundry_git.outcomes.adoption_outcomes import record_adoption_outcomes
from foundry_git.outcomes.builds import STATUSES, CIBuild, build_of
from foundry_git.outcomes.junit import JUnitReport
from foundry_git.outcomes.reports import Found, read_found
from foundry_git.outcomes.verdicts import Run, RunVerdict, run_of

UNSAID = "what writes such a report leaves some failures out, so it does not tell that the run passed; add `--status success` if it did"


def run(options: argparse.Namespace) -> int:
    """Record what reports and the build say of what was adopted."""
    ended_well = STATUSES.get(options.status)
    found = _found(options, ended_well)
    build = build_of(os.environ)
    with opened(options) as workspace:
        workspace.need_library()
        workspace.patterns.converge()
        repository = workspace.need_repository()
        warn_of_cut_history(repository)
        commits = commits_of(repository, build, options.commit or "", options.range or "")
        coverage = covered(repository, found.coverages, Path.cwd())
        run = run_of(ended_well, found.reports, coverage, build is None and is_dirty(repository))
        collected = collect(workspace, commits, _heard(run, commits[-1], build, found.reports))
        shown = record_adoption_outcomes(workspace, repository.head())
        if options.save:
            save(Path(options.save), (*collected.events, *shown))
        if run.is_unsaid:
            output.remark(f"foundry: {UNSAID}")
        if options.json:
            output.say_json(_as_json(collected, run, len(shown)))
        else:
            _tell(collected, run, _names(workspace.patterns), len(shown))
    return 0


def _found(options: argparse.Namespace, ended_well: bool | None) -> Found:
    """Read the reports; a run that failed has failed, whatever became of them, else one that cannot be read is an error."""
    found = read_found(options.junit, options.coverage, Path.cwd())
    if found.problems and ended_well is not False:
        raise found.problems[0]
    for problem in found.problems:
        output.remark(f"foundry: {problem}; the failure is recorded without it")
    return found


def _heard(run: Run, tip: Commit, build: CIBuild | None, reports: Sequence[JUnitReport]) -> Heard:
    if build is None:
        return Heard(run, run_name(tip.id, repr((run.ended_well, reports))), "tests", datetime.now(UTC))
    return Heard(run, build.run, "ci", moment_of(tip, build))


def _names(patterns: StackIndex) -> Mapping[str, str]:
    return {row.digest: patterns.said(row.id, row.version) for row in patterns.rows()}


def _tell(collected: Collected, run: Run, names: Mapping[str, str], shown: int) -> None:
    failed, count = len(run.failed), len(run.cases)
    tests = f", {count - failed} of {output.counted(count, 'test')} without failure" if count else ""
    unlisted = run.told.unlisted if run.told else 0
    tests += f", {output.counted(unlisted, 'failure')} of no test" if unlisted else ""
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
