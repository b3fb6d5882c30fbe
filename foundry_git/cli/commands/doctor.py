"""``foundry doctor``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.cli.stats_service import service_finding
from foundry_git.git.repository import Repository
from foundry_git.index.stack_index import StackIndex
from foundry_git.upkeep import health
from foundry_git.upkeep.findings import FindingState, WorkerStanding
from foundry_git.upkeep.health import Health
from foundry_git.upkeep.loop import Link
from foundry_git.worker.state import WorkerState

MOST_NAMED = 5
_SIGNS = {FindingState.GOOD: ("✓", "green"), FindingState.NOTE: ("·", "yellow"), FindingState.BAD: ("✗", "red")}


def run(options: argparse.Namespace) -> int:
    """Look at everything."""
    with opened(options, catch_up=True, warns=False) as workspace:
        found = health.examine(workspace, _of_worker(workspace.repository), output.ProgressBar("encoding"))
        if service := service_finding(workspace):
            found = replace(found, findings=(*found.findings, service))
        if options.json:
            output.say_json(_as_json(found))
        else:
            _print(found, workspace.patterns)
    is_broken = any(finding.state is FindingState.BAD for finding in found.findings)
    return 1 if is_broken or (options.strict and any(link.is_cut for link in found.links)) else 0


def _of_worker(repository: Repository | None) -> WorkerStanding:
    if repository is None:
        return WorkerStanding(is_started=False, is_behind=False)
    state = WorkerState(repository)
    return WorkerStanding(state.is_started, state.is_behind, state.last_error())


def _print(found: Health, patterns: StackIndex) -> None:
    rows = []
    for finding in found.findings:
        sign, style = _SIGNS[finding.state]
        step = f"; {finding.next_step}" if finding.next_step else ""
        rows.append((output.styled(sign, style), finding.name, f"{finding.sentence}{step}"))
    for line in output.table(rows, indent=""):
        output.say(line)
    output.say()
    output.say("Is the loop closing?")
    for line in output.table([(age(step.last), step.meaning) for step in found.steps]):
        output.say(line)
    for line in output.table([_link_row(link, _listed(link.lost, patterns)) for link in found.links if link.lost]):
        output.say(line)
    output.say(f"  {_reachable(found, _listed(found.unreachable, patterns))}")


def _listed(ids: Sequence[str], patterns: StackIndex) -> str:
    return ", ".join(map(patterns.said, ids[:MOST_NAMED])) + (", …" if len(ids) > MOST_NAMED else "")


def _reachable(found: Health, names: str) -> str:
    """How many patterns their own description finds."""
    lost = len(found.unreachable)
    if not lost:
        return f"all {output.counted(found.patterns, 'pattern')} are found by their own description"
    return (
        f"{found.patterns - lost} of {output.counted(found.patterns, 'pattern')} are found by their own description; not {names}"
    )


def age(moment: datetime | None) -> str:
    """How long ago, in words."""
    if moment is None:
        return "never"
    seconds = (datetime.now(UTC) - moment).total_seconds()
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _link_row(link: Link, names: str) -> tuple[str, str]:
    sign, style = _SIGNS[FindingState.BAD if link.is_cut else FindingState.NOTE]
    step = f"; {link.next_step}" if link.is_cut else ""
    return output.styled(sign, style), f"{len(link.lost)} of {link.had_chance} {link.meaning}: {names}{step}"


def _as_json(found: Health) -> dict[str, object]:
    return {
        "findings": [
            {"name": f.name, "state": f.state.value, "sentence": f.sentence, "next_step": f.next_step} for f in found.findings
        ],
        "loop": {step.name: step.last.isoformat() if step.last else None for step in found.steps},
        "links": [
            {"name": link.name, "had_chance": link.had_chance, "lost": list(link.lost), "cut": link.is_cut}
            for link in found.links
        ],
        "patterns": found.patterns,
        "never_found": list(found.unreachable),
    }
