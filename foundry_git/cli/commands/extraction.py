"""``foundry extract``."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path

from foundry_git.cli import output
from foundry_git.cli.opening import opened
from foundry_git.extraction.verdict import Outcome, Verdict, tally
from foundry_git.workspace.harvest import Harvest, harvest_commit, harvest_everything, harvest_folder, harvest_range
from foundry_git.workspace.workspace import Workspace

_STYLES = {Outcome.CANDIDATE: "green", Outcome.SIGHTED: "cyan", Outcome.DROPPED: "dim"}


def extract(options: argparse.Namespace) -> int:
    """Look for candidates now."""
    from foundry_git.worker.worker import alone

    with opened(options) as workspace:
        with nullcontext() if options.dry_run else alone(workspace):
            harvest = _harvest(options, workspace)
        if options.json:
            output.say_json(_as_json(harvest))
            return 0
        if options.explain:
            for line in _explained(harvest.intake.verdicts):
                output.say(line)
        _summary(harvest, stored=not options.dry_run)
    return 0


def _harvest(options: argparse.Namespace, workspace: Workspace) -> Harvest:
    store = not options.dry_run
    if options.path:
        return harvest_folder(workspace, Path(options.path), output.Bar("files"), store)
    if options.all:
        return harvest_everything(workspace, output.Bar("files"), store)
    if options.range:
        return harvest_range(workspace, options.range, store)
    return harvest_commit(workspace, options.commit or "HEAD", store)


def _explained(verdicts: list[Verdict]) -> list[str]:
    rows = []
    for verdict in verdicts:
        place = f"{verdict.path}:{verdict.line}" if verdict.line else verdict.path
        rows.append(
            (output.styled(verdict.outcome.value, _STYLES[verdict.outcome]), verdict.symbol or "(file)", place, verdict.reason)
        )
    return output.table(rows)


def _summary(harvest: Harvest, stored: bool) -> None:
    counts = tally(harvest.intake.verdicts)
    put, seen = counts.pop("candidate", 0), counts.pop("sighted", 0)
    dropped = ", ".join(f"{count} {reason}" for reason, count in counts.items())
    output.say(
        f"{len(harvest.intake.verdicts)} looked at: {put} candidate{'s' if put != 1 else ''}, {seen} already known"
        + (f", dropped: {dropped}" if dropped else "")
    )
    if put and stored:
        output.say("See them with `foundry candidates`.")


def _as_json(harvest: Harvest) -> dict[str, object]:
    return {
        "candidates": [{"id": c.id, "worth": c.worth} for c in harvest.intake.put],
        "adopted": list(harvest.adopted),
        "tally": tally(harvest.intake.verdicts),
        "verdicts": [
            {"path": v.path, "symbol": v.symbol, "line": v.line, "outcome": v.outcome.value, "reason": v.reason}
            for v in harvest.intake.verdicts
        ],
    }
